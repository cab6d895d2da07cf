//! The only way the state of an execution changes.

mod attempt;
mod course;
mod flowable;
mod logged;

use super::{Event, Rejected, Turn, calls};
use crate::{
    execution::{Execution, State, TaskRun},
    flow::{Flow, Task},
    id::TaskRunId,
    time::Timestamp,
};

pub(super) use attempt::{Ended, end_attempt, running};
pub use course::abandon;
pub(super) use logged::{log, say};

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
        Event::Admitted => course::admitted(execution),
        Event::Queued => course::queued(execution, now),
        Event::Refused { state, message } => course::refused(flow, execution, state, message, now),
        Event::Started => course::started(flow, execution, now),
        Event::TaskRunCreated(turn) => created(flow, execution, turn, now),
        Event::TaskRunSkipped { task_run } => {
            waiting_run(execution, task_run)?.state.enter(State::Skipped, now);
            Ok(())
        }
        Event::TaskRunFailed { task_run, message } => {
            let allowed = task_of(flow, execution, task_run)?.allowed(State::Failed);
            waiting_run(execution, task_run)?.state.enter(allowed, now);
            log(flow, execution, task_run, [say(message, now)]);
            Ok(())
        }
        Event::FlowableStarted { task_run, outputs, values } => {
            flowable::started(flow, execution, task_run, outputs, values, now)
        }
        Event::FlowableEnded { task_run, state, outputs } => {
            let mut run = running_run(execution, task_run)?;
            run.outputs.extend(outputs);
            run.wait = None;
            run.state.enter(state, now);
            Ok(())
        }
        Event::TaskRunPaused { task_run, wait } => {
            let mut run = running_run(execution, task_run)?;
            run.wait = Some(wait);
            run.state.enter(State::Paused, now);
            Ok(())
        }
        Event::TaskRunResumed { task_run, outputs } => flowable::resumed(execution, task_run, outputs, now),
        Event::TaskRunTimedOut { task_run, state, message } => {
            flowable::timed_out(flow, execution, task_run, state, message, now)
        }
        Event::RoundStarted { task_run, outputs } => {
            flowable::round_started(execution, task_run, outputs, now)
        }
        Event::RetryDue { task_run } => attempt::retry_due(execution, task_run, now),
        Event::AttemptStarted { task_run, number, deadline } => {
            attempt::started(execution, task_run, number, deadline, now)
        }
        Event::FellAsleep { task_run, until } => attempt::fell_asleep(execution, task_run, until),
        Event::Logged { task_run, lines } => {
            execution.task_runs.get(task_run).ok_or_else(|| unknown(task_run))?;
            log(flow, execution, task_run, lines);
            Ok(())
        }
        Event::AttemptFinished { task_run, number, outcome } => {
            attempt::finished(flow, execution, task_run, number, outcome, now)
        }
        Event::AttemptLost { task_run, number } => attempt::lost(flow, execution, task_run, number, now),
        Event::DirectoryLeft { task_run } => flowable::directory_left(execution, task_run),
        Event::DirectoryLost { task_run } => flowable::directory_lost(flow, execution, task_run, now),
        Event::CallsPlanned { task_run, number, total, outputs } => {
            calls::planned(flow, execution, (task_run, number, total), outputs, now)
        }
        Event::CallsBegun { task_run, number, begun } => {
            calls::begun(flow, execution, (task_run, number, begun), now)
        }
        Event::CallEnded { task_run, number, index, state, outputs } => {
            calls::ended(flow, execution, (task_run, number, index), (state, outputs), now)
        }
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
        Event::SlaViolated { sla } => course::sla_violated(execution, sla),
        Event::PauseRequested => course::pause_requested(execution, now),
        Event::ResumeRequested => course::resume_requested(execution, now),
        Event::Rested { state } => course::rested(execution, state, now),
        Event::WentOn => {
            if matches!(execution.state.current(), State::Paused | State::Retrying) {
                execution.state.enter(State::Running, now);
            }
            Ok(())
        }
        Event::Ended { state, outputs, failure } => {
            course::ended(flow, execution, state, (outputs, failure), now)
        }
        Event::Trailed => {
            execution.course.trailing = false;
            Ok(())
        }
    }
}

fn created(flow: &Flow, execution: &mut Execution, turn: Turn, now: Timestamp) -> Result<(), Rejected> {
    let Turn { id, task_id, parent, value, iteration } = turn;
    let (index, value) = value.unzip();
    if flow.task(&task_id).is_none() {
        return Err(Rejected::Impossible(format!("the flow has no task `{task_id}`")));
    }
    if execution.task_runs.round(parent, index).any(|run| run.task_id == task_id && !run.dynamic) {
        return Err(Rejected::Stale(format!("task `{task_id}` has a run already")));
    }
    let run = TaskRun { parent, value, index, iteration, ..TaskRun::created(id, task_id, now) };
    if execution.task_runs.push(run) {
        Ok(())
    } else {
        Err(Rejected::Stale(format!("task run {id} is there already")))
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
        State::Created | State::Restarted => Ok(run),
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
