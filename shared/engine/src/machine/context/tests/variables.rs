//! Everything else at the root.

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::{Batch, Scene};
use crate::{
    execution::{Attempt, ExecutionTrigger, Level, LogEntry, State, StateLog},
    flow::{FlowableKind, Label, TaskKind},
    time::Timestamp,
};

#[test]
fn of_a_task_run_tell_where_it_stands() {
    let mut scene = Scene::plain();
    let group = scene.run(None, "group", None, json!({"chosen": true}));
    let below = scene.run(Some(group), "any", Some("v"), json!({}));
    let mut run = scene.execution.task_runs.get_mut(below).unwrap();
    run.iteration = Some(2);
    for state in [State::Failed, State::Running] {
        let state = StateLog::new(state, Timestamp::from_millis(1_000));
        run.attempts.push(Attempt {
            state,
            deadline: None,
            lost: false,
            alerted: false,
            log_file: None,
            metrics: Vec::new(),
            worked: None,
        });
    }
    drop(run);
    assert_snapshot!(scene.table(Some(below), [
        "taskrun",
        "taskrun.attemptsCount",
        "task",
        "parents",
        "parent.outputs.chosen",
        "workerTaskrun",
        "flow",
        "execution",
        "envs.region",
    ]), @r#"
    taskrun  ->  {"id":"0000000000000000000002","startDate":"1970-01-01T00:00:01.000Z","attemptsCount":1,"parentId":"0000000000000000000001","value":"v","iteration":2}
    taskrun.attemptsCount  ->  1
    task  ->  {"id":"any","type":"io.kestra.plugin.core.log.Log"}
    parents  ->  [{"outputs":{"chosen":true}}]
    parent.outputs.chosen  ->  true
    workerTaskrun  ->  failed: Unable to find `workerTaskrun` used in the expression `…` at line 1
    flow  ->  {"id":"seen","namespace":"test","revision":3,"tenantId":"main"}
    execution  ->  {"id":"0000000000000000000007","startDate":"1970-01-01T00:00:00.000Z","originalId":"0000000000000000000007","state":"CREATED"}
    envs.region  ->  eu
    "#);
    assert_snapshot!(scene.table(Some(group), ["parents", "parent", "taskrun.value"]), @r"
    parents  ->  []
    parent  ->  failed: Unable to find `parent` used in the expression `…` at line 1 (did you mean `parents`?)
    taskrun.value  ->  failed: Unable to find `value` used in the expression `…` at line 1
    ");
    assert_snapshot!(scene.table(None, ["taskrun", "task", "parents", "execution.outputs"]), @r"
    taskrun  ->  failed: Unable to find `taskrun` used in the expression `…` at line 1
    task  ->  failed: Unable to find `task` used in the expression `…` at line 1 (did you mean `tasks`?)
    parents  ->  failed: Unable to find `parents` used in the expression `…` at line 1
    execution.outputs  ->  failed: Unable to find `outputs` used in the expression `…` at line 1
    ");
    let batch = Batch { iteration: 5, uri: "kestra:///batch" };
    let text = scene.render_batch(Some(below), Some(batch), "{{ taskrun.iteration }} {{ taskrun.items }}");
    assert_eq!(text, "5 kestra:///batch");
}

/// Each > Sequential > `WorkingDirectory` > tasks, and the same without the sequence.
#[test]
fn below_a_working_directory_show_the_group() {
    let mut scene = Scene::of(
        "
tasks:
  - id: dir
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - { id: work, type: io.kestra.plugin.core.log.Log, message: x }
    errors:
      - { id: alarm, type: io.kestra.plugin.core.log.Log, message: x }
",
    );
    let TaskKind::Flowable(flowable) = &mut scene.flow.tasks[0].kind else { panic!("it is flowable") };
    let FlowableKind::Sequential { tasks } = &mut flowable.kind else { panic!("it is a sequence") };
    flowable.kind = FlowableKind::WorkingDirectory { tasks: std::mem::take(tasks), properties: Vec::new() };

    let each = scene.run(None, "each", None, json!({}));
    let dir = scene.run(Some(each), "dir", Some("1"), json!({}));
    scene.run(Some(dir), "first", None, json!({"value": "made"}));
    let work = scene.run(Some(dir), "work", None, json!({}));
    let alarm = scene.run(Some(dir), "alarm", None, json!({}));
    assert_snapshot!(scene.table(Some(work), [
        "taskrun.value",
        "workerTaskrun.value",
        "workerTaskrun",
        "parent",
        "outputs.first['1'].value",
        "currentEachOutput(outputs.first).value",
    ]), @r#"
    taskrun.value  ->  1
    workerTaskrun.value  ->  1
    workerTaskrun  ->  {"id":"0000000000000000000002","startDate":"1970-01-01T00:00:01.000Z","attemptsCount":0,"parentId":"0000000000000000000001","value":"1"}
    parent  ->  {"taskrun":{"value":"1"}}
    outputs.first['1'].value  ->  made
    currentEachOutput(outputs.first).value  ->  made
    "#);
    assert_snapshot!(scene.table(Some(alarm), ["taskrun.value", "workerTaskrun", "parent"]), @r#"
    taskrun.value  ->  failed: Unable to find `value` used in the expression `…` at line 1
    workerTaskrun  ->  failed: Unable to find `workerTaskrun` used in the expression `…` at line 1
    parent  ->  {"taskrun":{"value":"1"}}
    "#);

    let sequence = scene.run(Some(each), "seq", Some("2"), json!({}));
    let dir = scene.run(Some(sequence), "dir", None, json!({}));
    let work = scene.run(Some(dir), "work", None, json!({}));
    assert_snapshot!(scene.table(Some(work), ["taskrun.value", "workerTaskrun.value", "parents", "parent"]), @r#"
    taskrun.value  ->  failed: Unable to find `value` used in the expression `…` at line 1
    workerTaskrun.value  ->  failed: Unable to find `value` used in the expression `…` at line 1
    parents  ->  [{"taskrun":{"value":"2"}}]
    parent  ->  {"taskrun":{"value":"2"}}
    "#);
}

#[test]
fn of_the_execution_lie_over_those_of_the_flow() {
    let mut scene = Scene::of(
        "
variables: { plain: flow, both: flow, deep: { a: 1 } }
tasks: [{ id: any, type: io.kestra.plugin.core.log.Log, message: x }]
",
    );
    let expressions = ["vars", "vars.both", "vars.plain", "vars.deep.a", "added", "flow.id", "vars.missing"];
    assert_snapshot!(scene.table(None, expressions), @r#"
    vars  ->  {"plain":"flow","both":"flow","deep":{"a":1}}
    vars.both  ->  flow
    vars.plain  ->  flow
    vars.deep.a  ->  1
    added  ->  failed: Unable to find `added` used in the expression `…` at line 1
    flow.id  ->  seen
    vars.missing  ->  failed: Unable to find `missing` used in the expression `…` at line 1
    "#);
    let Json::Object(variables) = json!({"both": "execution", "added": {"b": 2}, "flow": "not seen"}) else {
        unreachable!("it is a map")
    };
    scene.execution.variables = variables;
    assert_snapshot!(scene.table(None, expressions), @r#"
    vars  ->  {"plain":"flow","both":"execution","deep":{"a":1},"added":{"b":2},"flow":"not seen"}
    vars.both  ->  execution
    vars.plain  ->  flow
    vars.deep.a  ->  1
    added  ->  {"b":2}
    flow.id  ->  seen
    vars.missing  ->  failed: Unable to find `missing` used in the expression `…` at line 1
    "#);
    scene.flow.variables.clear();
    assert_snapshot!(scene.table(None, ["vars"]), @r#"vars  ->  {"both":"execution","added":{"b":2},"flow":"not seen"}"#);
    scene.execution.variables.clear();
    assert_snapshot!(scene.table(None, ["vars"]), @"vars  ->  failed: Unable to find `vars` used in the expression `…` at line 1");
}

#[test]
fn inputs_that_nobody_gave_have_their_defaults() {
    let mut scene = Scene::of(
        "
inputs:
  - { id: given, type: STRING, defaults: default }
  - { id: absent, type: INT, defaults: 5 }
  - { id: wait, type: DURATION, defaults: PT5M }
  - { id: none, type: STRING, required: false }
  - { id: nested.given, type: STRING }
  - { id: nested.absent, type: STRING, defaults: inside }
tasks: [{ id: any, type: io.kestra.plugin.core.log.Log, message: x }]
",
    );
    assert_snapshot!(scene.table(None, ["inputs", "inputs.none"]), @r#"
    inputs  ->  {"given":"default","absent":5,"wait":"PT5M","nested":{"absent":"inside"}}
    inputs.none  ->  failed: Unable to find `none` used in the expression `…` at line 1
    "#);
    let Json::Object(inputs) = json!({"given": "g", "nested": {"given": "n"}}) else {
        unreachable!("it is a map")
    };
    scene.execution.inputs = inputs;
    assert_snapshot!(scene.table(None, ["inputs", "inputs.nested.absent", "inputs.absent + 1"]), @r#"
    inputs  ->  {"given":"g","nested":{"given":"n","absent":"inside"},"absent":5,"wait":"PT5M"}
    inputs.nested.absent  ->  inside
    inputs.absent + 1  ->  6
    "#);
    scene.flow.inputs.clear();
    assert_snapshot!(scene.table(None, ["inputs"]), @r#"inputs  ->  {"given":"g","nested":{"given":"n"}}"#);
    scene.execution.inputs.clear();
    assert_snapshot!(scene.table(None, ["inputs"]), @"inputs  ->  failed: Unable to find `inputs` used in the expression `…` at line 1");
}

#[test]
fn labels_are_nested_and_of_duplicates_the_first_counts() {
    let mut scene = Scene::plain();
    assert_snapshot!(scene.table(None, ["labels", "trigger"]), @r"
    labels  ->  failed: Unable to find `labels` used in the expression `…` at line 1
    trigger  ->  failed: Unable to find `trigger` used in the expression `…` at line 1
    ");
    scene.execution.labels =
        [("team", "a"), ("team", "b"), ("system.correlationId", "x"), ("team.lead", "c")]
            .map(|(key, value)| Label::new(key, value))
            .into();
    scene.execution.trigger = Some(ExecutionTrigger {
        id: "hook".to_owned(),
        type_name: "Webhook".to_owned(),
        variables: json!({"body": {"a": 1}}).as_object().unwrap().clone(),
    });
    assert_snapshot!(scene.table(None, ["labels", "labels.system.correlationId", "trigger.body.a"]), @r#"
    labels  ->  {"team":"a","system":{"correlationId":"x"}}
    labels.system.correlationId  ->  x
    trigger.body.a  ->  1
    "#);
    let deep = "a.".repeat(100_000);
    scene.execution.labels = vec![Label::new(&*deep, "deep")];
    assert_eq!(scene.render(None, "{{ labels | keys | length }}"), "1");
}

#[test]
fn error_lines_are_the_first_of_their_level() {
    let mut scene = Scene::plain();
    assert_eq!(scene.render(None, "{{ errorLogs() }}"), "[]");
    let run = scene.run(None, "any", None, json!({}));
    for number in 0..60 {
        let level = if number % 2 == 0 { Level::Error } else { Level::Warn };
        scene.log(LogEntry {
            timestamp: Timestamp::from_millis(number),
            level,
            task_run: Some(run),
            task_id: Some("any".to_owned()),
            attempt: 1,
            message: format!("line {number}"),
        });
    }
    assert_snapshot!(scene.table(None, [
        "errorLogs()[0]",
        "errorLogs() | length",
        "errorLogs()[24].message",
        "errorLogs()[25].message",
    ]), @r#"
    errorLogs()[0]  ->  {"taskId":"any","message":"line 0","timestamp":"1970-01-01T00:00:00.000Z","level":"ERROR","attemptNumber":1,"taskRunId":"0000000000000000000001"}
    errorLogs() | length  ->  25
    errorLogs()[24].message  ->  line 48
    errorLogs()[25].message  ->  failed: Unable to find `25` used in the expression `…` at line 1 (`errorLogs()` has the items `[0]` to `[24]`)
    "#);
}
