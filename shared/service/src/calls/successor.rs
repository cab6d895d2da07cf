//! The execution that tries again after one that is RETRIED. Kestra: `CREATE_NEW_EXECUTION`.

use engine::{
    execution::{Execution, Metadata, State},
    id::ExecutionId,
};
use ports::store::{Condition, Write};

use super::derived;
use crate::{Class, Error, Service, hold::Held, keys, record::Record};

/// The id of the execution that tries this one again.
pub(crate) fn id_after(id: ExecutionId) -> ExecutionId {
    derived(&[b"successor", &id.as_u128().to_be_bytes()])
}

/// Whether an execution ends so that another one tries again.
pub(crate) fn has_successor(execution: &Execution) -> bool {
    execution.course.retried_at.is_some() && execution.state.current() == State::Retried
}

impl Service {
    /// Stores the execution that follows one that is about to be written down as RETRIED. Again and again, when that
    /// goes wrong; there is one of it.
    pub(crate) async fn store_successor(&self, held: &Held) -> Result<(), Error> {
        let retried = &held.record.execution;
        let Some(at) = retried.course.retried_at.filter(|_| has_successor(retried)) else { return Ok(()) };
        let of = (retried.namespace.as_str(), retried.flow_id.as_str(), retried.flow_revision);
        let id = id_after(retried.id);
        let mut next = Execution::created(id, retried.tenant.as_str(), of, self.now());
        next.templates = retried.templates.found();
        next.inputs.clone_from(&retried.inputs);
        next.labels.clone_from(&retried.labels);
        next.trigger.clone_from(&retried.trigger);
        next.parent_id = Some(retried.id);
        next.original_id = retried.original_id;
        next.metadata = Metadata {
            attempt_number: retried.metadata.attempt_number.saturating_add(1),
            original_created_date: retried.metadata.original_created_date,
        };
        next.schedule_date = Some(at);
        next.origin.clone_from(&retried.origin);
        next.course.caller = retried.course.caller;
        let key = keys::execution(&retried.tenant, id);
        let content = Record::new(next).content(self.shared.settings.plain_bytes_max)?;
        let body = content.body.clone();
        let put = Write::Put { key: key.clone(), condition: Condition::Absent, content };
        match self.write(&key, &body, vec![put]).await {
            Err(error) if error.class() != Class::Contention => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
