//! The shapes of questions about executions, and of what is answered.

use engine::{
    execution::{Level, LogEntry, State},
    time::Timestamp,
};
use serde_json::{Map, Value as Json};

/// Which executions are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Exactly this one.
    pub namespace: String,
    /// All flows of the namespace when `None`.
    pub flow_id: Option<String>,
    /// Any when empty.
    pub states: Vec<State>,
    /// Started then or later. Kestra: 30 days ago when `None`.
    pub start: Option<Timestamp>,
    /// Started then or earlier.
    pub end: Option<Timestamp>,
}

/// Which executions are removed, and what of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "Kestra's properties, each on its own")]
pub struct Purge {
    /// The namespace and those below it; all when `None`.
    pub namespace: Option<String>,
    pub flow_id: Option<String>,
    /// Any that is terminal when empty.
    pub states: Vec<State>,
    /// Started then or later.
    pub start: Option<Timestamp>,
    /// Ended then or earlier.
    pub end: Timestamp,
    /// The execution itself.
    pub execution: bool,
    /// Its log lines.
    pub logs: bool,
    /// What its tasks measured.
    pub metrics: bool,
    /// Its files.
    pub files: bool,
}

/// What a purge removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    pub executions: u64,
    /// Lines.
    pub logs: u64,
    pub metrics: u64,
    pub files: u64,
}

/// Log lines of an execution, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    pub namespace: String,
    pub flow_id: String,
    pub lines: Vec<LogEntry>,
}

/// Which log lines are removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPurge {
    /// The namespace and those below it; all when `None`.
    pub namespace: Option<String>,
    pub flow_id: Option<String>,
    /// Any when empty.
    pub levels: Vec<Level>,
    /// Written then or later.
    pub start: Option<Timestamp>,
    /// Written then or earlier.
    pub end: Timestamp,
}

/// An expression, and what it sees besides the variables of its task run.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendering {
    pub expression: String,
    /// One set for each time it is rendered.
    pub variables: Vec<Map<String, Json>>,
}

/// A trigger of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerName {
    pub namespace: String,
    pub flow_id: String,
    pub trigger: String,
}
