//! Outputs of flows.

use serde_json::json;
use tests::{
    execution::{id, state},
    space::Space,
};

const TASK: &str = "tasks:\n  - { id: hello, type: io.kestra.plugin.core.debug.Return, format: '42' }\n";

#[test]
fn outputs_have_their_types() {
    let space = Space::shared("outputs");
    let execution = space.play(
        "typed",
        &format!(
            "{TASK}{}",
            "outputs:
  - { id: text, type: STRING, value: \"{{ outputs.hello.value }}\" }
  - { id: number, type: INT, value: \"{{ outputs.hello.value }}\" }
  - { id: fraction, type: FLOAT, value: '1.5' }
  - { id: flag, type: BOOLEAN, value: \"{{ outputs.hello.value == '42' }}\" }
  - { id: document, type: JSON, value: '{\"a\": [1]}' }
"
        ),
    );
    let expected = json!({"text": "42", "number": 42, "fraction": 1.5, "flag": true, "document": {"a": [1]}});
    assert_eq!(execution["outputs"], expected);
    assert_eq!(
        execution["outputs"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["text", "number", "fraction", "flag", "document"]
    );
}

#[test]
fn an_output_that_cannot_be_had_fails_the_execution() {
    let space = Space::shared("outputs");
    for (flow, output) in [
        ("unknown", "type: STRING, value: \"{{ outputs.nowhere.value }}\""),
        ("mistyped", "type: INT, value: \"{{ outputs.hello.value }} apples\""),
    ] {
        let execution = space.play(flow, &format!("{TASK}outputs:\n  - {{ id: it, {output} }}"));
        assert_eq!(state(&execution), "FAILED", "{flow}");
        assert_eq!(execution.get("outputs"), None);
        assert_eq!(state(&execution["taskRunList"][0]), "SUCCESS");
        let messages = space.messages(id(&execution));
        assert!(messages.last().unwrap().starts_with("Failed to render output values: "), "{messages:?}");
    }
}

#[test]
fn a_failed_execution_has_outputs_too() {
    let space = Space::shared("outputs");
    let execution = space.play(
        "failed",
        "tasks:\n  - { id: fail, type: io.kestra.plugin.core.execution.Fail }\noutputs:\n  - { id: it, type: STRING, \
         value: still }",
    );
    assert_eq!(state(&execution), "FAILED");
    assert_eq!(execution["outputs"], json!({"it": "still"}));
}
