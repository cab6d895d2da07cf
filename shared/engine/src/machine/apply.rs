//! The only way the state of an execution changes.

use serde_json::Value as Json;

use super::{
    Event, LOG_MESSAGE_CHARACTERS_MAX, LOST_ATTEMPTS_MAX, Rejected, TASK_OUTPUT_BYTES_MAX, Turn, calls,
};
use crate::{
    execution::{
        Attempt, AttemptOutcome, Ending, Execution, Level, LogEntry, LogLine, State, StateLog, TaskRun,
    },
    flow::{Flow, Task},
    id::TaskRunId,
    time::Timestamp,
};

/// Applies a fact.
///
/// # Errors
/// [`Rejected`] when it does not fit; the execution is as it was.
pub fn apply(flow: &Flow, execution: &mut Execution, event: Event, now: Timestamp) -> Result<(), Rejected> {
    let state = execution.state.current();
    if state.is_terminal() {
        return Err(Rejected::Ended(state));
    }
    match event {
        Event::Started => started(execution, now),
        Event::TaskRunCreated(turn) => created(flow, execution, turn, now),
        Event::TaskRunSkipped { task_run } => {
            waiting_run(execution, task_run)?.state.enter(State::Skipped, now);
            Ok(())
        }
        Event::TaskRunFailed { task_run, message } => {
            let allowed = task_of(flow, execution, task_run)?.allowed(State::Failed);
            waiting_run(execution, task_run)?.state.enter(allowed, now);
            log(flow, execution, task_run, [LogLine { timestamp: now, level: Level::Error, message }]);
            Ok(())
        }
        Event::FlowableStarted { task_run, outputs, values: _ } => {
            let run = waiting_run(execution, task_run)?;
            run.outputs = outputs;
            run.state.enter(State::Running, now);
            Ok(())
        }
        Event::FlowableEnded { task_run, state, outputs: _ } => {
            let run = running_run(execution, task_run)?;
            run.state.enter(state, now);
            Ok(())
        }
        Event::AttemptStarted { task_run, number, deadline } => {
            attempt_started(execution, task_run, number, deadline, now)
        }
        Event::Logged { task_run, lines } => {
            execution.task_runs.get(task_run).ok_or_else(|| unknown(task_run))?;
            log(flow, execution, task_run, lines);
            Ok(())
        }
        Event::AttemptFinished { task_run, number, outcome } => {
            attempt_finished(flow, execution, task_run, number, outcome, now)
        }
        Event::AttemptLost { task_run, number } => attempt_lost(flow, execution, task_run, number, now),
        Event::CallsPlanned { task_run, number, total, outputs } => {
            calls::planned(flow, execution, (task_run, number, total), outputs, now)
        }
        Event::CallsBegun { task_run, number, begun } => {
            calls::begun(flow, execution, (task_run, number, begun), now)
        }
        Event::CallEnded { task_run, number, index, state, outputs } => {
            calls::ended(flow, execution, (task_run, number, index), state, outputs, now)
        }
        Event::KillRequested => {
            kill_requested(execution, now);
            Ok(())
        }
        Event::Admitted
        | Event::Queued
        | Event::Refused { .. }
        | Event::TaskRunPaused { .. }
        | Event::TaskRunResumed { .. }
        | Event::TaskRunTimedOut { .. }
        | Event::RoundStarted { .. }
        | Event::RetryDue { .. }
        | Event::FellAsleep { .. }
        | Event::DirectoryLost { .. }
        | Event::LabelsSet { .. }
        | Event::VariablesSet { .. }
        | Event::StopRequested { .. }
        | Event::SlaViolated { .. }
        | Event::PauseRequested
        | Event::ResumeRequested
        | Event::Rested { .. }
        | Event::WentOn
        | Event::Trailed => Err(Rejected::Impossible("not built".to_owned())),
        Event::Ended { state, outputs, failure } => ended(execution, state, outputs, failure, now),
    }
}

fn started(execution: &mut Execution, now: Timestamp) -> Result<(), Rejected> {
    match execution.state.current() {
        State::Created | State::Restarted | State::Queued => {
            execution.state.enter(State::Running, now);
            Ok(())
        }
        State::Running | State::Paused | State::Killing | State::Retrying => {
            Err(Rejected::Stale("the execution was started before".to_owned()))
        }
        State::Success
        | State::Warning
        | State::Failed
        | State::Killed
        | State::Cancelled
        | State::Retried
        | State::Skipped => Err(Rejected::Ended(execution.state.current())),
    }
}

fn created(flow: &Flow, execution: &mut Execution, turn: Turn, now: Timestamp) -> Result<(), Rejected> {
    let Turn { id, task_id, parent, value, iteration } = turn;
    let (index, value) = value.unzip();
    if flow.task(&task_id).is_none() {
        return Err(Rejected::Impossible(format!("the flow has no task `{task_id}`")));
    }
    if execution.task_runs.children(parent).any(|run| run.task_id == task_id) {
        return Err(Rejected::Stale(format!("task `{task_id}` has a run already")));
    }
    let run = TaskRun { parent, value, index, iteration, ..TaskRun::created(id, task_id, now) };
    if execution.task_runs.push(run) {
        Ok(())
    } else {
        Err(Rejected::Stale(format!("task run {id} is there already")))
    }
}

