//! Removing executions that have ended.

use engine::{execution::Execution, id::ExecutionId};
use ports::engine::{Purge, Purged};

use crate::{Class, Error, ExecutionQuery, LogQuery, Service, files, metrics};

impl Service {
    /// Removes what the purge names of at most [`crate::settings::SCANNED_MAX`] executions. One that is being changed
    /// meanwhile, or has vanished, is passed over.
    ///
    /// # Errors
    /// `Invalid` when executions shall go and their log lines or metrics stay: they are part of them.
    pub(super) async fn purge_executions(&self, tenant: &str, which: &Purge) -> Result<Purged, Error> {
        if which.execution && !which.logs {
            let message = "`purgeLog: false` with `purgeExecution: true` is not possible: log lines go with their execution";
            return Err(Error::argument(message));
        }
        if which.execution && !which.metrics {
            let message = "`purgeMetric: false` with `purgeExecution: true` is not possible: metrics go with their execution";
            return Err(Error::argument(message));
        }
        let query = ExecutionQuery {
            namespace: which.namespace.clone(),
            flow_id: which.flow_id.clone(),
            states: which.states.clone(),
            start: which.start,
            end: Some(which.end),
            ..ExecutionQuery::default()
        };
        let mut purged = Purged::default();
        for found in self.find(tenant, &query).await? {
            self.purge_one(tenant, found.id, which, &mut purged).await?;
        }
        Ok(purged)
    }

    async fn purge_one(
        &self,
        tenant: &str,
        id: ExecutionId,
        which: &Purge,
        purged: &mut Purged,
    ) -> Result<(), Error> {
        // The listing may still name what is gone, or has begun again.
        let Some((execution, lines)) = self.logs(tenant, id, LogQuery::default()).await? else {
            return Ok(());
        };
        if !execution.state.is_terminal() {
            return Ok(());
        }
        if which.files {
            let folder = files::execution_folder(tenant, &execution.namespace, &execution.flow_id, id);
            purged.files += self.shared.outside.blobs.delete_under(&folder).await?;
        }
        if which.execution {
            return match self.delete_execution(tenant, id, which.files).await {
                Ok(()) => {
                    purged.executions += 1;
                    purged.logs += lines.len() as u64;
                    purged.metrics += metrics::count(&execution);
                    Ok(())
                }
                Err(Error::NotFound(_) | Error::IllegalState(_)) => Ok(()),
                Err(other) => Err(other),
            };
        }
        if which.logs {
            purged.logs += self.purge_lines_of(tenant, id, |_| true).await?;
        }
        if which.metrics && execution.is_over() {
            purged.metrics += self.purge_metrics_of(tenant, &execution).await?;
        }
        Ok(())
    }

    /// Somebody who changes the execution meanwhile wins, and its metrics stay for another purge.
    async fn purge_metrics_of(&self, tenant: &str, execution: &Execution) -> Result<u64, Error> {
        let count = metrics::count(execution);
        if count == 0 {
            return Ok(0);
        }
        match self.remove_metrics(tenant, execution.id).await {
            Ok(()) => Ok(count),
            Err(Error::NotFound(_) | Error::IllegalState(_)) => Ok(0),
            Err(error) if error.class() == Class::Contention => Ok(0),
            Err(other) => Err(other),
        }
    }
}
