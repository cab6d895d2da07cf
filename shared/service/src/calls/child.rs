//! One child: what it is made of, and its first commit.

use std::{collections::HashMap, pin::Pin, sync::Arc};

use engine::{
    execution::{Caller, Execution, Origin},
    id::ExecutionId,
    input::{Sent, Submitted},
    machine::{self, Call},
};
use tokio::task::JoinHandle;

use super::{
    End, Stop, child_id,
    keyed::{call_of, is_keyed},
};
use crate::{
    Class, Error, Service, StoredFlow,
    hold::Held,
    shift::Shift,
    start::{self, Draft, HAND_OVER},
};

/// A child that a call means.
pub(super) enum Child {
    /// It begins now.
    New(Box<Held>),
    /// The one that its key belongs to.
    There(ExecutionId),
}

/// The flows of children that are begun together: namespace, id and revision.
pub(super) type Flows = HashMap<(String, String, Option<u32>), Arc<StoredFlow>>;

/// A child that was begun and is carried on here.
pub(crate) type Carrying = JoinHandle<()>;

impl Service {
    /// A child as it begins. Nothing of it is stored yet.
    pub(super) async fn child(
        &self,
        held: &Held,
        caller: Caller,
        batch: Option<&str>,
        flows: &mut Flows,
    ) -> Result<Child, Stop> {
        let (flow, parent) = (held.flow.sound()?, &held.record.execution);
        let batch = batch.map(|uri| (caller.index, uri));
        let call =
            self.rendered(held, |world| machine::call(flow, parent, caller.task_run, batch, world)).await?;
        let Call { namespace, flow_id, revision, inputs, labels, schedule_date, trigger, wait, workflow } =
            call;
        let key = (namespace, flow_id, revision);
        let flow = if let Some(workflow) = &workflow {
            self.workflow_to_call(&parent.tenant, workflow).await?
        } else if let Some(flow) = flows.get(&key) {
            Arc::clone(flow)
        } else {
            let flow = self.flow_to_call(&parent.tenant, &key).await?;
            flows.insert(key, Arc::clone(&flow));
            flow
        };
        let workflow = workflow.as_deref();
        let (id, generation) = match workflow.and_then(|it| Some((it, it.idempotency_key.as_ref()?))) {
            None => (child_id(&caller), 0),
            Some((workflow, key)) => match self.place_of_child(&flow, workflow, key, caller).await? {
                Ok(place) => place,
                Err(there) => return Ok(Child::There(there)),
            },
        };
        let draft = Draft::derived(&parent.tenant, id, flow);
        let sent: Submitted = inputs.into_iter().map(|(id, value)| (id, Sent::Json(value))).collect();
        let inputs = self.check_inputs(&draft, &sent).await?.values();
        let inputs = inputs.map_err(|invalid| Stop::Task(invalid.to_string()))?;
        let labels = start::labels_of_child(draft.flow(), &labels, draft.id).map_err(refused)?;
        let mut execution = start::created(&draft, inputs, labels, self.now());
        execution.trigger = Some(trigger);
        execution.schedule_date = schedule_date;
        execution.course.caller = wait.then_some(caller);
        if let Some(workflow) = workflow {
            *execution.origin = Origin {
                idempotency_key: workflow.idempotency_key.clone(),
                generation,
                call: workflow.idempotency_key.is_some().then(|| call_of(caller)),
                priority: workflow.priority,
                task_to_domain: workflow.task_to_domain.clone(),
                ..Origin::default()
            };
        }
        Ok(Child::New(Box::new(start::held(&draft, execution))))
    }

    /// The flow of a child. Kestra's texts.
    async fn flow_to_call(
        &self,
        tenant: &str,
        (namespace, id, revision): &(String, String, Option<u32>),
    ) -> Result<Arc<StoredFlow>, Stop> {
        let found = match revision {
            Some(revision) => self.flow_revision(tenant, namespace, id, *revision).await.map(Some),
            None => self.newest(tenant, namespace, id).await,
        };
        let found = match found {
            Ok(flow) => flow.filter(|flow| !flow.deleted),
            Err(Error::NotFound(_)) => None,
            Err(other) => return Err(other.into()),
        };
        let revision = revision.unwrap_or(0);
        let stored = found.ok_or_else(|| {
            Stop::Task(format!("Unable to find flow '{namespace}'.'{id}' with revision '{revision}'"))
        })?;
        match &stored.flow {
            Ok(flow) if flow.disabled => {
                Err(Stop::Task("Cannot execute a flow which is disabled".to_owned()))
            }
            Ok(_) => Ok(stored),
            Err(invalid) => Err(Stop::Task(format!("Cannot execute an invalid flow: {invalid}"))),
        }
    }

    /// Commits a child, and has it carried on: here and in this shift when one is given and there is room, elsewhere
    /// otherwise. One that is there already is left to whoever has it.
    ///
    /// # Errors
    /// `Contention` when it has a key, and somebody else was first under it.
    pub(super) async fn begin_child(
        &self,
        mut child: Held,
        shift: Option<Shift>,
    ) -> Result<Option<Carrying>, Error> {
        match self.ends_at_once(&mut child).await {
            Ok(true) => return Ok(None),
            Ok(false) => {}
            Err(error) if error.class() == Class::Contention && !is_keyed(&child) => {
                return self.child_is_there(&child.record.execution).await.map(|()| None);
            }
            Err(error) => return Err(error),
        }
        let now = self.now();
        let due = child.record.execution.schedule_date.is_none_or(|date| date <= now);
        let waits = child.record.execution.course.caller.is_some();
        let permit = || Arc::clone(&self.shared.carriers).try_acquire_owned().ok();
        let here = shift.filter(|_| due && waits).and_then(|shift| Some((shift, permit()?)));
        let committed = if here.is_some() {
            self.renew(&mut child).await
        } else {
            child.record.handed_over_until = due.then(|| now.plus(HAND_OVER));
            self.commit(&mut child).await
        };
        match committed {
            Ok(()) => {}
            Err(error) if error.class() == Class::Contention && !is_keyed(&child) => {
                return self.child_is_there(&child.record.execution).await.map(|()| None);
            }
            Err(error) => return Err(error),
        }
        if let Some((shift, permit)) = here {
            let carried = self.carried_child(child, shift);
            return Ok(Some(tokio::spawn(async move {
                let _permit = permit;
                carried.await;
            })));
        }
        let execution = &child.record.execution;
        if due && let Err(refused) = self.dispatch(&execution.tenant, execution.id).await {
            tracing::debug!(%refused, execution = %execution.id, "the tick will find it");
        }
        Ok(None)
    }

    /// Carrying, in a box: who carries a parent may carry its children.
    fn carried_child(&self, child: Held, shift: Shift) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let service = self.clone();
        Box::pin(async move {
            let id = child.record.id();
            if let Err(error) = service.carry(child, shift).await {
                tracing::debug!(%error, execution = %id, "a child goes on elsewhere");
            }
        })
    }

    /// A child that somebody began before: when it has ended, its end is told again.
    async fn child_is_there(&self, begun: &Execution) -> Result<(), Error> {
        let Some((record, _)) = self.read_record(&begun.tenant, begun.id).await? else {
            return Err(Error::Contention(format!("the execution {} has just been deleted", begun.id)));
        };
        match End::of(&record.execution) {
            Some(end) => self.tell_caller(&begun.tenant, end).await,
            None => Ok(()),
        }
    }
}

pub(super) fn refused(error: Error) -> Stop {
    match error.class() {
        Class::Caller => Stop::Task(error.to_string()),
        Class::Contention | Class::Transient | Class::Bug => Stop::Service(error),
    }
}
