//! How an execution moves: facts go in, the next step comes out, and nothing is touched on the way.
//!
//! Three functions carry the engine. [`apply()`] is the only way state changes: one exhaustive match over
//! [`Event`]s, which are facts in the past tense. `plan` says what is owed next, as a function of the state
//! alone. [`fold()`] does again and again what needs nobody (flowable tasks, pure tasks, expressions) and stops
//! at the first thing that somebody has to do.
//!
//! ```text
//!        ┌────────────── fold ──────────────┐
//!   plan(state) ──► Move ──► evaluate ──► Event ──► apply ──► state
//!                     │
//!                     └─► Next::{Needs, Attempts, Waiting, Ended}: somebody has to act
//! ```
//!
//! # Invariants
//! * A terminal state is never left.
//! * An attempt is never started twice: it is owed only while no other of its task run is running.
//! * An event that does not fit the state is rejected and changes nothing.

mod agenda;
mod apply;
mod calls;
pub mod condition;
mod context;
pub mod control;
mod directory_names;
mod end;
mod eval;
mod event;
mod failure;
mod fold;
mod further;
mod offers;
mod plan;
mod render;
mod retry;
mod rules;
pub mod scheduled;
pub mod sent;
mod start;
mod trail;
pub mod triggered;
mod weight;

use std::{collections::HashSet, time::Duration};

use expression::{Need, Supplied};
use serde_json::{Map, Value as Json};

pub(crate) use agenda::Agenda;
pub use apply::{abandon, apply};
pub use calls::{
    CALLS_MAX, Call, CallError, CalledDefinition, CalledWorkflow, call, legacy_outputs, open, open_calls,
    splits, subflow_of,
};
pub use directory_names::{OUTPUT_DIR, WORKING_DIR};
pub use eval::evaluate;
pub use event::{Event, Rejected, Turn};
pub use failure::{FAILURE_WORKFLOW, failure_workflow, had_failure_workflow, owes_failure_workflow};
pub use fold::{Folded, fold};
pub use further::render_further;
pub use offers::{open_offer, open_offers, open_report};
pub(crate) use weight::weight;

use crate::{
    execution::{Execution, Shared, State, TaskRun, Wait},
    flow::{Catalogue, Flow, WorkerFallback},
    id::TaskRunId,
    secrets::{Masks, Seal, Secrets},
    time::Timestamp,
};

/// How often a holder may vanish while it runs one task before the task counts as failed.
pub const LOST_ATTEMPTS_MAX: usize = 3;
/// Bytes of outputs one task run may keep. Kestra's limit of a task result.
pub const TASK_OUTPUT_BYTES_MAX: usize = 1 << 20;
/// Tasks that somebody may want skipped in one execution.
pub const SKIPS_MAX: usize = 100;
/// Characters of one log line; longer ones are kept in pieces. Kestra's limit.
pub const LOG_MESSAGE_CHARACTERS_MAX: usize = 10_240;

/// What the engine is told about the outside.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "holds a source of ids")]
pub struct World<'w> {
    pub now: Timestamp,
    /// Gives a number that was never given before.
    pub ids: &'w (dyn Fn() -> u128 + Sync),
    /// Answers to the needs of earlier tries.
    pub supplied: &'w Supplied,
    /// Of dates that name no zone.
    pub zone: &'w jiff::tz::TimeZone,
    /// `envs` of expressions.
    pub envs: &'w Map<String, Json>,
    /// `globals` of expressions.
    pub globals: &'w Map<String, Json>,
    /// What can be run, for tasks whose type is known only when they run.
    pub catalogue: &'w Catalogue,
    /// What is seen of encrypted values.
    pub secrets: Secrets<'w>,
    /// Attempts that may be made ready, besides those that run.
    pub room: usize,
}

impl World<'_> {
    /// Encrypts what has to be kept so.
    pub fn seal(&self) -> Seal<'_> {
        let key = match self.secrets {
            Secrets::Closed => None,
            Secrets::Open(key) => key,
        };
        Seal { key, ids: self.ids }
    }
}

/// Why a fold stopped.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Expressions ask for these; fold again with them supplied.
    Needs(Vec<Need>),
    /// These attempts are owed. Each is started by [`Event::AttemptStarted`].
    Attempts(Vec<Ready>),
    /// It has to find out whether it may begin: its flow limits how many run at the same time.
    Place,
    /// It goes on, and has moved so far that others may want a turn: fold again.
    More,
    /// Nothing is owed until something happens: an attempt ends, a moment comes.
    Waiting,
    /// The execution has ended.
    Ended,
}

