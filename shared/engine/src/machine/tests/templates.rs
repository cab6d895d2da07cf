//! Templates run as the lists of tasks that they are.

use std::collections::BTreeMap;

use insta::assert_snapshot;

use super::play::Play;
use crate::{
    execution::{Execution, State, Templates},
    flow::{self, Catalogue, TaskTemplate, TemplateName},
    id::ExecutionId,
    machine::control::{Anew, replay, restart, restart_onto},
    time::Timestamp,
};

const FLOW: &str = r#"
tasks:
  - id: called
    type: io.kestra.plugin.core.flow.Template
    namespace: test
    templateId: greeting
    args: {who: "you {{ inputs.amount }}", times: 2}
outputs: [{id: said, type: STRING, value: "{{ outputs.say.value }}"}]
"#;

const SAYS: &str = r#"tasks:
  - {id: say, type: io.kestra.plugin.core.debug.Return, format: "hello {{ parent.outputs.args['who'] }}"}"#;

fn template(body: &str) -> TaskTemplate {
    let source = format!("id: greeting\nnamespace: test\n{body}");
    flow::parse_template(&source, &Catalogue::new(Vec::new())).unwrap()
}

fn played(body: &str, template: &TaskTemplate) -> Play {
    let mut play = Play::of(body);
    play.flow = play.flow.composed(&|_| Ok(template));
    play.execution.templates.fix(&template.name, Some(1));
    play.played()
}

#[test]
fn its_tasks_run_one_after_another_and_see_its_args() {
    assert_snapshot!(played(FLOW, &template(SAYS)), @r#"
    CREATED > RUNNING > SUCCESS
      called: CREATED > RUNNING > SUCCESS {"args":{"who":"you 5","times":"2"}}
        say: CREATED > RUNNING > SUCCESS [SUCCESS] {"value":"hello you 5"}
    outputs {"said":"hello you 5"}
    "#);
}

#[test]
fn its_errors_and_finally_are_those_of_the_template() {
    let fails = r#"
tasks:
  - {id: fails, type: io.kestra.plugin.core.execution.Fail, errorMessage: "{{ parent.outputs.args.who }}"}
  - {id: never, type: io.kestra.plugin.core.debug.Return}
errors: [{id: mend, type: io.kestra.plugin.core.debug.Return}]
finally: [{id: tidy, type: io.kestra.plugin.core.debug.Return}]
"#;
    assert_snapshot!(played(FLOW, &template(fails)), @r#"
    CREATED > RUNNING > FAILED
      called: CREATED > RUNNING > FAILED {"args":{"who":"you 5","times":"2"}}
        fails: CREATED > RUNNING > FAILED [FAILED]
        mend: CREATED > RUNNING > SUCCESS [SUCCESS]
        tidy: CREATED > RUNNING > SUCCESS [SUCCESS]
    ERROR fails: you 5
    ERROR -: Failed to render output values: Unable to find `say` used in the expression `{{ outputs.say.value }}` at line 1
      --> outputs[0].value, line 1, column 12
       | {{ outputs.say.value }}
       |            ^^^
    "#);
}

#[test]
fn one_that_is_not_there_fails_the_task() {
    assert_snapshot!(Play::of(FLOW).played(), @r"
    CREATED > RUNNING > FAILED
      called: CREATED > FAILED
    ERROR called: Can't find flow template 'test.greeting'
    ERROR -: Failed to render output values: Unable to find `say` used in the expression `{{ outputs.say.value }}` at line 1
      --> outputs[0].value, line 1, column 12
       | {{ outputs.say.value }}
       |            ^^^
    ");
}

#[test]
fn an_argument_that_fails_fails_the_task() {
    let body = FLOW.replace("inputs.amount", "inputs.none");
    assert_eq!(played(&body, &template(SAYS)).execution.state.current(), State::Failed);
}

const LATER: Timestamp = Timestamp::from_millis(1_000_000);

fn name() -> TemplateName {
    TemplateName { namespace: "test".to_owned(), id: "greeting".to_owned() }
}

#[test]
fn what_begins_again_keeps_its_templates_and_looks_for_missing_ones() {
    let mut missing = Play::of(FLOW);
    missing.execution.templates.fix(&name(), None);
    let missing = missing.played();
    let again = restart(&missing.flow, &missing.execution, LATER).unwrap();
    assert!(!again.templates.is_fixed(&name()), "it may be there now");

    let play = played(FLOW, &template("tasks: [{id: say, type: io.kestra.plugin.core.execution.Fail}]"));
    let again = restart(&play.flow, &play.execution, LATER).unwrap();
    assert_eq!(again.templates.revision(&name()), Some(1));
    assert_eq!(again.task_runs.len(), 2);
}

#[test]
fn what_has_no_counterpart_in_another_revision_of_a_template_is_gone() {
    let play = played(FLOW, &template(SAYS));
    let other = template("tasks: [{id: shout, type: io.kestra.plugin.core.debug.Return}]");
    let flow = Play::of(FLOW).flow.composed(&|_| Ok(&other));
    let ids = std::sync::atomic::AtomicU64::new(1_000);
    let next = || u128::from(ids.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let mut templates = Templates::default();
    templates.fix(&name(), Some(2));
    let anew = Anew { flow: &flow, revision: 1, templates: &templates, ids: &next };
    let called = play.execution.task_runs.iter().next().unwrap().id;
    let say = play.execution.task_runs.iter().nth(1).unwrap().id;
    let again = replay(&anew, &play.execution, Some(called), LATER).unwrap();
    assert_eq!((again.templates, again.task_runs.len()), (templates.clone(), 1));
    assert!(replay(&anew, &play.execution, Some(say), LATER).is_err(), "there is no such task any more");

    let failed = played(FLOW, &template("tasks: [{id: say, type: io.kestra.plugin.core.execution.Fail}]"));
    let again = restart_onto(&anew, &failed.execution, LATER).unwrap();
    let runs: BTreeMap<&str, State> =
        again.task_runs.iter().map(|run| (run.task_id.as_str(), run.state.current())).collect();
    assert_eq!(runs, BTreeMap::from([("called", State::Running)]));
}

#[test]
fn an_execution_of_a_flow_without_templates_keeps_nothing_of_them() {
    let of = ("test", "played", 1);
    let mut execution = Execution::created(ExecutionId::from_u128(7), "main", of, LATER);
    let json = |execution: &Execution| serde_json::to_value(execution).unwrap();
    assert!(json(&execution).get("templates").is_none());
    execution.templates.fix(&name(), Some(3));
    let kept = json(&execution);
    assert_eq!(kept["templates"], serde_json::json!({"test/greeting": 3}));
    assert_eq!(serde_json::from_value::<Execution>(kept).unwrap(), execution);
}
