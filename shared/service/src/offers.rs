//! Attempts that workers outside take: nobody here runs them.
//!
//! ```text
//! execution   AttemptOffered ── one commit: the execution and its offer ──► waits; nobody holds it
//! worker      polls ── one conditional write of the offer ──► claimed, until its time is over
//!             reports ── one commit: the execution moved on, the offer gone, the next one there
//! ```
//!
//! The offer is the truth of the delivery: who has it, until when, how often it was taken. The execution is that of the
//! result. Which offers there are follows from the execution alone, so every commit of it writes those that came and
//! removes those that went: there is no moment at which one is without the other.
//!
//! # Invariants
//! * An offer is claimed by one worker at a time: each claim names the version it replaces.
//! * A result counts once, whoever tells it and however often.
//! * Who is killed takes the offers back; what a worker reports later changes nothing.

mod claim;
mod due;
mod item;
mod limit;
mod limited;
mod pollers;
mod report;
mod seen;
mod task;

use std::collections::BTreeMap;

use engine::{
    execution::{Execution, Offered, TaskRun, Terms},
    flow::{TaskKind, WorkerTask},
    machine::{self, Event, Ready, Work},
};
use ports::store::{Condition, Key, WRITES_MAX, Write};

pub use claim::Poll;
pub use pollers::Polled;
pub(crate) use pollers::Pollers;
pub(crate) use report::Told;
pub use report::{TaskUpdate, Updated, WorkerSays};
pub use seen::Delivery;
pub use task::SeenTask;

pub(crate) use self::item::Offer;
use self::limited::Freed;
use crate::{
    Error, Service,
    hold::{Held, impossible},
    keys,
};

/// Offers that one commit makes, so that it has room for what else goes with it.
const OFFERED_TOGETHER: usize = 32;
/// The domain that means none.
const NO_DOMAIN: &str = "NO_DOMAIN";
/// The entry of `taskToDomain` for every task that has none of its own.
const ANY_TASK: &str = "*";

/// Tells the attempts for workers outside from the others.
pub(crate) fn split(ready: Vec<Ready>) -> (Vec<Ready>, Vec<Ready>) {
    ready.into_iter().partition(|it| matches!(it.work, Work::Offer { .. }))
}

/// The offers an execution stands for, as it is.
pub(crate) fn of(execution: &Execution) -> BTreeMap<Key, Offer> {
    let tenant = &execution.tenant;
    let open = machine::open_offers(execution).filter(|_| !execution.is_over());
    open.filter_map(|(run, number, offered)| {
        let at = run.attempts.last()?.state.first().date;
        let key = keys::offer(tenant, &queue_of(offered), (offered.priority, at, run.id, number));
        let terms = (offered.task_type.as_str(), offered.terms.clone());
        let offer = Offer::new((execution.id, run.id, number), &execution.namespace, at, terms);
        Some((key, offer))
    })
    .collect()
}

/// Where the offer of a run is, if it waits for a worker.
fn key_of(execution: &Execution, run: &TaskRun) -> Option<Key> {
    let (number, offered) = machine::open_offer(run)?;
    let at = run.attempts.last()?.state.first().date;
    Some(keys::offer(&execution.tenant, &queue_of(offered), (offered.priority, at, run.id, number)))
}

/// What workers poll: `domain:type`, or the type alone.
pub(crate) fn queue_of(offered: &Offered) -> String {
    queue(&offered.task_type, offered.domain.as_deref())
}

pub(crate) fn queue(task_type: &str, domain: Option<&str>) -> String {
    match domain {
        Some(domain) => format!("{domain}:{task_type}"),
        None => task_type.to_owned(),
    }
}

/// What a commit of an execution does to its offers.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) now: BTreeMap<Key, Offer>,
    pub(crate) writes: Vec<Write>,
    /// Removals that no longer fit into the commit. One that is not made is found by whoever would take the offer.
    pub(crate) later: Vec<Write>,
    /// Places of limited types.
    pub(crate) freed: Vec<Freed>,
}

