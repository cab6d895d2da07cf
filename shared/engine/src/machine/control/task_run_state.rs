//! Another state for a task run, from which its execution goes on.

use super::{
    Refused,
    again::{Cut, Fate, nothing_runs},
    gone_on,
};
use crate::{
    execution::{Execution, State, TaskRun},
    flow::{Flow, FlowableKind},
    id::TaskRunId,
    time::Timestamp,
};

/// The same execution, with one task run in another state and those above it about to go on. Kestra: `state`.
///
/// Error branches and `finally` that ran because of the state it had are gone. When another task run is paused, the
/// execution stays PAUSED.
///
/// # Errors
/// [`Refused::NoTask`] when there is no such task run; [`Refused::NoStateToSet`], [`Refused::Running`],
/// [`Refused::RunEnded`], [`Refused::OpenBelow`], [`Refused::Directory`].
pub fn change_task_run_state(
    flow: &Flow,
    execution: &Execution,
    task_run: TaskRunId,
    state: State,
    now: Timestamp,
) -> Result<Execution, Refused> {
    let target = execution.task_runs.get(task_run).filter(|run| !run.dynamic).ok_or(Refused::NoTask)?;
    let mut cut = Cut::of(flow, execution);
    let flowable = cut.flowable(target);
    let fate = match state {
        State::Success
        | State::Warning
        | State::Failed
        | State::Killed
        | State::Cancelled
        | State::Skipped => Fate::Ends(state),
        State::Running if flowable.is_some() => cut.goes_on(target),
        State::Running
        | State::Created
        | State::Paused
        | State::Restarted
        | State::Killing
        | State::Queued
        | State::Retrying
        | State::Retried => return Err(Refused::NoStateToSet(state)),
    };
    if execution.state.current() == State::Killing {
        return Err(Refused::Running);
    }
    // What came after a task run that has ended may be open, and belongs to the state it ended in.
    if !execution.state.is_terminal() && target.state.is_terminal() {
        return Err(Refused::RunEnded);
    }
    if cut.above(target).iter().any(|run| is_directory(cut.flowable(run))) {
        return Err(Refused::Directory);
    }
    if state.is_terminal() && has_open_below(execution, target) {
        return Err(Refused::OpenBelow);
    }
    cut.decide(task_run, fate);
    cut.begin_above(target);
    cut.remove_after(target, |place, other| place.lane < other.lane);
    let task_runs = cut.made(now);
    nothing_runs(&task_runs)?;
    let waits = task_runs.iter().any(|run| run.state.current() == State::Paused);
    let task_runs = task_runs.into_iter().collect();
    Ok(if waits { Execution { task_runs, ..execution.clone() } } else { gone_on(execution, task_runs, now) })
}

fn is_directory(kind: Option<&FlowableKind>) -> bool {
    matches!(kind, Some(FlowableKind::WorkingDirectory { .. }))
}

fn has_open_below(execution: &Execution, run: &TaskRun) -> bool {
    let below = |it: &TaskRun| execution.task_runs.children(Some(it.id));
    below(run).any(|it| !it.state.is_terminal() || has_open_below(execution, it))
}
