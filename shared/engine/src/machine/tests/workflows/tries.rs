//! Tasks of the system under definitions: how often they are tried, and how long they may take.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::{begun, broken, definition, object, outputs, played, step};
use crate::{
    conductor::{Step, StepKind, TaskStatus, WorkflowStatus, reading, tries},
    execution::{Ending, Level, Report, State, WorkerEnd},
    machine::{Event, Next, tests::play::Play, wake_at},
};

/// With `defined` for the name of each of its tasks.
fn under(defined: Json, tasks: Vec<Step>) -> Play {
    let mut play = begun(&definition(tasks));
    let mut named = object(defined);
    for task in play.flow.tasks.clone() {
        named.insert("name".to_owned(), json!(task.id));
        play.defined.insert(task.id, Json::Object(named.clone()));
    }
    play
}

fn http() -> Step {
    step("call", StepKind::Http, json!({"uri": "http://x", "method": "GET"}))
}

fn statuses(play: &Play) -> Vec<TaskStatus> {
    tries(&play.execution).iter().map(|it| it.status).collect()
}

/// Seconds between the end of each try and the begin of the next.
fn pauses(play: &Play) -> Vec<i64> {
    let attempts = &play.execution.task_runs.iter().next().unwrap().attempts;
    let pause = |pair: &[crate::execution::Attempt]| {
        (pair[1].state.first().date.as_millis() - pair[0].state.last().date.as_millis()) / 1_000
    };
    attempts.windows(2).map(pause).collect()
}

#[test]
fn one_without_a_definition_is_tried_once() {
    for task in [broken("t"), step("t", StepKind::Jq, json!({"queryExpression": "error"}))] {
        let play = played(vec![task]);
        assert_eq!(statuses(&play), [TaskStatus::Failed], "{play}");
        assert!(play.execution.task_runs.iter().all(|run| run.terms.is_none()));
    }
}

#[test]
fn pauses_follow_the_logic_of_the_definition_of_its_name() {
    let paused = |logic, more: Json| {
        let mut defined = object(json!({"retryCount": 4, "retryDelaySeconds": 10, "retryLogic": logic}));
        defined.extend(object(more));
        let play = under(Json::Object(defined), vec![broken("t")]).played();
        assert_eq!(statuses(&play), [TaskStatus::Failed; 5], "{play}");
        pauses(&play).into_iter().map(|it| it - 1).collect::<Vec<_>>()
    };
    // A fold comes a second later.
    assert_eq!(paused("FIXED", json!({})), [10, 10, 10, 10]);
    assert_eq!(paused("LINEAR_BACKOFF", json!({"backoffScaleFactor": 2})), [20, 40, 60, 80]);
    assert_eq!(paused("EXPONENTIAL_BACKOFF", json!({"maxRetryDelaySeconds": 30})), [10, 20, 30, 30]);
    let jittered = paused("FIXED", json!({"backoffJitterMs": 60_000}));
    assert!(jittered.iter().all(|it| (10..=70).contains(it)) && jittered[0] != jittered[1], "{jittered:?}");
}

#[test]
fn a_task_says_how_often_instead_and_a_definition_of_its_own_goes_first() {
    let play = played(vec![Step { retry_count: Some(1), ..broken("t") }]);
    assert_eq!((statuses(&play).len(), pauses(&play)), (2, vec![61]));
    let play = under(json!({"retryCount": 5}), vec![Step { retry_count: Some(0), ..broken("t") }]).played();
    assert_eq!(statuses(&play).len(), 1);
    let own = json!({"name": "t", "retryCount": 2, "retryDelaySeconds": 1});
    let own = Some(Box::new(reading::task_definition_of_json(&own).unwrap()));
    let play = under(json!({"retryCount": 5}), vec![Step { definition: own, ..broken("t") }]).played();
    assert_eq!(statuses(&play).len(), 3);
}

#[test]
fn what_gives_a_workflow_its_shape_is_tried_once() {
    let ends = step("t", StepKind::Terminate, json!({"terminationStatus": "SOON"}));
    let play = under(json!({"retryCount": 3}), vec![ends]).played();
    assert_eq!(statuses(&play), [TaskStatus::Failed]);
}

#[test]
fn a_call_whose_time_is_over_is_tried_again_or_ends_the_workflow() {
    for (policy, tried, status) in
        [("RETRY", 2, WorkflowStatus::TimedOut), ("TIME_OUT_WF", 1, WorkflowStatus::TimedOut)]
    {
        let defined = json!({"retryCount": 1, "timeoutSeconds": 5, "timeoutPolicy": policy});
        let mut play = under(defined, vec![http()]);
        for _ in 0..tried {
            let ready = play.begin();
            assert_eq!((ready[0].timeout, ready[0].alert), (Some(Duration::from_secs(5)), None));
            play.finish(&ready[0], Ending::TimedOut { message: "late".to_owned() }).unwrap();
            if let Some(at) = wake_at(&play.execution) {
                play.now = at;
            }
        }
        assert_eq!(play.fold(), Next::Ended, "{play}");
        assert_eq!(WorkflowStatus::of(&play.execution), status);
        assert_eq!(statuses(&play), vec![TaskStatus::TimedOut; tried]);
    }
    let mut play = under(json!({"timeoutSeconds": 5, "timeoutPolicy": "ALERT_ONLY"}), vec![http()]);
    let ready = play.begin();
    assert_eq!((ready[0].timeout, ready[0].alert), (None, Some(Duration::from_secs(5))));
}

