//! What the machine has to remember besides the state, and no client sees.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Caller, Skip, State};
use crate::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "facts, each on its own; most are not there")]
pub struct Course {
    /// It has a place among the executions its flow may run at the same time. Means nothing without `concurrency`.
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    pub admitted: bool,
    /// With which other executions of its flow it shares places. Conductor: `rateLimitKey`.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub place_key: Option<String>,
    /// Somebody asked that nothing new begins, until it is resumed.
    #[serde(rename = "h", default, skip_serializing_if = "std::ops::Not::not")]
    pub held_back: bool,
    /// What is open is brought to an end, and then the execution ends in this state.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub stopping: Option<State>,
    /// Moments at which rules of the flow look at it.
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    pub deadlines: Vec<Deadline>,
    /// The `sla` that were violated.
    #[serde(rename = "v", default, skip_serializing_if = "Vec::is_empty")]
    pub violated: Vec<String>,
    /// It has ended, and tasks of `listeners` or `afterExecution` are still to run.
    #[serde(rename = "t", default, skip_serializing_if = "std::ops::Not::not")]
    pub trailing: bool,
    /// When the execution that tries again begins, once this one is RETRIED.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub retried_at: Option<Timestamp>,
    /// It ended because a time was over. Conductor: `TIMED_OUT`; Kestra knows no such state.
    #[serde(rename = "o", default, skip_serializing_if = "std::ops::Not::not")]
    pub timed_out: bool,
    /// Why a task of Conductor ended the workflow.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The outputs with which it did.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Map<String, Json>>,
    /// The task run that waits for its end.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// Tasks that are skipped when their turn comes.
    #[serde(rename = "k", default, skip_serializing_if = "Vec::is_empty")]
    pub skips: Vec<Skip>,
}

/// A moment at which a rule of the flow ends what has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    pub at: Timestamp,
    pub of: DeadlineOf,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeadlineOf {
    /// `timeout` of the flow.
    Timeout,
    /// The `sla` of that id, `MAX_DURATION`.
    Sla(String),
}

impl Course {
    /// Whether a task is to be skipped, and with what.
    pub fn skip(&self, task_id: &str) -> Option<&Skip> {
        self.skips.iter().find(|it| it.task_id == task_id)
    }

    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}
