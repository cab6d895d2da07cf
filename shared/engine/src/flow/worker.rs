//! Tasks that somebody outside polls for: he runs them, and reports.

use expression::Template;

use super::Rendered;
use crate::conductor::TaskDefinition;

/// A task for the workers of a type. Conductor: `SIMPLE`.
#[derive(Debug, Clone)]
pub struct WorkerTask {
    /// Renders to the type that workers poll for.
    pub task_type: Template,
    /// Renders to the domain of those who may take it; to nothing for those of none. What an execution was started with
    /// (its `taskToDomain`) counts before it.
    pub domain: Option<Template>,
    /// What the worker gets: renders to a map.
    pub input: Rendered,
    /// Instead of what is defined for its type.
    pub retry_count: Option<u32>,
    /// Given here instead of what is defined for its type.
    pub definition: Option<Box<TaskDefinition>>,
}
