//! Tasks that others carry out: other workflows, workers, services.

use serde_json::{Map, Value as Json, json};

use super::{begun, definition, object, outputs, step};
use crate::{
    conductor::{EVENT, HTTP, Step, StepKind, SubWorkflow},
    execution::{AttemptOutcome, Ending, State},
    id::TaskRunId,
    machine::{Event, Next, Work, World, call, tests::play::Play},
};

fn sub_workflow(version: Option<Json>) -> Step {
    let kind = SubWorkflow {
        name: "child".to_owned(),
        version,
        definition: None,
        idempotency_key: None,
        idempotency_strategy: None,
        priority: None,
        task_to_domain: Map::new(),
    };
    step("sub", StepKind::SubWorkflow(Box::new(kind)), json!({"n": "${workflow.input.amount}"}))
}

/// Its child has begun.
fn calling(step: Step) -> (Play, TaskRunId) {
    let mut play = begun(&definition(vec![step]));
    let Next::Attempts(ready) = play.fold() else { panic!("{play}") };
    assert_eq!(ready[0].work, Work::Calls { splits: None });
    let task_run = ready[0].task_run;
    let shown = object(json!({"executionId": "c1"}));
    play.tell(Event::CallsPlanned { task_run, number: 1, total: 1, outputs: shown }).unwrap();
    play.tell(Event::CallsBegun { task_run, number: 1, begun: 1, child: None }).unwrap();
    (play, task_run)
}

#[test]
fn the_end_of_a_child_is_that_of_its_task() {
    let ended_so = |state, timed_out| {
        let (mut play, task_run) = calling(sub_workflow(Some(json!(3))));
        let shown = json!({"executionId": "c1", "state": "SUCCESS", "outputs": {"said": [1]}});
        play.tell(Event::CallEnded {
            task_run,
            number: 1,
            index: 0,
            state,
            timed_out,
            outputs: object(shown),
        })
        .unwrap();
        assert_eq!(play.fold(), Next::Ended);
        assert_eq!(play.execution.course.timed_out, timed_out);
        (play.execution.state.current(), outputs(&play), play.execution.course.reason.unwrap_or_default())
    };
    let ended = |state| ended_so(state, false);
    let shown = json!({"said": [1], "subWorkflowId": "c1"});
    assert_eq!(ended(State::Success), (State::Success, shown.clone(), String::new()));
    assert_eq!(ended(State::Warning), (State::Success, shown.clone(), String::new()));
    let (state, said, why) = ended(State::Failed);
    assert_eq!((state, said), (State::Failed, shown));
    assert!(why.ends_with("and reason: 'the sub-workflow c1 is FAILED'"), "{why}");
    assert_eq!(ended(State::Killed).0, State::Killed);
    let (state, _, why) = ended_so(State::Failed, true);
    assert!(
        state == State::Failed && why.ends_with("and reason: 'the sub-workflow c1 is TIMED_OUT'"),
        "{why}"
    );
}

#[test]
fn a_child_gets_the_input_of_its_task() {
    let (play, task_run) = calling(sub_workflow(Some(json!(3))));
    let world = World {
        now: play.now,
        ids: &|| 0,
        supplied: &expression::Supplied::new(),
        zone: &jiff::tz::TimeZone::UTC,
        envs: &Map::new(),
        globals: &Map::new(),
        catalogue: &crate::flow::Catalogue::new(Vec::new()),
        secrets: crate::secrets::Secrets::Open(None),
        room: 1,
    };
    let call = call(&play.flow, &play.execution, task_run, None, &world).unwrap();
    assert_eq!(
        (call.namespace.as_str(), call.flow_id.as_str(), call.revision),
        ("conductor", "child", Some(3))
    );
    assert_eq!(Json::Object(call.inputs), json!({"n": 5}));
}

#[test]
fn one_that_is_only_started_is_not_waited_for() {
    let request = json!({"startWorkflow": {"name": "other", "input": {"a": 1}}});
    let (mut play, _) = calling(step("start", StepKind::StartWorkflow, request));
    assert_eq!(play.fold(), Next::Ended);
    assert_eq!(outputs(&play), json!({"workflowId": "c1"}));
}

