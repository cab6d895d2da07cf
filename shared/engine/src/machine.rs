//! How an execution moves: facts go in, the next step comes out, and nothing is touched on the way.
//!
//! Three functions carry the engine. [`apply()`] is the only way state changes: one exhaustive match over
//! [`Event`]s, which are facts in the past tense. `plan` says what is owed next, as a function of the state
//! alone. [`fold`] does again and again what needs nobody (flowable tasks, pure tasks, expressions) and stops
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

mod apply;
mod calls;
mod context;
mod end;
mod event;
mod plan;
mod render;
mod start;

use std::time::Duration;

use expression::{Need, Supplied};
use serde_json::{Map, Value as Json};

pub use apply::{abandon, apply};
pub use calls::{CALLS_MAX, Call, CallError, call, legacy_outputs, open, open_calls, splits, subflow_of};
pub use event::{Event, Rejected, Turn};

use crate::{
    execution::{Execution, State},
    flow::{Catalogue, Flow},
    id::TaskRunId,
    time::Timestamp,
};
use plan::{Move, plan};

/// How often a holder may vanish while it runs one task before the task counts as failed.
pub const LOST_ATTEMPTS_MAX: usize = 3;
/// Bytes of outputs one task run may keep. Kestra's limit of a task result.
pub const TASK_OUTPUT_BYTES_MAX: usize = 1 << 20;
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
    /// Attempts that may be made ready, besides those that run.
    pub room: usize,
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
        /// The run of the `WorkingDirectory` whose directory it shares.
        directory: Option<TaskRunId>,
    },
    /// An executable task: one child, unless a file names the batches.
    Calls {
        /// Rendered: the URI of a file with one URI of a batch per line.
        splits: Option<String>,
    },
}

/// Moves the execution as far as it goes without anybody's help.
///
/// Everything that was applied before it stopped is in `execution`, also when it stops for needs.
///
/// # Errors
/// When the flow and the execution do not fit each other; a fault of ours.
pub fn fold(flow: &Flow, execution: &mut Execution, world: &World<'_>) -> Result<Next, Rejected> {
    if execution.state.is_terminal() {
        return Ok(Next::Ended);
    }
    if execution.state.current() == State::Created {
        if execution.schedule_date.is_some_and(|date| date > world.now) {
            return Ok(Next::Waiting);
        }
        apply(flow, execution, Event::Started, world.now)?;
    }
    let mut ready: Vec<Ready> = Vec::new();
    loop {
        let planned = plan(flow, execution)?;
        let mut moved = false;
        for step in planned {
            let events = match step {
                Move::Create { task_id, parent } => {
                    let id = TaskRunId::from_u128((world.ids)());
                    vec![Event::TaskRunCreated(Turn { id, task_id, parent, value: None, iteration: None })]
                }
                Move::Start { task_run } if ready.iter().any(|it| it.task_run == task_run) => continue,
                Move::Start { task_run } => match start::start(flow, execution, task_run, world) {
                    Ok(start::Started::Moved(events)) => events,
                    Ok(start::Started::Ready(attempt)) => {
                        ready.push(attempt);
                        continue;
                    }
                    Err(needs) => return Ok(Next::Needs(needs)),
                },
                Move::EndFlowable { task_run, state } => {
                    vec![Event::FlowableEnded { task_run, state, outputs: Map::new() }]
                }
                Move::End { state } => match end::end(flow, execution, state, world) {
                    Ok(event) => vec![event],
                    Err(needs) => return Ok(Next::Needs(needs)),
                },
            };
            for event in events {
                apply(flow, execution, event, world.now)?;
            }
            moved = true;
        }
        if execution.state.is_terminal() {
            return Ok(Next::Ended);
        }
        if !moved {
            return Ok(if ready.is_empty() { Next::Waiting } else { Next::Attempts(ready) });
        }
    }
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
    if execution.state.is_terminal() {
        return None;
    }
    let scheduled = execution.schedule_date.filter(|_| execution.state.current() == State::Created);
    let deadline = running_attempts(execution).filter_map(|(_, attempt)| attempt.deadline).min();
    scheduled.into_iter().chain(deadline).min()
}

/// The attempts that are running, with their task runs.
pub fn running_attempts(
    execution: &Execution,
) -> impl Iterator<Item = (&crate::execution::TaskRun, &crate::execution::Attempt)> {
    execution.task_runs.iter().filter_map(|run| {
        let attempt = run.attempts.last()?;
        // What waits for its calls runs nowhere.
        (attempt.state.current() == State::Running && run.calls.is_none()).then_some((run, attempt))
    })
}

#[cfg(test)]
mod tests;
