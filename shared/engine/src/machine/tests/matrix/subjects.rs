//! Executions and task runs in every state, brought there by playing flows.

use serde_json::json;

use super::super::{
    play::Play,
    workflows::{begun, definition, step},
};
use crate::{
    conductor::StepKind,
    execution::{AttemptOutcome, Ending, State},
    id::TaskRunId,
    machine::{Event, Next, Turn, wake_at},
};

/// An execution in some state, and a task run of it.
pub(super) struct Subject {
    /// What its state does not say.
    pub(super) what: &'static str,
    pub(super) play: Play,
    /// One that is not there when the execution has none.
    pub(super) task_run: TaskRunId,
}

impl Subject {
    fn of(what: &'static str, flow: &'static str, task: &str, play: impl FnOnce(&mut Play)) -> Self {
        Self::with(what, Play::of(flow), task, play)
    }

    fn with(what: &'static str, start: Play, task: &str, play: impl FnOnce(&mut Play)) -> Self {
        let mut subject = Self { what, play: start, task_run: TaskRunId::from_u128(0) };
        play(&mut subject.play);
        if let Some(run) = subject.play.execution.task_runs.of_task(task).next_back() {
            subject.task_run = run.id;
        }
        subject
    }

    /// The same once more.
    pub(super) fn again(&self) -> Self {
        let mut play = Play::with(self.play.flow.clone());
        play.execution = self.play.execution.clone();
        play.now = self.play.now;
        Self { what: self.what, play, task_run: self.task_run }
    }
}

const WORK: &str = "tasks: [{id: work, type: test.Work}]";
const TWO: &str = "tasks: [{id: work, type: test.Work}, {id: next, type: test.Work}]";
const RETRIED: &str =
    "tasks: [{id: work, type: test.Work, retry: {type: constant, interval: PT1M, maxAttempts: 3}}]";
const ANOTHER: &str = "
retry: {type: constant, interval: PT1M, maxAttempts: 3, behavior: CREATE_NEW_EXECUTION}
tasks: [{id: work, type: test.Work}]";
const PAUSE: &str = "
tasks: [{id: pause, type: io.kestra.plugin.core.flow.Pause, tasks: [{id: work, type: test.Work}]}]";
const LOOP: &str = "
tasks:
  - id: loop
    type: io.kestra.plugin.core.flow.LoopUntil
    condition: 'false'
    checkFrequency: {interval: PT1M}
    tasks: [{id: work, type: test.Work}]";
const GROUP: &str = "
tasks:
  - id: group
    type: io.kestra.plugin.core.flow.Sequential
    tasks: [{id: work, type: test.Work}, {id: next, type: test.Work}]";
const DIRECTORY: &str = "
tasks:
  - id: directory
    type: io.kestra.plugin.core.flow.WorkingDirectory
    tasks: [{id: work, type: test.Work}]";
const SLEEP: &str = "tasks: [{id: sleep, type: io.kestra.plugin.core.flow.Sleep, duration: PT1M}]";
const SKIPPED: &str = "
tasks: [{id: skipped, type: test.Work, runIf: 'false'}, {id: work, type: test.Work}]";
const AFTER: &str = "
tasks: [{id: first, type: io.kestra.plugin.core.debug.Return}]
afterExecution: [{id: work, type: test.Work}]";
const CALL: &str = "
tasks: [{id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: test, flowId: other}]";

/// A workflow of Conductor that asks somebody again and again.
fn looped() -> Play {
    let ask = step("ask", StepKind::Human, json!({}));
    let kind = StepKind::DoWhile { condition: Some("true".to_owned()), over: vec![ask], items: None };
    begun(&definition(vec![step("loop", kind, json!({}))]))
}

fn failed() -> Ending {
    Ending::Failed { message: "broke".to_owned() }
}

fn ended(play: &mut Play, ending: Ending) {
    let ready = play.begin();
    play.finish(&ready[0], ending).unwrap();
    play.fold();
}

fn told(play: &mut Play, event: Event) {
    play.tell(event).unwrap();
}