#[test]
fn one_that_waits_for_too_long() {
    let wait = || vec![step("ask", StepKind::Human, json!({}))];
    let after = |policy| {
        let defined =
            json!({"retryCount": 1, "retryDelaySeconds": 3, "timeoutSeconds": 5, "timeoutPolicy": policy});
        let mut play = under(defined, wait());
        assert_eq!(play.fold(), Next::Waiting);
        assert_eq!(wake_at(&play.execution), Some(play.now.plus(Duration::from_secs(5))));
        play.now = wake_at(&play.execution).unwrap();
        let next = play.fold();
        (play, next)
    };
    let (play, next) = after("TIME_OUT_WF");
    assert_eq!((next, WorkflowStatus::of(&play.execution)), (Next::Ended, WorkflowStatus::TimedOut));
    let (play, next) = after("RETRY");
    assert_eq!((next, statuses(&play)), (Next::Waiting, vec![TaskStatus::TimedOut, TaskStatus::Scheduled]));
    let play = play.played();
    assert_eq!(statuses(&play), [TaskStatus::TimedOut, TaskStatus::TimedOut], "{play}");
    assert_eq!(WorkflowStatus::of(&play.execution), WorkflowStatus::TimedOut);
    let (mut play, next) = after("ALERT_ONLY");
    assert_eq!((next, statuses(&play)), (Next::Waiting, vec![TaskStatus::InProgress]));
    assert_eq!(wake_at(&play.execution), None);
    let warned = play.execution.logs.iter().filter(|it| it.level == Level::Warn).count();
    assert_eq!(warned, 1);
    let task_run = play.execution.task_runs.iter().next().unwrap().id;
    let report = Report::completed(object(json!({"yes": true})));
    play.tell(Event::WorkerReported { task_run, number: 1, report }).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    assert_eq!((play.execution.state.current(), outputs(&play)), (State::Success, json!({"yes": true})));
}

#[test]
fn whoever_it_waits_for_may_say_that_it_failed() {
    for (end, count) in [(WorkerEnd::Failed, 2), (WorkerEnd::FailedWithTerminalError, 1)] {
        let mut play = under(json!({"retryCount": 1}), vec![step("ask", StepKind::Human, json!({}))]);
        play.fold();
        let task_run = play.execution.task_runs.iter().next().unwrap().id;
        let report = Report::ended(end, serde_json::Map::new(), Some("no".to_owned()));
        let again = Event::WorkerReported { task_run, number: 1, report };
        play.tell(again.clone()).unwrap();
        assert_eq!(statuses(&play).len(), count, "{play}");
        assert!(play.tell(again).is_err(), "it counts once");
    }
}

#[test]
fn a_delay_goes_before_the_first_try_alone() {
    let step = Step { start_delay: Some(Duration::from_secs(30)), retry_count: Some(1), ..broken("t") };
    let mut play = begun(&definition(vec![step]));
    assert_eq!(play.fold(), Next::Waiting);
    assert_eq!(statuses(&play), [TaskStatus::Scheduled]);
    assert!(play.execution.task_runs.iter().all(|run| run.input.is_none()), "nobody saw it");
    assert_eq!(wake_at(&play.execution), Some(play.now.plus(Duration::from_secs(30))));
    let play = play.played();
    let scheduled = play.execution.task_runs.iter().next().unwrap().state.first().date;
    let began: Vec<i64> = play
        .execution
        .task_runs
        .iter()
        .next()
        .unwrap()
        .attempts
        .iter()
        .map(|it| (it.state.first().date.as_millis() - scheduled.as_millis()) / 1_000)
        .collect();
    assert_eq!(began, [31, 92], "{play}");
}

#[test]
fn a_task_that_completes_later_is_in_progress_after_its_work() {
    let later = |step| Step { async_complete: true, ..step };
    let defined = json!({"timeoutSeconds": 60, "timeoutPolicy": "TIME_OUT_WF", "retryCount": 1, "retryDelaySeconds": 0});
    let mut play = under(defined.clone(), vec![later(http())]);
    let ready = play.begin();
    play.finish(&ready[0], Ending::Success).unwrap();
    assert_eq!((play.fold(), statuses(&play)), (Next::Waiting, vec![TaskStatus::InProgress]));
    assert!(wake_at(&play.execution).is_some(), "its time is measured");
    let report = Report::completed(object(json!({"yes": true})));
    play.tell(Event::WorkerReported { task_run: ready[0].task_run, number: 1, report }).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    assert_eq!(statuses(&play), [TaskStatus::Completed]);
    // What it did stays, and what was told is added.
    let mut play = under(defined.clone(), vec![later(super::inline("t", "1"))]);
    assert_eq!(play.fold(), Next::Waiting);
    let task_run = play.execution.task_runs.iter().next().unwrap().id;
    let report = Report::completed(object(json!({"more": 2})));
    play.tell(Event::WorkerReported { task_run, number: 1, report }).unwrap();
    assert_eq!((play.fold(), outputs(&play)), (Next::Ended, json!({"result": 1, "more": 2})));
    // A failure is one.
    let play = under(defined.clone(), vec![later(broken("t"))]).played();
    assert_eq!(statuses(&play), [TaskStatus::Failed, TaskStatus::Failed]);
    let play = under(defined, vec![later(super::inline("t", "1"))]).played();
    assert_eq!(WorkflowStatus::of(&play.execution), WorkflowStatus::TimedOut, "{play}");
}