/// What is to be written so that the offers are those of the execution as it is; `others` writes go with it.
pub(crate) fn changes(held: &Held, others: usize) -> Result<Changes, Error> {
    if held.offered.is_empty() && machine::open_offers(&held.record.execution).next().is_none() {
        return Ok(Changes::default());
    }
    let now = of(&held.record.execution);
    let mut changes = Changes::default();
    for (key, offer) in &now {
        if !held.offered.contains_key(key) {
            let put = Write::Put { key: key.clone(), condition: Condition::None, content: offer.content()? };
            changes.writes.push(put);
        }
    }
    for (key, offer) in held.offered.iter().filter(|(key, _)| !now.contains_key(key)) {
        changes.freed.extend(Freed::gone(key, offer));
        let delete = Write::Delete { key: key.clone(), condition: Condition::None };
        let room = others + changes.writes.len() < WRITES_MAX;
        if room { changes.writes.push(delete) } else { changes.later.push(delete) }
    }
    changes.now = now;
    Ok(changes)
}

impl Changes {
    /// Where offers came.
    pub(crate) fn came(&self) -> Vec<String> {
        let puts = self.writes.iter().filter_map(|write| match write {
            Write::Put { key, .. } => Some(key.partition.clone()),
            Write::Delete { .. } => None,
        });
        puts.collect()
    }
}

impl Service {
    /// Wakes those who wait for what came, and removes what is left.
    pub(crate) async fn offers_changed(&self, tenant: &str, came: Vec<String>, changes: Changes) {
        let all = keys::offers(tenant, "");
        for queue in came.iter().filter_map(|partition| partition.strip_prefix(&all)) {
            self.shared.pollers.wake(tenant, queue);
        }
        self.free(tenant, &changes.freed).await;
        for removals in changes.later.chunks(WRITES_MAX) {
            if let Err(error) = self.store().commit(removals.to_vec()).await {
                tracing::debug!(%error, "whoever would take these offers finds them stale");
            }
        }
    }

    /// Has attempts wait for workers, as their definitions now say. `false` when there are none.
    pub(crate) async fn offer(&self, held: &mut Held, ready: Vec<Ready>) -> Result<bool, Error> {
        let some = !ready.is_empty();
        for Ready { task_run, task_id, number, work, .. } in ready {
            let Work::Offer { task_type, domain, mut input } = work else { continue };
            let flow = held.flow.sound()?;
            let task = match flow.task(&task_id).map(|task| &task.kind) {
                Some(TaskKind::Worker(task)) => Some(task.clone()),
                _ => None,
            };
            let execution = &held.record.execution;
            let defined = match task.as_ref().and_then(|it| it.definition.as_deref()) {
                Some(own) => own.clone(),
                None => self.task_definition_or_default(&execution.tenant, &task_type).await?,
            };
            for (name, value) in &defined.input_template {
                let given = input.entry(name.clone()).or_insert(serde_json::Value::Null);
                if given.is_null() {
                    given.clone_from(value);
                }
            }
            let domain = self.domain_of(execution, (&task_type, &task_id), domain);
            let priority = u8::try_from(execution.origin.priority.min(99)).unwrap_or(99);
            let terms = terms(&defined, task.as_ref());
            let offered = Box::new(Offered { task_type, domain, input, priority, terms });
            let event = Event::AttemptOffered { task_run, number, offered };
            machine::apply(flow, &mut held.record.execution, event, self.now()).map_err(impossible)?;
            if of(&held.record.execution).keys().filter(|key| !held.offered.contains_key(*key)).count()
                >= OFFERED_TOGETHER
            {
                self.renew(held).await?;
            }
        }
        Ok(some)
    }

    /// The workers for which an attempt is: of several domains the first one that somebody polled of late, else the last.
    fn domain_of(
        &self,
        execution: &Execution,
        (task_type, task_id): (&str, &str),
        of_task: Option<String>,
    ) -> Option<String> {
        let asked = &execution.origin.task_to_domain;
        let asked = asked.get(task_type).or_else(|| asked.get(task_id)).or_else(|| asked.get(ANY_TASK));
        let Some(asked) = asked else { return of_task };
        let domains: Vec<&str> = asked.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
        let known = |domain: &str| (domain != NO_DOMAIN).then(|| domain.to_owned());
        let polled = domains.iter().find(|domain| {
            let queue = queue(task_type, known(domain).as_deref());
            self.shared.pollers.polled_of_late(&execution.tenant, &queue, self.now())
        });
        polled.or(domains.last()).and_then(|domain| known(domain))
    }
}

fn terms(definition: &engine::conductor::TaskDefinition, task: Option<&WorkerTask>) -> Terms {
    let mut terms = Terms::from(definition);
    if let Some(count) = task.and_then(|it| it.retry_count) {
        terms.retry_count = count;
    }
    terms
}
