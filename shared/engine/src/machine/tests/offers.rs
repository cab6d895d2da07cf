//! Task runs that workers outside take.

use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use super::play::Play;
use crate::{
    conductor::{RetryLogic, TaskDefinition, WorkflowStatus},
    execution::{Execution, Offered, Report, State, Terms, WorkerEnd},
    id::TaskRunId,
    machine::{Event, Next, Rejected, Work, open_offers, running_attempts, vanished, wake_at},
};

const GREET: &str = r#"
tasks:
  - id: greet
    type: io.roundtrip.worker.Task
    taskType: "{{ 'hello' }}"
    input: {amount: "{{ inputs.amount }}", fixed: 1}
"#;

/// What is defined for its type: two tries more, ten seconds apart.
fn terms() -> Terms {
    let definition = TaskDefinition {
        retry_count: 2,
        retry_delay: Duration::from_secs(10),
        ..TaskDefinition::named("hello")
    };
    Terms::from(&definition)
}

/// Folds, and offers the one attempt that is owed.
fn offer(play: &mut Play, terms: Terms) -> (TaskRunId, u32) {
    let Next::Attempts(ready) = play.fold() else { panic!("nothing is owed: {play}") };
    assert_eq!(ready.len(), 1);
    let Work::Offer { task_type, domain, input } = ready[0].work.clone() else { panic!("{ready:?}") };
    let offered = Box::new(Offered { task_type, domain, input, priority: 0, terms });
    let (task_run, number) = (ready[0].task_run, ready[0].number);
    play.tell(Event::AttemptOffered { task_run, number, offered }).unwrap();
    (task_run, number)
}

fn report(play: &mut Play, (task_run, number): (TaskRunId, u32), end: WorkerEnd) -> Result<(), Rejected> {
    let reason = (end != WorkerEnd::Completed).then(|| "because".to_owned());
    let outputs: Map<String, Json> = serde_json::from_value(json!({"said": number})).unwrap();
    let report = Report::ended(end, outputs, reason);
    play.tell(Event::WorkerReported { task_run, number, report })
}

fn state(execution: &Execution, of: (TaskRunId, u32)) -> State {
    execution.task_runs.get(of.0).unwrap().state.current()
}

#[test]
fn nobody_here_runs_what_waits_for_a_worker() {
    let mut play = Play::of(GREET);
    let of = offer(&mut play, terms());
    let (run, number, offered) = open_offers(&play.execution).next().unwrap();
    assert_eq!((run.id, number, offered.task_type.as_str()), (of.0, 1, "hello"));
    assert_eq!(Json::Object(offered.input.clone()), json!({"amount": "5", "fixed": 1}));
    assert_eq!(play.fold(), Next::Waiting);
    assert_eq!(play.execution.state.current(), State::Running);
    assert_eq!(running_attempts(&play.execution).count(), 0);
    assert!(vanished(&play.execution, &|_| false).is_empty(), "no holder runs it, so none can lose it");
    assert_eq!(wake_at(&play.execution), None);
}

#[test]
fn a_report_ends_the_attempt_once() {
    let mut play = Play::of(GREET);
    let of = offer(&mut play, terms());
    report(&mut play, of, WorkerEnd::Completed).unwrap();
    assert!(matches!(report(&mut play, of, WorkerEnd::Failed), Err(Rejected::Stale(_))));
    assert_eq!(play.fold(), Next::Ended);
    assert_eq!(play.execution.state.current(), State::Success);
    assert_eq!(play.execution.task_runs.get(of.0).unwrap().outputs.get("said"), Some(&json!(1)));
    assert_eq!(open_offers(&play.execution).count(), 0);
}

