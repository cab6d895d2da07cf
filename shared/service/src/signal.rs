//! Signals: what others tell an execution, as items of their own, so that a thousand of them never contend for one.
//!
//! A signal says what somebody wants; what it means is decided when whoever holds the execution reads it. One that does
//! not fit any more is dropped: it names what it is about, so that a late one hits nothing else.

mod requests;
mod resume;
mod send;
mod skip;
mod workflow;

use std::time::Duration;

use engine::{
    execution::{Execution, LogLine, Report, Skip, State},
    flow::Label,
    id::TaskRunId,
    machine::{self, Event},
};
use ports::store::{Direction, Range};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

pub(crate) use requests::unqueued_to;
pub use resume::Resumption;

use crate::{Error, Service, attempt::Running, calls::End, hold::Held, keys, record};

/// Signals read at once; more are read at the next look.
const SIGNALS_PAGE: usize = 50;
/// How long a signal may stay when nobody ever applies it: one that came after the end, written by a commit that was
/// told to have failed.
pub(crate) const SIGNAL_KEPT: Duration = Duration::from_hours(24);

/// What an execution can be told. Stored under the names of the variants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Signal {
    /// An attempt that was offered to workers has ended. Lines come before it.
    WorkerReported {
        task_run: TaskRunId,
        number: u32,
        report: Report,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<LogLine>,
    },
    /// An attempt that was offered to workers takes too long, and goes on.
    TimeAlerted { task_run: TaskRunId, number: u32 },
    /// A task run that waits for somebody has failed.
    PauseFailed { task_run: TaskRunId, message: String },
    /// Somebody outside wrote lines for a task run.
    Logged { task_run: TaskRunId, lines: Vec<LogLine> },
    /// It is to end.
    Kill,
    /// As [`Self::Kill`], for a reason that is kept.
    Terminate {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Whether the workflow follows that its definition names for a failure.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        failure: bool,
    },
    /// A task is to be skipped when its turn comes.
    Skip(Skip),
    /// These are set as its variables, each in place of one of the same name.
    Variables(Map<String, Json>),
    /// Nothing new is to begin.
    Pause,
    /// It is to go on: after a pause of its own when a task run is named, after [`Self::Pause`] otherwise.
    Resume {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task_run: Option<TaskRunId>,
        /// Added to those of the task run.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        outputs: Map<String, Json>,
    },
    /// These labels are set, each in place of one of the same key.
    Labels(Vec<Label>),
    /// It is not to wait for a place among those its flow may run at the same time; by force, for no date either.
    Proceed {
        #[serde(default)]
        force: bool,
    },
    /// It is to end in this state.
    Stop { state: State },
    /// An execution that it waits for has ended.
    CallEnded(End),
}

impl Signal {
    /// What it means for the execution as it is, in order. After one that does not fit, none of the rest counts.
    pub(crate) fn events(self, execution: &Execution) -> Vec<Event> {
        let held_back = execution.course.held_back;
        match self {
            Self::WorkerReported { task_run, number, report, lines } => {
                let lines = (!lines.is_empty()).then_some(Event::Logged { task_run, lines });
                lines.into_iter().chain([Event::WorkerReported { task_run, number, report }]).collect()
            }
            Self::TimeAlerted { task_run, number } => vec![Event::TimeAlerted { task_run, number }],
            Self::PauseFailed { task_run, message } => {
                vec![Event::TaskRunTimedOut { task_run, state: State::Failed, message }]
            }
            Self::Logged { task_run, lines } => vec![Event::Logged { task_run, lines }],
            Self::Terminate { reason, failure: true } => {
                let reason = reason.unwrap_or_else(|| "the workflow was terminated".to_owned());
                vec![Event::Terminated { state: State::Killed, reason, outputs: None }]
            }
            Self::Kill | Self::Terminate { reason: None, .. } => vec![Event::KillRequested],
            Self::Terminate { reason: message @ Some(_), .. } => {
                vec![Event::StopRequested { state: State::Killed, message }]
            }
            Self::Skip(skip) => vec![Event::SkipRequested(skip)],
            Self::Variables(set) => vec![Event::VariablesSet { set, unset: Vec::new() }],
            Self::Pause => vec![Event::PauseRequested],
            Self::Resume { task_run, outputs } => {
                let own = task_run.map(|task_run| Event::TaskRunResumed { task_run, outputs });
                own.into_iter().chain(held_back.then_some(Event::ResumeRequested)).collect()
            }
            Self::Labels(labels) => vec![Event::LabelsSet { labels }],
            Self::Proceed { force } => {
                let state = execution.state.current();
                let waits = matches!(state, State::Queued | State::Created) && !execution.course.admitted;
                let scheduled = force && state == State::Created;
                let admitted = waits.then_some(Event::Admitted);
                admitted.into_iter().chain(scheduled.then_some(Event::Started)).collect()
            }
            Self::Stop { state } => vec![Event::StopRequested { state, message: None }],
            // Counted with others: what it means is in the child.
            Self::CallEnded(_) => Vec::new(),
        }
    }
}

impl Service {
    /// Applies the signals that have come. `true` when there were some, for they go with the next commit: senders wait
    /// for that.
    pub(crate) async fn drain(&self, held: &mut Held, running: &Running) -> Result<bool, Error> {
        if held.version.is_none() {
            return Ok(false);
        }
        let execution = &held.record.execution;
        let partition = keys::execution_partition(&execution.tenant, execution.id);
        let mut some = false;
        let mut ends = Vec::new();
        for item in self.store().query(&partition, signals(SIGNALS_PAGE)).await? {
            if held.drained.contains(&item.key) {
                continue;
            }
            let signal = match record::decode(&item.content.body)? {
                Signal::CallEnded(end) => {
                    ends.push(end);
                    held.drained.push(item.key);
                    continue;
                }
                other => other,
            };
            if matches!(signal, Signal::Kill | Signal::Terminate { .. }) {
                self.kill_called(&held.record.execution).await?;
                running.kill();
            }
            for event in signal.events(&held.record.execution) {
                if event == Event::Admitted && held.flow.sound()?.concurrency.is_some() {
                    self.name_place(held).await?;
                    self.push_in(&held.record.execution).await?;
                }
                let fits = machine::apply(held.flow.sound()?, &mut held.record.execution, event, self.now());
                if let Err(rejected) = fits {
                    tracing::debug!(%rejected, execution = %held.record.id(), "a signal is dropped");
                    break;
                }
            }
            held.drained.push(item.key);
            some = true;
        }
        let told = !ends.is_empty();
        some |= self.count_ends(held, ends).await?;
        // Ends that change nothing are removed before they fill the page.
        Ok(some || (told && held.drained.len() >= SIGNALS_PAGE / 2))
    }

    pub(crate) async fn has_signals(&self, execution: &Execution) -> Result<bool, Error> {
        let partition = keys::execution_partition(&execution.tenant, execution.id);
        Ok(!self.store().query(&partition, signals(1)).await?.is_empty())
    }
}

fn signals(limit: usize) -> Range<'static> {
    Range { prefix: keys::SIGNALS, after: None, direction: Direction::Ascending, limit }
}
