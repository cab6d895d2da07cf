//! The only way the state of an execution changes.

mod attempt;
mod course;
mod flowable;
mod logged;
mod measured;
mod skip;
mod timeout;

use super::{
    Event, Rejected, Turn,
    agenda::{has_to_begin, is_delayed},
    calls, offers,
};
use crate::{
    execution::{Execution, State, TaskRun, Wait},
    flow::{Flow, Task, TopList},
    id::TaskRunId,
    time::Timestamp,
};

pub(super) use attempt::{Ended, end_attempt, running};
pub use course::abandon;
use course::stop_requested;
pub(super) use logged::{log, say};
pub(super) use timeout::{late, stops_all};

/// Applies a fact.
///
/// # Errors
/// [`Rejected`] when it does not fit; the execution is as it was.
#[allow(clippy::too_many_lines, reason = "one arm for each event, and that is the table")]
pub fn apply(flow: &Flow, execution: &mut Execution, event: Event, now: Timestamp) -> Result<(), Rejected> {
    let state = execution.state.current();
    if execution.is_over() || state.is_terminal() && !event.may_trail() {
        return Err(Rejected::Ended(state));
    }
    match event {
        Event::PlaceNamed { key } => course::place_named(flow, execution, key),
        Event::Admitted => course::admitted(execution),
        Event::Queued => course::queued(execution, now),
        Event::Refused { state, message } => course::refused(flow, execution, state, message, now),
        Event::Started => course::started(flow, execution, now),
        Event::TaskRunCreated(turn) => created(flow, execution, turn, now),
        Event::DelayOver { task_run } => attempt::delay_over(execution, task_run, now),
        Event::TaskRunSkipped { task_run } => skip::skipped(execution, task_run, now),
        Event::TaskRunFailed { task_run, message } => {
            let allowed = task_of(flow, execution, task_run)?.allowed(State::Failed);
            let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
            // A shared directory that is to be opened again, or closed, has begun.
            if !has_to_begin(&run) {
                return Err(stale(task_run, run.state.current()));
            }
            run.wait = None;
            run.state.enter(allowed, now);
            drop(run);
            log(flow, execution, task_run, [say(message, now)]);
            Ok(())
        }
        Event::InputResolved { task_run, input } => attempt::input_resolved(flow, execution, task_run, input),
        Event::TermsKnown { task_run, terms } => attempt::terms_known(flow, execution, task_run, terms),
        Event::AttemptTimedOut { task_run, number } => {
            timeout::timed_out(flow, execution, (task_run, number), now)
        }
        Event::FlowableStarted { task_run, outputs, values } => {
            flowable::started(flow, execution, task_run, outputs, values, now)
        }
        Event::FlowableEnded { task_run, state, outputs } => {
            flowable::ended(flow, execution, task_run, state, outputs, now)
        }
        Event::TaskRunPaused { task_run, wait } => flowable::paused(flow, execution, task_run, wait, now),
        Event::TaskRunResumed { task_run, outputs } => flowable::resumed(execution, task_run, outputs, now),
        Event::TaskRunTimedOut { task_run, state, message } => {
            flowable::timed_out(flow, execution, task_run, state, message, now)
        }
        Event::RoundStarted { task_run, iteration, outputs } => {
            flowable::round_started(flow, execution, task_run, iteration, outputs, now)
        }
        Event::RetryDue { task_run } => attempt::retry_due(execution, task_run, now),
        Event::AttemptStarted { task_run, number, deadline } => {
            attempt::started(flow, execution, task_run, number, deadline, now)
        }
        Event::FellAsleep { task_run, until } => attempt::fell_asleep(flow, execution, task_run, until),
        Event::Logged { task_run, lines } => {
            execution.task_runs.get(task_run).ok_or_else(|| unknown(task_run))?;
            log(flow, execution, task_run, lines);
            Ok(())
        }
        Event::AttemptFinished { task_run, number, outcome } => {
            attempt::finished(flow, execution, task_run, number, outcome, now)
        }
        Event::AttemptLost { task_run, number } => attempt::lost(flow, execution, task_run, number, now),
        Event::DirectoryLeft { task_run, number } => flowable::directory_left(execution, (task_run, number)),
        Event::DirectoryLost { task_run, number } => {
            flowable::directory_lost(flow, execution, (task_run, number), now)
        }
        Event::CallsPlanned { task_run, number, total, outputs } => {
            calls::planned(flow, execution, (task_run, number, total), outputs, now)
        }
        Event::CallsBegun { task_run, number, begun, child } => {
            calls::begun(flow, execution, (task_run, number, begun), child, now)
        }
        Event::CallsFailed { task_run, number, message, outputs } => {
            calls::failed(flow, execution, (task_run, number), (message, outputs), now)
        }
        Event::CallEnded { task_run, number, index, state, timed_out, outputs } => {
            let how = calls::Ending { state, timed_out, outputs };
            calls::ended(flow, execution, (task_run, number, index), how, now)
        }
        Event::AttemptOffered { task_run, number, offered } => {
            offers::offered(flow, execution, (task_run, number), offered, now)
        }
        Event::WorkerReported { task_run, number, report } => {
            offers::reported(flow, execution, (task_run, number), report, now)
        }
        Event::SkipRequested(skip) => skip::requested(flow, execution, skip),
        Event::TimeAlerted { task_run, number } => timeout::alerted(flow, execution, (task_run, number), now),
        Event::LabelsSet { labels } => {
            course::labels_set(execution, labels);
            Ok(())
        }
        Event::VariablesSet { set, unset } => {
            execution.variables.extend(set);
            for name in unset {
                execution.variables.shift_remove(&name);
            }
            Ok(())
        }
        Event::KillRequested => {
            course::kill_requested(execution, now);
            Ok(())
        }
        Event::StopRequested { state, message } => course::stop_requested(execution, state, message, now),
        Event::Terminated { state, reason, outputs } => {
            course::terminated(flow, execution, state, (reason, outputs), now)
        }
        Event::SlaViolated { sla } => course::sla_violated(flow, execution, sla, now),
        Event::PauseRequested => course::pause_requested(execution, now),
        Event::ResumeRequested => course::resume_requested(execution, now),
        Event::Rested { state } => course::rested(execution, state, now),
        Event::WentOn => {
            if matches!(execution.state.current(), State::Paused | State::Retrying)
                && !execution.course.held_back
            {
                execution.state.enter(State::Running, now);
            }
            Ok(())
        }
        Event::Ended { state, outputs, failure } => {
            course::has_begun(execution)?;
            course::nothing_is_open(execution)?;
            course::ended(flow, execution, state, (outputs, failure), now)
        }
        Event::Trailed => course::trailed(execution),
    }
}

