//! Statuses and moments in the texts and numbers of Conductor's clients.

use engine::{
    conductor::{TaskStatus, WorkflowStatus},
    time::Timestamp,
};
use serde::{Serialize, Serializer};

/// Written as its name: `IN_PROGRESS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TaskStatusText(pub(crate) TaskStatus);

impl Serialize for TaskStatusText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

/// Written as its name: `TIMED_OUT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WorkflowStatusText(pub(crate) WorkflowStatus);

impl Serialize for WorkflowStatusText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

/// Milliseconds since 1970; 0 when there is no such moment.
pub(crate) fn millis(moment: Option<Timestamp>) -> i64 {
    moment.map_or(0, Timestamp::as_millis)
}
