//! Idempotency keys with a strategy: which execution a start under a key is.
//!
//! The executions of a key are its generations: 0, 1, 2 … The id of each is derived from the key and its number, so the
//! condition of its first write ("no such execution yet") lets one start win, whatever dies in between. A generation
//! beyond 0 is claimed before it begins: the claim, an item of the key, names the newest generation that there may be, and
//! a new one is claimed only after the one before has ended.
//!
//! ```text
//! claim names n ── execution n ended ──► claim n+1 (if it still names n) ──► execution n+1 (if absent)
//! ```
//!
//! Whoever dies after a claim leaves a number without an execution; the next start under the key takes it. So does a
//! removed execution: the key is known for as long as one of its newest [`GENERATIONS_LOOKED_AT`] is.

use engine::{
    execution::{Execution, State},
    id::ExecutionId,
};
use ports::store::{Condition, Content, Version, Write};

use crate::{
    Class, Error, Service, calls, keys, record,
    start::{derived_id, id_of},
};

/// Generations of a key that are looked for, the newest first: so many may have been removed.
pub const GENERATIONS_LOOKED_AT: u32 = 8;
/// Successors of an execution that was retried as a new one: the most that are followed to know whether it still runs.
const SUCCESSORS_MAX: usize = 100;

/// What becomes of a start whose key is known. Conductor: `X-on-conflict`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnConflict {
    /// It is refused.
    #[default]
    Fail,
    /// It is the one there is, at whatever point that is.
    ReturnExisting,
    /// It is refused while the last one has not ended, and a new one otherwise.
    FailOnRunning,
}

impl OnConflict {
    pub const ALL: [Self; 3] = [Self::Fail, Self::ReturnExisting, Self::FailOnRunning];

    /// As clients write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fail => "FAIL",
            Self::ReturnExisting => "RETURN_EXISTING",
            Self::FailOnRunning => "FAIL_ON_RUNNING",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// A key of a workflow: its name alone, whatever the version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyOf<'k> {
    pub(crate) tenant: &'k str,
    pub(crate) namespace: &'k str,
    pub(crate) flow_id: &'k str,
    pub(crate) key: &'k str,
}

/// What a start under a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A new execution, unless somebody else is first.
    New { id: ExecutionId, generation: u32 },
    /// This one.
    Existing(ExecutionId),
    /// Refused, because of this one.
    Conflict(ExecutionId),
    /// Somebody else has just claimed the next one: look again.
    Again,
}

impl KeyOf<'_> {
    fn first(self) -> Result<ExecutionId, Error> {
        derived_id(self.tenant, self.namespace, self.flow_id, self.key)
    }

    /// The id of a generation. The first one's is the same as of a start with the key alone.
    fn id(self, first: ExecutionId, generation: u32) -> ExecutionId {
        if generation == 0 {
            return first;
        }
        id_of(&[self.tenant, self.namespace, self.flow_id, self.key, &generation.to_string()])
    }
}

impl Service {
    /// What a start is that comes now.
    pub(crate) async fn place_under(&self, of: KeyOf<'_>, strategy: OnConflict) -> Result<Place, Error> {
        let first = of.first()?;
        let (newest, claimed) = self.claimed(of, first).await?;
        let oldest = newest.saturating_sub(GENERATIONS_LOOKED_AT - 1);
        let mut found = None;
        for generation in (oldest..=newest).rev() {
            if let Some((record, _)) = self.read_record(of.tenant, of.id(first, generation)).await? {
                found = Some((generation, record.execution));
                break;
            }
        }
        let Some((generation, last)) = found else {
            return Ok(Place::New { id: of.id(first, newest), generation: newest });
        };
        match strategy {
            OnConflict::Fail => Ok(Place::Conflict(last.id)),
            OnConflict::ReturnExisting => Ok(Place::Existing(last.id)),
            OnConflict::FailOnRunning if !self.nothing_runs_of(&last).await? => Ok(Place::Conflict(last.id)),
            OnConflict::FailOnRunning if generation < newest => {
                Ok(Place::New { id: of.id(first, newest), generation: newest })
            }
            OnConflict::FailOnRunning => self.claim_key(of, first, newest.saturating_add(1), claimed).await,
        }
    }

    /// The execution of a key that this call began, if it did.
    pub(crate) async fn begun_under(&self, of: KeyOf<'_>, call: u128) -> Result<Option<ExecutionId>, Error> {
        let first = of.first()?;
        let (newest, _) = self.claimed(of, first).await?;
        for generation in (newest.saturating_sub(GENERATIONS_LOOKED_AT - 1)..=newest).rev() {
            let id = of.id(first, generation);
            if let Some((record, _)) = self.read_record(of.tenant, id).await?
                && record.execution.origin.call == Some(call)
            {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The newest generation that there may be, and the version of the claim that says so.
    async fn claimed(&self, of: KeyOf<'_>, first: ExecutionId) -> Result<(u32, Option<Version>), Error> {
        let key = keys::claim(of.tenant, of.namespace, of.flow_id, first);
        match self.store().get(&key).await? {
            None => Ok((0, None)),
            Some(item) => Ok((record::decode(&item.content.body)?, Some(item.version))),
        }
    }

    async fn claim_key(
        &self,
        of: KeyOf<'_>,
        first: ExecutionId,
        generation: u32,
        claimed: Option<Version>,
    ) -> Result<Place, Error> {
        let key = keys::claim(of.tenant, of.namespace, of.flow_id, first);
        let body = record::encode(&generation)?;
        let content = Content { body: body.clone(), ..Content::default() };
        let condition = claimed.map_or(Condition::Absent, Condition::Version);
        // Where it is not known whether it took place, two may think it theirs: the first write of the execution decides.
        match self.write(&key, &body, vec![Write::Put { key: key.clone(), condition, content }]).await {
            Ok(()) => Ok(Place::New { id: of.id(first, generation), generation }),
            Err(error) if error.class() == Class::Contention => Ok(Place::Again),
            Err(error) => Err(error),
        }
    }

    /// Whether it has ended, and so has what was started in its stead.
    async fn nothing_runs_of(&self, execution: &Execution) -> Result<bool, Error> {
        let (mut id, mut state, mut over) = (execution.id, execution.state.current(), execution.is_over());
        for _ in 0..SUCCESSORS_MAX {
            if !over || state != State::Retried {
                break;
            }
            id = calls::id_after(id);
            let Some((record, _)) = self.read_record(&execution.tenant, id).await? else { break };
            (state, over) = (record.execution.state.current(), record.execution.is_over());
        }
        Ok(over)
    }
}
