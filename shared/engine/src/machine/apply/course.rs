//! What happens to the execution as a whole: it begins, is held up, is stopped, ends.

use std::collections::HashSet;

use serde_json::{Map, Value as Json};

use crate::{
    execution::{Deadline, DeadlineOf, Execution, Level, LogEntry, State},
    flow::{Dialect, Flow, Label, SlaKind},
    id::TaskRunId,
    machine::Rejected,
    time::Timestamp,
};

pub(super) fn place_named(flow: &Flow, execution: &mut Execution, key: String) -> Result<(), Rejected> {
    if flow.workflow.as_ref().is_none_or(|it| it.place_key.is_none()) {
        return Err(Rejected::Impossible("the places of the flow have no keys".to_owned()));
    }
    match execution.state.current() {
        State::Created | State::Restarted if execution.course.place_key.is_none() => {
            execution.course.place_key = Some(key);
            Ok(())
        }
        _ => Err(begun()),
    }
}

pub(super) fn admitted(execution: &mut Execution) -> Result<(), Rejected> {
    match execution.state.current() {
        State::Created | State::Queued | State::Restarted if !execution.course.admitted => {
            execution.course.admitted = true;
            Ok(())
        }
        _ => Err(begun()),
    }
}

pub(super) fn queued(execution: &mut Execution, now: Timestamp) -> Result<(), Rejected> {
    match execution.state.current() {
        State::Created | State::Restarted if !execution.course.admitted => {
            execution.state.enter(State::Queued, now);
            Ok(())
        }
        _ => Err(begun()),
    }
}

pub(super) fn refused(
    flow: &Flow,
    execution: &mut Execution,
    state: State,
    message: String,
    now: Timestamp,
) -> Result<(), Rejected> {
    match execution.state.current() {
        State::Created | State::Restarted if state.is_terminal() => {
            // One that was restarted may have task runs that were to go on.
            stop(execution, state, now);
            ended(flow, execution, state, (None, Some(message)), now)
        }
        State::Created | State::Restarted => Err(Rejected::Impossible(format!("{} is no end", state.name()))),
        _ => Err(begun()),
    }
}

fn begun() -> Rejected {
    Rejected::Stale("the execution was started before".to_owned())
}

pub(super) fn started(flow: &Flow, execution: &mut Execution, now: Timestamp) -> Result<(), Rejected> {
    match execution.state.current() {
        State::Created | State::Queued => {
            execution.course.deadlines = deadlines(flow, execution, now);
            execution.state.enter(State::Running, now);
            Ok(())
        }
        State::Restarted => {
            execution.state.enter(State::Running, now);
            Ok(())
        }
        State::Running | State::Paused | State::Killing | State::Retrying => Err(begun()),
        State::Success
        | State::Warning
        | State::Failed
        | State::Killed
        | State::Cancelled
        | State::Retried
        | State::Skipped => Err(Rejected::Ended(execution.state.current())),
    }
}

/// Kestra: an `sla` counts from the creation, a timeout from the beginning.
fn deadlines(flow: &Flow, execution: &Execution, now: Timestamp) -> Vec<Deadline> {
    let timeout = flow.timeout.map(|timeout| Deadline { at: now.plus(timeout), of: DeadlineOf::Timeout });
    let created = execution.state.first().date;
    let slas = flow.sla.iter().filter_map(|sla| match &sla.kind {
        SlaKind::MaxDuration(most) => {
            Some(Deadline { at: created.plus(*most), of: DeadlineOf::Sla(sla.id.clone()) })
        }
        SlaKind::ExecutionAssertion(_) => None,
    });
    timeout.into_iter().chain(slas).collect()
}

/// Labels of the same key are replaced; the order of the others stays.
pub(super) fn labels_set(execution: &mut Execution, labels: Vec<Label>) {
    for label in labels {
        match execution.labels.iter_mut().find(|it| it.key == label.key) {
            Some(known) => known.value = label.value,
            None => execution.labels.push(label),
        }
    }
}

pub(super) fn kill_requested(execution: &mut Execution, now: Timestamp) {
    if execution.state.current() == State::Killing {
        return;
    }
    if execution.state.current() == State::Paused {
        // Kestra resumes what is paused into being killed.
        execution.state.enter(State::Restarted, now);
    }
    execution.state.enter(State::Killing, now);
    execution.course.held_back = false;
    execution.course.stopping = None;
    execution.course.timed_out = false;
    // No other one takes its place.
    execution.course.retried_at = None;
    stop(execution, State::Killed, now);
}

