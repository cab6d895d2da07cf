//! The outputs of executions that went well, and badly.

use std::fmt::Write;

use expression::{FileQuestion, Need, Supplied};
use insta::assert_snapshot;
use serde_json::{Map, json};

use super::end;
use crate::{
    execution::{Execution, State, TaskRun},
    flow::{self, Catalogue},
    id::{ExecutionId, TaskRunId},
    machine::{Event, World},
    time::Timestamp,
};

/// How an execution ends that ran `first`, in each of the states.
fn ends(outputs: &str, states: &[State]) -> String {
    let now = Timestamp::from_millis(0);
    let source = format!(
        "id: ends\nnamespace: test\ntasks: [{{ id: any, type: io.kestra.plugin.core.log.Log, message: x }}]\noutputs:\n{outputs}"
    );
    let catalogue = Catalogue::new(vec![]);
    let flow = flow::parse(&source, &catalogue).unwrap();
    let mut execution = Execution::created(ExecutionId::from_u128(7), "main", ("test", "ends", 1), now);
    let mut run = TaskRun::created(TaskRunId::from_u128(1), "first", now);
    run.outputs = json!({"value": "5"}).as_object().unwrap().clone();
    execution.task_runs.push(run);
    let world = World {
        now,
        ids: &|| 1,
        supplied: &Supplied::new(),
        zone: &jiff::tz::TimeZone::UTC,
        envs: &Map::new(),
        globals: &Map::new(),
        catalogue: &catalogue,
        secrets: crate::secrets::Secrets::Open(None),
        room: 1,
    };
    let mut text = String::new();
    for state in states {
        match end(&flow, &execution, *state, &world) {
            Ok(Event::Ended { state: ended, outputs, failure }) => {
                let outputs = outputs.map(serde_json::Value::Object);
                writeln!(text, "{} -> {} {outputs:?} {failure:?}", state.name(), ended.name()).unwrap();
            }
            Ok(other) => panic!("{other:?}"),
            Err(needs) => {
                let path = "kestra:///file".to_owned();
                assert_eq!(needs, [Need::File { asked: FileQuestion::Text, path, namespace: None }]);
                writeln!(text, "{} -> needs a file", state.name()).unwrap();
            }
        }
    }
    text
}

#[test]
fn whatever_ran_to_its_end_has_outputs() {
    let outputs = "  - { id: number, type: INT, value: \"{{ outputs.first.value }}\" }
  - { id: absent, type: STRING, value: \"{{ outputs.second.value ?? null }}\" }";
    let states =
        [State::Success, State::Warning, State::Failed, State::Killed, State::Cancelled, State::Retried];
    assert_snapshot!(ends(outputs, &states), @r#"
    SUCCESS -> SUCCESS Some(Object {"number": Number(5), "absent": Null}) None
    WARNING -> WARNING Some(Object {"number": Number(5), "absent": Null}) None
    FAILED -> FAILED Some(Object {"number": Number(5), "absent": Null}) None
    KILLED -> KILLED None None
    CANCELLED -> CANCELLED None None
    RETRIED -> RETRIED None None
    "#);
}

#[test]
fn one_that_cannot_be_rendered_fails_the_execution() {
    let states = [State::Success, State::Failed, State::Killed];
    assert_snapshot!(ends("  - { id: a, type: STRING, value: \"{{ outputs.second.value }}\" }", &states), @r#"
    SUCCESS -> FAILED None Some("Failed to render output values: Unable to find `second` used in the expression `{{ outputs.second.value }}` at line 1\n  --> outputs[0].value, line 1, column 12\n   | {{ outputs.second.value }}\n   |            ^^^^^^")
    FAILED -> FAILED None Some("Failed to render output values: Unable to find `second` used in the expression `{{ outputs.second.value }}` at line 1\n  --> outputs[0].value, line 1, column 12\n   | {{ outputs.second.value }}\n   |            ^^^^^^")
    KILLED -> KILLED None None
    "#);
    assert_snapshot!(ends("  - { id: a, type: INT, value: \"five {{ outputs.first.value }}\" }", &states), @r#"
    SUCCESS -> FAILED None Some("Failed to render output values: Invalid output for `a`, For input string: \"five 5\", but received `five 5`")
    FAILED -> FAILED None Some("Failed to render output values: Invalid output for `a`, For input string: \"five 5\", but received `five 5`")
    KILLED -> KILLED None None
    "#);
    assert_snapshot!(ends("  - { id: a, type: STRING, value: \"{{ read('kestra:///file') }}\" }", &states), @r"
    SUCCESS -> needs a file
    FAILED -> needs a file
    KILLED -> KILLED None None
    ");
}
