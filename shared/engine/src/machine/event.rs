//! What can happen to an execution.

use serde_json::{Map, Value as Json};

use crate::{
    execution::{AttemptOutcome, LogLine, Offered, Report, Skip, State, Terms, Wait},
    flow::Label,
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};

/// A fact about an execution.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// It shares places with those of its flow that have this key.
    PlaceNamed { key: String },
    /// It has a place among those its flow may run at the same time, or got one.
    Admitted,
    /// It has to wait for a place.
    Queued,
    /// There is no place for it: it ends in this state, CANCELLED or FAILED, before it began.
    Refused { state: State, message: String },
    /// Somebody began to carry it.
    Started,
    /// A task's turn came.
    TaskRunCreated(Turn),
    /// The delay before its begin is over. Conductor: `startDelay`.
    DelayOver { task_run: TaskRunId },
    /// Its `runIf` said no.
    TaskRunSkipped { task_run: TaskRunId },
    /// It cannot run: one of its own expressions failed.
    TaskRunFailed { task_run: TaskRunId, message: String },
    /// The input of a task of Conductor was resolved, before its next attempt.
    InputResolved { task_run: TaskRunId, input: Map<String, Json> },
    /// What holds for the attempts of a task of Conductor's system, from the next one that ends on.
    TermsKnown { task_run: TaskRunId, terms: Box<Terms> },
    /// A flowable task chose its way; `values` are those of a `ForEach`.
    FlowableStarted { task_run: TaskRunId, outputs: Map<String, Json>, values: Vec<String> },
    /// Everything below a flowable task has ended. `outputs` are added to those it has.
    FlowableEnded { task_run: TaskRunId, state: State, outputs: Map<String, Json> },
    /// A flowable task waits: for somebody, for its next round.
    TaskRunPaused { task_run: TaskRunId, wait: Wait },
    /// Somebody resumed a paused task run, or its delay was over. `outputs` are added to those it has.
    TaskRunResumed { task_run: TaskRunId, outputs: Map<String, Json> },
    /// Its time was over while it was paused.
    TaskRunTimedOut { task_run: TaskRunId, state: State, message: String },
    /// The next round of a loop begins: the runs of the last one are gone. `iteration` is 2 for the
    /// second.
    RoundStarted { task_run: TaskRunId, iteration: u32, outputs: Map<String, Json> },
    /// Its next attempt is due.
    RetryDue { task_run: TaskRunId },
    /// Somebody began to run it. `number` is 1 for the first attempt.
    AttemptStarted { task_run: TaskRunId, number: u32, deadline: Option<Timestamp> },
    /// It sleeps, and nobody works on it. Kestra: `flow.Sleep`. Without a moment until somebody tells how it ended.
    FellAsleep { task_run: TaskRunId, until: Option<Timestamp> },
    /// Its time is over, and nobody works on it: it sleeps, or waits for its calls.
    AttemptTimedOut { task_run: TaskRunId, number: u32 },
    /// It wrote lines.
    Logged { task_run: TaskRunId, lines: Vec<LogLine> },
    /// It ended.
    AttemptFinished { task_run: TaskRunId, number: u32, outcome: AttemptOutcome },
    /// Whoever ran it is gone.
    AttemptLost { task_run: TaskRunId, number: u32 },
    /// The last task that shared a directory has ended. `number` is that of the last attempt of the run that has it.
    DirectoryLeft { task_run: TaskRunId, number: u32 },
    /// The directory that the tasks below share is gone with whoever had it; they begin anew.
    /// `number` is that of the last attempt of the run that had it.
    DirectoryLost { task_run: TaskRunId, number: u32 },
    /// An attempt began that starts so many executions. `outputs` are what the task shows of them from the beginning.
    CallsPlanned { task_run: TaskRunId, number: u32, total: u32, outputs: Map<String, Json> },
    /// So many of them were started. `child` is the id of the only one, where it is not derived from the attempt.
    CallsBegun { task_run: TaskRunId, number: u32, begun: u32, child: Option<ExecutionId> },
    /// The attempt failed: one of them could not be started.
    CallsFailed { task_run: TaskRunId, number: u32, message: String, outputs: Map<String, Json> },
    /// One of them ended, perhaps because its time was over. `outputs` are what the task shows of it.
    CallEnded {
        task_run: TaskRunId,
        number: u32,
        index: u32,
        state: State,
        timed_out: bool,
        outputs: Map<String, Json>,
    },
    /// It waits for a worker outside from now on. `number` is 1 for the first attempt.
    AttemptOffered { task_run: TaskRunId, number: u32, offered: Box<Offered> },
    /// It takes longer than its definition says, which is written down, and it goes on. Conductor: `ALERT_ONLY`.
    TimeAlerted { task_run: TaskRunId, number: u32 },
    /// That worker, or its silence, ended it.
    WorkerReported { task_run: TaskRunId, number: u32, report: Report },
    /// Somebody wants a task that has no run yet skipped when its turn comes.
    SkipRequested(Skip),
    /// Labels were set: those of the same key are replaced.
    LabelsSet { labels: Vec<Label> },
    /// `vars` were set, and unset.
    VariablesSet { set: Map<String, Json>, unset: Vec<String> },
    /// Somebody wants it to end.
    KillRequested,
    /// A task, a rule of the flow or its time wants it to end in this state.
    StopRequested { state: State, message: Option<String> },
    /// A task of Conductor ended the workflow: `TERMINATE`, or one that failed. `outputs` are then those of the workflow.
    Terminated { state: State, reason: String, outputs: Option<Map<String, Json>> },
    /// A rule of the flow was violated for the first time.
    SlaViolated { sla: String },
    /// Somebody wants that nothing new begins.
    PauseRequested,
    /// Somebody wants that it goes on after that.
    ResumeRequested,
    /// Nothing runs and nothing can begin: it is PAUSED or RETRYING until a task run goes on.
    Rested { state: State },
    /// A task run went on.
    WentOn,
    /// Everything has ended. `failure` is why flow outputs could not be rendered.
    Ended { state: State, outputs: Option<Map<String, Json>>, failure: Option<String> },
    /// The tasks that run after the end have ended.
    Trailed,
}

