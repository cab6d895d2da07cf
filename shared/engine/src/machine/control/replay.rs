//! Replay: what was is repeated, from the start or from one of the task runs, as a new execution or in the same one.

use super::{
    Anew, Refused,
    again::{Cut, Fate},
    blank, copied, gone_on, next_attempt,
    place::strangers,
};
use crate::{
    execution::{Execution, TaskRun},
    flow::{Flow, FlowableKind},
    id::TaskRunId,
    time::Timestamp,
};

/// A new execution with the inputs, labels and trigger of an old one, whatever the state of that one.
///
/// Without a task run it is CREATED and empty. With one, everything before it is copied under new ids, it is about to
/// run again, and what comes after it in Kestra's execution graph is not there. A flowable task that is replayed keeps
/// what it chose, except one whose course is more than a choice: a loop or a pause begins anew.
///
/// # Errors
/// [`Refused::NoTask`] when there is no such task run, or no counterpart of it in the revision.
pub fn replay(
    anew: &Anew<'_>,
    execution: &Execution,
    task_run: Option<TaskRunId>,
    now: Timestamp,
) -> Result<Execution, Refused> {
    let Some(id) = task_run else { return Ok(blank(execution, anew, now)) };
    let mut cut = cut(anew.flow, execution, id)?;
    cut.begin_what_is_open();
    if anew.revision != execution.flow_revision || *anew.templates != execution.templates {
        for stranger in strangers(anew.flow, &execution.task_runs) {
            cut.remove(stranger);
        }
    }
    if execution.task_runs.get(id).is_none_or(|target| cut.removes(target)) {
        return Err(Refused::NoTask);
    }
    Ok(copied(execution, anew, cut.made(now), now))
}

/// As [`replay`] from one of its task runs, in the same execution. Conductor: `rerun`.
///
/// # Errors
/// [`Refused::NotEnded`]; [`Refused::NoTask`] when there is no such task run.
pub fn rerun(
    flow: &Flow,
    execution: &Execution,
    task_run: TaskRunId,
    now: Timestamp,
) -> Result<Execution, Refused> {
    if !execution.is_over() {
        return Err(Refused::NotEnded(execution.state.current()));
    }
    let task_runs = cut(flow, execution, task_run)?.made(now);
    let mut next = gone_on(execution, task_runs.into_iter().collect(), now);
    next.metadata = next_attempt(execution);
    Ok(next)
}

/// One run begins again, and what comes after it is no longer there.
fn cut<'c>(flow: &'c Flow, execution: &'c Execution, id: TaskRunId) -> Result<Cut<'c>, Refused> {
    let target = execution.task_runs.get(id).filter(|run| !run.dynamic).ok_or(Refused::NoTask)?;
    let mut cut = Cut::of(flow, execution);
    let fate = fate(&cut, target);
    cut.decide(id, fate);
    cut.begin_above(target);
    cut.remove_below(id);
    cut.remove_after(target, |_, _| true);
    Ok(cut)
}

/// How one begins again that somebody names, or that was stopped: nobody has resumed a pause that was.
pub(super) fn fate(cut: &Cut<'_>, target: &TaskRun) -> Fate {
    match cut.flowable(target) {
        Some(FlowableKind::LoopUntil(_) | FlowableKind::DoWhile(_) | FlowableKind::Pause(_)) => {
            Fate::BeginsAnew
        }
        Some(_) | None => cut.goes_on(target),
    }
}
