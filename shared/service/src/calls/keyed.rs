//! Children that workflows of Conductor ask for: by a definition of their own, and under an idempotency key.
//!
//! The id of a child under a key comes from the key and not from the attempt, so it is kept with the calls of the task
//! run. It says which attempt began it: whoever begins it again after a crash knows it by that, and takes it for what it
//! was to be, whatever the strategy says of those of others.

use std::sync::Arc;

use engine::{
    execution::{Caller, Execution},
    id::ExecutionId,
    machine::{CalledDefinition, CalledWorkflow},
};

use super::{Stop, child::refused, child_id};
use crate::{
    Error, Service, StoredFlow,
    conductor::{KeyOf, OnConflict, Place},
    hold::Held,
};

/// How a text begins that names a secret.
const SECRETS: &str = "workflow.secrets.";

/// Names the one attempt that begins a child.
pub(super) fn call_of(caller: Caller) -> u128 {
    child_id(&caller).as_u128()
}

/// Whether a child that begins has a key.
pub(super) fn is_keyed(child: &Held) -> bool {
    child.record.execution.origin.idempotency_key.is_some()
}

/// The id of a child as far as its parent knows.
pub(super) fn known_id(parent: &Execution, caller: Caller) -> ExecutionId {
    let calls = parent.task_runs.get(caller.task_run).and_then(|run| run.calls.as_ref());
    calls.and_then(|calls| calls.child).unwrap_or_else(|| child_id(&caller))
}

impl Service {
    /// The flow that a request means.
    pub(super) async fn workflow_to_call(
        &self,
        tenant: &str,
        workflow: &CalledWorkflow,
    ) -> Result<Arc<StoredFlow>, Stop> {
        let Some(CalledDefinition { definition, is_data }) = &workflow.definition else {
            let version = workflow.version.map(i64::from);
            return self.workflow(tenant, &workflow.name, version).await.map_err(refused);
        };
        let flow = self.inline_flow(tenant, definition, &workflow.name).map_err(refused)?;
        if *is_data && flow.source.contains(SECRETS) {
            let message = "a definition that an expression gives may name no secret";
            return Err(Stop::Task(message.to_owned()));
        }
        Ok(flow)
    }

    /// Which execution a child under a key is: a new one of that id and generation, or else one that is there.
    pub(super) async fn place_of_child(
        &self,
        flow: &StoredFlow,
        workflow: &CalledWorkflow,
        key: &str,
        caller: Caller,
    ) -> Result<Result<(ExecutionId, u32), ExecutionId>, Stop> {
        let (tenant, namespace, flow_id) = (flow.tenant.as_str(), flow.namespace.as_str(), flow.id.as_str());
        let strategy = match &workflow.idempotency_strategy {
            None => OnConflict::default(),
            Some(name) => OnConflict::from_name(name).ok_or_else(|| {
                let all = OnConflict::ALL.map(OnConflict::name).join(", ");
                Stop::Task(format!("`idempotencyStrategy` is one of {all}, not `{name}`"))
            })?,
        };
        let of = KeyOf { tenant, namespace, flow_id, key };
        if let Some(ours) = self.begun_under(of, call_of(caller)).await.map_err(refused)? {
            return Ok(Err(ours));
        }
        match self.place_under(of, strategy).await.map_err(refused)? {
            Place::New { id, generation } => Ok(Ok((id, generation))),
            Place::Existing(id) => Ok(Err(id)),
            Place::Conflict(id) => Err(Stop::Task(format!(
                "the workflow {flow_id} was started with the idempotency key '{key}' already: {id}"
            ))),
            Place::Again => Err(Error::Contention("others start it under the same key".to_owned()).into()),
        }
    }
}
