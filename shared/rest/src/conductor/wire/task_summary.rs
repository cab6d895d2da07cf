//! A task in a list. As of a workflow in one, moments are texts.

use engine::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{status::TaskStatusText, task::TaskJson};
use crate::wire::date::Date;

/// Conductor: `TaskSummary`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskSummaryJson {
    workflow_id: String,
    workflow_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
    scheduled_time: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<Date>,
    update_time: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Date>,
    status: TaskStatusText,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_for_incompletion: Option<String>,
    /// Milliseconds; 0 while it has not ended.
    execution_time: i64,
    /// Milliseconds.
    queue_wait_time: i64,
    task_def_name: String,
    task_type: String,
    reference_task_name: String,
    /// JSON in a text, as `output`.
    input: String,
    output: String,
    task_id: String,
    workflow_priority: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
}

impl TaskSummaryJson {
    pub(crate) fn of(task: &TaskJson<'_>) -> Self {
        let text = |map: &Map<String, Json>| serde_json::to_string(map).expect("maps with text keys");
        let date = |millis: i64| (millis > 0).then(|| Date(Timestamp::from_millis(millis)));
        Self {
            workflow_id: task.workflow_instance_id.clone(),
            workflow_type: task.workflow_type.clone().into_owned(),
            correlation_id: task.correlation_id.map(str::to_owned),
            scheduled_time: Date(Timestamp::from_millis(task.scheduled_time)),
            start_time: date(task.start_time),
            update_time: Date(Timestamp::from_millis(task.update_time)),
            end_time: date(task.end_time),
            status: task.status,
            reason_for_incompletion: task.reason_for_incompletion.map(str::to_owned),
            execution_time: if task.end_time > 0 && task.start_time > 0 {
                task.end_time - task.start_time
            } else {
                0
            },
            queue_wait_time: task.queue_wait_time,
            task_def_name: task.task_def_name.clone().into_owned(),
            task_type: task.task_type.clone().into_owned(),
            reference_task_name: task.reference_task_name.clone(),
            input: text(&task.input_data),
            output: text(&task.output_data),
            task_id: task.task_id.clone(),
            workflow_priority: task.workflow_priority,
            domain: task.domain.map(str::to_owned),
        }
    }
}
