//! Ids of Conductor's tasks: one for each try of a task run, and the way back to its execution.

use std::{fmt, str::FromStr};

use crate::id::{ExecutionId, TaskRunId};

/// Names one try of a task run. Written `<execution>-<task run>-<number>`: texts to clients, who only give them back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TaskId {
    pub execution: ExecutionId,
    pub task_run: TaskRunId,
    /// 1 for the first try.
    pub number: u32,
}

/// A text that no server of ours gave as the id of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of a task is <workflow id>-<task run>-<number of the try>")]
pub struct NotATaskId;

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.execution, self.task_run, self.number)
    }
}

impl FromStr for TaskId {
    type Err = NotATaskId;

    fn from_str(text: &str) -> Result<Self, NotATaskId> {
        let mut parts = text.split('-');
        let (Some(execution), Some(task_run), Some(number), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotATaskId);
        };
        // One id has one form, so that texts can be compared.
        let is_plain = number.bytes().all(|it| it.is_ascii_digit()) && !number.starts_with('0');
        let number = number.parse().ok().filter(|_| is_plain).ok_or(NotATaskId)?;
        Ok(Self {
            execution: execution.parse().map_err(|_| NotATaskId)?,
            task_run: task_run.parse().map_err(|_| NotATaskId)?,
            number,
        })
    }
}
