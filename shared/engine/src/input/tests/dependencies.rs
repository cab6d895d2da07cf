//! Which inputs take part.

use expression::Need;
use insta::assert_snapshot;
use serde_json::json;

use super::*;

/// Which are enabled, and what is wrong with those that are not.
fn parts(inputs: Vec<Input>, submitted: &Submitted) -> String {
    let flow = flow(inputs);
    let line = |it: &crate::input::Resolved<'_>| {
        let value = it.value.as_ref().map_or("-".to_owned(), ToString::to_string);
        let problems: String = it.problems.iter().map(|it| format!("\n    {it}")).collect();
        format!("{} {} {value}{problems}", it.input.id, if it.enabled { "enabled" } else { "disabled" })
    };
    resolved(&flow, submitted).inputs.iter().map(line).collect::<Vec<_>>().join("\n")
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
    assert_snapshot!(values(inputs("{{ inputs.a == 'yes' }}"), &sent()), @"");
    assert_snapshot!(values(inputs("{{ inputs.a == 'no' }}"), &sent()), @"");
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
    assert_snapshot!(parts(inputs.clone(), &submitted([("a", text("false")), ("d", text("x"))])), @"");
    assert_snapshot!(values(inputs.clone(), &submitted([("a", text("false"))])), @"");
    assert_snapshot!(parts(inputs, &submitted([("a", text("true")), ("b", text("1")), ("c", text("s")), ("d", text("2"))])), @"");
}

#[test]
fn a_condition_sees_the_flow_and_only_its_dependencies() {
    let condition = "{{ flow.id == 'greet' and flow.namespace == 'company.team' and flow.revision == 3 and inputs.deep.er.x == 7 }}";
    let inputs = vec![
        input("deep.er.x", int()).defaulting(json!(7)),
        input("other", string()).defaulting(json!("o")),
        input("sees", string()).optional().depending(&["deep.er.x"], Some(condition)),
        input("blind", string()).optional().depending(&["deep.er.x"], Some("{{ inputs.other == 'o' }}")),
    ];
    assert_snapshot!(parts(inputs.clone(), &submitted([("blind", text("sent"))])), @"");
    assert_snapshot!(values(inputs, &submitted([("blind", text("sent"))])), @"");
}

#[test]
fn a_dependency_with_problems_is_seen_as_null() {
    let inputs = vec![
        input("a", int()),
        input("b", string()).optional().depending(&["a"], Some("{{ inputs.a is null }}")),
    ];
    assert_snapshot!(parts(inputs, &submitted([("a", text("x"))])), @"");
}

#[test]
fn unknown_dependencies_cycles_and_long_chains_end() {
    let inputs = vec![
        input("self", string()).optional().depending(&["self", "nobody"], None),
        input("a", string()).optional().depending(&["b"], None),
        input("b", string()).optional().depending(&["c"], None),
        input("c", string()).optional().depending(&["a"], Some("{{ true }}")),
    ];
    assert_snapshot!(parts(inputs, &submitted([])), @"");

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
    assert_snapshot!(values(inputs("{{ ['a', inputs.n, null, true] }}"), &sent("2")), @"");
    assert_snapshot!(values(inputs("{{ ['a', inputs.n, null, true] }}"), &sent("b")), @"");
    assert_snapshot!(values(inputs("{{ [] }}"), &sent("b")), @"");
    assert_snapshot!(values(inputs("{{ inputs.n }}"), &sent("b")), @"");
    assert_snapshot!(values(inputs("a, b"), &sent("b")), @"");
    assert_snapshot!(values(inputs("{{ [['a']] }}"), &sent("b")), @"");
    assert_snapshot!(values(inputs("{{ inputs.missing }}"), &submitted([])), @"");

    let flow = flow(inputs("{{ ['a', inputs.n] }}"));
    assert_eq!(resolved(&flow, &submitted([])).inputs[1].choices, Some(vec!["a".to_owned(), "2".to_owned()]));
}

#[test]
fn needs_are_told_together_and_again_until_supplied() {
    let kv = |key: &str| Need::Kv { key: key.to_owned(), namespace: None, error_on_missing: true };
    let flow = flow(vec![
        input("a", expressed("{{ kv('choices') }}")),
        input("b", string()).optional().depending(&[], Some("{{ kv('on') and kv('choices') }}")),
        input("c", expressed("{{ kv('more') }}")).depending(&["a"], None),
        input("d", string()).defaulting(json!("d")),
    ]);
    let sent = submitted([("a", text("x")), ("c", text("y"))]);
    let mut supplied = Supplied::new();
    let mut rounds = Vec::new();
    let resolution = loop {
        match resolve(&flow, &sent, &supplied, NOW) {
            Ok(resolution) => break resolution,
            Err(needs) => {
                for need in &needs {
                    let answer = if *need == kv("choices") {
                        Ok(json!(["x", "y"]))
                    } else {
                        Err("no such key".to_owned())
                    };
                    assert_eq!(supplied.insert(need.clone(), answer), None);
                }
                rounds.push(needs);
            }
        }
    };
    assert_snapshot!(format!("{rounds:#?}"), @"");
    assert_snapshot!(resolution.values().unwrap_err(), @"");
}
