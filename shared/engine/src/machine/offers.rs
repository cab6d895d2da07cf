//! Attempts that workers outside take: nobody here works on them, and what they come to is reported.
//!
//! ```text
//! CREATED ── AttemptOffered ──► RUNNING, waits for a worker ── WorkerReported ──► ended, or RETRYING
//! ```
//!
//! Who has taken it, and until when, is no part of the execution: only the offer and the end of an attempt are.
//!
//! A task of Conductor's system that sleeps (`WAIT`, `HUMAN`, one with `asyncComplete`) is reported in the same way by
//! whoever it waits for.

use super::{
    Rejected, TASK_OUTPUT_BYTES_MAX,
    agenda::is_delayed,
    apply::{Ended, end_attempt, running, stops_all, task_of, unknown},
    weight,
};
use crate::{
    execution::{Execution, Offered, Report, State, TaskRun, Wait, Worked, WorkerEnd},
    flow::{Flow, TaskKind},
    id::TaskRunId,
    time::Timestamp,
};

/// The attempt of a run that waits for a worker: its number, and what is offered.
pub fn open_offer(run: &TaskRun) -> Option<(u32, &Offered)> {
    let waits = run.wait == Some(Wait::Worker) && !run.state.is_terminal();
    let offered = run.worker.as_deref().filter(|_| waits)?;
    Some((super::last_number(run), offered))
}

/// The task runs that wait for workers, in order of creation.
pub fn open_offers(execution: &Execution) -> impl Iterator<Item = (&TaskRun, u32, &Offered)> {
    execution.task_runs.open().filter_map(|run| {
        let (number, offered) = open_offer(run)?;
        Some((run, number, offered))
    })
}

/// The attempt of a run that somebody outside may end by a report: one that is offered, or one of Conductor's system that
/// sleeps.
pub fn open_report(run: &TaskRun) -> Option<u32> {
    // Kestra's `Sleep` has no input, and nobody ends it.
    let sleeps = matches!(run.wait, Some(Wait::Sleep { .. })) && run.input.is_some();
    let sleeping = (sleeps && !run.state.is_terminal()).then(|| super::last_number(run));
    open_offer(run).map(|(number, _)| number).or(sleeping)
}

/// An attempt waits for a worker from now on.
pub(super) fn offered(
    flow: &Flow,
    execution: &mut Execution,
    (task_run, number): (TaskRunId, u32),
    offered: Box<Offered>,
    now: Timestamp,
) -> Result<(), Rejected> {
    is_for_workers(flow, execution, task_run)?;
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    if usize::try_from(number) != Ok(run.attempts.len() + 1) {
        return Err(Rejected::Stale(format!("attempt {number} of task run {task_run} is not the next one")));
    }
    match run.state.current() {
        State::Created | State::Restarted if !is_delayed(&run) => run.state.enter(State::Running, now),
        other => return Err(Rejected::Stale(format!("task run {task_run} is {}", other.name()))),
    }
    run.attempts.push(running(None, now));
    run.outputs.clear();
    run.wait = Some(Wait::Worker);
    run.worker = Some(offered);
    Ok(())
}

/// A worker, or its silence, ended the attempt; or whoever it slept for. What he put out is added to what it did before.
pub(super) fn reported(
    flow: &Flow,
    execution: &mut Execution,
    (task_run, number): (TaskRunId, u32),
    report: Report,
    now: Timestamp,
) -> Result<(), Rejected> {
    may_be_reported(flow, execution, task_run)?;
    let Report { mut worked, outputs: told } = report;
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    if open_report(&run) != Some(number) {
        return Err(Rejected::Stale(format!("attempt {number} of task run {task_run} waits for no report")));
    }
    let mut outputs = std::mem::take(&mut run.outputs);
    outputs.extend(told);
    let bytes = weight(outputs.values());
    if bytes > TASK_OUTPUT_BYTES_MAX {
        outputs.clear();
        worked.end = WorkerEnd::FailedWithTerminalError;
        worked.reason = Some(format!(
            "the output has {bytes} bytes, and a task run keeps {TASK_OUTPUT_BYTES_MAX} at most"
        ));
    }
    let state = state_of(worked.end);
    let message = worked.reason.clone().filter(|_| state == State::Failed);
    if let Some(attempt) = run.attempts.last_mut() {
        attempt.worked = Some(Box::new(worked));
    }
    drop(run);
    end_attempt(flow, execution, Ended { task_run, state, outputs, message }, now)?;
    stops_all(execution, task_run, now)
}

/// Whether an attempt that ended so may be followed by another.
pub(super) fn may_retry(worked: &Worked) -> bool {
    match worked.end {
        WorkerEnd::Completed | WorkerEnd::Failed | WorkerEnd::TimedOut => true,
        WorkerEnd::FailedWithTerminalError | WorkerEnd::TimedOutWorkflow => false,
    }
}

fn state_of(end: WorkerEnd) -> State {
    match end {
        WorkerEnd::Completed => State::Success,
        WorkerEnd::Failed
        | WorkerEnd::FailedWithTerminalError
        | WorkerEnd::TimedOut
        | WorkerEnd::TimedOutWorkflow => State::Failed,
    }
}

/// Whether it is for workers, or may sleep until somebody reports.
fn may_be_reported(flow: &Flow, execution: &Execution, task_run: TaskRunId) -> Result<(), Rejected> {
    let task = task_of(flow, execution, task_run)?;
    match &task.kind {
        TaskKind::Worker(_) => Ok(()),
        TaskKind::Pure(_) | TaskKind::Runnable(_) if task.workflow.is_some() => Ok(()),
        TaskKind::Flowable(_) | TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) => {
            Err(Rejected::Impossible(format!("nobody reports of task run {task_run}")))
        }
    }
}

fn is_for_workers(flow: &Flow, execution: &Execution, task_run: TaskRunId) -> Result<(), Rejected> {
    match &task_of(flow, execution, task_run)?.kind {
        TaskKind::Worker(_) => Ok(()),
        TaskKind::Flowable(_) | TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) => {
            Err(Rejected::Impossible(format!("task run {task_run} is for no worker")))
        }
    }
}
