//! Executions that start executions: a task run and its children.
//!
//! ```text
//! parent   CallsPlanned ── commit ──► children begun, a slice at a time ── commit each ──► waits
//! child    …runs like any other… ends ──► tells the one who waits: in hand here, or by a signal and a dispatch
//! parent   CallEnded, each child once ──► the task run ends with the last of them
//! ```
//!
//! The id of a child is derived from the task run, its attempt and the child's index, so that beginning it again after
//! a crash finds the one that is there. Whoever commits the end of a child tells the parent; the feed tells again; and
//! while it waits the parent now and then reads its children itself, so that a lost message costs time and nothing else.
//!
//! # Invariants
//! * A child begins only after the commit that plans it.
//! * An end counts once, whoever tells it and however often.
//! * Whoever kills a parent tells its children before the commit that says so.

mod batches;
mod begin;
mod child;
mod count;
mod end;
mod keyed;
mod kill;
mod look;
mod successor;

use std::{collections::HashMap, time::Duration};

use engine::{
    execution::Caller,
    id::{ExecutionId, TaskRunId},
    machine::{self, CallError, Event, Ready, Work, World},
    secrets::Masks,
};
use expression::Supplied;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::{
    Error, Service,
    attempt::Running,
    carry::{self, NEEDS_ROUNDS_MAX},
    files,
    hold::{Held, impossible},
    shift::Shift,
};
use batches::Batches;
pub(crate) use child::Carrying;
pub(crate) use end::End;
pub(crate) use look::Look;
pub(crate) use successor::{has_successor, id_after};

/// Children begun before the parent is written down again.
const SLICE: u32 = 50;
/// What beginning one slice may take: less is left of a shift, and it is handed over.
const SLICE_WITHIN: Duration = Duration::from_secs(1);
/// Children that are begun, read or told at the same time.
const TOGETHER: usize = 16;

/// What a carrier knows of the calls it is making, besides what is stored.
#[derive(Default)]
pub(crate) struct Calling {
    /// The batches of a task run that are still to be read.
    batches: HashMap<TaskRunId, Batches>,
    /// How far a look at the children has come.
    looked: Option<look::Cursor>,
}

/// What came of attending to calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attended {
    Nothing,
    Changed,
    /// The shift ends before the next ones have begun.
    NoTime,
}

/// Why a call is not made.
enum Stop {
    /// Its task has failed.
    Task(String),
    /// It may be made later.
    Service(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Service(error)
    }
}

/// The id of a child.
pub(crate) fn child_id(caller: &Caller) -> ExecutionId {
    let (run, number, index) = (caller.task_run.as_u128(), caller.number, caller.index);
    derived(&[b"call", &run.to_be_bytes(), &number.to_be_bytes(), &index.to_be_bytes()])
}

/// An id that is always the same for the same parts. Each but the first has a length of its own.
pub(crate) fn derived(parts: &[&[u8]]) -> ExecutionId {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    let digest = hasher.finalize();
    let half: [u8; 16] = digest[..16].try_into().expect("a SHA-256 digest has 32 bytes");
    ExecutionId::from_u128(u128::from_be_bytes(half))
}

/// Tells the attempts that start executions from those that are run.
pub(crate) fn split(ready: Vec<Ready>) -> (Vec<Ready>, Vec<Ready>) {
    ready.into_iter().partition(|it| matches!(it.work, Work::Calls { .. }))
}

impl Service {
    /// Begins children that are owed, and looks after those that are there when it is time to.
    pub(crate) async fn attend_to_calls(
        &self,
        held: &mut Held,
        running: &mut Running,
        calling: &mut Calling,
        shift: Shift,
    ) -> Result<Attended, Error> {
        if begin::are_owed(held) && !shift.lasts(Instant::now() + SLICE_WITHIN) {
            return Ok(Attended::NoTime);
        }
        let changed = self.begin_calls(held, running, calling, shift).await?
            || self.look_after_calls(held, calling).await?;
        Ok(if changed { Attended::Changed } else { Attended::Nothing })
    }

    /// Plans the calls of attempts that are ready, and commits that. `false` when there are none.
    pub(crate) async fn plan_calls(&self, held: &mut Held, ready: Vec<Ready>) -> Result<bool, Error> {
        if ready.is_empty() {
            return Ok(false);
        }
        let mut some = false;
        for Ready { task_run, task_id, number, work, .. } in ready {
            let Work::Calls { splits } = work else { continue };
            let execution = &held.record.execution;
            let (total, outputs, failure) = match splits {
                None => {
                    let caller = Caller { execution: execution.id, task_run, number, index: 0 };
                    (1, shown("executionId", child_id(&caller).to_string()), None)
                }
                Some(splits) => {
                    let folder = files::task_run_folder(execution, &task_id, task_run);
                    let base = files::folder_uri(&folder)?;
                    match self.count_batches(execution, &splits).await {
                        Ok(total) => (total, shown("subflowOutputsBaseUri", base), None),
                        Err(Stop::Task(message)) => (1, Map::new(), Some(message)),
                        Err(Stop::Service(error)) => return Err(error),
                    }
                }
            };
            self.apply(held, Event::CallsPlanned { task_run, number, total, outputs })?;
            match failure {
                Some(message) => self.fail_calls(held, (task_run, number), message, Map::new())?,
                None => some |= total > 0,
            }
        }
        if some {
            held.record.look.get_or_insert(Look::first(self.now()));
            self.renew(held).await?;
        }
        Ok(true)
    }

    /// Ends an attempt that starts executions because of what went wrong with them.
    fn fail_calls(
        &self,
        held: &mut Held,
        (task_run, number): (TaskRunId, u32),
        message: String,
        outputs: Map<String, Json>,
    ) -> Result<(), Error> {
        self.apply(held, Event::CallsFailed { task_run, number, message, outputs })
    }

    fn apply(&self, held: &mut Held, event: Event) -> Result<(), Error> {
        let flow = held.flow.sound()?;
        machine::apply(flow, &mut held.record.execution, event, self.now()).map_err(impossible)
    }

    /// Renders something of a parent, and fetches what that needs.
    async fn rendered<T>(
        &self,
        held: &Held,
        render: impl Fn(&World<'_>) -> Result<T, CallError> + Send,
    ) -> Result<T, Stop> {
        let mut supplied = Supplied::new();
        for _ in 0..NEEDS_ROUNDS_MAX {
            match self.with_world(&supplied, 0, &render) {
                Ok(rendered) => return Ok(rendered),
                Err(CallError::Failed(mut message)) => {
                    Masks::of_given(&supplied).mask(&mut message);
                    return Err(Stop::Task(message));
                }
                Err(CallError::Needs(needs)) => {
                    for need in needs {
                        let answer = self.fetch(&held.record.execution, &need).await?;
                        supplied.insert(need, answer);
                    }
                }
            }
        }
        Err(carry::stuck().into())
    }
}

fn shown(key: &str, value: String) -> Map<String, Json> {
    [(key.to_owned(), Json::String(value))].into_iter().collect()
}
