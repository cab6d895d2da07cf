//! Waiting for the end of an execution: register, read, sleep, read again.

use std::time::Duration;

use engine::{execution::Execution, id::ExecutionId};
use tokio::sync::mpsc;

use crate::{Error, Service, Started};

impl Service {
    /// Waits until the execution has ended, at most so long. The execution is never touched by a wait that ends.
    pub async fn wait(&self, tenant: &str, id: ExecutionId, at_most: Duration) -> Result<Started, Error> {
        let _ = (tenant, id, at_most);
        unimplemented!()
    }

    /// Every state of the execution from now on, the present one first; the channel closes after the last one.
    pub async fn follow(&self, tenant: &str, id: ExecutionId) -> Result<mpsc::Receiver<Execution>, Error> {
        let _ = (tenant, id);
        unimplemented!()
    }
}
