//! Inputs of every type: what they become, and what is said when they cannot.

use serde_json::{Value as Json, json};
use tests::{execution, http::Request, multipart::Form, space::Space};

/// Definition of an input `x`, what is sent, and what it becomes.
const GOOD: &[(&str, &str, &str)] = &[
    ("type: STRING", "a string", r#""a string""#),
    ("type: STRING", "", r#""""#),
    ("type: STRING", "päth \u{1F680}", "\"päth \u{1F680}\""),
    ("type: STRING\n    validator: 'A\\d+'", "A42", r#""A42""#),
    ("type: ENUM\n    values: [A, B]", "B", r#""B""#),
    ("type: SELECT\n    values: [A, B]", "A", r#""A""#),
    ("type: SELECT\n    values: [A, B]\n    allowCustomValue: true", "C", r#""C""#),
    ("type: MULTISELECT\n    values: [A, B]", r#"["B", "A"]"#, r#"["B","A"]"#),
    ("type: INT", "42", "42"),
    ("type: INT\n    min: 1\n    max: 5", "5", "5"),
    ("type: INT", "-2147483648", "-2147483648"),
    ("type: FLOAT", "42.42", "42.42"),
    ("type: FLOAT", "3", "3.0"),
    ("type: BOOLEAN", "true", "true"),
    ("type: BOOLEAN", "True", "true"),
    ("type: BOOLEAN", "on", "false"),
    ("type: DATETIME", "2019-10-06T18:27:49Z", r#""2019-10-06T18:27:49Z""#),
    ("type: DATETIME", "2023-12-24T23:00:00.000Z", r#""2023-12-24T23:00:00Z""#),
    ("type: DATE", "2019-10-06", r#""2019-10-06""#),
    ("type: TIME", "18:27:49", r#""18:27:49""#),
    ("type: JSON", r#"{"a": [1, null]}"#, r#"{"a":[1,null]}"#),
    ("type: YAML", "a: 1\nb: [x]", r#"{"a":1,"b":["x"]}"#),
    ("type: ARRAY\n    itemType: INT", "[1, 2]", "[1,2]"),
    ("type: URI", "https://example.com/a?b=c", r#""https://example.com/a?b=c""#),
    ("type: EMAIL", "a@example.com", r#""a@example.com""#),
];

#[test]
fn what_is_sent_becomes_a_value() {
    let space = Space::shared("inputs");
    for (index, (definition, sent, becomes)) in GOOD.iter().enumerate() {
        let flow = format!("good{index}");
        space.create(&flow, &flow_with(definition));
        let execution = space.run_with(&flow, Form::new().text("x", sent));
        let expected: Json = serde_json::from_str(becomes).unwrap();
        assert_eq!(execution["inputs"], json!({"x": expected}), "{definition}, {sent}");
        assert_eq!(execution::state(&execution), "SUCCESS");
    }
}

/// Definition of an input `x`, and what is sent.
const BAD: &[(&str, &str)] = &[
    ("type: STRING\n    validator: 'A\\d+'", "B-failed"),
    ("type: ENUM\n    values: [A, B]", "C"),
    ("type: SELECT\n    values: [A, B]", "C"),
    ("type: MULTISELECT\n    values: [A, B]", r#"["A", "C"]"#),
    ("type: MULTISELECT\n    values: [A, B]", "A"),
    ("type: INT", "abc"),
    ("type: INT", "1.5"),
    ("type: INT", "2147483648"),
    ("type: INT\n    min: 1\n    max: 5", "0"),
    ("type: INT\n    min: 1\n    max: 5", "6"),
    ("type: FLOAT", "much"),
    ("type: DATETIME", "yesterday"),
    ("type: DATETIME\n    after: 2023-01-01T00:00:00Z", "2022-01-01T00:00:00Z"),
    ("type: DATE", "2019-13-06"),
    ("type: TIME", "25:00"),
    ("type: DURATION", "10 minutes"),
    ("type: JSON", "{"),
    ("type: YAML", "a: [1"),
    ("type: ARRAY\n    itemType: INT", r#"[1, "b"]"#),
    ("type: ARRAY\n    itemType: INT", "1"),
    ("type: URI", "not a uri"),
    ("type: EMAIL", "nobody"),
];

#[test]
fn what_cannot_become_a_value_is_told() {
    let space = Space::shared("inputs");
    let mut told = String::new();
    for (index, (definition, sent)) in BAD.iter().enumerate() {
        let flow = format!("bad{index}");
        space.create(&flow, &flow_with(definition));
        let request = space.call(&flow).form(Form::new().text("x", sent));
        let response = space.client().send(&request).expect(422);
        assert_eq!(response.json()["_embedded"]["errors"][0]["path"], "x");
        told.push_str(&format!("{}: {}\n", definition.replace("\n    ", ", "), response.message()));
    }
    insta::assert_snapshot!(told);
    let found = space.client().get(&format!("/api/v1/executions/search?namespace={}", space.namespace));
    assert_eq!(found.expect(200).json()["total"], 0, "a refused call leaves nothing");
}

fn flow_with(definition: &str) -> String {
    format!(
        "inputs:\n  - id: x\n    {definition}\ntasks:\n  - id: log\n    type: io.kestra.plugin.core.log.Log\n    \
         message: \"{{{{ inputs.x }}}}\""
    )
}

#[test]
fn a_duration_is_a_duration() {
    let space = Space::shared("inputs");
    space.create("duration", &flow_with("type: DURATION"));
    let execution = space.run_with("duration", Form::new().text("x", "PT5M6S"));
    assert_eq!(execution["inputs"], json!({"x": "PT5M6S"}));
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let space = Space::shared("inputs");
    space.create(
        "many",
        "
inputs:
  - { id: name, type: STRING }
  - { id: count, type: INT }
  - { id: size, type: FLOAT }
tasks:
  - { id: log, type: io.kestra.plugin.core.log.Log, message: x }
",
    );
    let form = Form::new().text("count", "abc").text("size", "1.5");
    let errors = space.client().send(&space.call("many").form(form)).expect(422).json();
    let paths: Vec<&Json> =
        errors["_embedded"]["errors"].as_array().unwrap().iter().map(|error| &error["path"]).collect();
    assert_eq!(paths, ["name", "count"]);
}

#[test]
fn what_is_not_sent_is_a_default_or_null() {
    let space = Space::shared("inputs");
    space.create(
        "defaults",
        "
inputs:
  - { id: optional, type: INT, required: false }
  - { id: defaulted, type: INT, defaults: 3 }
  - { id: nested.more.int, type: INT, defaults: 4 }
  - { id: empty, type: STRING, defaults: '' }
  - { id: flag, type: BOOLEAN, defaults: false }
  - { id: dependent, type: STRING, dependsOn: { inputs: [flag], condition: '{{ inputs.flag }}' } }
tasks:
  - { id: log, type: io.kestra.plugin.core.log.Log, message: x }
",
    );
    let expected =
        json!({"optional": null, "defaulted": 3, "nested": {"more": {"int": 4}}, "empty": "", "flag": false});
    assert_eq!(space.run("defaults")["inputs"], expected);
    let form = Form::new().text("unknown", "1").text("defaulted", "1").text("defaulted", "2");
    assert_eq!(space.run_with("defaults", form)["inputs"]["defaulted"], 2, "the last of a name counts");
}

#[test]
fn inputs_come_as_json() {
    let space = Space::shared("inputs");
    space.create(
        "json",
        "
inputs:
  - { id: name, type: STRING }
  - { id: count, type: INT }
  - { id: list, type: ARRAY, itemType: STRING }
tasks:
  - { id: log, type: io.kestra.plugin.core.log.Log, message: x }
",
    );
    let inputs = json!({"name": "a", "count": 3, "list": ["x", "y"]});
    let execution = space.client().send(&space.call("json").json(&inputs)).expect(200).json();
    assert_eq!(execution["inputs"], inputs);
}

#[test]
fn nothing_is_an_empty_form() {
    let space = Space::shared("inputs");
    space.create("plain", "tasks:\n  - { id: log, type: io.kestra.plugin.core.log.Log, message: x }");
    for request in [
        space.call("plain"),
        space.call("plain").form(Form::new()),
        space.call("plain").body(&Form::content_type(), ""),
        space.call("plain").header("Content-Type", "multipart/form-data"),
    ] {
        let execution = space.client().send(&request).expect(200).json();
        assert_eq!(execution::state(&execution), "SUCCESS");
    }
}

#[test]
fn inputs_are_checked_without_an_execution() {
    let space = Space::shared("inputs");
    space.create("checked", &flow_with("type: INT"));
    let target = format!("{}/validate", space.path("checked"));
    let checked = |form| space.client().send(&Request::post(&target).form(form)).expect(200).json();
    let good = checked(Form::new().text("x", "1"));
    assert_eq!(good["id"], "checked");
    assert_eq!(good["inputs"][0]["value"], 1);
    assert_eq!(good["inputs"][0]["enabled"], true);
    assert_eq!(good["inputs"][0]["input"]["id"], "x");
    let bad = checked(Form::new().text("x", "one"));
    assert!(
        bad["inputs"][0]["errors"][0]["message"].as_str().unwrap().contains("Invalid input for `x`"),
        "{bad}"
    );
}