fn attempt_started(
    execution: &mut Execution,
    task_run: TaskRunId,
    number: u32,
    deadline: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Rejected> {
    let run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    if usize::try_from(number) != Ok(run.attempts.len() + 1) {
        return Err(Rejected::Stale(format!("attempt {number} of task run {task_run} is not the next one")));
    }
    let again = run.attempts.last().is_some_and(|attempt| attempt.lost);
    match run.state.current() {
        State::Created | State::Restarted => run.state.enter(State::Running, now),
        State::Running if again => {}
        other => {
            return Err(Rejected::Stale(format!("task run {task_run} is {}", other.name())));
        }
    }
    let mut state = StateLog::new(State::Created, now);
    state.enter(State::Running, now);
    run.attempts.push(Attempt { state, deadline, lost: false, log_file: None });
    Ok(())
}

fn attempt_finished(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    number: u32,
    outcome: AttemptOutcome,
    now: Timestamp,
) -> Result<(), Rejected> {
    let task = task_of(flow, execution, task_run)?;
    let attempt = running_attempt(execution, task_run, number)?;
    let AttemptOutcome { mut ending, mut outputs, dynamic: _ } = outcome;
    if weight(outputs.values()) > TASK_OUTPUT_BYTES_MAX {
        outputs.clear();
        ending = Ending::Failed {
            message: format!("the outputs of the task are over the limit of {TASK_OUTPUT_BYTES_MAX} bytes"),
        };
    }
    let state = match &ending {
        Ending::Success => State::Success,
        Ending::Warning => State::Warning,
        Ending::Failed { .. } => State::Failed,
        Ending::Killed => State::Killed,
    };
    attempt.state.enter(state, now);
    let run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    run.outputs = outputs;
    run.state.enter(task.allowed(state), now);
    if let Ending::Failed { message } = ending {
        log(flow, execution, task_run, [LogLine { timestamp: now, level: Level::Error, message }]);
    }
    Ok(())
}

/// Ends the running attempt of a task run, and with it the run.
pub(super) fn end_attempt(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    state: State,
    outputs: serde_json::Map<String, Json>,
    message: Option<String>,
    now: Timestamp,
) -> Result<(), Rejected> {
    let ending = match state {
        State::Warning => Ending::Warning,
        State::Failed => Ending::Failed { message: message.unwrap_or_default() },
        State::Killed => Ending::Killed,
        _ => Ending::Success,
    };
    let number = execution.task_runs.get(task_run).map_or(0, |run| run.attempts.len());
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    attempt_finished(flow, execution, task_run, number, AttemptOutcome::new(ending, outputs), now)
}

fn attempt_lost(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    number: u32,
    now: Timestamp,
) -> Result<(), Rejected> {
    let task = task_of(flow, execution, task_run)?;
    let killing = execution.state.current() == State::Killing;
    let attempt = running_attempt(execution, task_run, number)?;
    attempt.state.enter(State::Killed, now);
    attempt.lost = true;
    let run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    let lost = run.attempts.iter().filter(|attempt| attempt.lost).count();
    let message = if killing {
        run.state.enter(State::Killed, now);
        return Ok(());
    } else if lost >= LOST_ATTEMPTS_MAX {
        run.state.enter(task.allowed(State::Failed), now);
        format!("whoever ran this task vanished {lost} times; it is not tried again")
    } else {
        "whoever ran this task vanished; it is run again".to_owned()
    };
    log(flow, execution, task_run, [LogLine { timestamp: now, level: Level::Error, message }]);
    Ok(())
}

/// What has not begun ends here; what runs is stopped by whoever runs it.
fn kill_requested(execution: &mut Execution, now: Timestamp) {
    if execution.state.current() == State::Killing {
        return;
    }
    execution.state.enter(State::Killing, now);
    let waiting: Vec<TaskRunId> = execution
        .task_runs
        .iter()
        .filter(|run| {
            let lost = run.attempts.last().is_some_and(|attempt| attempt.lost);
            matches!(run.state.current(), State::Created | State::Restarted)
                || lost && !run.state.is_terminal()
        })
        .map(|run| run.id)
        .collect();
    for id in waiting {
        if let Some(run) = execution.task_runs.get_mut(id) {
            run.state.enter(State::Killed, now);
        }
    }
    calls::give_up(execution, State::Killed, now);
}

fn ended(
    execution: &mut Execution,
    state: State,
    outputs: Option<serde_json::Map<String, Json>>,
    failure: Option<String>,
    now: Timestamp,
) -> Result<(), Rejected> {
    if !state.is_terminal() {
        return Err(Rejected::Impossible(format!("{} is no end", state.name())));
    }
    execution.state.enter(state, now);
    execution.outputs = outputs;
    if let Some(message) = failure {
        execution.logs.push(LogEntry {
            timestamp: now,
            level: Level::Error,
            task_run: None,
            task_id: None,
            attempt: 0,
            message,
        });
    }
    Ok(())
}

fn unknown(task_run: TaskRunId) -> Rejected {
    Rejected::Impossible(format!("there is no task run {task_run}"))
}

fn task_of<'f>(flow: &'f Flow, execution: &Execution, task_run: TaskRunId) -> Result<&'f Task, Rejected> {
    let run = execution.task_runs.get(task_run).ok_or_else(|| unknown(task_run))?;
    flow.task(&run.task_id)
        .ok_or_else(|| Rejected::Impossible(format!("the flow has no task `{}`", run.task_id)))
}

