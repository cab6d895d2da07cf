//! Telling of an end: whoever commits it does, and the feed does again when that one died.
//!
//! Everything here may happen twice and in any order: a second time changes nothing.

use engine::{execution::Execution, id::ExecutionId};

use crate::{
    Error, Service,
    calls::{self, End},
    record::Summary,
};

impl Service {
    /// Tells everybody whom the end of an execution concerns. `known` is whether anybody knew of it before it ended:
    /// nobody waits for what nobody knew, but for whoever started it.
    ///
    /// # Errors
    /// Those that make a later try worth while.
    pub(crate) async fn announce(&self, execution: &Execution, known: bool) -> Result<(), Error> {
        let tenant = execution.tenant.as_str();
        let told = if known { self.tell(tenant, execution.id).await } else { Ok(()) };
        if let Some(end) = End::of(execution) {
            self.tell_caller(tenant, end).await?;
        }
        if execution.course.retried_at.is_some_and(|at| at <= self.now()) {
            self.dispatch(tenant, calls::id_after(execution.id)).await?;
        }
        told
    }

    /// Tells them again, as far as the summary of the execution says whom.
    ///
    /// # Errors
    /// As [`Self::announce`].
    pub(crate) async fn announce_again(
        &self,
        tenant: &str,
        id: ExecutionId,
        summary: &Summary,
    ) -> Result<(), Error> {
        self.shared.waiters.wake(id);
        let told = self.tell(tenant, id).await;
        if let Some(end) = End::of_summary(id, summary) {
            self.tell_caller(tenant, end).await?;
        }
        told
    }
}
