//! An execution as `run` prints it, wherever it ran: from its JSON, which is the same here and there.

use std::{io::Write, process::ExitCode};

use engine::execution::State;
use serde_json::Value as Json;

/// A log line.
#[derive(Debug)]
pub(crate) struct Line {
    /// Id of the task run it belongs to.
    pub(crate) task_run: Option<String>,
    pub(crate) level: String,
    pub(crate) message: String,
}

/// Task runs with their log lines, the flow's own lines, outputs, and how it ended.
pub(crate) fn summary(execution: &Json, lines: &[Line], out: &mut impl Write) -> std::io::Result<()> {
    for run in execution["taskRunList"].as_array().into_iter().flatten() {
        writeln!(out, "{}", task_run(text(&run["taskId"]), &run["state"]))?;
        let id = run["id"].as_str();
        for line in lines.iter().filter(|line| line.task_run.is_some() && line.task_run.as_deref() == id) {
            writeln!(out, "    {:<5} {}", line.level, line.message)?;
        }
    }
    for line in lines.iter().filter(|line| line.task_run.is_none()) {
        writeln!(out, "{:<5} {}", line.level, line.message)?;
    }
    for (name, value) in execution["outputs"].as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        writeln!(out, "{name} = {text}")?;
    }
    let state = &execution["state"];
    writeln!(out, "{} after {}", text(&state["current"]), text(&state["duration"]))
}

/// `hello   SUCCESS  PT0.002S`
fn task_run(task: &str, state: &Json) -> String {
    format!("{task:<24} {:<8} {}", text(&state["current"]), text(&state["duration"]))
}

/// 0 when it ended well, 1 otherwise.
pub(crate) fn exit_code(execution: &Json) -> ExitCode {
    match execution["state"]["current"].as_str().and_then(State::from_name) {
        Some(State::Success | State::Warning) => ExitCode::SUCCESS,
        Some(
            State::Created
            | State::Running
            | State::Paused
            | State::Restarted
            | State::Killing
            | State::Failed
            | State::Killed
            | State::Cancelled
            | State::Queued
            | State::Retrying
            | State::Retried
            | State::Skipped,
        )
        | None => ExitCode::from(1),
    }
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}