/// To the moment it waits for, and through it.
fn waited(play: &mut Play) {
    play.now = wake_at(&play.execution).unwrap();
    play.fold();
}

fn resumed(play: &mut Play) {
    play.fold();
    let task_run = play.execution.task_runs.of_task("pause").next().unwrap().id;
    told(play, Event::TaskRunResumed { task_run, outputs: serde_json::Map::new() });
}

fn stopped(play: &mut Play) {
    play.begin();
    told(play, Event::StopRequested { state: State::Cancelled, message: None });
}

fn killed(play: &mut Play) {
    play.begin();
    told(play, Event::KillRequested);
}

pub(super) fn executions() -> Vec<Subject> {
    vec![
        Subject::of("new", WORK, "", |_| {}),
        Subject::of("waits for a place", WORK, "", |play| told(play, Event::Queued)),
        Subject::of("has a place", WORK, "", |play| {
            told(play, Event::Queued);
            told(play, Event::Admitted);
        }),
        Subject::of("an attempt runs", TWO, "work", |play| {
            play.begin();
        }),
        Subject::of("is being stopped", TWO, "work", stopped),
        Subject::of("a task is paused", PAUSE, "pause", |play| {
            play.fold();
        }),
        Subject::of("held back", TWO, "work", |play| {
            play.begin();
            told(play, Event::PauseRequested);
        }),
        Subject::of("waits to try again", RETRIED, "work", |play| ended(play, failed())),
        Subject::of("resumed by somebody", PAUSE, "pause", resumed),
        Subject::of("an attempt still runs", TWO, "work", killed),
        Subject::of("", WORK, "work", |play| ended(play, Ending::Success)),
        Subject::of("a task runs after the end", AFTER, "work", |play| {
            play.begin();
        }),
        Subject::of("", WORK, "work", |play| ended(play, Ending::Warning)),
        Subject::of("", WORK, "work", |play| ended(play, failed())),
        Subject::of("", WORK, "", |play| {
            told(play, Event::KillRequested);
            play.fold();
        }),
        Subject::of("", WORK, "", |play| {
            told(play, Event::Refused { state: State::Cancelled, message: "no place".to_owned() });
        }),
        Subject::of("another takes its place", ANOTHER, "work", |play| ended(play, failed())),
    ]
}

