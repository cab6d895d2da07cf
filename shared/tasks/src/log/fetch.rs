//! `io.kestra.plugin.core.log.Fetch`: the log lines of an execution as a file.

use bytes::Bytes;
use engine::{
    execution::{AttemptOutcome, Level, LogEntry},
    flow::{Shape, TaskType},
};
use futures_util::stream;
use ports::{
    Answer, blobs,
    engine::Lines,
    run::{Attempt, Runnable, Surroundings},
    uri,
};
use serde_json::{Value as Json, json};

use crate::{
    execution::target,
    plain::{self, Done, outputs, said},
    properties::{Properties, fixed, property},
};

/// Kestra's levels.
pub(super) const LEVELS: &[&str] = &["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];

pub(crate) const FETCH: TaskType = TaskType {
    name: "io.kestra.plugin.core.log.Fetch",
    aliases: &["io.kestra.core.tasks.log.Fetch"],
    properties: &[
        property("executionId", Shape::String),
        property("namespace", Shape::String),
        property("flowId", Shape::String),
        property("tasksId", Shape::Strings),
        fixed("level", Shape::OneOf(LEVELS)),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Fetch;

impl Runnable for Fetch {
    fn task_type(&self) -> &TaskType {
        &FETCH
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), fetch(attempt, &surroundings)).await })
    }
}

async fn fetch(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let id = target(&mut properties, attempt);
    let tasks = properties.strings("tasksId");
    let least = properties.word("level", Level::from_name).unwrap_or(Level::Info);
    properties.finish()?;
    let found = match id.parse() {
        Ok(execution) => surroundings.engine.log_lines(&attempt.tenant, execution).await.map_err(said)?,
        // No execution has such an id.
        Err(_) => None,
    };
    let matches = |line: &&LogEntry| {
        let of_task = |task: &String| line.task_id.as_ref() == Some(task);
        line.level >= least && (tasks.is_empty() || tasks.iter().any(of_task))
    };
    let mut size: u64 = 0;
    let mut content = Vec::new();
    if let Some(found) = &found {
        for line in found.lines.iter().filter(matches) {
            size += 1;
            content.extend_from_slice(shown(line, &id, found).to_string().as_bytes());
            content.push(b'\n');
        }
    }
    let path = blobs::Path::new(format!("{}/logs.ion", attempt.folder)).map_err(said)?;
    let length = content.len() as u64;
    let content = Box::pin(stream::once(std::future::ready(Ok(Bytes::from(content)))));
    surroundings.blobs.put(&path, content, length).await.map_err(said)?;
    Ok(outputs([("size", json!(size)), ("uri", json!(uri::from_path(&path).map_err(said)?))]))
}

/// A line of the file. JSON is ION.
fn shown(line: &LogEntry, id: &str, of: &Lines) -> Json {
    let mut shown = outputs([
        ("namespace", json!(of.namespace)),
        ("flowId", json!(of.flow_id)),
        ("executionId", json!(id)),
        ("attemptNumber", json!(line.attempt)),
        ("timestamp", json!(line.timestamp.to_string())),
        ("level", json!(line.level.name())),
        ("message", json!(line.message)),
    ]);
    if let Some(task) = &line.task_id {
        shown.put("taskId", json!(task));
    }
    if let Some(run) = line.task_run {
        shown.put("taskRunId", json!(run.to_string()));
    }
    Json::Object(shown.outputs)
}
