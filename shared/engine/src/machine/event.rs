//! What can happen to an execution.

use serde_json::{Map, Value as Json};

use crate::{
    execution::{AttemptOutcome, LogLine, State},
    id::TaskRunId,
    time::Timestamp,
};

/// A fact about an execution.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Somebody began to carry it.
    Started,
    /// A task's turn came.
    TaskRunCreated { id: TaskRunId, task_id: String, parent: Option<TaskRunId> },
    /// Its `runIf` said no.
    TaskRunSkipped { task_run: TaskRunId },
    /// It cannot run: one of its own expressions failed.
    TaskRunFailed { task_run: TaskRunId, message: String },
    /// A flowable task chose its way.
    FlowableStarted { task_run: TaskRunId, outputs: Map<String, Json> },
    /// Everything below a flowable task has ended.
    FlowableEnded { task_run: TaskRunId, state: State },
    /// Somebody began to run it. `number` is 1 for the first attempt.
    AttemptStarted { task_run: TaskRunId, number: u32, deadline: Option<Timestamp> },
    /// It wrote lines.
    Logged { task_run: TaskRunId, lines: Vec<LogLine> },
    /// It ended.
    AttemptFinished { task_run: TaskRunId, number: u32, outcome: AttemptOutcome },
    /// Whoever ran it is gone.
    AttemptLost { task_run: TaskRunId, number: u32 },
    /// Somebody wants it to end.
    KillRequested,
    /// Everything has ended. `failure` is why flow outputs could not be rendered.
    Ended { state: State, outputs: Option<Map<String, Json>>, failure: Option<String> },
}

/// An event that does not fit; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// The execution has ended.
    #[error("the execution has already ended as {}", .0.name())]
    Ended(State),
    /// It tells of something that has moved on: a late or repeated message.
    #[error("stale: {0}")]
    Stale(String),
    /// It cannot be true of this flow and execution.
    #[error("impossible: {0}")]
    Impossible(String),
}
