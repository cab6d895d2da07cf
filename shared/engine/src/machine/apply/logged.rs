//! Log lines of task runs.

use crate::{
    execution::{Execution, Level, LogEntry, LogLine},
    flow::Flow,
    id::TaskRunId,
    machine::LOG_MESSAGE_CHARACTERS_MAX,
    time::Timestamp,
};

/// An ERROR line.
pub(in crate::machine) fn say(message: impl Into<String>, now: Timestamp) -> LogLine {
    LogLine { timestamp: now, level: Level::Error, message: message.into() }
}

/// A WARN line.
pub(in crate::machine) fn warn(message: impl Into<String>, now: Timestamp) -> LogLine {
    LogLine { timestamp: now, level: Level::Warn, message: message.into() }
}

/// Keeps lines, unless they are below the task's `logLevel`. Long ones are kept in pieces.
pub(in crate::machine) fn log(
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
