//! Restart: what failed is run again, in the same execution or in a new one with another revision.

use super::{
    Anew, Refused,
    again::{Cut, Fate, nothing_runs},
    copied, gone_on, next_attempt,
    place::{Lane, Place, strangers},
    replay::fate,
};
use crate::{
    execution::{Execution, State},
    flow::Flow,
    time::Timestamp,
};

/// The same execution, with what failed and what is paused about to run again.
///
/// Whoever waited goes on as if resumed. Runs of error branches are gone, and so are those of `finally`, `listeners`
/// and `afterExecution` that come after what runs again.
///
/// # Errors
/// [`Refused::NotEnded`] unless it has ended or is PAUSED, [`Refused::Running`] while tasks of a PAUSED one still run,
/// [`Refused::NoTask`] when nothing failed.
pub fn restart(flow: &Flow, execution: &Execution, now: Timestamp) -> Result<Execution, Refused> {
    same(execution, cut(flow, execution, false)?, now)
}

/// As [`restart`] of one that has ended, and what was killed runs again as well. Conductor: `retry`.
///
/// # Errors
/// As [`restart`].
pub fn retry(flow: &Flow, execution: &Execution, now: Timestamp) -> Result<Execution, Refused> {
    if !execution.is_over() {
        return Err(Refused::NotEnded(execution.state.current()));
    }
    same(execution, cut(flow, execution, true)?, now)
}

fn same(execution: &Execution, cut: Cut<'_>, now: Timestamp) -> Result<Execution, Refused> {
    let task_runs = cut.made(now);
    nothing_runs(&task_runs)?;
    let mut next = gone_on(execution, task_runs.into_iter().collect(), now);
    next.metadata = next_attempt(execution);
    Ok(next)
}

/// As [`restart`], as a new execution of another revision. Runs that have no counterpart there are gone, and their
/// tasks run again if there still are any.
///
/// # Errors
/// As [`restart`]; that tasks still run is no hindrance.
pub fn restart_onto(anew: &Anew<'_>, execution: &Execution, now: Timestamp) -> Result<Execution, Refused> {
    let mut cut = cut(anew.flow, execution, false)?;
    cut.begin_what_is_open();
    for stranger in strangers(anew.flow, &execution.task_runs) {
        cut.remove(stranger);
    }
    Ok(copied(execution, anew, cut.made(now), now))
}

fn cut<'c>(flow: &'c Flow, execution: &'c Execution, killed: bool) -> Result<Cut<'c>, Refused> {
    let state = execution.state.current();
    if !state.is_terminal() && state != State::Paused {
        return Err(Refused::NotEnded(state));
    }
    let mut cut = Cut::of(flow, execution);
    let mut found = false;
    for run in execution.task_runs.iter().filter(|run| !run.dynamic) {
        let fate = match run.state.current() {
            // One that failed by itself, not because of what is below it, decides anew; see those below.
            State::Failed => Fate::BeginsAnew,
            State::Paused => cut.goes_on(run),
            State::Killed | State::Cancelled if killed => fate(&cut, run),
            State::Created
            | State::Running
            | State::Restarted
            | State::Killing
            | State::Success
            | State::Warning
            | State::Killed
            | State::Cancelled
            | State::Queued
            | State::Retrying
            | State::Retried
            | State::Skipped => continue,
        };
        found = true;
        cut.decide(run.id, fate);
        // Those above stand before it in the order of creation, so that this is the last word about them.
        cut.begin_above(run);
    }
    if !found {
        return Err(Refused::NoTask);
    }
    for run in execution.task_runs.iter().filter(|run| !run.dynamic) {
        let again_above = run.parent.is_none_or(|parent| cut.has_fate(parent));
        let gone = Place::of(flow, &run.task_id).is_some_and(|place| match place.lane {
            Lane::Main => false,
            Lane::Errors => true,
            Lane::Finally | Lane::Trailing(_) => again_above,
        });
        if gone {
            cut.remove(run.id);
        }
    }
    Ok(cut)
}
