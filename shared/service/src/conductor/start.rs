//! Starting a workflow, and staying with it.

use std::sync::Arc;

use engine::{
    execution::{Execution, Origin},
    flow::{Label, label},
    id::ExecutionId,
    input::{Sent, Submitted},
};
use serde_json::{Map, Value as Json};
use tokio::time::Instant;

use super::{
    OnConflict, Seen, Until,
    inline::marked,
    keyed::{KeyOf, Place},
    until::seen_at_the_end,
    watch::{Carrying, Watched},
};
use crate::{
    Class, Draft, Error, Service, StoredFlow,
    hold::Held,
    shift::Shift,
    start::{created, held},
    uploads::Named,
};

/// Times a start under a key looks again because somebody else was first: each time another execution of that key began.
const TRIES_MAX: u32 = 16;

/// A workflow that is to start.
#[derive(Debug, Clone, Default)]
pub struct WorkflowStart {
    /// See [`Service::workflow_named`].
    pub name: String,
    /// Runs instead of what is registered under the name. Its own name and version count, where it has some.
    pub definition: Option<Map<String, Json>>,
    /// None and 0 for the newest.
    pub version: Option<i64>,
    pub input: Map<String, Json>,
    /// Becomes the label `system.correlationId`.
    pub correlation_id: Option<String>,
    /// With the idempotency key, if there is one.
    pub origin: Origin,
    /// Means nothing without a key.
    pub on_conflict: OnConflict,
    /// Answer then; as soon as it is sure to run when `None`.
    pub until: Option<Until>,
}

/// What became of a start.
#[derive(Debug, Clone)]
pub enum WorkflowOutcome {
    Seen(Box<Seen>),
    /// Its key belongs to this execution, and the strategy says that nothing is started.
    Conflict(ExecutionId),
}

impl Service {
    /// Starts a workflow, or finds the one that its key belongs to, and waits for it when asked to.
    ///
    /// # Errors
    /// Those of [`Service::workflow`]; `Invalid` for inputs against the rules; `Contention` when others start workflows
    /// under the same key again and again; `Unavailable` when so many are carried already.
    pub async fn start_workflow(
        &self,
        tenant: &str,
        start: &WorkflowStart,
    ) -> Result<WorkflowOutcome, Error> {
        let deadline = Instant::now() + start.until.as_ref().map(|it| it.at_most).unwrap_or_default();
        let given = start.definition.as_ref();
        let given = given.map(|it| self.inline_flow(tenant, it, &start.name)).transpose()?;
        let (namespace, flow_id) = match &given {
            Some(flow) => (flow.namespace.as_str(), flow.id.as_str()),
            None => self.workflow_named(&start.name),
        };
        for _ in 0..TRIES_MAX {
            let place = match &start.origin.idempotency_key {
                None => Place::New { id: ExecutionId::from_u128(self.new_id()), generation: 0 },
                Some(key) => {
                    self.place_under(KeyOf { tenant, namespace, flow_id, key }, start.on_conflict).await?
                }
            };
            match place {
                Place::Conflict(id) => return Ok(WorkflowOutcome::Conflict(id)),
                Place::Existing(id) => {
                    let seen = self.stay_with(tenant, id, start.until.as_ref(), deadline).await?;
                    return Ok(WorkflowOutcome::Seen(Box::new(seen)));
                }
                Place::Again => {}
                Place::New { id, generation } => {
                    let flow = match &given {
                        Some(flow) => Arc::clone(flow),
                        None => self.workflow(tenant, &start.name, start.version).await?,
                    };
                    if let Some(seen) = self.begin_workflow(flow, start, (id, generation), deadline).await? {
                        return Ok(WorkflowOutcome::Seen(Box::new(seen)));
                    }
                }
            }
        }
        Err(Error::Contention(format!("others start `{}` under the same key; try again", start.name)))
    }

    /// Names a call whose caller gave it no name: a UUID.
    pub fn new_request_id(&self) -> String {
        uuid::Uuid::from_u128(self.new_id()).to_string()
    }

    /// Waits for a workflow that was started before.
    ///
    /// # Errors
    /// `NotFound`, and what goes wrong with reading it.
    pub async fn see_workflow(&self, tenant: &str, id: ExecutionId, until: &Until) -> Result<Seen, Error> {
        self.stay_with(tenant, id, Some(until), Instant::now() + until.at_most).await
    }

