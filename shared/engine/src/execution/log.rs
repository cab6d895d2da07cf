//! Log lines of an execution.

use serde::{Deserialize, Serialize};

use crate::{id::TaskRunId, time::Timestamp};

/// Kestra's levels, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    pub const ALL: [Self; 5] = [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// A line as an attempt writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    #[serde(rename = "t")]
    pub timestamp: Timestamp,
    #[serde(rename = "l")]
    pub level: Level,
    #[serde(rename = "m")]
    pub message: String,
}

/// A line as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    #[serde(rename = "t")]
    pub timestamp: Timestamp,
    #[serde(rename = "l")]
    pub level: Level,
    /// The task and run it belongs to; none for the execution itself.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub task_run: Option<TaskRunId>,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    /// 0 for the first attempt, as Kestra counts here.
    #[serde(rename = "a", default)]
    pub attempt: u32,
    #[serde(rename = "m")]
    pub message: String,
}
