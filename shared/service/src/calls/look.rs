//! A parent that looks after its children by itself: what makes good every message that was lost.

use std::time::Duration;

use engine::{
    execution::{Caller, State},
    id::{ExecutionId, TaskRunId},
    machine,
    time::Timestamp,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{Calling, End, TOGETHER, child_id, keyed::known_id, successor};
use crate::{Error, Service, hold::Held};

/// How long a parent waits for its children before it looks after them.
const FIRST_PAUSE: Duration = Duration::from_mins(1);
/// While nothing changes it looks half as often each time, down to that.
const PAUSE_MAX: Duration = Duration::from_mins(16);
/// Children read at once; the others follow.
const PAGE: usize = 50;
/// How often a child may have been tried again by executions of its own.
const SUCCESSORS_MAX: usize = 100;

/// When a parent looks after its children next, and how long it waited for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Look {
    #[serde(rename = "a")]
    pub(crate) at: Timestamp,
    #[serde(rename = "p")]
    pause_seconds: u64,
}

impl Look {
    pub(super) fn first(now: Timestamp) -> Self {
        Self { at: now.plus(FIRST_PAUSE), pause_seconds: FIRST_PAUSE.as_secs() }
    }

    fn next(self, now: Timestamp) -> Self {
        let pause = (2 * Duration::from_secs(self.pause_seconds)).min(PAUSE_MAX);
        Self { at: now.plus(pause), pause_seconds: pause.as_secs() }
    }
}

/// How far a look has come: the last child that was read.
#[derive(Clone, Copy, Default)]
pub(super) struct Cursor {
    after: Option<(TaskRunId, u32)>,
    found: bool,
}

impl Service {
    /// Looks after the children when it is time to. `true` when something was found, or there are more to look after.
    pub(crate) async fn look_after_calls(
        &self,
        held: &mut Held,
        calling: &mut Calling,
    ) -> Result<bool, Error> {
        let now = self.now();
        let Some(look) = held.record.look else { return Ok(false) };
        if machine::open_calls(&held.record.execution).next().is_none() {
            held.record.look = None;
            return Ok(false);
        }
        if look.at > now {
            return Ok(false);
        }
        let mut cursor = calling.looked.take().unwrap_or_default();
        let page = page(held, cursor.after)?;
        let more = page.len() == PAGE;
        cursor.after = page.last().map(|caller| (caller.task_run, caller.index));
        let tenant = held.record.execution.tenant.clone();
        let ends: Vec<Option<End>> = stream::iter(page)
            .map(|caller| self.end_of(&tenant, caller, known_id(&held.record.execution, caller)))
            .buffered(TOGETHER)
            .try_collect()
            .await?;
        let found = self.count_ends(held, ends.into_iter().flatten().collect()).await?;
        cursor.found |= found;
        if more {
            calling.looked = Some(cursor);
        } else {
            // Who waits for what somebody else began hears of it here alone.
            let alone = machine::open_calls(&held.record.execution).any(|(_, calls)| calls.child.is_some());
            held.record.look = Some(if cursor.found || alone { Look::first(now) } else { look.next(now) });
        }
        Ok(found || more)
    }

    /// How a child ended, if it did.
    async fn end_of(&self, tenant: &str, caller: Caller, first: ExecutionId) -> Result<Option<End>, Error> {
        let newest = self.newest_of(tenant, first).await?;
        let Some(id) = newest else { return Ok(Some(End::gone(caller, first, self.now()))) };
        let Some((record, _)) = self.read_record(tenant, id).await? else { return Ok(None) };
        if first != child_id(&caller) {
            // Under a key it may be somebody else's.
            return Ok(End::for_caller(&record.execution, caller));
        }
        Ok(End::of(&record.execution).filter(|end| end.caller == caller))
    }

    /// The execution itself, or the last of those that tried it again. `None` when it is not there.
    pub(super) async fn newest_of(
        &self,
        tenant: &str,
        first: ExecutionId,
    ) -> Result<Option<ExecutionId>, Error> {
        let mut found = None;
        let mut next = first;
        for _ in 0..SUCCESSORS_MAX {
            let Some((record, _)) = self.read_record(tenant, next).await? else { break };
            found = Some(next);
            if record.execution.state.current() != State::Retried {
                break;
            }
            next = successor::id_after(next);
        }
        Ok(found)
    }
}

/// The next children that were begun and are waited for.
fn page(held: &Held, after: Option<(TaskRunId, u32)>) -> Result<Vec<Caller>, Error> {
    let execution = &held.record.execution;
    let flow = held.flow.sound()?;
    let waited = |run| machine::subflow_of(flow, run).is_some_and(|subflow| subflow.wait);
    let all = machine::open_calls(execution).filter(|(run, _)| waited(run)).flat_map(|(run, calls)| {
        let number = u32::try_from(run.attempts.len()).unwrap_or(u32::MAX);
        calls.open().map(move |index| Caller { execution: execution.id, task_run: run.id, number, index })
    });
    // The runs keep their order, so those of the last page are passed over up to where it ended.
    let mut passing = after.is_some_and(|(run, _)| execution.task_runs.get(run).is_some());
    let rest = all.filter(move |caller| {
        let Some((run, index)) = after.filter(|_| passing) else { return true };
        if caller.task_run != run {
            return false;
        }
        if caller.index > index {
            passing = false;
            return true;
        }
        false
    });
    Ok(rest.take(PAGE).collect())
}
