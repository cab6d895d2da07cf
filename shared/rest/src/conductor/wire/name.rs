//! What a workflow is called.

use engine::{execution::Execution, flow::Flow};

/// Name and version of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) version: u32,
}

impl Named {
    /// As its definition says. Of another flow: its id, after its namespace unless that is the one of workflows, and its
    /// revision.
    pub(crate) fn of(execution: &Execution, flow: Option<&Flow>, default_namespace: &str) -> Self {
        if let Some(defined) = flow.and_then(|flow| flow.workflow.as_ref()) {
            return Self { name: defined.name.clone(), version: defined.version };
        }
        let name = if execution.namespace == default_namespace {
            execution.flow_id.clone()
        } else {
            format!("{}.{}", execution.namespace, execution.flow_id)
        };
        Self { name, version: execution.flow_revision }
    }
}
