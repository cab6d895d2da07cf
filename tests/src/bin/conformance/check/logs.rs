//! Log lines, and files of them.

use serde_json::Value as Json;
use tests::{
    execution::{id, task_runs},
    http::Request,
};

use super::Seen;
use crate::{
    case::strings,
    matcher::Eyes,
    scene::text,
    shortfall::{Shortfall, difference},
    task_run,
};

/// Checks that the lines of an execution have what is expected.
pub(super) fn check(seen: &Seen<'_>, expected: &Json, out: &mut Vec<String>) -> Result<(), Shortfall> {
    let lines = seen.scene.json(&Request::get(&format!("/api/v1/logs/{}", id(seen.execution))))?;
    let lines: Vec<&Json> = lines.as_array().into_iter().flatten().collect();
    for wanted in expected.as_array().into_iter().flatten() {
        let run = wanted["taskRun"].as_str().and_then(|key| task_run::find(seen.execution, key));
        let of_task = |line: &&&Json| {
            (wanted["task"].is_null() || line["taskId"] == wanted["task"])
                && (wanted["taskRun"].is_null() || run.is_some_and(|run| line["taskRunId"] == run["id"]))
        };
        let all: Vec<&&Json> = lines.iter().filter(of_task).collect();
        if wanted["none"] == true {
            if !all.is_empty() {
                out.push(difference(&format!("lines of {}", wanted["task"]), "none", &all.len().to_string()));
            }
            continue;
        }
        let mut messages = strings(&wanted["messages"]);
        messages.extend(strings(&wanted["message"]));
        let says = |line: &Json, exactly: Option<&str>| {
            let message = text(&line["message"]);
            (wanted["level"].is_null() || line["level"] == wanted["level"])
                && exactly.is_none_or(|it| it == message)
                && wanted["contains"].as_str().is_none_or(|part| message.contains(part))
                && wanted["startsWith"].as_str().is_none_or(|part| message.starts_with(part))
        };
        let exactly: Vec<Option<&str>> = if messages.is_empty() {
            vec![None]
        } else {
            messages.iter().map(|it| Some(it.as_str())).collect()
        };
        for message in exactly {
            if !all.iter().any(|line| says(line, message)) {
                let came: Vec<String> = all
                    .iter()
                    .map(|line| format!("{} {}", text(&line["level"]), text(&line["message"])))
                    .collect();
                out.push(difference("log line", &wanted.to_string(), &came.join(" | ")));
            }
        }
    }
    Ok(())
}

/// Checks the file of lines of the first attempt.
pub(super) fn file(seen: &Seen<'_>, expected: &Json, out: &mut Vec<String>) {
    let uri = task_runs(seen.execution).first().map(|run| &run["attempts"][0]["logFile"]);
    let Some(uri) = uri.and_then(Json::as_str) else {
        out.push(difference("log file", "a file", "none"));
        return;
    };
    match seen.file(uri) {
        Ok(content) => {
            let lines = content.lines().count() as u64;
            if expected["lines"].as_u64().is_some_and(|wanted| wanted != lines) {
                out.push(difference(
                    "lines of the log file",
                    &expected["lines"].to_string(),
                    &lines.to_string(),
                ));
            }
            for part in strings(&expected["contains"]) {
                if !content.contains(&part) {
                    out.push(difference("log file", &part, &content));
                }
            }
        }
        Err(problem) => out.push(format!("log file: {problem}")),
    }
}
