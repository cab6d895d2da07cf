//! Telling of an end: whoever commits it does, and the feed does again when that one died.
//!
//! Everything here may happen twice and in any order: a second time changes nothing.

use engine::execution::Execution;

use crate::{Error, Service};

impl Service {
    /// Tells everybody whom the end of an execution concerns.
    ///
    /// # Errors
    /// Those that make a later try worth while.
    pub(crate) async fn announce(&self, execution: &Execution) -> Result<(), Error> {
        self.tell(&execution.tenant, execution.id).await
    }
}
