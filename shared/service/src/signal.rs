//! Signals: what others tell an execution, as items of their own.

use engine::{execution::Execution, id::ExecutionId};

use crate::{Error, Service};

impl Service {
    /// Asks for the end of an execution. Kestra: asking again, or after the end, changes nothing.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when it has ended and `cascade` is false.
    pub async fn kill(&self, tenant: &str, id: ExecutionId, cascade: bool) -> Result<Execution, Error> {
        let _ = (tenant, id, cascade);
        unimplemented!()
    }
}
