//! What is due: everything that no message moves.

use std::time::Duration;

use engine::{id::ExecutionId, time::Timestamp};

use futures_util::{StreamExt, stream};
use ports::{
    queue::{Dispatch, Refused},
    store::{Key, PAGE_ITEMS_MAX},
};

use crate::{Error, Service, keys, shift::Shift};

/// Executions taken up by one tick; the next takes more.
const DUE_MAX: usize = PAGE_ITEMS_MAX;
/// Moved side by side.
const MOVED_TOGETHER: usize = 16;

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Executions that were sent to whoever may carry them.
    pub dispatched: usize,
    /// Addresses of dead processes that were removed.
    pub swept: usize,
    /// Flows whose places were compared with their executions, and types whose with their offers.
    pub checked: usize,
    /// Files of nobody that were removed.
    pub removed: usize,
    /// Schedules that fired, or were passed on to their next date.
    pub fired: usize,
    /// Attempts of workers whose time was over.
    pub ended: usize,
    /// What could not be moved now; it stays due.
    pub left: usize,
    /// Whether this was all that is due. What is dispatched stays due until somebody takes it up, so the rest comes
    /// with a later tick.
    pub all: bool,
}

enum Moved {
    Dispatched,
    Swept,
    Removed(usize),
    Checked,
    Fired,
    Ended,
    Left,
}

impl Service {
    /// The executions that need attention now, the longest due first. Each is for [`Service::work`].
    ///
    /// # Errors
    /// The store's.
    pub async fn due(&self) -> Result<Vec<(String, ExecutionId)>, Error> {
        self.due_at(self.now()).await
    }

    /// When the next one needs attention, if any will.
    ///
    /// # Errors
    /// The store's.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        Ok(self.store().next_due().await?)
    }

    /// Sends an execution to the workers of no group.
    ///
    /// # Errors
    /// When the queue does not take it now; it stays due.
    pub async fn dispatch(&self, tenant: &str, id: ExecutionId) -> Result<(), Refused> {
        self.shared
            .outside
            .queue
            .send(Dispatch { tenant: tenant.to_owned(), execution: id, group: None })
            .await
    }

    /// Moves what is due: dispatches executions, removes addresses nobody uses any more, and files nobody has. One a
    /// minute is enough.
    ///
    /// # Errors
    /// The store's.
    pub async fn tick(&self) -> Result<Ticked, Error> {
        self.plan_sweeps().await?;
        let due = self.store().due(self.now(), DUE_MAX).await?;
        let mut ticked = Ticked { all: due.len() < DUE_MAX, ..Ticked::default() };
        let mut moves = stream::iter(due).map(|due| self.move_on(due.key)).buffer_unordered(MOVED_TOGETHER);
        while let Some(moved) = moves.next().await {
            match moved {
                Moved::Dispatched => ticked.dispatched += 1,
                Moved::Swept => ticked.swept += 1,
                Moved::Removed(files) => ticked.removed += files,
                Moved::Checked => ticked.checked += 1,
                Moved::Fired => ticked.fired += 1,
                Moved::Ended => ticked.ended += 1,
                Moved::Left => ticked.left += 1,
            }
        }
        Ok(ticked)
    }

    async fn move_on(&self, key: Key) -> Moved {
        if let Some((tenant, id)) = keys::as_execution(&key) {
            return match self.dispatch(tenant, id).await {
                Ok(()) => Moved::Dispatched,
                Err(refused) => {
                    tracing::debug!(%refused, execution = %id, "left to the next tick");
                    Moved::Left
                }
            };
        }
        let moved = if keys::is_address(&key) {
            self.forget_address(&key).await.map(|swept| swept.then_some(Moved::Swept))
        } else if keys::as_places(&key).is_some() {
            self.check_places(&key).await.map(|checked| checked.then_some(Moved::Checked))
        } else if keys::as_limit(&key).is_some() {
            self.check_limit(&key).await.map(|checked| checked.then_some(Moved::Checked))
        } else if keys::as_sweep(&key).is_some() {
            self.sweep(&key).await.map(|removed| removed.map(Moved::Removed))
        } else if keys::as_offer(&key).is_some() {
            self.end_offer(&key).await.map(|ended| ended.then_some(Moved::Ended))
        } else if keys::as_schedule(&key).is_some() {
            self.fire_schedule(&key).await.map(|fired| fired.then_some(Moved::Fired))
        } else {
            tracing::error!(%key, "this version does not know what is due here");
            return Moved::Left;
        };
        match moved {
            Ok(moved) => moved.unwrap_or(Moved::Left),
            Err(error) => {
                tracing::debug!(%error, %key, "left to the next tick");
                Moved::Left
            }
        }
    }

    /// Takes up everything that was open when the last process ended. Only where no other process writes the store:
    /// leases of others are dead there.
    ///
    /// # Errors
    /// The store's; what was not taken up is due later.
    pub async fn recover(&self) -> Result<usize, Error> {
        let mut taken = 0;
        for (tenant, id) in self.due_at(Timestamp::from_millis(i64::MAX)).await? {
            let service = self.clone();
            taken += 1;
            tokio::spawn(async move {
                if let Err(error) = service.take_up(&tenant, id, true, Shift::ENDLESS).await {
                    tracing::warn!(execution = %id, %error, "an open execution is not taken up yet");
                }
            });
        }
        Ok(taken)
    }

    /// Takes up nothing more, and comes back when everything that is carried has let go, or after so long. What is
    /// still carried then goes on wherever the store is opened next.
    pub async fn close(&self, grace: Duration) {
        let carriers = &self.shared.carriers;
        let all = u32::try_from(self.shared.settings.carried_max).unwrap_or(u32::MAX);
        let _ = tokio::time::timeout(grace, carriers.acquire_many(all)).await;
        carriers.close();
    }

    async fn due_at(&self, moment: Timestamp) -> Result<Vec<(String, ExecutionId)>, Error> {
        let due = self.store().due(moment, DUE_MAX).await?;
        Ok(due
            .iter()
            .filter_map(|due| keys::as_execution(&due.key))
            .map(|(tenant, id)| (tenant.to_owned(), id))
            .collect())
    }
}
