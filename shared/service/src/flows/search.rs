//! Finding flows.

use std::sync::Arc;

use engine::flow::Label;
use ports::store::{Direction, PAGE_ITEMS_MAX, Range};

use super::StoredFlow;
use crate::{Error, Page, PageRequest, Service, keys};

/// Kestra: the namespace of flows that look after the system itself.
pub(crate) const SYSTEM_NAMESPACE: &str = "system";

/// What a list shows of a flow: the newest revision.
pub type FlowSummary = Arc<StoredFlow>;

/// Which flows.
#[derive(Debug, Clone, Default)]
pub struct FlowQuery {
    /// Part of an id or namespace. `*` and empty are all.
    pub q: Option<String>,
    /// Whole segments: the namespace itself and those below it.
    pub namespace: Option<String>,
    /// In the namespace `system` (`Some(true)`), or not. Kestra: `scope`.
    pub system: Option<bool>,
    pub labels: Vec<Label>,
    /// `(key, ascending)`: `id` or `namespace`.
    pub sort: Vec<(String, bool)>,
}

impl Service {
    /// The flows of exactly that namespace, by id.
    pub async fn flows_of(&self, tenant: &str, namespace: &str) -> Result<Vec<FlowSummary>, Error> {
        let mut flows = self.heads_under(tenant, &format!("{namespace}/")).await?;
        flows.retain(|flow| !flow.deleted);
        Ok(flows)
    }

    pub async fn search_flows(
        &self,
        tenant: &str,
        query: FlowQuery,
        page: PageRequest,
    ) -> Result<Page<FlowSummary>, Error> {
        let mut flows = self.heads_under(tenant, query.namespace.as_deref().unwrap_or("")).await?;
        flows.retain(|flow| !flow.deleted && query.matches(flow));
        for (key, ascending) in query.sort.iter().rev() {
            flows.sort_by(|a, b| {
                let order = match key.as_str() {
                    "namespace" => a.namespace.cmp(&b.namespace),
                    _ => a.id.cmp(&b.id),
                };
                if *ascending { order } else { order.reverse() }
            });
        }
        Ok(page.cut(flows))
    }

    /// The newest revisions whose namespace and id start so, tombstones included.
    pub(crate) async fn heads_under(&self, tenant: &str, prefix: &str) -> Result<Vec<FlowSummary>, Error> {
        let partition = keys::flows(tenant);
        let mut flows: Vec<FlowSummary> = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let items = self.store().query(&partition, page_after(after.as_deref(), prefix)).await?;
            let Some(last) = items.last() else {
                return Ok(flows);
            };
            after = Some(last.key.sort.clone());
            for item in &items {
                let Some((namespace, id)) = item.key.sort.split_once('/') else {
                    continue;
                };
                flows.push(self.stored(tenant, namespace, id, &item.content.body)?);
            }
        }
    }
}

impl FlowQuery {
    fn matches(&self, flow: &StoredFlow) -> bool {
        let text = self.q.as_deref().filter(|q| !matches!(*q, "" | "*")).map(str::to_lowercase);
        let found =
            text.is_none_or(|text| format!("{}.{}", flow.namespace, flow.id).to_lowercase().contains(&text));
        let below = self.namespace.as_deref().is_none_or(|namespace| is_within(&flow.namespace, namespace));
        let labelled = self.labels.is_empty()
            || flow.flow.as_ref().is_ok_and(|it| self.labels.iter().all(|label| it.labels.contains(label)));
        let scoped = self.system.is_none_or(|system| (flow.namespace == SYSTEM_NAMESPACE) == system);
        found && below && labelled && scoped
    }
}

/// Whole segments: `a.b` is within `a`, `ab` is not.
pub(crate) fn is_within(namespace: &str, outer: &str) -> bool {
    namespace.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The next page of all that starts so.
pub(crate) fn page_after<'a>(after: Option<&'a str>, prefix: &'a str) -> Range<'a> {
    Range { prefix, after, direction: Direction::Ascending, limit: PAGE_ITEMS_MAX }
}
