//! The model of an execution: what happened so far, and nothing that can be derived from it.
//!
//! Serialized forms here are the *stored* ones; what a client sees is another crate's matter.

mod log;
mod state;
mod task_runs;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

pub use log::{Level, LogEntry, LogLine};
pub use state::{History, State, StateLog};
pub use task_runs::TaskRuns;

use crate::{
    flow::Label,
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};

/// A single run of a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    pub id: ExecutionId,
    pub tenant: String,
    pub namespace: String,
    pub flow_id: String,
    /// Never changes: an execution runs with the revision it was created with.
    pub flow_revision: u32,
    /// Resolved inputs.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub inputs: Map<String, Json>,
    /// Flow outputs, once the end is reached and the flow declares some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Map<String, Json>>,
    pub labels: Vec<Label>,
    /// Variables merged at the root of expressions.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub variables: Map<String, Json>,
    pub state: StateLog,
    #[serde(default, skip_serializing_if = "TaskRuns::is_empty")]
    pub task_runs: TaskRuns,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<ExecutionId>,
    pub original_id: ExecutionId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<ExecutionTrigger>,
    pub metadata: Metadata,
    /// Stays CREATED until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_date: Option<Timestamp>,
    /// Lines not yet moved out of the execution, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<LogEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// 1 for the first.
    pub attempt_number: u32,
    pub original_created_date: Timestamp,
}

/// What started an execution, when it was not a plain call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExecutionTrigger {
    pub id: String,
    #[serde(rename = "type")]
    pub type_name: String,
    pub variables: Map<String, Json>,
}

/// A single run of a task within an execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskRun {
    pub id: TaskRunId,
    pub task_id: String,
    /// The run of the flowable task it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<TaskRunId>,
    /// The element, in a `ForEach`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iteration: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub outputs: Map<String, Json>,
    pub state: StateLog,
}

/// One try of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub state: StateLog,
    /// When it has to be over, if its task has a timeout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// Whether its holder vanished while it ran.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptOutcome {
    pub ending: Ending,
    pub outputs: Map<String, Json>,
}

/// The states in which an attempt may end. `message` becomes an ERROR line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    Success,
    Warning,
    Failed { message: String },
    Killed,
}
