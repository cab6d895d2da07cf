//! What is due: everything that no message moves.

use std::time::Duration;

use engine::{id::ExecutionId, time::Timestamp};

use ports::queue::{Dispatch, Refused};

use crate::{Error, Service, keys};

/// Executions taken up by one tick; the next takes more.
const DUE_MAX: usize = 500;

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

    /// Sends an execution to whoever may carry it.
    ///
    /// # Errors
    /// When the queue does not take it now; it stays due.
    pub async fn dispatch(&self, tenant: &str, id: ExecutionId) -> Result<(), Refused> {
        self.shared.outside.queue.send(Dispatch { tenant: tenant.to_owned(), execution: id }).await
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
                if let Err(error) = service.work_alone(&tenant, id, true).await {
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
