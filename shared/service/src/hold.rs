//! An execution in hand, and how it is written down.
//!
//! # Invariants
//! * Every write names the version it replaces, so the write of an older holder is refused by the store.
//! * A write whose outcome is unknown is never repeated blindly: what is stored tells whether it took place.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use engine::{
    execution::{Execution, State},
    id::ExecutionId,
    machine,
};
use ports::store::{self, Condition, Version, Write};

use crate::{
    Class, Error, Service, StoredFlow,
    announce::News,
    calls,
    chunks::Chunks,
    conductor::inline,
    keys, log_files, offers,
    record::{self, Lease, Record},
    templates::grown,
};

/// Tries of one write while the store does not answer.
const COMMIT_TRIES_MAX: u32 = 4;
/// Before the second try; later ones wait longer in proportion.
const COMMIT_PAUSE: Duration = Duration::from_millis(20);

/// An execution that this process may write.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) record: Record,
    /// The version that was read; `None` while it was never stored.
    pub(crate) version: Option<Version>,
    pub(crate) flow: Arc<StoredFlow>,
    /// Signals that were applied and go with the next commit.
    pub(crate) drained: Vec<store::Key>,
    /// The offers to workers that are stored.
    pub(crate) offered: BTreeMap<store::Key, offers::Offer>,
    /// How many of the states that it entered were told to those who listen.
    pub(crate) heard: usize,
    /// Names us in the chunks that we write.
    pub(crate) writer: Option<u128>,
}

/// Whether an execution may be taken up.
#[derive(Debug)]
pub(crate) enum Taken {
    Held(Box<Held>),
    /// Somebody else carries it.
    Busy,
    /// It has ended, or is not there any more.
    Over,
}

impl Service {
    /// Takes an execution up, unless somebody else holds it. Attempts of a holder that vanished are marked as lost.
    ///
    /// `alone` says that no other process can hold anything: leases of others are dead then.
    pub(crate) async fn take(&self, tenant: &str, id: ExecutionId, alone: bool) -> Result<Taken, Error> {
        let Some((mut record, version)) = self.read_record(tenant, id).await? else {
            return Ok(Taken::Over);
        };
        if record.execution.is_over() {
            return Ok(Taken::Over);
        }
        if let Some(Lease { holder, until }) = record.lease {
            let dead = until <= self.now() || (alone && holder != self.shared.holder);
            if !dead {
                return Ok(Taken::Busy);
            }
        }
        if alone && let Some(look) = &mut record.look {
            // Where no feed tells again, whoever should have told it may be dead.
            look.at = self.now();
        }
        let flow = self.flow_begun_with(&record.execution).await?;
        let flow = self.with_templates(flow, &mut record.execution.templates).await?;
        let flow = grown(flow, &record.execution);
        let heard = heard(&record.execution);
        let offered = offers::of(&record.execution);
        let mut held =
            Held { record, version: Some(version), flow, drained: Vec::new(), offered, heard, writer: None };
        self.lose_attempts(&mut held)?;
        Ok(Taken::Held(Box::new(held)))
    }

    pub(crate) async fn read_record(
        &self,
        tenant: &str,
        id: ExecutionId,
    ) -> Result<Option<(Record, Version)>, Error> {
        let Some(item) = self.store().get(&keys::execution(tenant, id)).await? else {
            return Ok(None);
        };
        let mut record: Record = record::decode(&item.content.body)?;
        let parts = self.read_chunks(tenant, id, keys::RUNS, &record.runs).await?;
        if !parts.is_empty() {
            let task_runs = std::mem::take(&mut record.execution.task_runs);
            record.execution.task_runs = task_runs.complete(parts);
        }
        Ok(Some((record, item.version)))
    }

