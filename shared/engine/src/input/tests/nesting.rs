//! From the values of single inputs to the `inputs` of an execution.

use insta::assert_snapshot;
use serde_json::json;

use super::*;

#[test]
fn dotted_ids_are_nested_in_order_of_declaration() {
    let inputs = vec![
        input("nested.string", string()).optional(),
        input("z", string()).defaulting(json!("")),
        input("nested.more.int", int()),
        input("nested.bool", Kind::Boolean).optional(),
    ];
    assert_snapshot!(
        values(inputs, &submitted([("nested.more.int", text("123")), ("nested.string", text("a string"))])),
        @r#"{"nested":{"string":"a string","more":{"int":123},"bool":null},"z":""}"#
    );
}

#[test]
fn what_was_not_sent_is_defaulted_null_or_missing() {
    let inputs = || {
        vec![
            input("sent", string()).defaulting(json!("default")),
            input("defaulted", int()).defaulting(json!("5")),
            input("optional", string()).optional(),
            input("null", string()).optional().defaulting(json!(null)),
            input("empty", string()).defaulting(json!("")),
        ]
    };
    let sent = || submitted([("sent", text("hey there")), ("unknown", text("is ignored"))]);
    assert_snapshot!(values(inputs(), &sent()), @r#"{"sent":"hey there","defaulted":5,"optional":null,"null":null,"empty":""}"#);
    let nulls = submitted([("sent", Sent::Json(json!(null))), ("defaulted", Sent::Json(json!(null)))]);
    assert_snapshot!(values(inputs(), &nulls), @r#"{"sent":"default","defaulted":5,"optional":null,"null":null,"empty":""}"#);
}

#[test]
fn every_problem_is_told_at_once() {
    let inputs = vec![
        input("string", string()),
        input("fine", string()),
        input("int", int()),
        input("bad", int()).defaulting(json!("x")),
    ];
    assert_snapshot!(values(inputs, &submitted([("int", text("abc")), ("fine", text("yes"))])), @r#"
    Invalid entity: string: Invalid input for `string`, missing required input, but received `null`
    int: Invalid input for `int`, For input string: "abc", but received `abc`
    bad: Invalid input for `bad`, For input string: "x", but received `x`
    "#);
}

#[test]
fn ids_that_collide_are_refused() {
    let both = submitted([("a", text("1")), ("a.b", text("2"))]);
    assert_snapshot!(values(vec![input("a", string()), input("a.b", string())], &both), @"Invalid entity: a.b: Invalid input for `a.b`, it cannot be nested in `a`, which has a value of its own, but received `2`");
    assert_snapshot!(values(vec![input("a.b", string()), input("a", string())], &both), @"Invalid entity: a: Invalid input for `a`, another input has the same id or is nested in it, but received `1`");
    assert_snapshot!(values(vec![input("a", string()), input("a", string())], &both), @"Invalid entity: a: Invalid input for `a`, another input has the same id or is nested in it, but received `1`");
    let object = submitted([("a", text("{\"c\": 1}")), ("a.b", text("2"))]);
    assert_snapshot!(values(vec![input("a", Kind::Json), input("a.b", string())], &object), @"Invalid entity: a.b: Invalid input for `a.b`, it cannot be nested in `a`, which has a value of its own, but received `2`");
}

#[test]
fn odd_ids_do_no_harm() {
    let sent = submitted([("a..b", text("1")), ("a.", text("2"))]);
    assert_snapshot!(values(vec![input("a..b", string()), input("a.", string())], &sent), @"Invalid entity: a.: Invalid input for `a.`, another input has the same id or is nested in it, but received `2`");
    let sent = submitted([("a.", text("2")), ("a.b", text("3"))]);
    assert_snapshot!(values(vec![input("a.", string()), input("a.b", string())], &sent), @r#"{"a":{"":"2","b":"3"}}"#);
    let long = vec!["a"; 21].join(".");
    assert_snapshot!(values(vec![input(&long, string()).optional()], &submitted([])), @"Invalid entity: a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a: Invalid input for `a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a`, its id may have at most 20 segments, but received `null`");
}

#[test]
fn an_execution_that_nobody_called_has_its_defaults_and_nothing_else() {
    let flow = flow(vec![
        input("required", string()),
        input("optional", string()).optional(),
        input("nested.default", int()).defaulting(json!(5)),
        input("nested", string()).defaulting(json!("collides")),
        input("broken", int()).defaulting(json!("x")),
        input("off", int()).defaulting(json!(1)).depending(&["gone"], None),
        input("gone", int()).defaulting(json!(1)).depending(&[], Some("{{ false }}")),
    ]);
    let defaults = resolved(&flow, &submitted([])).defaults();
    assert_snapshot!(Json::Object(defaults), @r#"{"nested":{"default":5}}"#);
}