pub(super) fn stop_requested(
    execution: &mut Execution,
    state: State,
    message: Option<String>,
    now: Timestamp,
) -> Result<(), Rejected> {
    if !state.is_terminal() {
        return Err(Rejected::Impossible(format!("{} is no end", state.name())));
    }
    if execution.course.stopping.is_some() {
        return Err(Rejected::Stale("the execution is being stopped already".to_owned()));
    }
    if let Some(message) = message {
        execution.logs.push(said(message, now));
    }
    execution.course.held_back = false;
    let is_over = |it: &Deadline| it.of == DeadlineOf::Timeout && it.at <= now;
    // Or a task of it has timed out, and that is why.
    let timed_out = execution.course.timed_out || execution.course.deadlines.iter().any(is_over);
    execution.course.timed_out = state == State::Failed && timed_out;
    stop(execution, state, now);
    Ok(())
}

pub(super) fn terminated(
    flow: &Flow,
    execution: &mut Execution,
    state: State,
    (reason, outputs): (String, Option<Map<String, Json>>),
    now: Timestamp,
) -> Result<(), Rejected> {
    if flow.dialect == Dialect::Kestra {
        return Err(Rejected::Impossible("no task of it ends the flow like that".to_owned()));
    }
    stop_requested(execution, state, None, now)?;
    execution.course.reason = Some(reason);
    execution.course.outputs = outputs;
    Ok(())
}

/// What has not begun ends here; what runs is stopped by whoever runs it.
pub(super) fn stop(execution: &mut Execution, state: State, now: Timestamp) {
    if execution.course.stopping.is_some() {
        return;
    }
    execution.course.stopping = Some(state);
    let ended = if state == State::Retried { State::Retried } else { State::Killed };
    // Who is below comes after whom it is below, so that the ends go up.
    let open: Vec<TaskRunId> = execution.task_runs.open().rev().map(|run| run.id).collect();
    let attempting: HashSet<TaskRunId> = execution.task_runs.attempting().map(|run| run.id).collect();
    for id in open {
        let attempting = attempting.contains(&id);
        let above = execution.task_runs.children(Some(id)).any(|run| !run.state.is_terminal());
        let Some(mut run) = execution.task_runs.get_mut(id) else { continue };
        if above && run.state.current() != State::Killing {
            run.state.enter(State::Killing, now);
        }
        if above || attempting {
            continue;
        }
        run.wait = None;
        if let Some(attempt) = run.attempts.last_mut().filter(|attempt| !attempt.state.is_terminal()) {
            attempt.state.enter(State::Killed, now);
        }
        run.state.enter(ended, now);
    }
    // Those that are left have to be looked at by the rule that now holds.
    execution.task_runs.forget_agenda();
}

pub(super) fn sla_violated(
    flow: &Flow,
    execution: &mut Execution,
    sla: String,
    now: Timestamp,
) -> Result<(), Rejected> {
    if execution.course.violated.contains(&sla) {
        return Err(Rejected::Stale(format!("sla `{sla}` was violated before")));
    }
    execution.course.deadlines.retain(|deadline| deadline.of != DeadlineOf::Sla(sla.clone()));
    let rule = flow.sla.iter().find(|it| it.id == sla).map(|it| &it.kind);
    if let (Dialect::Conductor, Some(SlaKind::MaxDuration(most))) = (flow.dialect, rule) {
        let message = format!("Workflow timed out after {} seconds; it goes on", most.as_secs());
        execution.logs.push(LogEntry { level: Level::Warn, ..said(message, now) });
    }
    execution.course.violated.push(sla);
    Ok(())
}

pub(super) fn pause_requested(execution: &mut Execution, now: Timestamp) -> Result<(), Rejected> {
    match execution.state.current() {
        State::Running | State::Retrying if execution.course.stopping.is_none() => {
            execution.course.held_back = true;
            execution.state.enter(State::Paused, now);
            Ok(())
        }
        // It waits for one of its tasks, and after that for whoever holds it back.
        State::Paused if !execution.course.held_back && execution.course.stopping.is_none() => {
            execution.course.held_back = true;
            Ok(())
        }
        other => Err(Rejected::Stale(format!("the execution is {}", other.name()))),
    }
}

