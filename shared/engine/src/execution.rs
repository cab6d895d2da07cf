//! The model of an execution: what happened so far, and nothing that can be derived from it.
//!
//! Serialized forms here are the *stored* ones; what a client sees is another crate's matter.

mod attempt;
mod calls;
mod course;
mod index;
mod kept;
mod log;
mod metric;
mod offered;
mod origin;
mod skip;
mod state;
mod task_run;
mod task_runs;
mod templates;
mod values;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

pub use attempt::{Attempt, AttemptOutcome, DynamicRun, Ending};
pub use calls::{Caller, Calls};
pub use course::{Course, Deadline, DeadlineOf};
pub use kept::Part;
pub use log::{Level, LogEntry, LogLine};
pub use metric::{METRIC_BYTES_MAX, METRICS_MAX, Metric, MetricKind};
pub use offered::{Offered, Rate, Report, Terms, Worked, WorkerEnd};
pub use origin::Origin;
pub use skip::Skip;
pub use state::{History, State, StateLog};
pub use task_run::{Shared, TaskRun, Wait};
pub use task_runs::{RunMut, TaskRuns};
pub use templates::Templates;
pub use values::Found;
#[cfg(test)]
pub(crate) use values::looks;

use crate::{flow::Label, id::ExecutionId, time::Timestamp};

/// A single run of a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    pub id: ExecutionId,
    pub tenant: String,
    pub namespace: String,
    pub flow_id: String,
    /// Never changes: an execution runs with the revision it was created with.
    pub flow_revision: u32,
    /// With which revisions of templates, once it has begun.
    #[serde(default, skip_serializing_if = "Templates::is_empty")]
    pub templates: Templates,
    /// Resolved inputs.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub inputs: Map<String, Json>,
    /// Flow outputs, once the end is reached and the flow declares some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Map<String, Json>>,
    pub labels: Vec<Label>,
    /// Variables merged at the root of expressions, and over the flow's own as `vars`.
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
    #[serde(default, skip_serializing_if = "Origin::is_plain")]
    pub origin: Box<Origin>,
    /// What the machine has to remember besides the state.
    #[serde(default, skip_serializing_if = "Course::is_plain")]
    pub course: Course,
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

impl Execution {
    /// A new execution, without inputs and labels.
    pub fn created(
        id: ExecutionId,
        tenant: impl Into<String>,
        (namespace, flow_id, flow_revision): (impl Into<String>, impl Into<String>, u32),
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            tenant: tenant.into(),
            namespace: namespace.into(),
            flow_id: flow_id.into(),
            flow_revision,
            templates: Templates::default(),
            inputs: Map::new(),
            outputs: None,
            labels: Vec::new(),
            variables: Map::new(),
            state: StateLog::new(State::Created, now),
            task_runs: TaskRuns::default(),
            parent_id: None,
            original_id: id,
            trigger: None,
            metadata: Metadata { attempt_number: 1, original_created_date: now },
            schedule_date: None,
            origin: Box::default(),
            course: Course::default(),
            logs: Vec::new(),
        }
    }

    /// Whether nothing will happen to it any more: it has ended, and so have the tasks that run after its end.
    pub fn is_over(&self) -> bool {
        self.state.is_terminal() && !self.course.trailing
    }
}