fn created(flow: &Flow, execution: &mut Execution, turn: Turn, now: Timestamp) -> Result<(), Rejected> {
    let Turn { id, task_id, parent, index, value, iteration } = turn;
    if flow.task(&task_id).is_none() {
        return Err(Rejected::Impossible(format!("the flow has no task `{task_id}`")));
    }
    goes_on(execution)?;
    if let Some(parent) = parent {
        flowable::goes_on(flow, execution, parent, iteration)?;
    }
    if !stands(flow, execution, &task_id, parent) {
        return Err(Rejected::Impossible(format!("task `{task_id}` does not stand there")));
    }
    if execution.task_runs.has(parent, index, &task_id) {
        return Err(Rejected::Stale(format!("task `{task_id}` has a run already")));
    }
    let delay = flow.task(&task_id).and_then(|task| task.workflow.as_ref()?.start_delay);
    let wait = delay.map(|delay| Wait::Start { at: now.plus(delay) });
    let run = TaskRun { parent, value, index, iteration, wait, ..TaskRun::created(id, task_id, now) };
    if execution.task_runs.push(run) {
        Ok(())
    } else {
        Err(Rejected::Stale(format!("task run {id} is there already")))
    }
}

/// Refuses what begins while nothing may begin.
fn goes_on(execution: &Execution) -> Result<(), Rejected> {
    let runs = execution.state.current() == State::Running && execution.course.stopping.is_none();
    if runs || execution.course.trailing {
        Ok(())
    } else {
        Err(Rejected::Stale(format!("the execution is {}", execution.state.current().name())))
    }
}

/// Whether a task stands in one of the lists of that run's task, or, without one, in a list of the flow that runs now.
fn stands(flow: &Flow, execution: &Execution, task_id: &str, parent: Option<TaskRunId>) -> bool {
    let Some(place) = flow.places.get(task_id) else { return false };
    match parent {
        None => {
            let follows = matches!(place.list, TopList::AfterExecution | TopList::Listener(_));
            place.below.is_empty() && follows == execution.course.trailing
        }
        Some(id) => {
            let above = execution.task_runs.get(id).and_then(|run| flow.places.get(&run.task_id));
            above.is_some_and(|above| {
                let path = place.below.split_last().map(|(_, path)| path);
                (place.list, place.index, path) == (above.list, above.index, Some(&above.below[..]))
            })
        }
    }
}

pub(super) fn unknown(task_run: TaskRunId) -> Rejected {
    Rejected::Impossible(format!("there is no task run {task_run}"))
}

pub(super) fn task_of<'f>(
    flow: &'f Flow,
    execution: &Execution,
    task_run: TaskRunId,
) -> Result<&'f Task, Rejected> {
    let run = execution.task_runs.get(task_run).ok_or_else(|| unknown(task_run))?;
    flow.task(&run.task_id)
        .ok_or_else(|| Rejected::Impossible(format!("the flow has no task `{}`", run.task_id)))
}

/// A run that has not begun.
pub(super) fn waiting_run(
    execution: &mut Execution,
    task_run: TaskRunId,
) -> Result<crate::execution::RunMut<'_>, Rejected> {
    let run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    match run.state.current() {
        State::Created | State::Restarted if !is_delayed(&run) => Ok(run),
        other => Err(stale(task_run, other)),
    }
}

/// A run that has begun and not ended, and that nothing holds up.
pub(super) fn running_run(
    execution: &mut Execution,
    task_run: TaskRunId,
) -> Result<crate::execution::RunMut<'_>, Rejected> {
    let run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    match run.state.current() {
        State::Running | State::Killing => Ok(run),
        other => Err(stale(task_run, other)),
    }
}

fn stale(task_run: TaskRunId, state: State) -> Rejected {
    Rejected::Stale(format!("task run {task_run} is {}", state.name()))
}
