//! Workflows and tasks as Conductor's clients know them.
//!
//! # Invariants
//! * A moment is a number of milliseconds, 0 when there is none; only a `WorkflowSummary` writes texts.
//! * A field without a value is not there. Maps are, even when empty.

pub(crate) mod kind;
pub(crate) mod name;
pub(crate) mod status;
pub(crate) mod summary;
pub(crate) mod task;
pub(crate) mod task_summary;
pub(crate) mod workflow;

use engine::{
    execution::Execution,
    flow::{Flow, label::CORRELATION_ID},
};

/// None when nobody gave one: an execution's own id is its correlation id then.
pub(crate) fn correlation_id(execution: &Execution) -> Option<&str> {
    let label = execution.labels.iter().find(|it| it.key == CORRELATION_ID)?;
    Some(label.value.as_str()).filter(|it| *it != execution.id.to_string())
}

/// The name of a definition; of another flow its id.
pub(crate) fn workflow_type<'a>(execution: &'a Execution, flow: Option<&'a Flow>) -> &'a str {
    let defined = flow.and_then(|flow| flow.workflow.as_ref());
    defined.map_or(&*execution.flow_id, |it| &*it.name)
}