/// A run that has not begun.
fn waiting_run(execution: &mut Execution, task_run: TaskRunId) -> Result<&mut TaskRun, Rejected> {
    let run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    match run.state.current() {
        State::Created | State::Restarted => Ok(run),
        other => Err(Rejected::Stale(format!("task run {task_run} is {}", other.name()))),
    }
}

/// A run that has begun and not ended.
fn running_run(execution: &mut Execution, task_run: TaskRunId) -> Result<&mut TaskRun, Rejected> {
    let run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    match run.state.current() {
        State::Running | State::Killing => Ok(run),
        other => Err(Rejected::Stale(format!("task run {task_run} is {}", other.name()))),
    }
}

/// The attempt of that number, when it is the last one and running.
fn running_attempt(
    execution: &mut Execution,
    task_run: TaskRunId,
    number: u32,
) -> Result<&mut Attempt, Rejected> {
    let run = running_run(execution, task_run)?;
    let last = run.attempts.len();
    match run.attempts.last_mut() {
        Some(attempt) if usize::try_from(number) == Ok(last) && attempt.state.current() == State::Running => {
            Ok(attempt)
        }
        _ => Err(Rejected::Stale(format!("attempt {number} of task run {task_run} is not the one running"))),
    }
}

/// Keeps lines, unless they are below the task's `logLevel`. Long ones are kept in pieces.
fn log(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    lines: impl IntoIterator<Item = LogLine>,
) {
    let Some(run) = execution.task_runs.get(task_run) else {
        return;
    };
    let least = flow.task(&run.task_id).and_then(|task| task.log_level).unwrap_or(Level::Trace);
    let attempt = u32::try_from(run.attempts.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let task_id = run.task_id.clone();
    for LogLine { timestamp, level, message } in lines {
        if level < least {
            continue;
        }
        for message in pieces(message) {
            execution.logs.push(LogEntry {
                timestamp,
                level,
                task_run: Some(task_run),
                task_id: Some(task_id.clone()),
                attempt,
                message,
            });
        }
    }
}

fn pieces(message: String) -> Vec<String> {
    if message.len() <= LOG_MESSAGE_CHARACTERS_MAX {
        return vec![message];
    }
    let characters: Vec<char> = message.chars().collect();
    characters.chunks(LOG_MESSAGE_CHARACTERS_MAX).map(|piece| piece.iter().collect()).collect()
}

/// About how many bytes values take, without writing them.
fn weight<'v>(values: impl Iterator<Item = &'v Json>) -> usize {
    values
        .map(|value| match value {
            Json::Null | Json::Bool(_) | Json::Number(_) => 8,
            Json::String(text) => text.len() + 2,
            Json::Array(items) => 2 + weight(items.iter()),
            Json::Object(map) => {
                2 + map.keys().map(|key| key.len() + 4).sum::<usize>() + weight(map.values())
            }
        })
        .sum()
}

/// Ends an execution that cannot be kept as it is: everything open fails, and no task run keeps outputs.
///
/// Kestra: an execution that grows over the limit of a message becomes FAILED.
pub fn abandon(execution: &mut Execution, message: String, now: Timestamp) {
    let ids: Vec<TaskRunId> = execution.task_runs.iter().map(|run| run.id).collect();
    for id in ids {
        let Some(run) = execution.task_runs.get_mut(id) else {
            continue;
        };
        run.outputs.clear();
        if run.state.is_terminal() {
            continue;
        }
        run.state.enter(State::Failed, now);
        if let Some(attempt) = run.attempts.last_mut().filter(|attempt| !attempt.state.is_terminal()) {
            attempt.state.enter(State::Failed, now);
        }
    }
    execution.outputs = None;
    if execution.state.is_terminal() {
        // Its end could not be stored, so nobody knows of it.
        execution.state.amend(State::Failed);
    } else {
        execution.state.enter(State::Failed, now);
    }
    execution.logs.push(LogEntry {
        timestamp: now,
        level: Level::Error,
        task_run: None,
        task_id: None,
        attempt: 0,
        message,
    });
}
