//! Control of executions that nobody carries: what leaves an end, makes a new execution out of an old one, or removes
//! one.
//!
//! Each reads an execution, changes it as [`engine::machine::control`] says, and writes it under the version that it
//! read. Whoever held it meanwhile is refused by the store, so that the result of an attempt from before the change
//! counts no more.

mod action;
mod batch;
mod delete;
mod labels;
mod metrics;
mod over;
mod restart;
mod states;

use std::time::Duration;

use engine::{execution::Execution, flow::Flow, id::ExecutionId, machine::control::Refused};
use ports::store::{Direction, Key, Range, WRITES_MAX};

pub use action::Action;
pub use batch::{Batch, Unfit};

use crate::{
    Class, Error, Service,
    hold::{Held, heard},
    keys,
    record::Record,
    start::HAND_OVER,
    templates::grown,
};

/// Tries against others who write the same execution.
const CHANGE_TRIES_MAX: u32 = 5;
/// Before the second try; later ones wait longer in proportion.
const CHANGE_PAUSE: Duration = Duration::from_millis(20);
/// Signals that are thrown away with one restart; more were sent to an execution that had ended by nobody.
const STALE_SIGNALS_MAX: usize = WRITES_MAX - 1;

impl Service {
    /// Writes an execution down as `change` makes it, and has somebody carry it on unless it is over.
    ///
    /// # Errors
    /// `NotFound`; those of `change`; `Contention` when others write it again and again.
    async fn change(
        &self,
        tenant: &str,
        id: ExecutionId,
        change: impl Fn(&Flow, &Record) -> Result<Execution, Error>,
    ) -> Result<Execution, Error> {
        for attempt in 1.. {
            let mut held = self.changed(tenant, id, &change).await?;
            match self.commit(&mut held).await {
                Ok(()) => {
                    let execution = held.record.execution;
                    if !execution.is_over()
                        && let Err(refused) = self.dispatch(tenant, id).await
                    {
                        tracing::debug!(%refused, execution = %id, "the tick will find it");
                    }
                    return Ok(execution);
                }
                Err(error) if error.class() == Class::Contention && attempt < CHANGE_TRIES_MAX => {
                    tokio::time::sleep(CHANGE_PAUSE * attempt).await;
                }
                Err(error) => return Err(error),
            }
        }
        unreachable!("the last try returns")
    }

    async fn changed(
        &self,
        tenant: &str,
        id: ExecutionId,
        change: impl Fn(&Flow, &Record) -> Result<Execution, Error>,
    ) -> Result<Held, Error> {
        let Some((mut record, version)) = self.read_record(tenant, id).await? else {
            return Err(not_found());
        };
        let flow = self.flow_of(&record.execution).await?;
        let had_ended = record.execution.state.is_terminal();
        let heard = heard(&record.execution);
        let offered = crate::offers::of(&record.execution);
        record.execution = change(flow.sound()?, &record)?;
        let flow = if record.execution.flow_revision == flow.revision {
            grown(flow, &record.execution)
        } else {
            self.flow_of(&record.execution).await?
        };
        record.lease = None;
        record.handed_over_until = (!record.execution.is_over()).then(|| self.now().plus(HAND_OVER));
        let drained = if had_ended && !record.execution.state.is_terminal() {
            self.stale_signals(tenant, id).await?
        } else {
            Vec::new()
        };
        Ok(Held { record, version: Some(version), flow, drained, offered, heard, writer: None })
    }

    /// What an execution was told after its end, or too late before it: it must not end what goes on now.
    async fn stale_signals(&self, tenant: &str, id: ExecutionId) -> Result<Vec<Key>, Error> {
        let range = Range {
            prefix: keys::SIGNALS,
            after: None,
            direction: Direction::Ascending,
            limit: STALE_SIGNALS_MAX,
        };
        let items = self.store().query(&keys::execution_partition(tenant, id), range).await?;
        Ok(items.into_iter().map(|item| item.key).collect())
    }
}

fn not_found() -> Error {
    Error::NotFound("Execution not found".to_owned())
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotEnded(_)
            | Refused::Running
            | Refused::RunEnded
            | Refused::OpenBelow
            | Refused::Directory => Self::IllegalState(refused.to_string()),
            Refused::NoTask
            | Refused::StatusNotTerminal
            | Refused::NotTerminal
            | Refused::NoStateToSet(_) => Self::argument(refused.to_string()),
        }
    }
}