/// An attempt that is ready to start.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    pub task_run: TaskRunId,
    pub task_id: String,
    /// 1 for the first.
    pub number: u32,
    pub work: Work,
    pub timeout: Option<Duration>,
    /// After so long a WARN line is written, and it goes on. Conductor: `ALERT_ONLY`.
    pub alert: Option<Duration>,
    /// The workers that its task names.
    pub group: Option<Group>,
    /// The task types that have to run where this attempt does: its own; all those that share its directory.
    pub types: Vec<String>,
    /// What its log lines may not hold.
    pub masks: Masks,
}

/// The workers that are to run an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Rendered.
    pub key: String,
    pub fallback: WorkerFallback,
}

/// What an attempt is.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// A runnable task.
    Run {
        /// Canonical name of its type.
        type_name: String,
        /// Rendered.
        properties: Map<String, Json>,
        /// The shared directory it works in.
        directory: Option<Directory>,
    },
    /// An executable task: one child, unless a file names the batches.
    Calls {
        /// Rendered: the URI of a file with one URI of a batch per line.
        splits: Option<String>,
    },
    /// A task for workers outside: nobody here runs it.
    Offer {
        task_type: String,
        domain: Option<String>,
        /// Rendered, without what a definition adds.
        input: Map<String, Json>,
    },
}

/// The directory that the tasks of a `WorkingDirectory` share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Directory {
    /// The run of the `WorkingDirectory`.
    pub of: TaskRunId,
    pub step: DirectoryStep,
}

/// What an attempt does with the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryStep {
    /// Makes it, with the files it begins with.
    Open,
    /// A task works in it.
    Use,
    /// Collects what is left in it, and removes it.
    Close,
}

/// Renders a template of the flow, such as the key of a trigger, with the variables of an execution.
///
/// # Errors
/// As the template's.
pub fn render(
    flow: &Flow,
    execution: &Execution,
    template: &expression::Template,
    world: &World<'_>,
) -> Result<String, expression::Error> {
    let context = context::Context::of_execution(flow, execution, world);
    render::Renderer::new(&context, world, execution.id.as_u128()).text(template)
}

/// The next moment at which time alone moves the execution.
pub fn wake_at(execution: &Execution) -> Option<Timestamp> {
    if execution.is_over() {
        return None;
    }
    let course = &execution.course;
    let scheduled = execution.schedule_date.filter(|_| execution.state.current() == State::Created);
    // No rule of the flow looks at what is being stopped.
    let rules = course.deadlines.iter().filter(|_| course.stopping.is_none()).map(|deadline| deadline.at);
    let attempts = running_attempts(execution).filter_map(|(_, attempt)| attempt.deadline);
    let due = rules::next_due(execution).map(|(at, _)| at);
    scheduled.into_iter().chain(rules).chain(attempts).chain(due).min()
}

/// The attempts that somebody is running, with their task runs.
pub fn running_attempts(
    execution: &Execution,
) -> impl Iterator<Item = (&TaskRun, &crate::execution::Attempt)> {
    execution.task_runs.attempting().filter_map(|run| Some((run, run.attempts.last()?)))
}

/// The number of the last attempt of a run; 0 when it has none.
fn last_number(run: &TaskRun) -> u32 {
    u32::try_from(run.attempts.len()).unwrap_or(u32::MAX)
}

/// What is true once whoever carried the execution is gone. `has` tells of a directory that tasks share whether it is
/// here.
pub fn vanished(execution: &Execution, has: &dyn Fn(TaskRunId) -> bool) -> Vec<Event> {
    let open = execution.task_runs.open();
    let directories = open
        .filter(|run| matches!(run.wait, Some(Wait::Directory(Shared::Open | Shared::Left))) && !has(run.id));
    let directories: HashSet<TaskRunId> = directories.map(|run| run.id).collect();
    // What is below a directory begins anew with it, and is not there any more then.
    let stays =
        |run: &TaskRun| execution.task_runs.ancestors(run).all(|above| !directories.contains(&above.id));
    let attempts =
        running_attempts(execution).filter(|(run, _)| !directories.contains(&run.id) && stays(run));
    let attempts: Vec<Event> =
        attempts.map(|(run, _)| Event::AttemptLost { task_run: run.id, number: last_number(run) }).collect();
    let lost = execution.task_runs.open().filter(|run| directories.contains(&run.id) && stays(run));
    lost.map(|run| Event::DirectoryLost { task_run: run.id, number: last_number(run) })
        .chain(attempts)
        .collect()
}

#[cfg(test)]
mod tests;