    /// Writes the execution down, with the signals that were applied; wakes whoever waits for it.
    ///
    /// # Errors
    /// `Contention` when somebody else wrote it meanwhile: it is not ours any more.
    pub(crate) async fn commit(&self, held: &mut Held) -> Result<(), Error> {
        // Each is seldom needed, looked for without waiting, and boxed: a commit is no larger than its one write.
        let execution = &mut held.record.execution;
        let lines = log_files::taken_out(held.flow.sound()?, execution);
        if !lines.is_empty() {
            Box::pin(self.write_log_files(execution, lines)).await?;
        }
        if held.record.is_overfull() {
            Box::pin(self.move_out(held)).await?;
        }
        if calls::has_successor(&held.record.execution) {
            Box::pin(self.store_successor(held)).await?;
        }
        let follower = self.follower_of(held).await?;
        let key = keys::execution(&held.record.execution.tenant, held.record.id());
        let content = held.record.content(self.shared.settings.plain_bytes_max)?;
        let body = content.body.clone();
        let condition = held.version.map_or(Condition::Absent, Condition::Version);
        let definition = inline::kept_with(held)?;
        let others =
            1 + usize::from(definition.is_some()) + usize::from(follower.is_some()) + held.drained.len();
        let mut offers = offers::changes(held, others)?;
        let mut writes = Vec::with_capacity(others + offers.writes.len());
        writes.push(Write::Put { key: key.clone(), condition, content });
        writes.extend(definition);
        let follower = follower.map(|it| {
            writes.push(it.write);
            it.id
        });
        writes.extend(held.drained.drain(..).map(|key| Write::Delete { key, condition: Condition::None }));
        let came = offers.came();
        writes.append(&mut offers.writes);
        self.write(&key, &body, writes).await?;
        held.offered = std::mem::take(&mut offers.now);
        held.drained.clear();
        self.offers_changed(&held.record.execution.tenant, came, offers).await;
        let known = held.version.is_some();
        held.version = Some(Version(held.version.map_or(1, |version| version.0 + 1)));
        let execution = &held.record.execution;
        let entered = std::mem::replace(&mut held.heard, heard(execution));
        if let Err(error) = self.announce(execution, News { known, entered }).await {
            tracing::debug!(%error, execution = %execution.id, "the feed will tell");
        }
        if let Some(id) = follower {
            Box::pin(self.call_follower(&execution.tenant, id)).await;
        }
        Ok(())
    }

    /// Commits. When the store does not answer, the next try tells by what is stored under the key, whether it is this
    /// body, whether the first took place.
    ///
    /// # Errors
    /// `Contention` when somebody else wrote.
    pub(crate) async fn write(
        &self,
        key: &store::Key,
        body: &[u8],
        mut writes: Vec<Write>,
    ) -> Result<(), Error> {
        let mut unsure = false;
        for attempt in 1.. {
            let last = attempt == COMMIT_TRIES_MAX;
            let repeat = if last { Vec::new() } else { writes.clone() };
            let error = match self.store().commit(std::mem::replace(&mut writes, repeat)).await {
                Ok(()) => return Ok(()),
                Err(error) => Error::from(error),
            };
            match error.class() {
                Class::Contention if unsure => {
                    match self.store().get(key).await.map_err(Error::from) {
                        Ok(Some(item)) if item.content.body == body => return Ok(()),
                        Ok(_) => return Err(error),
                        // The next try is refused as this one was, and asks again.
                        Err(unknown) if unknown.class() == Class::Transient && !last => {}
                        Err(unknown) => return Err(unknown),
                    }
                    tokio::time::sleep(COMMIT_PAUSE * attempt).await;
                }
                Class::Transient if !last => {
                    unsure = true;
                    tokio::time::sleep(COMMIT_PAUSE * attempt).await;
                }
                Class::Contention | Class::Transient | Class::Caller | Class::Bug => return Err(error),
            }
        }
        unreachable!("the last try returns")
    }

    /// What is over the limit of the item becomes items of its own, before the item that names them.
    async fn move_out(&self, held: &mut Held) -> Result<(), Error> {
        let Held { record, writer, .. } = held;
        let tenant = record.execution.tenant.clone();
        let of = (tenant.as_str(), record.execution.id);
        for chunk in record::overflowing_logs(&mut record.execution) {
            let by = *writer.get_or_insert_with(|| self.new_id());
            self.write_chunk(of, keys::LOGS, (&mut record.logs, by), &chunk).await?;
        }
        if !record.execution.task_runs.has_parts() {
            record.runs = Chunks::default();
        }
        while let Some(part) = record::overflowing_runs(&record.execution) {
            let by = *writer.get_or_insert_with(|| self.new_id());
            self.write_chunk(of, keys::RUNS, (&mut record.runs, by), &part).await?;
            record.execution.task_runs.keep(&part);
        }
        Ok(())
    }
}

/// The states that were told when it was written like this. Whoever begins to carry a new one tells that it is there.
pub(crate) fn heard(execution: &Execution) -> usize {
    match execution.state.current() {
        State::Created => execution.state.histories().count() - 1,
        State::Running
        | State::Paused
        | State::Restarted
        | State::Killing
        | State::Success
        | State::Warning
        | State::Failed
        | State::Killed
        | State::Cancelled
        | State::Queued
        | State::Retrying
        | State::Retried
        | State::Skipped => execution.state.histories().count(),
    }
}

/// An event of ours that the engine rejects.
#[allow(clippy::needless_pass_by_value, reason = "the form `map_err` wants")]
pub(crate) fn impossible(rejected: machine::Rejected) -> Error {
    Error::Internal(rejected.to_string())
}
