//! The end of a child, and how its parent hears of it.

use engine::{
    execution::{Caller, Execution, State},
    id::ExecutionId,
    machine,
    time::Timestamp,
};
use ports::store::{Condition, Content, Write};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::{
    Error, Service, keys,
    record::{self, Fate, Record},
    signal::{SIGNAL_KEPT, Signal},
};

/// That a child has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct End {
    #[serde(rename = "c")]
    pub(crate) caller: Caller,
    /// The child, or the last of those that tried it again.
    #[serde(rename = "x")]
    pub(crate) child: ExecutionId,
    #[serde(rename = "s")]
    pub(crate) state: State,
    /// Whether its time was over.
    #[serde(rename = "d", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) timed_out: bool,
    #[serde(rename = "a")]
    pub(crate) at: Timestamp,
    /// Whether it may have outputs.
    #[serde(rename = "o")]
    pub(crate) has_outputs: bool,
    /// They are at hand when it ended in this process.
    #[serde(skip)]
    pub(crate) outputs: Option<Map<String, Json>>,
}

impl End {
    /// `None` while it has not ended, and when nobody waits for it. One that is RETRIED goes on as another execution.
    pub(crate) fn of(execution: &Execution) -> Option<Self> {
        Self::for_caller(execution, execution.course.caller?)
    }

    /// For one who waits, whether it began the execution or not.
    pub(super) fn for_caller(execution: &Execution, caller: Caller) -> Option<Self> {
        let state = execution.state.current();
        if !state.is_terminal() || state == State::Retried {
            return None;
        }
        Some(Self {
            caller,
            child: execution.id,
            state,
            timed_out: execution.course.timed_out,
            at: execution.state.last().date,
            has_outputs: execution.outputs.is_some(),
            outputs: execution.outputs.clone(),
        })
    }

    /// The same, as far as a summary tells.
    pub(crate) fn of_fate(child: ExecutionId, fate: Fate) -> Option<Self> {
        let Fate { state, start, end, timed_out, .. } = fate;
        let caller = fate.caller.filter(|_| state.is_terminal() && state != State::Retried)?;
        let at = end.unwrap_or(start);
        Some(Self { caller, child, state, timed_out, at, has_outputs: true, outputs: None })
    }

    /// Of a child that is not there any more: somebody removed it.
    pub(super) fn gone(caller: Caller, child: ExecutionId, at: Timestamp) -> Self {
        let (state, timed_out) = (State::Failed, false);
        Self { caller, child, state, timed_out, at, has_outputs: false, outputs: None }
    }

    /// The id of the signal: the same however often it is told, and in the order of the ends.
    fn signal_id(&self) -> u128 {
        let Caller { task_run, number, index, .. } = self.caller;
        let mut hasher = Sha256::new();
        hasher.update(task_run.as_u128().to_be_bytes());
        hasher.update(number.to_be_bytes());
        hasher.update(index.to_be_bytes());
        let mut bytes = [0; 16];
        bytes[6..].copy_from_slice(&hasher.finalize()[..10]);
        u128::from_be_bytes(bytes) | u128::from(self.at.as_millis().unsigned_abs()) << 80
    }

    /// Whether the parent waits for it.
    fn is_owed_to(&self, parent: &Execution) -> bool {
        let Some(run) = parent.task_runs.get(self.caller.task_run) else { return false };
        usize::try_from(self.caller.number) == Ok(run.attempts.len())
            && machine::open(run)
                .is_some_and(|calls| self.caller.index < calls.total && !calls.has_ended(self.caller.index))
    }

    /// Those of them that the parent waits for, each once.
    pub(super) fn owed(ends: Vec<Self>, parent: &Execution) -> Vec<Self> {
        let mut seen = std::collections::HashSet::new();
        ends.into_iter().filter(|end| end.is_owed_to(parent) && seen.insert(end.caller)).collect()
    }
}

impl Service {
    /// Tells the parent of an end: whoever has it in hand here, or else by a signal. A parent that does not wait for it
    /// (any more) is not told.
    pub(crate) async fn tell_caller(&self, tenant: &str, end: End) -> Result<(), Error> {
        let parent = end.caller.execution;
        let Some(end) = self.shared.carried.deliver(parent, end) else { return Ok(()) };
        let Some(item) = self.store().get(&keys::execution(tenant, parent)).await? else { return Ok(()) };
        // A run that waits is open, and those are in the one item, however many others there are.
        let record: Record = record::decode(&item.content.body)?;
        if !end.is_owed_to(&record.execution) {
            return Ok(());
        }
        let key = keys::signal(tenant, parent, end.signal_id());
        let content = Content {
            body: record::encode(&Signal::CallEnded(end))?,
            expires_at: Some(self.now().plus(SIGNAL_KEPT)),
            ..Content::default()
        };
        let body = content.body.clone();
        let put = Write::Put { key: key.clone(), condition: Condition::None, content };
        self.write(&key, &body, vec![put]).await?;
        if let Err(refused) = self.dispatch(tenant, parent).await {
            tracing::debug!(%refused, execution = %parent, "it looks for itself later");
        }
        Ok(())
    }

    /// Tells those ends once more that came while the parent was let go.
    pub(crate) async fn tell_again(&self, tenant: &str, ends: Vec<End>) {
        for end in ends {
            let parent = end.caller.execution;
            if let Err(error) = self.tell_caller(tenant, end).await {
                tracing::debug!(%error, execution = %parent, "it looks for itself later");
            }
        }
    }
}