#[test]
fn a_failure_is_tried_again_as_often_as_the_terms_say() {
    let mut play = Play::of(GREET);
    for number in 1..=3 {
        let of = offer(&mut play, terms());
        assert_eq!(of.1, number);
        assert!(matches!(
            report(&mut play, (of.0, number + 1), WorkerEnd::Completed),
            Err(Rejected::Stale(_))
        ));
        let end = if number == 2 { WorkerEnd::TimedOut } else { WorkerEnd::Failed };
        report(&mut play, of, end).unwrap();
        if number < 3 {
            assert_eq!(state(&play.execution, of), State::Retrying);
            assert_eq!(wake_at(&play.execution), Some(play.now.plus(Duration::from_secs(10))));
            assert_eq!(play.fold(), Next::Waiting);
            play.now = wake_at(&play.execution).unwrap();
        }
    }
    assert_eq!(play.fold(), Next::Ended);
    assert_eq!(play.execution.state.current(), State::Failed);
}

#[test]
fn a_terminal_error_is_not_tried_again() {
    let mut play = Play::of(GREET);
    let of = offer(&mut play, terms());
    report(&mut play, of, WorkerEnd::FailedWithTerminalError).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    assert_eq!(play.execution.state.current(), State::Failed);
}

#[test]
fn a_timeout_may_end_the_whole_execution() {
    let mut play = Play::of(&format!("{GREET}    allowFailure: true\n  - id: next\n    type: test.Work\n"));
    let of = offer(&mut play, terms());
    report(&mut play, of, WorkerEnd::TimedOutWorkflow).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    assert_eq!(play.execution.state.current(), State::Failed);
    assert_eq!(play.execution.task_runs.of_task("next").count(), 0);
    assert_eq!(WorkflowStatus::of(&play.execution), WorkflowStatus::TimedOut);
}

#[test]
fn a_kill_ends_what_waits_and_a_late_report_changes_nothing() {
    let mut play = Play::of(GREET);
    let of = offer(&mut play, terms());
    play.tell(Event::KillRequested).unwrap();
    assert_eq!(open_offers(&play.execution).count(), 0);
    assert_eq!(play.fold(), Next::Ended);
    let before = play.execution.clone();
    assert!(matches!(report(&mut play, of, WorkerEnd::Completed), Err(Rejected::Ended(State::Killed))));
    assert_eq!(before, play.execution);
}

#[test]
fn an_output_over_the_limit_fails_for_good() {
    let mut play = Play::of(GREET);
    let (task_run, number) = offer(&mut play, terms());
    let outputs = Map::from_iter([("all".to_owned(), Json::String("x".repeat(2 << 20)))]);
    play.tell(Event::WorkerReported { task_run, number, report: Report::completed(outputs) }).unwrap();
    assert_eq!(state(&play.execution, (task_run, number)), State::Failed);
}

#[test]
fn delays_follow_the_logic_of_the_definition() {
    let of = |retry_logic, backoff_scale_factor| Terms { retry_logic, backoff_scale_factor, ..terms() };
    let seconds = |terms: &Terms| (1..=4).map(|tries| terms.delay(tries, 0.0).as_secs()).collect::<Vec<_>>();
    assert_eq!(seconds(&of(RetryLogic::Fixed, 3)), [10, 10, 10, 10]);
    assert_eq!(seconds(&of(RetryLogic::LinearBackoff, 3)), [30, 60, 90, 120]);
    assert_eq!(seconds(&of(RetryLogic::ExponentialBackoff, 3)), [10, 20, 40, 80]);
    let capped =
        Terms { retry_delay_max: Some(Duration::from_secs(25)), ..of(RetryLogic::ExponentialBackoff, 1) };
    assert_eq!(seconds(&capped), [10, 20, 25, 25]);
    let jittered = Terms { backoff_jitter: Duration::from_millis(500), ..capped };
    assert_eq!(jittered.delay(9, 1.0), Duration::from_millis(25_500));
    assert_eq!(of(RetryLogic::ExponentialBackoff, 1).delay(usize::MAX, 0.0).as_secs(), 2_147_483_647);
}
