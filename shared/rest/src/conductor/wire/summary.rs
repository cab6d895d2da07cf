//! A workflow in a list. Here, and only here, moments are texts.

use engine::{
    conductor::{WorkflowStatus, tries},
    execution::Execution,
};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{
    name::Named,
    status::WorkflowStatusText,
    workflow::{created, ended, output, reason, updated},
};
use crate::wire::date::Date;

/// Conductor: `WorkflowSummary`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SummaryJson<'a> {
    workflow_type: String,
    version: u32,
    workflow_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<&'a str>,
    start_time: Date,
    update_time: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Date>,
    status: WorkflowStatusText,
    /// JSON in a text, as `output`.
    input: String,
    output: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_for_incompletion: Option<String>,
    /// Milliseconds; 0 while it has not ended.
    execution_time: u128,
    failed_reference_task_names: String,
    failed_task_names: Vec<String>,
    priority: u32,
    input_size: usize,
    output_size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<&'a str>,
}

impl<'a> SummaryJson<'a> {
    pub(crate) fn of(execution: &'a Execution, Named { name, version }: Named) -> Self {
        let text = |map: &Map<String, Json>| serde_json::to_string(map).expect("maps with text keys");
        let (input, output) = (text(&execution.inputs), text(output(execution)));
        let tries = tries(execution);
        let failed = super::workflow::failed_references(execution, &tries);
        Self {
            workflow_type: name,
            version,
            workflow_id: execution.id.to_string(),
            correlation_id: super::correlation_id(execution),
            start_time: Date(created(execution)),
            update_time: Date(updated(execution)),
            end_time: ended(execution).map(Date),
            status: WorkflowStatusText(WorkflowStatus::of(execution)),
            reason_for_incompletion: reason(execution, &tries),
            execution_time: ended(execution).map_or(0, |it| it.since(created(execution)).as_millis()),
            failed_reference_task_names: failed.join(","),
            failed_task_names: super::workflow::failed_names(&tries),
            priority: execution.origin.priority,
            input_size: input.len(),
            output_size: output.len(),
            input,
            output,
            created_by: execution.origin.created_by.as_deref(),
            idempotency_key: execution.origin.idempotency_key.as_deref(),
        }
    }
}
