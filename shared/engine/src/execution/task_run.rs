//! A task run: what became of one task, at one place of the execution.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Attempt, Calls, Offered, State, StateLog, Terms};
use crate::{id::TaskRunId, time::Timestamp};

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
    /// Which element of its `ForEach` that is, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// Of a `LoopUntil`, and below it: which round, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iteration: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// Of a task of Conductor whose turn has come: its input, resolved for the attempt that is next or was last.
    #[serde(rename = "input", default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Map<String, Json>>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub outputs: Map<String, Json>,
    pub state: StateLog,
    /// Of a `ForEach` that has begun: its elements, in order, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// What it waits for, while it is open and nobody works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// The executions it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<Calls>,
    /// What its last attempt was offered as to workers outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<Box<Offered>>,
    /// What holds for its attempts, if it is one of Conductor's system for which anything is defined. Known before the
    /// first attempt, or, of one that is done at once, when it has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Box<Terms>>,
    /// Made by the task of another run, not by the flow.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dynamic: bool,
    /// Whether there are encrypted values among its outputs, once it is one of the [`TaskRuns`](super::TaskRuns).
    #[serde(skip)]
    pub has_encrypted: bool,
}

impl TaskRun {
    /// A run that has not begun, at the top.
    pub fn created(id: TaskRunId, task_id: impl Into<String>, now: Timestamp) -> Self {
        Self {
            id,
            task_id: task_id.into(),
            parent: None,
            value: None,
            index: None,
            iteration: None,
            attempts: Vec::new(),
            input: None,
            outputs: Map::new(),
            state: StateLog::new(State::Created, now),
            values: Vec::new(),
            wait: None,
            calls: None,
            worker: None,
            terms: None,
            dynamic: false,
            has_encrypted: false,
        }
    }

    /// What was defined for its attempts, workers' or others.
    pub fn terms(&self) -> Option<&Terms> {
        self.worker.as_deref().map(|it| &it.terms).or(self.terms.as_deref())
    }
}

/// What a task run waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wait {
    /// PAUSED: for somebody, or for its delay to be over, or for its timeout.
    Resume { delay: Option<Timestamp>, timeout: Option<Timestamp> },
    /// CREATED: for its delay to be over, before anybody sees it.
    Start { at: Timestamp },
    /// RETRYING: for its next attempt.
    Retry { at: Timestamp },
    /// PAUSED: for the next round of its loop.
    Round { at: Timestamp },
    /// RUNNING: for a time to pass, or for somebody to tell how it ended.
    Sleep { until: Option<Timestamp> },
    /// RUNNING: for the tasks that share its directory.
    Directory(Shared),
    /// RUNNING: for a worker outside to take it, or to report.
    Worker,
}

/// How far a directory is that tasks share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shared {
    /// Tasks work in it.
    Open,
    /// The last of them has ended; what they left is to be collected.
    Left,
    /// It is gone, and what was left is kept.
    Closed,
}

impl Wait {
    /// When it is over by itself.
    pub fn due(self) -> Option<Timestamp> {
        match self {
            Self::Resume { delay, timeout } => delay.into_iter().chain(timeout).min(),
            Self::Start { at } | Self::Retry { at } | Self::Round { at } => Some(at),
            Self::Sleep { until } => until,
            Self::Directory(_) | Self::Worker => None,
        }
    }
}
