//! Tries of a task, and how they end.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Metric, State, StateLog, Worked};
use crate::time::Timestamp;

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
    /// Whether it was told that it takes too long.
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    pub alerted: bool,
    /// Where its log lines are, when its task keeps them in a file (`logToFile`): a `kestra://` URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_file: Option<String>,
    /// What it measured, in the order it told.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// How it ended, if it was for workers outside and was not killed.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub worked: Option<Box<Worked>>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptOutcome {
    pub ending: Ending,
    pub outputs: Map<String, Json>,
    /// Task runs that the task made by itself. Kestra: dynamic task runs.
    pub dynamic: Vec<DynamicRun>,
    /// What it measured, however it ended; more than [`METRICS_MAX`](super::METRICS_MAX) are not kept.
    pub metrics: Vec<Metric>,
}

impl AttemptOutcome {
    pub fn new(ending: Ending, outputs: Map<String, Json>) -> Self {
        Self { ending, outputs, dynamic: Vec::new(), metrics: Vec::new() }
    }

    /// A failure without outputs.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Ending::Failed { message: message.into() }, Map::new())
    }
}

/// A task run that a task made by itself: it has ended when it is told of.
#[derive(Debug, Clone, PartialEq)]
pub struct DynamicRun {
    pub task_id: String,
    pub value: Option<String>,
    /// A terminal one.
    pub state: State,
    pub outputs: Map<String, Json>,
}

/// The states in which an attempt may end. `message` becomes an ERROR line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    Success,
    Warning,
    Failed {
        message: String,
    },
    /// As `Failed`: its time was over before it ended.
    TimedOut {
        message: String,
    },
    Killed,
}
