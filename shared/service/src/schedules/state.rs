//! What is known of triggers.

use std::sync::Arc;

use engine::{flow::Trigger, id::ExecutionId, time::Timestamp};
use ports::store::{Direction, Item, PAGE_ITEMS_MAX, Range};

use super::{Backfill, Stored, kept_of};
use crate::{Error, Page, PageRequest, Service, StoredFlow, flows::is_within, keys, record};

/// A trigger of which something is kept, as it is now: a Schedule, or one with `stopAfter`.
#[derive(Debug, Clone)]
pub struct TriggerState {
    pub namespace: String,
    pub flow_id: String,
    pub trigger_id: String,
    /// The last date that fired.
    pub date: Option<Timestamp>,
    /// The first that did not fire yet: of the backfill, unless it pauses.
    pub next: Option<Timestamp>,
    /// The same, without the backfill.
    pub next_regular: Option<Timestamp>,
    pub backfill: Option<Backfill>,
    /// At run time; the flow may disable it as well.
    pub disabled: bool,
    /// What it started and was not seen to end.
    pub execution: Option<ExecutionId>,
    pub updated: Timestamp,
    /// The revision it belongs to.
    pub flow: Arc<StoredFlow>,
}

/// Which triggers.
#[derive(Debug, Clone, Default)]
pub struct TriggerQuery {
    /// Part of a namespace, flow id or trigger id. `*` and empty are all.
    pub q: Option<String>,
    /// Whole segments: the namespace itself and those below it.
    pub namespace: Option<String>,
    /// Exactly this namespace (the list of one flow).
    pub namespace_exact: Option<String>,
    pub flow_id: Option<String>,
}

impl TriggerState {
    /// As its flow defines it; `None` when this version cannot read the flow.
    pub fn defined(&self) -> Option<&Trigger> {
        kept_of(self.flow.flow.as_ref().ok()?, &self.trigger_id)
    }
}

impl TriggerQuery {
    fn matches(&self, namespace: &str, flow_id: &str, trigger_id: &str) -> bool {
        let q = self.q.as_deref().filter(|q| !matches!(*q, "" | "*")).map(str::to_lowercase);
        let text = || format!("{namespace}.{flow_id}.{trigger_id}").to_lowercase();
        q.is_none_or(|q| text().contains(&q))
            && self.namespace.as_deref().is_none_or(|outer| is_within(namespace, outer))
            && self.namespace_exact.as_deref().is_none_or(|it| it == namespace)
            && self.flow_id.as_deref().is_none_or(|it| it == flow_id)
    }
}

impl Service {
    /// The triggers of a tenant of which something is kept, by namespace, flow and id.
    ///
    /// # Errors
    /// The store's.
    pub async fn search_triggers(
        &self,
        tenant: &str,
        query: TriggerQuery,
        page: PageRequest,
    ) -> Result<Page<TriggerState>, Error> {
        let prefix = match (&query.namespace_exact, &query.flow_id, &query.namespace) {
            (Some(namespace), Some(flow_id), _) => format!("{namespace}/{flow_id}/"),
            (Some(namespace), None, _) => format!("{namespace}/"),
            (None, _, namespace) => namespace.clone().unwrap_or_default(),
        };
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let range = Range {
                prefix: &prefix,
                after: after.as_deref(),
                direction: Direction::Ascending,
                limit: PAGE_ITEMS_MAX,
            };
            let items = self.store().query(&keys::schedules(tenant), range).await?;
            let Some(last) = items.last() else { break };
            after = Some(last.key.sort.clone());
            found.extend(items.into_iter().filter(|item| {
                keys::as_schedule(&item.key)
                    .is_some_and(|(_, namespace, flow, id)| query.matches(namespace, flow, id))
            }));
        }
        let Page { results: items, total } = page.cut(found);
        let mut results = Vec::with_capacity(items.len());
        for item in &items {
            results.push(self.state(tenant, item).await?);
        }
        Ok(Page { results, total })
    }

    pub(super) async fn state(&self, tenant: &str, item: &Item) -> Result<TriggerState, Error> {
        let (_, namespace, flow_id, trigger_id) = keys::as_schedule(&item.key)
            .ok_or_else(|| Error::Internal(format!("{} is no schedule", item.key)))?;
        let stored: Stored = record::decode(&item.content.body)?;
        let flow = self.flow_revision(tenant, namespace, flow_id, stored.revision).await?;
        Ok(TriggerState {
            namespace: namespace.to_owned(),
            flow_id: flow_id.to_owned(),
            trigger_id: trigger_id.to_owned(),
            date: stored.date,
            next: stored.upcoming(),
            next_regular: stored.next,
            backfill: stored.backfill,
            disabled: stored.disabled,
            execution: stored.execution,
            updated: stored.updated,
            flow,
        })
    }
}
