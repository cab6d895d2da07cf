//! The end of a parent is the end of its children.

use std::pin::Pin;

use engine::{
    execution::{Caller, Execution, State},
    machine,
};
use futures_util::{TryStreamExt, stream};

use super::{
    SLICE, TOGETHER, child_id,
    keyed::{call_of, known_id},
    successor,
};
use crate::{Error, Service};

impl Service {
    /// Tells every execution that this one started, and that may still run, to end. Kestra: also those that nobody
    /// waits for. Telling again changes nothing.
    ///
    /// In a box: what is told does the same to its own children.
    pub(crate) fn kill_called<'s>(
        &'s self,
        execution: &'s Execution,
    ) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 's>> {
        Box::pin(async move {
            let tenant = execution.tenant.as_str();
            if execution.state.current() == State::Retried {
                return self.kill_if_there(tenant, successor::id_after(execution.id)).await;
            }
            stream::iter(called(execution).map(Ok))
                .try_for_each_concurrent(TOGETHER, |caller| self.kill_child(execution, caller))
                .await
        })
    }

    /// What somebody else began under the same key goes on.
    async fn kill_child(&self, parent: &Execution, caller: Caller) -> Result<(), Error> {
        let (tenant, id) = (parent.tenant.as_str(), known_id(parent, caller));
        if id != child_id(&caller) {
            let there = self.read_record(tenant, id).await?;
            if there.is_none_or(|(record, _)| record.execution.origin.call != Some(call_of(caller))) {
                return Ok(());
            }
        }
        self.kill_if_there(tenant, id).await
    }

    async fn kill_if_there(&self, tenant: &str, id: engine::id::ExecutionId) -> Result<(), Error> {
        match self.kill(tenant, id, true).await {
            Ok(_) | Err(Error::NotFound(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The children that may be there and have not ended, as far as the parent knows.
fn called(execution: &Execution) -> impl Iterator<Item = Caller> + '_ {
    let with_calls = execution.task_runs.iter().filter_map(|run| Some((run, run.calls.as_ref()?)));
    with_calls.flat_map(move |(run, calls)| {
        let number = u32::try_from(run.attempts.len()).unwrap_or(u32::MAX);
        // Whoever began a slice may have died before writing that down.
        let maybe =
            if machine::open(run).is_some() || run.state.current() == State::Killed { SLICE } else { 0 };
        let begun = calls.total.min(calls.begun.saturating_add(maybe));
        (0..begun).filter(|index| !calls.has_ended(*index)).map(move |index| Caller {
            execution: execution.id,
            task_run: run.id,
            number,
            index,
        })
    })
}
