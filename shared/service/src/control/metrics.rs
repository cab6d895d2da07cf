//! Removing what an execution measured.

use engine::id::ExecutionId;

use crate::{Error, Service, metrics};

impl Service {
    /// Removes the metrics of an execution that is over and stays.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when it goes on again; `Contention` when others write it again and again.
    pub(crate) async fn remove_metrics(&self, tenant: &str, id: ExecutionId) -> Result<(), Error> {
        let change = |_: &_, record: &crate::record::Record| {
            if !record.execution.is_over() {
                return Err(Error::IllegalState("it has begun again".to_owned()));
            }
            Ok(metrics::without(&record.execution))
        };
        self.change(tenant, id, change).await.map(|_| ())
    }
}
