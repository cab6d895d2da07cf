//! Flow triggers: executions that start when executions of other flows enter a state.
//!
//! Which flows of a tenant listen stands in small items of their own, written in the same commit as the flow, so that
//! an execution of which nobody wants to know costs nothing. Each entry into a state is heard once: the execution that
//! it starts has an id made of it, so that every repeat finds that one.

mod fire;
mod gather;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use engine::{
    flow::{Flow, FlowTrigger, Trigger, TriggerKind},
    time::Timestamp,
};
use ports::store::{Condition, Content, Direction, PAGE_ITEMS_MAX, Range, Write};
use serde::{Deserialize, Serialize};

use crate::{Error, Service, StoredFlow, keys, record};

/// How long it is remembered who listens, where others may change it. Until then a new listener may miss something.
const REMEMBERED: Duration = Duration::from_secs(5);

/// A flow that listens.
#[derive(Debug)]
pub(crate) struct Listener {
    flow: Arc<StoredFlow>,
    /// What happened before is none of its business.
    since: Timestamp,
}

/// The stored form of it.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    #[serde(rename = "r")]
    revision: u32,
    #[serde(rename = "s")]
    since: Timestamp,
}

type Known = Arc<Vec<Listener>>;

/// Who listens, by tenant, and when it was read.
#[derive(Debug, Default)]
pub(crate) struct Listeners {
    known: Mutex<Remembered>,
}

#[derive(Debug, Default)]
struct Remembered {
    by_tenant: HashMap<String, (Timestamp, Known)>,
    /// Counts what was forgotten: what was read before that is not remembered.
    forgotten: u64,
}

impl Listeners {
    fn lock(&self) -> std::sync::MutexGuard<'_, Remembered> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has it read anew: a flow was saved.
    pub(crate) fn forget(&self, tenant: &str) {
        let mut known = self.lock();
        known.by_tenant.remove(tenant);
        known.forgotten += 1;
    }
}

/// The flow triggers of a flow that may fire.
fn triggers(flow: &Flow) -> impl Iterator<Item = (&Trigger, &FlowTrigger)> {
    flow.triggers.iter().filter(|it| !it.disabled && !flow.disabled).filter_map(|trigger| {
        match &trigger.kind {
            TriggerKind::Flow(kind) => Some((trigger, kind)),
            TriggerKind::Webhook { .. } | TriggerKind::Schedule(_) => None,
        }
    })
}

impl Service {
    pub(crate) async fn somebody_listens(&self, tenant: &str) -> Result<bool, Error> {
        Ok(!self.listeners(tenant).await?.is_empty())
    }

    /// The flows of a tenant that listen to others.
    async fn listeners(&self, tenant: &str) -> Result<Known, Error> {
        let now = self.now();
        let forgotten = {
            let remembered = self.shared.listeners.lock();
            if let Some((read, known)) = remembered.by_tenant.get(tenant)
                && (self.shared.settings.alone || (*read <= now && now.since(*read) < REMEMBERED))
            {
                return Ok(Arc::clone(known));
            }
            remembered.forgotten
        };
        let known = Arc::new(Box::pin(self.read_listeners(tenant)).await?);
        let mut remembered = self.shared.listeners.lock();
        if remembered.forgotten == forgotten {
            remembered.by_tenant.insert(tenant.to_owned(), (now, Arc::clone(&known)));
        }
        Ok(known)
    }

    async fn read_listeners(&self, tenant: &str) -> Result<Vec<Listener>, Error> {
        let mut listeners = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let range = Range {
                prefix: "",
                after: after.as_deref(),
                direction: Direction::Ascending,
                limit: PAGE_ITEMS_MAX,
            };
            let items = self.store().query(&keys::listening(tenant), range).await?;
            let more = items.len() == PAGE_ITEMS_MAX;
            after = items.last().map(|item| item.key.sort.clone());
            for item in items {
                let Some((namespace, id)) = item.key.sort.split_once('/') else { continue };
                let Stored { revision, since } = record::decode(&item.content.body)?;
                let flow = self.flow_revision(tenant, namespace, id, revision).await?;
                listeners.push(Listener { flow, since });
            }
            if !more {
                return Ok(listeners);
            }
        }
    }

    /// What a commit that saves a flow has to write, so that it listens or listens no more. `new` is `None` for a
    /// tombstone.
    pub(crate) async fn listening_writes(
        &self,
        (tenant, namespace, id): (&str, &str, &str),
        old: Option<&StoredFlow>,
        new: Option<&Flow>,
        revision: u32,
    ) -> Result<Vec<Write>, Error> {
        let old = old.filter(|it| !it.deleted).and_then(|it| it.flow.as_ref().ok());
        let listened = old.is_some_and(|it| triggers(it).next().is_some());
        let listens = new.is_some_and(|it| triggers(it).next().is_some());
        let key = keys::listener(tenant, namespace, id);
        let mut writes = Vec::new();
        if listens {
            let known = if listened { self.store().get(&key).await? } else { None };
            let since = match known {
                Some(item) => record::decode::<Stored>(&item.content.body)?.since,
                None => self.now(),
            };
            let content =
                Content { body: record::encode(&Stored { revision, since })?, ..Content::default() };
            writes.push(Write::Put { key, condition: Condition::None, content });
        } else if listened {
            writes.push(Write::Delete { key, condition: Condition::None });
        }
        // What was gathered by triggers that are gone is nobody's.
        let gathered = |flow: &Flow| -> Vec<String> {
            let triggers = triggers(flow).filter(|(_, kind)| !kind.gatherings.is_empty());
            triggers.map(|(trigger, _)| trigger.id.clone()).collect()
        };
        let kept = new.map(gathered).unwrap_or_default();
        let gone = old.map(gathered).unwrap_or_default().into_iter().filter(|it| !kept.contains(it));
        writes.extend(gone.take(GONE_MAX).map(|trigger| Write::Delete {
            key: keys::window(tenant, namespace, id, &trigger),
            condition: Condition::None,
        }));
        Ok(writes)
    }
}

/// Windows removed with their triggers; what more there is stays, and is in nobody's way.
const GONE_MAX: usize = 50;
