//! What a worker sends. Conductor: `TaskResult`.

use std::time::Duration;

use axum::{extract::Request, http::StatusCode};
use engine::conductor::TaskId;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use service::{TaskUpdate, WorkerSays};

use super::{super::error::Refusal, RESULT_BYTES_MAX};
use crate::{body, error::Error};

/// The longest time after which a task is handed out again.
const CALLBACK_MAX: Duration = Duration::from_hours(24 * 365);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct TaskResult {
    #[serde(default)]
    workflow_instance_id: Option<String>,
    #[serde(default)]
    task_id: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    output_data: Option<Json>,
    #[serde(default)]
    reason_for_incompletion: Option<String>,
    #[serde(default)]
    callback_after_seconds: Option<u64>,
    #[serde(default)]
    worker_id: Option<String>,
    #[serde(default)]
    logs: Option<Vec<Line>>,
    #[serde(default)]
    extend_lease: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    log: Option<String>,
}

impl TaskResult {
    pub(super) async fn read(request: Request) -> Result<Self, Error> {
        let bytes = body::read(request.into_body(), RESULT_BYTES_MAX, "the result of a task").await?;
        body::json(&bytes)
    }

    /// Whether the task has not ended.
    pub(super) fn goes_on(&self) -> bool {
        self.status.as_deref() == Some("IN_PROGRESS")
    }

    pub(super) fn update(&self) -> Result<TaskUpdate, Error> {
        let id = self.task_id.as_deref().filter(|it| !it.is_empty());
        let id = id.ok_or_else(|| Error::argument("Task ID cannot be null or empty"))?;
        let unknown = || Refusal::plain(StatusCode::NOT_FOUND, format!("Task not found for taskId: {id}"));
        let task: TaskId = id.parse().map_err(|_| Error::Conductor(unknown()))?;
        let workflow = self.workflow_instance_id.as_deref().filter(|it| !it.is_empty());
        if workflow.is_some_and(|it| it != task.execution.to_string()) {
            return Err(Error::Conductor(unknown()));
        }
        self.update_of(task)
    }

    /// As [`Self::update`], of a task that is known otherwise.
    pub(in super::super) fn update_of(&self, task: TaskId) -> Result<TaskUpdate, Error> {
        let outputs = match self.output_data.clone() {
            None | Some(Json::Null) => Map::new(),
            Some(Json::Object(outputs)) => outputs,
            Some(other) => Map::from_iter([("result".to_owned(), other)]),
        };
        let logs = self.logs.iter().flatten().filter_map(|it| it.log.clone()).collect();
        Ok(TaskUpdate {
            task,
            says: self.says()?,
            outputs,
            reason: self.reason_for_incompletion.clone(),
            worker: self.worker_id.clone().filter(|it| !it.is_empty()),
            logs,
        })
    }

    fn says(&self) -> Result<WorkerSays, Error> {
        match self.status.as_deref() {
            Some("IN_PROGRESS") => Ok(WorkerSays::InProgress {
                callback_after: Duration::from_secs(self.callback_after_seconds.unwrap_or(0))
                    .min(CALLBACK_MAX),
                extends: self.extend_lease.unwrap_or(false),
            }),
            Some(status) => says(status),
            None => Err(wrong("null")),
        }
    }
}

/// What a status of a task means that somebody gives it.
pub(super) fn says(status: &str) -> Result<WorkerSays, Error> {
    match status {
        "COMPLETED" => Ok(WorkerSays::Completed),
        "FAILED" => Ok(WorkerSays::Failed),
        "FAILED_WITH_TERMINAL_ERROR" => Ok(WorkerSays::FailedWithTerminalError),
        "IN_PROGRESS" => Ok(WorkerSays::InProgress { callback_after: Duration::ZERO, extends: true }),
        other => Err(wrong(other)),
    }
}

fn wrong(status: &str) -> Error {
    Error::argument(format!(
        "the status of a task result is IN_PROGRESS, COMPLETED, FAILED or FAILED_WITH_TERMINAL_ERROR, not `{status}`"
    ))
}
