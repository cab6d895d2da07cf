//! The tasks of Conductor's that a task run is: one for each try.
//!
//! Conductor keeps a task that failed, and schedules another one in its place.

use super::{TaskId, TaskStatus};
use crate::{
    execution::{Attempt, Execution, State, TaskRun, TaskRuns, Wait, WorkerEnd},
    time::Timestamp,
};

/// The outputs by which a loop shows its round: of a `DO_WHILE`, of a `LoopUntil`.
const COUNTS: [&str; 2] = ["iteration", "iterationCount"];

/// One try of a task run.
#[derive(Debug, Clone, Copy)]
pub struct Try<'a> {
    pub run: &'a TaskRun,
    /// `None` before it begins, and of a task that decides which others run.
    pub attempt: Option<&'a Attempt>,
    /// 1 for the first.
    pub number: u32,
    pub status: TaskStatus,
    /// Whether another one has followed.
    pub retried: bool,
    pub scheduled: Timestamp,
    /// `None` before it begins.
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    pub updated: Timestamp,
}

impl Try<'_> {
    pub fn id(&self, execution: &Execution) -> TaskId {
        TaskId { execution: execution.id, task_run: self.run.id, number: self.number }
    }
}

/// All tries of an execution, in the order in which they were scheduled.
pub fn tries(execution: &Execution) -> Vec<Try<'_>> {
    let mut all: Vec<Try<'_>> =
        execution.task_runs.iter().flat_map(|run| tries_of(run, &execution.task_runs)).collect();
    all.sort_by_key(|it| it.scheduled);
    all
}

/// The tries of one of the task runs, the first one first; never none.
#[allow(clippy::missing_panics_doc, reason = "there is an attempt where one is looked for")]
pub fn tries_of<'a>(run: &'a TaskRun, runs: &TaskRuns) -> Vec<Try<'a>> {
    if runs.hides_attempts(run) || run.attempts.is_empty() {
        return vec![alone(run)];
    }
    let mut tries: Vec<Try<'a>> = Vec::with_capacity(run.attempts.len() + 1);
    let mut scheduled = run.state.first().date;
    for (number, attempt) in (1..).zip(&run.attempts) {
        let ended = attempt.state.is_terminal().then_some(attempt.state.last().date);
        tries.push(Try {
            run,
            attempt: Some(attempt),
            number,
            status: of_attempt(run, attempt),
            retried: true,
            scheduled,
            started: started(run, attempt),
            ended,
            updated: attempt.state.last().date,
        });
        scheduled = attempt.state.last().date;
    }
    let last = tries.last_mut().expect("there are attempts");
    last.retried = false;
    if last.status.is_terminal() && !run.state.is_terminal() {
        // The next one is owed, or somebody has to say how this one ends.
        if awaits_attempt(run) {
            last.retried = true;
            let number = last.number.saturating_add(1);
            tries.push(Try { attempt: None, number, scheduled, started: None, ended: None, ..alone(run) });
        } else {
            last.status = TaskStatus::of(run.state.current());
            last.ended = None;
        }
    } else if run.state.is_terminal() {
        // What its task allows, and what somebody said of it afterwards, is known of the run.
        let status = TaskStatus::of(run.state.current());
        let precise = matches!(last.status, TaskStatus::TimedOut | TaskStatus::FailedWithTerminalError);
        let more_precise = status == TaskStatus::Failed && precise;
        last.status = if more_precise { last.status } else { status };
        last.ended = Some(run.state.last().date);
        last.updated = run.state.last().date;
    }
    tries
}

/// When a worker took it, if it is for workers; when it began otherwise.
fn started(run: &TaskRun, attempt: &Attempt) -> Option<Timestamp> {
    match (&attempt.worked, run.wait) {
        (Some(worked), _) => worked.begun,
        (None, Some(Wait::Worker)) if !attempt.state.is_terminal() => None,
        (None, _) => Some(attempt.state.first().date),
    }
}

fn awaits_attempt(run: &TaskRun) -> bool {
    match run.state.current() {
        State::Created | State::Queued | State::Restarted | State::Retrying | State::Running => true,
        State::Paused
        | State::Killing
        | State::Success
        | State::Warning
        | State::Failed
        | State::Killed
        | State::Cancelled
        | State::Retried
        | State::Skipped => false,
    }
}

/// Of an attempt of a run. One that waits for a worker is SCHEDULED: who has it is known of its offer alone.
fn of_attempt(run: &TaskRun, attempt: &Attempt) -> TaskStatus {
    if attempt.state.current() == State::Running && run.wait == Some(Wait::Worker) {
        return TaskStatus::Scheduled;
    }
    match attempt.worked.as_ref().map(|it| it.end) {
        Some(WorkerEnd::FailedWithTerminalError) => return TaskStatus::FailedWithTerminalError,
        Some(WorkerEnd::TimedOut | WorkerEnd::TimedOutWorkflow) => return TaskStatus::TimedOut,
        Some(WorkerEnd::Completed | WorkerEnd::Failed) | None => {}
    }
    let last = attempt.state.last();
    let timed_out = last.state == State::Failed && attempt.deadline.is_some_and(|it| last.date >= it);
    if timed_out { TaskStatus::TimedOut } else { TaskStatus::of(last.state) }
}

/// A run as one try.
fn alone(run: &TaskRun) -> Try<'_> {
    let began = run.state.histories().find(|it| it.state == State::Running);
    let last = run.state.last();
    Try {
        run,
        attempt: None,
        number: 1,
        status: TaskStatus::of(last.state),
        retried: false,
        scheduled: run.state.first().date,
        started: began.map(|it| it.date),
        ended: last.state.is_terminal().then_some(last.date),
        updated: last.date,
    }
}

/// `referenceTaskName` of a run: its task's id, and in a loop which round, as `<id>__<n>`.
pub fn reference(run: &TaskRun, runs: &TaskRuns) -> String {
    match round(run, runs) {
        Some(round) => format!("{}__{round}", run.task_id),
        None => run.task_id.clone(),
    }
}

/// Which round of the innermost loop around it a run belongs to, from 1.
pub fn round(run: &TaskRun, runs: &TaskRuns) -> Option<u32> {
    let nth = || run.index.map(|index| index.saturating_add(1));
    if run.value.is_some() {
        return nth();
    }
    // A loop's own rounds are not those around it; and a branch of a fork is none.
    if let Some(round) = run.iteration.filter(|_| !is_loop(run)) {
        return Some(round);
    }
    let parent = runs.get(run.parent?)?;
    if is_loop(parent) { nth().or(parent.iteration) } else { round(parent, runs) }
}

/// Whether a run counts the rounds of what is below it.
fn is_loop(run: &TaskRun) -> bool {
    run.attempts.is_empty() && COUNTS.iter().any(|count| run.outputs.contains_key(*count))
}