    /// A workflow that is there already.
    async fn stay_with(
        &self,
        tenant: &str,
        id: ExecutionId,
        until: Option<&Until>,
        deadline: Instant,
    ) -> Result<Seen, Error> {
        match until {
            Some(until) => {
                let watched = Watched { tenant, id, until, deadline, call: None };
                Box::pin(self.watch(&watched, None)).await
            }
            None => Ok(as_it_is(self.execution(tenant, id).await?)),
        }
    }

    /// Starts one. `None` when another call has begun the execution of that id.
    async fn begin_workflow(
        &self,
        flow: Arc<StoredFlow>,
        start: &WorkflowStart,
        (id, generation): (ExecutionId, u32),
        deadline: Instant,
    ) -> Result<Option<Seen>, Error> {
        let WorkflowStart { input, correlation_id, origin, until, .. } = start;
        let keyed = origin.idempotency_key.is_some();
        let input = if flow.inline.is_some() { marked(input.clone()) } else { input.clone() };
        let mut draft = Draft::begun(flow, id, keyed);
        let tenant = draft.tenant.clone();
        let tenant = tenant.as_str();
        let submitted: Submitted = input.into_iter().map(|(id, value)| (id, Sent::Json(value))).collect();
        match self.uploaded(&draft, &submitted).await? {
            None => {}
            Some(Named::New(id)) => draft.id = id,
            Some(Named::Existing(id)) => {
                return self.stay_with(tenant, id, until.as_ref(), deadline).await.map(Some);
            }
        }
        let labels: Vec<Label> =
            correlation_id.iter().map(|it| Label::new(label::CORRELATION_ID, it.clone())).collect();
        let (inputs, labels) = self.accept(&draft, &submitted, &labels).await?;
        let call = keyed.then(|| self.new_id());
        let mut execution = created(&draft, inputs, labels, self.now());
        *execution.origin = Origin { generation, call, ..origin.clone() };
        let id = draft.id;
        let held = held(&draft, execution);
        let begun = match until {
            None => Box::pin(self.start_and_leave(held)).await.map(|it| as_it_is(it.execution)),
            Some(until) => {
                let watched = Watched { tenant, id, until, deadline, call };
                Box::pin(self.start_and_watch(held, &watched)).await
            }
        };
        match begun {
            Err(error) if error.class() == Class::Contention => {
                // Ours may be held by somebody else by now, and another's was there before.
                let there = self.read_record(tenant, id).await?;
                if there.is_none_or(|(record, _)| record.execution.origin.call != call) {
                    return if keyed { Ok(None) } else { Err(error) };
                }
                self.stay_with(tenant, id, until.as_ref(), deadline).await.map(Some)
            }
            begun => begun.map(Some),
        }
    }

    async fn start_and_watch(&self, mut held: Held, watched: &Watched<'_>) -> Result<Seen, Error> {
        let permit = self.room_to_carry()?;
        if self.ends_at_once(&mut held).await? {
            return Ok(seen_at_the_end(held.record.execution, watched.until));
        }
        let stands_still = self.settings().stands_still;
        let shift = if stands_still { Shift::of_request(watched.deadline) } else { Shift::ENDLESS };
        let service = self.clone();
        // A task of its own, so that it outlives a caller who leaves.
        let mut carrying: Carrying = tokio::spawn(async move {
            let _permit = permit;
            service.carry(held, shift).await
        });
        let seen = self.watch(watched, Some(&mut carrying)).await;
        if stands_still && !carrying.is_finished() {
            self.leave_before_the_answer(watched, carrying).await;
        }
        seen
    }

    /// Has the carriers of a workflow and of what runs in it hand over: nothing goes on here after the answer.
    async fn leave_before_the_answer(&self, watched: &Watched<'_>, carrying: Carrying) {
        let Watched { tenant, id, .. } = watched;
        let below = self.look_at(tenant, *id, &Until::default()).await.map(|it| it.children);
        for id in std::iter::once(*id).chain(below.into_iter().flatten()) {
            self.shared.carried.relieve(id);
        }
        let _ = tokio::time::timeout_at(watched.deadline, carrying).await;
    }
}

/// Without any wait.
fn as_it_is(target: Execution) -> Seen {
    Seen { target, blocking: None, timed_out: false }
}
