//! Executable tasks: they start executions of other flows.

use expression::Template;

use super::{Rendered, WorkflowRequest};

#[derive(Debug, Clone)]
pub enum Executable {
    /// `flow.Subflow`: one execution.
    Subflow(Subflow),
    /// The middle step of a `ForEachItem`: an execution for each batch.
    Items {
        /// Expressions of it see `taskrun.items` (the URI of the batch) and `taskrun.iteration` (1 for the first).
        subflow: Subflow,
        /// Renders to the URI of a file with one URI of a batch per line.
        splits: Template,
    },
}

#[derive(Debug, Clone)]
pub struct Subflow {
    pub namespace: Template,
    pub flow_id: Template,
    /// The newest unless given.
    pub revision: Option<u32>,
    /// A map.
    pub inputs: Option<Rendered>,
    /// A map, or a list of `{key, value}`.
    pub labels: Option<Rendered>,
    /// Whether the task ends with the child. Otherwise it ends when the child is there.
    pub wait: bool,
    /// Whether the task ends in the child's state.
    pub transmit_failed: bool,
    pub inherit_labels: bool,
    /// The child stays CREATED until then.
    pub schedule_date: Option<Template>,
    /// Rendered with the child's variables when its flow declares no outputs. Deprecated in Kestra.
    pub outputs: Option<Rendered>,
    /// What a workflow of Conductor's asks for: it names the flow, and gives its inputs.
    pub request: Option<Box<WorkflowRequest>>,
}