impl Event {
    /// Whether it may happen after the end, while the tasks run that follow it.
    pub(super) fn may_trail(&self) -> bool {
        match self {
            Self::TaskRunCreated(_)
            | Self::DelayOver { .. }
            | Self::TaskRunSkipped { .. }
            | Self::TaskRunFailed { .. }
            | Self::InputResolved { .. }
            | Self::TermsKnown { .. }
            | Self::AttemptTimedOut { .. }
            | Self::FlowableStarted { .. }
            | Self::FlowableEnded { .. }
            | Self::TaskRunPaused { .. }
            | Self::TaskRunResumed { .. }
            | Self::TaskRunTimedOut { .. }
            | Self::RoundStarted { .. }
            | Self::RetryDue { .. }
            | Self::AttemptStarted { .. }
            | Self::FellAsleep { .. }
            | Self::Logged { .. }
            | Self::AttemptFinished { .. }
            | Self::AttemptLost { .. }
            | Self::DirectoryLeft { .. }
            | Self::DirectoryLost { .. }
            | Self::CallsPlanned { .. }
            | Self::CallsBegun { .. }
            | Self::CallsFailed { .. }
            | Self::CallEnded { .. }
            | Self::AttemptOffered { .. }
            | Self::WorkerReported { .. }
            | Self::TimeAlerted { .. }
            | Self::LabelsSet { .. }
            | Self::VariablesSet { .. }
            | Self::Trailed => true,
            Self::PlaceNamed { .. }
            | Self::Admitted
            | Self::SkipRequested(_)
            | Self::Queued
            | Self::Refused { .. }
            | Self::Started
            | Self::KillRequested
            | Self::StopRequested { .. }
            | Self::Terminated { .. }
            | Self::SlaViolated { .. }
            | Self::PauseRequested
            | Self::ResumeRequested
            | Self::Rested { .. }
            | Self::WentOn
            | Self::Ended { .. } => false,
        }
    }
}

/// The task whose turn came, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    pub id: TaskRunId,
    pub task_id: String,
    pub parent: Option<TaskRunId>,
    /// Which element of a `ForEach`, branch of a fork or round of a `DoWhile`, from 0.
    pub index: Option<u32>,
    /// The text of an element.
    pub value: Option<String>,
    /// The round of a loop.
    pub iteration: Option<u32>,
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
