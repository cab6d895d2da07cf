//! Which inputs take part.

use expression::Need;
use insta::assert_snapshot;
use serde_json::json;

use super::*;

/// Which are enabled, and what is wrong with those that are not.
fn parts(inputs: Vec<Input>, submitted: &Submitted) -> String {
    shown(&resolved(&flow(inputs), submitted))
}

fn shown(resolution: &Resolution<'_>) -> String {
    let line = |it: &crate::input::Resolved<'_>| {
        let value = it.value.as_ref().map_or("-".to_owned(), ToString::to_string);
        let problems: String = it.problems.iter().flat_map(|it| ["\n    ", it]).collect();
        format!("{} {} {value}{problems}", it.input.id, if it.enabled { "enabled" } else { "disabled" })
    };
    resolution.inputs.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn expressed(expression: &str) -> Kind {
    Kind::Select {
        choices: Choices::Expression(Template::parse(expression).unwrap()),
        allow_custom_value: false,
        is_radio: true,
    }
}

#[test]
fn a_condition_has_to_be_exactly_true() {
    let inputs =
        |condition| vec![input("a", string()), input("b", string()).depending(&["a"], Some(condition))];
    let sent = || submitted([("a", text("yes")), ("b", text("x"))]);
    assert_snapshot!(values(inputs("{{ inputs.a == 'yes' }}"), &sent()), @r#"{"a":"yes","b":"x"}"#);
    assert_snapshot!(values(inputs("{{ inputs.a == 'no' }}"), &sent()), @r#"{"a":"yes"}"#);
    for not_true in ["true", "{{ inputs.a }}", "{{ 1 }}", "{{ 'true' }}", "{{ true }} ", "{{ null }}", ""] {
        let became = parts(inputs(not_true), &sent());
        assert!(became.ends_with("b disabled -"), "{not_true}: {became}");
    }
}

#[test]
fn a_disabled_input_vanishes_with_those_that_depend_on_it() {
    let inputs = vec![
        input("c", string()).depending(&["b"], None),
        input("b", int()).depending(&["a"], Some("{{ inputs.a }}")),
        input("a", Kind::Boolean),
        input("d", int()).depending(&["c", "a"], Some("{{ true }}")),
    ];
    assert_snapshot!(parts(inputs.clone(), &submitted([("a", text("false")), ("d", text("x"))])), @r"
    c disabled -
    b disabled -
    a enabled false
    d disabled -
    ");
    assert_snapshot!(values(inputs.clone(), &submitted([("a", text("false"))])), @r#"{"a":false}"#);
    assert_snapshot!(parts(inputs, &submitted([("a", text("true")), ("b", text("1")), ("c", text("s")), ("d", text("2"))])), @r#"
    c enabled "s"
    b enabled 1
    a enabled true
    d enabled 2
    "#);
}

#[test]
fn a_condition_sees_the_flow_and_only_its_dependencies() {
    let condition = "{{ flow.id == 'greet' and flow.namespace == 'company.team' and flow.revision == 3 and inputs.deep.er.x == 7 }}";
    let inputs = vec![
        input("deep.er.x", int()).defaulting(json!(7)),
        input("other", string()).defaulting(json!("o")),
        input("sees", string()).optional().depending(&["deep.er.x"], Some(condition)),
        input("blind", string()).optional().depending(&["deep.er.x"], Some("{{ inputs.other }}")),
    ];
    assert_snapshot!(parts(inputs.clone(), &submitted([("blind", text("sent"))])), @r#"
    deep.er.x enabled 7
    other enabled "o"
    sees enabled null
    blind disabled -
        Invalid input for `blind`, Invalid condition: Unable to find `other` used in the expression `{{ inputs.other }}` at line 1, but received `sent`
    "#);
    assert_snapshot!(values(inputs, &submitted([("blind", text("sent"))])), @r#"{"deep":{"er":{"x":7}},"other":"o","sees":null}"#);
}

#[test]
fn a_dependency_with_problems_is_seen_as_null() {
    let inputs = vec![
        input("a", int()),
        input("b", string()).optional().depending(&["a"], Some("{{ inputs.a is null }}")),
    ];
    assert_snapshot!(parts(inputs, &submitted([("a", text("x"))])), @r#"
    a enabled -
        Invalid input for `a`, For input string: "x", but received `x`
    b enabled null
    "#);
}

#[test]
fn unknown_dependencies_cycles_and_long_chains_end() {
    let inputs = vec![
        input("self", string()).optional().depending(&["self", "nobody"], None),
        input("a", string()).optional().depending(&["b"], None),
        input("b", string()).optional().depending(&["c"], None),
        input("c", string()).optional().depending(&["a"], Some("{{ true }}")),
    ];
    assert_snapshot!(parts(inputs, &submitted([])), @r"
    self enabled null
    a enabled null
    b enabled null
    c enabled null
    ");

    let last = 20_000;
    let mut chain: Vec<Input> = (0..last)
        .map(|n| input(&format!("i{n}"), string()).optional().depending(&[&format!("i{}", n + 1)], None))
        .collect();
    chain.push(input(&format!("i{last}"), string()).optional());
    let flow = flow(chain);
    assert!(resolved(&flow, &submitted([])).inputs.iter().all(|it| it.enabled));
}

#[test]
fn choices_are_rendered() {
    let inputs = |expression| {
        vec![
            input("n", int()).defaulting(json!(2)),
            input("x", expressed(expression)).depending(&["n"], None),
        ]
    };
    let sent = |it| submitted([("x", text(it))]);
    assert_snapshot!(values(inputs("{{ ['a', inputs.n, null, true] }}"), &sent("2")), @r#"{"n":2,"x":"2"}"#);
    assert_snapshot!(values(inputs("{{ ['a', inputs.n, null, true] }}"), &sent("b")), @"Invalid entity: x: Invalid input for `x`, it must match the values `[a, 2, true]`, but received `b`");
    assert_snapshot!(values(inputs("{{ [] }}"), &sent("b")), @"Invalid entity: x: Invalid input for `x`, it must match the values `[]`, but received `b`");
    assert_snapshot!(values(inputs("{{ inputs.n }}"), &sent("b")), @"Invalid entity: x: Invalid input for `x`, Invalid expression result. Expected a list of strings, but received Integer, but received `b`");
    assert_snapshot!(values(inputs("a, b"), &sent("b")), @"Invalid entity: x: Invalid input for `x`, Invalid expression result. Expected a list of strings, but received String, but received `b`");
    assert_snapshot!(values(inputs("{{ [['a']] }}"), &sent("b")), @"Invalid entity: x: Invalid input for `x`, Invalid expression result. Expected a list of strings, but received a list with a List in it, but received `b`");
    assert_snapshot!(values(inputs("{{ inputs.missing }}"), &submitted([])), @r"
    Invalid entity: x: Invalid input for `x`, Cannot render 'expression'. Cause: Unable to find `missing` used in the expression `{{ inputs.missing }}` at line 1, but received `null`
    x: Invalid input for `x`, missing required input, but received `null`
    ");

    let flow = flow(inputs("{{ ['a', inputs.n] }}"));
    assert_eq!(resolved(&flow, &submitted([])).inputs[1].choices, Some(vec!["a".to_owned(), "2".to_owned()]));
}

#[test]
fn needs_are_told_together_and_again_until_supplied() {
    let flow = flow(vec![
        input("a", expressed("{{ kv('choices') }}")),
        input("b", string()).optional().depending(&[], Some("{{ kv('on') == kv('choices') }}")),
        input("c", expressed("{{ kv('more') }}")).depending(&["a"], None),
        input("d", string()).defaulting(json!("d")),
    ]);
    let sent = submitted([("a", text("x")), ("c", text("y"))]);
    let mut supplied = Supplied::new();
    let mut rounds = Vec::new();
    let resolution = loop {
        match resolve(&flow, &sent, &supplied, NOW, NO_SEAL) {
            Ok(resolution) => break resolution,
            Err(needs) => {
                let mut asked = Vec::new();
                for need in needs {
                    let Need::Kv { key, .. } = &need else { unreachable!("{need:?}") };
                    asked.push(key.clone());
                    let answer = if key == "more" { json!(["z"]) } else { json!(["x"]) };
                    assert_eq!(supplied.insert(need, Ok(answer)), None);
                }
                rounds.push(asked.join(", "));
            }
        }
    };
    assert_snapshot!(rounds.join("; "), @"choices, on; more");
    assert_snapshot!(shown(&resolution), @r#"
    a enabled "x"
    b enabled null
    c enabled -
        Invalid input for `c`, it must match the values `[z]`, but received `y`
    d enabled "d"
    "#);
}
