//! Log lines as JSON and as text.

use engine::{
    execution::{Execution, Level, LogEntry},
    id::{ExecutionId, TaskRunId},
};
use serde::Serialize;

use super::date::Date;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogJson<'a> {
    namespace: &'a str,
    flow_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<&'a str>,
    execution_id: ExecutionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_run_id: Option<TaskRunId>,
    /// Kestra: written even when there is none.
    attempt_number: Option<u32>,
    timestamp: Date,
    level: Level,
    message: &'a str,
    deleted: bool,
}

impl<'a> LogJson<'a> {
    pub(crate) fn of(line: &'a LogEntry, execution: &'a Execution) -> Self {
        Self {
            namespace: &execution.namespace,
            flow_id: &execution.flow_id,
            task_id: line.task_id.as_deref(),
            execution_id: execution.id,
            task_run_id: line.task_run,
            attempt_number: line.task_run.map(|_| line.attempt),
            timestamp: Date(line.timestamp),
            level: line.level,
            message: &line.message,
            deleted: false,
        }
    }
}