#[test]
fn a_worker_gets_the_input() {
    let worker = StepKind::Worker { task_type: "greet".to_owned() };
    let mut play = begun(&definition(vec![step("hi", worker, json!({"n": "${workflow.input.amount}"}))]));
    let Next::Attempts(ready) = play.fold() else { panic!("{play}") };
    let Work::Offer { task_type, domain, input } = &ready[0].work else { panic!("{ready:?}") };
    assert_eq!((task_type.as_str(), domain, input), ("greet", &None, &object(json!({"n": 5}))));
    let run = play.execution.task_runs.get(ready[0].task_run).unwrap();
    assert_eq!(run.input.as_ref(), Some(input));
}

#[test]
fn a_service_is_called_again_with_its_input_resolved_anew() {
    let kind = StepKind::Http;
    let request = json!({"http_request": {"uri": "http://x/${ask.retryCount}", "method": "GET"}});
    let mut play = begun(&definition(vec![Step { retry_count: Some(1), ..step("ask", kind, request) }]));
    for tried in 0..2 {
        let Next::Attempts(ready) = play.fold() else { panic!("{play}") };
        let Work::Run { type_name, properties, .. } = &ready[0].work else { panic!("{ready:?}") };
        assert_eq!((type_name.as_str(), &properties["http_request"]["method"]), (HTTP, &json!("GET")));
        let (task_run, number) = (ready[0].task_run, ready[0].number);
        assert!(play.execution.task_runs.get(task_run).unwrap().input.is_some());
        play.tell(Event::AttemptStarted { task_run, number, deadline: None }).unwrap();
        let ending = Ending::Failed { message: "503".to_owned() };
        let outcome = AttemptOutcome::new(ending, object(json!({"response": {"statusCode": 503}})));
        play.tell(Event::AttemptFinished { task_run, number, outcome }).unwrap();
        if tried == 0 {
            assert_eq!(play.fold(), Next::Waiting);
            play.now = crate::machine::wake_at(&play.execution).unwrap();
        }
    }
    assert_eq!(play.fold(), Next::Ended);
    assert_eq!(outputs(&play), json!({"response": {"statusCode": 503}}));
    assert_eq!(play.execution.state.current(), State::Failed);
}

#[test]
fn an_event_says_whose_it_is_and_where_it_went() {
    let event = |sink: &str| {
        step("tell", StepKind::Event { sink: sink.to_owned() }, json!({"n": "${workflow.input.amount}"}))
    };
    for (sink, produced) in
        [("conductor", "conductor:greet:tell"), ("conductor:mine", "conductor:greet:mine")]
    {
        let mut play = begun(&definition(vec![event(sink)]));
        assert_eq!(play.fold(), Next::Ended);
        let id = play.execution.id.to_string();
        let told = json!({
            "n": 5, "workflowInstanceId": id, "workflowType": "greet", "workflowVersion": 2,
            "correlationId": null, "taskToDomain": {}, "event_produced": produced,
        });
        assert_eq!(outputs(&play), told);
    }
    let mut play = begun(&definition(vec![event("sqs:${workflow.input.amount}-q")]));
    let Next::Attempts(ready) = play.fold() else { panic!("{play}") };
    let Work::Run { type_name, properties, .. } = &ready[0].work else { panic!("{ready:?}") };
    assert_eq!((type_name.as_str(), &properties["sink"]), (EVENT, &json!("sqs:5-q")));
    let message = &properties["message"];
    assert_eq!((&message["n"], &message["event_produced"]), (&json!(5), &json!("sqs:5-q")));
}

#[test]
fn the_template_fills_what_is_missing() {
    let of = crate::conductor::Definition {
        input_template: object(json!({"a": 1, "b": 2, "c": {"d": 3}})),
        ..definition(vec![step("nothing", StepKind::Noop, json!({}))])
    };
    let play = begun(&of);
    let filled = play.flow.workflow.unwrap().input(object(json!({"b": null, "c": 0, "more": "x"})));
    assert_eq!(Json::Object(filled), json!({"a": 1, "b": 2, "c": 0, "more": "x"}));
}
