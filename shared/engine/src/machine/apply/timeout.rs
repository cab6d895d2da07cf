//! Attempts whose time is over.

use super::{Ended, end_attempt, log, logged::warn, stale, task_of, unknown};
use crate::{
    conductor::TaskTimeoutPolicy,
    execution::{Execution, State, TaskRun, Worked, WorkerEnd},
    flow::Flow,
    id::TaskRunId,
    machine::{Rejected, last_number, offers::open_offer},
    time::Timestamp,
};

/// An end by time, after which the task may be tried again.
pub(in crate::machine) fn late(reason: &str) -> Worked {
    let (worker, reason) = (None, Some(reason.to_owned()));
    Worked { end: WorkerEnd::TimedOut, worker, polls: 0, begun: None, reason }
}

/// One that is offered takes longer than it should. It is told once.
pub(super) fn alerted(
    flow: &Flow,
    execution: &mut Execution,
    (task_run, number): (TaskRunId, u32),
    now: Timestamp,
) -> Result<(), Rejected> {
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    let waits = open_offer(&run).is_some_and(|(open, _)| open == number);
    let state = run.state.current();
    let Some(attempt) = run.attempts.last_mut().filter(|it| waits && !it.alerted) else {
        return Err(stale(task_run, state));
    };
    attempt.alerted = true;
    drop(run);
    let run = execution.task_runs.get(task_run).ok_or_else(|| unknown(task_run))?;
    let message = over_after(run);
    log(flow, execution, task_run, [warn(message, now)]);
    Ok(())
}

/// One that nobody works on ends as its definition says, or a line is written and it goes on.
pub(super) fn timed_out(
    flow: &Flow,
    execution: &mut Execution,
    (task_run, number): (TaskRunId, u32),
    now: Timestamp,
) -> Result<(), Rejected> {
    let run = execution.task_runs.get(task_run).ok_or_else(|| unknown(task_run))?;
    let Some(terms) = run.terms.as_deref() else {
        return Err(Rejected::Impossible(format!("task run {task_run} may take as long as it likes")));
    };
    let open = run.attempts.last().filter(|it| !it.state.is_terminal() && number == last_number(run));
    let over = open.is_some_and(|it| it.deadline.is_some_and(|at| at <= now));
    if !over || run.state.current() != State::Running {
        return Err(stale(task_run, run.state.current()));
    }
    let message = over_after(run);
    if terms.timeout_policy == TaskTimeoutPolicy::AlertOnly {
        let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
        if let Some(attempt) = run.attempts.last_mut() {
            attempt.deadline = None;
        }
        drop(run);
        log(flow, execution, task_run, [warn(message, now)]);
        return Ok(());
    }
    mark(flow, execution, task_run, &message)?;
    let outputs = execution.task_runs.get(task_run).map(|run| run.outputs.clone()).unwrap_or_default();
    let ended = Ended { task_run, state: State::Failed, outputs, message: Some(message) };
    end_attempt(flow, execution, ended, now)?;
    stops_all(execution, task_run, now)
}

/// Writes down that the last attempt ends because its time is over, and what that comes to. Of Conductor's alone.
pub(super) fn mark(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    message: &str,
) -> Result<(), Rejected> {
    if task_of(flow, execution, task_run)?.workflow.is_none() {
        return Ok(());
    }
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    // Where nothing is defined somebody else's limit ended it, and the workflow fails with its task.
    let end = match run.terms.as_deref().map(|it| it.timeout_policy) {
        Some(TaskTimeoutPolicy::TimeOutWorkflow) => WorkerEnd::TimedOutWorkflow,
        Some(TaskTimeoutPolicy::Retry | TaskTimeoutPolicy::AlertOnly) | None => WorkerEnd::TimedOut,
    };
    if let Some(attempt) = run.attempts.last_mut() {
        attempt.worked = Some(Box::new(Worked { end, ..late(message) }));
    }
    Ok(())
}

/// After the end of an attempt: one that has timed out may end the workflow. Conductor: that ends as the task that
/// brought it to an end.
pub(in crate::machine) fn stops_all(
    execution: &mut Execution,
    task_run: TaskRunId,
    now: Timestamp,
) -> Result<(), Rejected> {
    let Some(run) = execution.task_runs.get(task_run) else { return Ok(()) };
    let end = run.attempts.last().and_then(|it| it.worked.as_ref()).map(|it| it.end);
    let failed = run.state.current() == State::Failed;
    let ends_all = end == Some(WorkerEnd::TimedOutWorkflow);
    let timed_out = ends_all || end == Some(WorkerEnd::TimedOut);
    if ends_all && execution.course.stopping.is_none() && !execution.state.is_terminal() {
        super::stop_requested(execution, State::Failed, None, now)?;
    }
    execution.course.timed_out |= timed_out && (failed || ends_all);
    Ok(())
}

fn over_after(run: &TaskRun) -> String {
    let most = run.terms().and_then(|it| it.timeout).unwrap_or_default();
    format!("Task timed out after {} seconds", most.as_secs())
}
