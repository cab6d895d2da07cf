//! BOOLEAN, BOOL, ENUM, SELECT and MULTISELECT.

use insta::assert_snapshot;
use serde_json::json;

use super::*;

#[test]
fn boolean_never_fails_and_bool_is_strict() {
    let sent = || {
        [
            texts(["true", "TRUE", "True", "false", "yes", ""]),
            jsons([json!(true), json!(false), json!(1), json!([true])]),
        ]
        .concat()
    };
    assert_snapshot!(table(&Kind::Boolean, sent()), @r"
    true => true
    TRUE => true
    True => true
    false => false
    yes => false
     => false
    json true => true
    json false => false
    json 1 => false
    json [true] => false
    ");
    assert_snapshot!(table(&Kind::Bool, sent()), @r"
    true => true
    TRUE => true
    True => true
    false => false
    yes => Invalid input for `x`, java.lang.Exception: Expected `BOOL` but received `yes` with errors:
    ```
    it must be true or false
    ```, but received `yes`
     => Invalid input for `x`, java.lang.Exception: Expected `BOOL` but received `` with errors:
    ```
    it must be true or false
    ```, but received ``
    json true => true
    json false => false
    json 1 => Invalid input for `x`, java.lang.Exception: Expected `BOOL` but received `1` with errors:
    ```
    it must be true or false
    ```, but received `1`
    json [true] => Invalid input for `x`, java.lang.Exception: Expected `BOOL` but received `[true]` with errors:
    ```
    it must be true or false
    ```, but received `[true]`
    ");
}

#[test]
fn enum_and_select_take_what_is_offered() {
    let values = ["ENUM_VALUE", "OTHER_ONE"];
    let kind = Kind::Enum { values: values.map(str::to_owned).into() };
    assert_snapshot!(table(&kind, texts(["ENUM_VALUE", "INVALID", "enum_value", ""])), @r#"
    ENUM_VALUE => "ENUM_VALUE"
    INVALID => Invalid input for `x`, it must match the values `[ENUM_VALUE, OTHER_ONE]`, but received `INVALID`
    enum_value => Invalid input for `x`, it must match the values `[ENUM_VALUE, OTHER_ONE]`, but received `enum_value`
     => Invalid input for `x`, it must match the values `[ENUM_VALUE, OTHER_ONE]`, but received ``
    "#);
    assert_snapshot!(table(&select(&values), texts(["OTHER_ONE", "INVALID"])), @r#"
    OTHER_ONE => "OTHER_ONE"
    INVALID => Invalid input for `x`, it must match the values `[ENUM_VALUE, OTHER_ONE]`, but received `INVALID`
    "#);
    assert_snapshot!(table(&select(&["1", "true"]), jsons([json!(1), json!(true), json!(2), json!(["1"])])), @r#"
    json 1 => "1"
    json true => "true"
    json 2 => Invalid input for `x`, it must match the values `[1, true]`, but received `2`
    json ["1"] => Invalid input for `x`, java.lang.Exception: Expected `SELECT` but received `["1"]` with errors:
    ```
    it must be a text, not a list or a map
    ```, but received `["1"]`
    "#);
}

#[test]
fn a_select_that_is_optional_or_open_takes_anything() {
    let open = Kind::Select {
        choices: Choices::Values(vec!["a".to_owned()]),
        allow_custom_value: true,
        is_radio: false,
    };
    let sent = || submitted([("x", text("other"))]);
    assert_snapshot!(values(vec![input("x", open)], &sent()), @r#"{"x":"other"}"#);
    assert_snapshot!(values(vec![input("x", select(&["a"])).optional()], &sent()), @r#"{"x":"other"}"#);
}

#[test]
fn multiselect_takes_some_of_what_is_offered() {
    let multi = |allow_custom_value, item| Kind::MultiSelect {
        choices: Choices::Values(["1", "2", "b"].map(str::to_owned).into()),
        allow_custom_value,
        item: Box::new(item),
    };
    assert_snapshot!(table(&multi(false, string()), texts([r#"["1", "b"]"#, "[]", r#"["1", "c"]"#, "[1]", "b"])), @r#"
    ["1", "b"] => ["1","b"]
    [] => []
    ["1", "c"] => Invalid input for `x`, it must match the values `[1, 2, b]`, but received `["1", "c"]`
    [1] => ["1"]
    b => Invalid input for `x`, java.lang.Exception: Expected `MULTISELECT` but received `b` with errors:
    ```
    expected value at line 1 column 1
    ```, but received `b`
    "#);
    assert_snapshot!(table(&multi(false, int()), jsons([json!([1, "2"]), json!([3]), json!(["b"])])), @r#"
    json [1,"2"] => [1,2]
    json [3] => Invalid input for `x`, it must match the values `[1, 2, b]`, but received `[3]`
    json ["b"] => Invalid input for `x`, Unable to parse array element as `INT` on `b`, but received `["b"]`
    "#);
    assert_snapshot!(table(&multi(true, string()), jsons([json!(["c"])])), @r#"json ["c"] => ["c"]"#);
    assert_snapshot!(values(vec![input("x", multi(false, string())).optional()], &submitted([("x", text("[\"c\"]"))])), @r#"Invalid entity: x: Invalid input for `x`, it must match the values `[1, 2, b]`, but received `["c"]`"#);
}
