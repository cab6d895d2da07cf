//! Workflows and tasks as Conductor's clients know them.
//!
//! # Invariants
//! * A moment is a number of milliseconds, 0 when there is none; only a `WorkflowSummary` writes texts.
//! * A field without a value is not there. Maps are, even when empty.

pub(crate) mod kind;
pub(crate) mod status;
pub(crate) mod task;

use engine::{execution::Execution, flow::label::CORRELATION_ID};

pub(crate) fn correlation_id(execution: &Execution) -> Option<&str> {
    execution.labels.iter().find(|it| it.key == CORRELATION_ID).map(|it| it.value.as_str())
}

/// `workflowName`: the id of the flow, which is the name a workflow was registered under.
pub(crate) fn workflow_type(execution: &Execution) -> &str {
    &execution.flow_id
}