pub(super) fn resume_requested(execution: &mut Execution, now: Timestamp) -> Result<(), Rejected> {
    if !execution.course.held_back {
        return Err(Rejected::Stale("the execution is not held back".to_owned()));
    }
    execution.course.held_back = false;
    execution.state.enter(State::Running, now);
    Ok(())
}

pub(super) fn rested(execution: &mut Execution, state: State, now: Timestamp) -> Result<(), Rejected> {
    match (execution.state.current(), state) {
        (State::Running, State::Paused | State::Retrying) if execution.course.stopping.is_none() => {
            execution.state.enter(state, now);
            Ok(())
        }
        (other, _) => Err(Rejected::Stale(format!("the execution is {}", other.name()))),
    }
}

/// Refuses the end of what has not begun and is not stopped.
pub(super) fn has_begun(execution: &Execution) -> Result<(), Rejected> {
    match execution.state.current() {
        State::Created | State::Queued | State::Restarted if execution.course.stopping.is_none() => {
            Err(Rejected::Impossible("the execution has not begun".to_owned()))
        }
        State::Created
        | State::Queued
        | State::Restarted
        | State::Running
        | State::Paused
        | State::Killing
        | State::Retrying
        | State::Success
        | State::Warning
        | State::Failed
        | State::Killed
        | State::Cancelled
        | State::Retried
        | State::Skipped => Ok(()),
    }
}

pub(super) fn nothing_is_open(execution: &Execution) -> Result<(), Rejected> {
    match execution.task_runs.open().next() {
        None => Ok(()),
        Some(run) => Err(Rejected::Impossible(format!("task run {} has not ended", run.id))),
    }
}

pub(super) fn trailed(execution: &mut Execution) -> Result<(), Rejected> {
    if !execution.course.trailing {
        return Err(Rejected::Stale("nothing runs after the end".to_owned()));
    }
    nothing_is_open(execution)?;
    execution.course.trailing = false;
    Ok(())
}

pub(super) fn ended(
    flow: &Flow,
    execution: &mut Execution,
    state: State,
    (outputs, failure): (Option<Map<String, Json>>, Option<String>),
    now: Timestamp,
) -> Result<(), Rejected> {
    if !state.is_terminal() {
        return Err(Rejected::Impossible(format!("{} is no end", state.name())));
    }
    execution.state.enter(state, now);
    execution.outputs = outputs;
    execution.course.stopping = None;
    execution.course.deadlines = Vec::new();
    // Another execution goes on in the place of one that is RETRIED.
    execution.course.trailing =
        state != State::Retried && !(flow.listeners.is_empty() && flow.after_execution.is_empty());
    if execution.course.trailing {
        // From now on the top is planned by another rule.
        execution.task_runs.forget_agenda();
    }
    if let Some(message) = failure {
        execution.logs.push(said(message, now));
    }
    Ok(())
}

fn said(message: String, now: Timestamp) -> LogEntry {
    LogEntry { timestamp: now, level: Level::Error, task_run: None, task_id: None, attempt: 0, message }
}

/// Ends an execution that cannot be kept as it is: everything open fails, and no task run keeps outputs.
///
/// Kestra: an execution that grows over the limit of a message becomes FAILED.
pub fn abandon(execution: &mut Execution, message: String, now: Timestamp) {
    let ids: Vec<TaskRunId> = execution.task_runs.iter().map(|run| run.id).collect();
    for id in ids {
        let Some(mut run) = execution.task_runs.get_mut(id) else {
            continue;
        };
        run.outputs.clear();
        run.input = None;
        run.values = Vec::new();
        run.wait = None;
        if run.state.is_terminal() {
            continue;
        }
        run.state.enter(State::Failed, now);
        if let Some(attempt) = run.attempts.last_mut().filter(|attempt| !attempt.state.is_terminal()) {
            attempt.state.enter(State::Failed, now);
        }
    }
    execution.outputs = None;
    execution.course = crate::execution::Course::default();
    if execution.state.is_terminal() {
        // Its end could not be stored, so nobody knows of it.
        execution.state.amend(State::Failed);
    } else {
        execution.state.enter(State::Failed, now);
    }
    execution.logs.push(said(message, now));
}