pub(super) fn task_runs() -> Vec<Subject> {
    let mut subjects = vec![
        Subject::of("an attempt is owed", WORK, "work", |play| {
            play.fold();
        }),
        Subject::of("is to call an execution", CALL, "call", |play| {
            play.fold();
        }),
        Subject::of("flowable, has not begun", GROUP, "group", |play| {
            told(play, Event::Started);
            let id = TaskRunId::from_u128(1);
            let group = "group".to_owned();
            let turn = Turn { id, task_id: group, parent: None, index: None, value: None, iteration: None };
            told(play, Event::TaskRunCreated(turn));
        }),
        Subject::of("tried again", RETRIED, "work", |play| {
            ended(play, failed());
            waited(play);
        }),
        Subject::of("of an execution that was restarted", WORK, "work", |play| {
            play.fold();
            let id = play.execution.task_runs.of_task("work").next().unwrap().id;
            // Only control brings it there.
            let now = play.now;
            play.execution.task_runs.get_mut(id).unwrap().state.enter(State::Restarted, now);
        }),
        Subject::of("an attempt runs", WORK, "work", |play| {
            play.begin();
        }),
        Subject::of("its attempt was lost", WORK, "work", |play| {
            let ready = play.begin();
            told(play, Event::AttemptLost { task_run: ready[0].task_run, number: 1 });
        }),
        Subject::of("sleeps", SLEEP, "sleep", |play| {
            play.fold();
        }),
        Subject::of("the execution it calls runs", CALL, "call", |play| {
            play.fold();
            let task_run = play.execution.task_runs.of_task("call").next().unwrap().id;
            let outputs = serde_json::Map::new();
            told(play, Event::CallsPlanned { task_run, number: 1, total: 1, outputs });
        }),
        Subject::of("is for a worker", WORKER, "remote", |play| {
            play.fold();
        }),
        Subject::of("waits for a worker", WORKER, "remote", offered),
        Subject::of("the workflow it is of is paused", WORKER, "remote", |play| {
            offered(play);
            told(play, Event::PauseRequested);
        }),
        Subject::of("flowable, a task below runs", GROUP, "group", |play| {
            play.begin();
        }),
        Subject::of("flowable, nothing below runs", GROUP, "group", |play| {
            let ready = play.begin();
            play.finish(&ready[0], Ending::Success).unwrap();
        }),
        Subject::of("a loop, nothing below runs", LOOP, "loop", |play| {
            let ready = play.begin();
            play.finish(&ready[0], Ending::Success).unwrap();
        }),
        Subject::of("its directory is being opened", DIRECTORY, "directory", |play| {
            play.begin();
        }),
        Subject::of("its directory is open", DIRECTORY, "directory", |play| {
            ended(play, Ending::Success);
        }),
        Subject::of("its directory is being closed", DIRECTORY, "directory", |play| {
            ended(play, Ending::Success);
            ended(play, Ending::Success);
            play.begin();
        }),
        Subject::of("for somebody", PAUSE, "pause", |play| {
            play.fold();
        }),
        Subject::of("for its next round", LOOP, "loop", |play| ended(play, Ending::Success)),
        Subject::of("for its next attempt, now due", RETRIED, "work", |play| {
            ended(play, failed());
            play.now = wake_at(&play.execution).unwrap();
        }),
        Subject::of("an attempt below still runs", GROUP, "group", killed),
        Subject::of("", TWO, "work", |play| ended(play, Ending::Success)),
        Subject::of("", TWO, "work", |play| ended(play, Ending::Warning)),
        Subject::of("an error task runs", FAILED, "work", |play| ended(play, failed())),
        Subject::of("what runs beside it is stopped", BESIDE, "nap", killed),
        Subject::of("", SKIPPED, "skipped", |play| {
            let Next::Attempts(_) = play.fold() else { panic!("{play}") };
        }),
        Subject::of("what runs beside it is stopped", BOTH, "first", |play| {
            let ready = play.begin();
            play.finish(&ready[0], failed()).unwrap();
        }),
    ];
    subjects.extend(workflow_tasks());
    subjects
}

/// Of a workflow of Conductor.
fn workflow_tasks() -> Vec<Subject> {
    vec![
        Subject::with("of Conductor, its input is to be resolved", looped(), "loop", |play| {
            told(play, Event::Started);
            let id = TaskRunId::from_u128(1);
            let task_id = "loop".to_owned();
            told(
                play,
                Event::TaskRunCreated(Turn {
                    id,
                    task_id,
                    parent: None,
                    index: None,
                    value: None,
                    iteration: None,
                }),
            );
        }),
        Subject::with("of Conductor, waits for somebody", looped(), "ask", |play| {
            play.fold();
        }),
        Subject::with("a loop of Conductor, nothing below runs", looped(), "loop", |play| {
            play.fold();
            let task_run = play.execution.task_runs.of_task("ask").next().unwrap().id;
            let outcome = AttemptOutcome::new(Ending::Success, serde_json::Map::new());
            told(play, Event::AttemptFinished { task_run, number: 1, outcome });
        }),
    ]
}

fn offered(play: &mut Play) {
    play.fold();
    let task_run = play.execution.task_runs.of_task("remote").next().unwrap().id;
    told(play, Event::AttemptOffered { task_run, number: 1, offered: Box::new(super::kinds::offered()) });
}

const WORKER: &str = "tasks: [{id: remote, type: io.roundtrip.worker.Task, taskType: greet}]";
const FAILED: &str = "
tasks: [{id: work, type: test.Work}]
errors: [{id: alarm, type: test.Work}]";
const BESIDE: &str = "
tasks:
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - {id: work, type: test.Work}
      - {id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT1H}";
const BOTH: &str = "
retry: {type: constant, interval: PT1M, maxAttempts: 3, behavior: CREATE_NEW_EXECUTION}
tasks:
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - {id: first, type: test.Work}
      - {id: second, type: test.Work}";
