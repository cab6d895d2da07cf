//! Asking about executions.

use std::sync::Arc;

use engine::{
    conductor::WorkflowStatus,
    execution::{Execution, State},
    flow::Label,
    id::ExecutionId,
    time::Timestamp,
};
use ports::store::{Direction, PAGE_ITEMS_MAX, Range};

use crate::{
    Error, Service, StoredFlow,
    access::Reach,
    flows::{SYSTEM_NAMESPACE, is_within},
    keys,
    record::Summary,
    settings::SCANNED_MAX,
    templates::with_past,
};

/// Which page of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// From 1.
    pub page: usize,
    /// From 1 to [`crate::settings::PAGE_SIZE_MAX`].
    pub size: usize,
}

/// One page of what was found.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub results: Vec<T>,
    /// Of all pages.
    pub total: usize,
}

/// Which executions.
#[derive(Debug, Clone, Default)]
pub struct ExecutionQuery {
    /// Part of an id, namespace or flow id. `*` and empty are all.
    pub q: Option<String>,
    /// Whole segments: the namespace itself and those below it.
    pub namespace: Option<String>,
    /// Exactly this namespace (the list of one flow).
    pub namespace_exact: Option<String>,
    pub flow_id: Option<String>,
    /// Of one of these flows, by namespace and id; of any when empty.
    pub flows: Vec<(String, String)>,
    /// Of flows within this reach.
    pub reach: Option<Reach>,
    /// In one of these, as Conductor counts them; in any when empty.
    pub statuses: Vec<WorkflowStatus>,
    /// In the namespace `system` (`Some(true)`), or not. Kestra: `scope`.
    pub system: Option<bool>,
    pub states: Vec<State>,
    pub labels: Vec<Label>,
    /// Started then or later.
    pub start: Option<Timestamp>,
    /// Started then or earlier.
    pub started_until: Option<Timestamp>,
    /// Ended then or earlier.
    pub end: Option<Timestamp>,
    /// Started by this execution.
    pub trigger_execution: Option<String>,
    /// Started by another execution (`Some(true)`), or not.
    pub child: Option<bool>,
    /// `(key, ascending)`; newest first when empty.
    pub sort: Vec<(ExecutionSort, bool)>,
}

/// What a search can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutionSort {
    Id,
    StartDate,
    EndDate,
    Duration,
    Namespace,
    FlowId,
    State,
}

/// An execution as the listing knows it.
pub(crate) struct Found {
    pub(crate) id: ExecutionId,
    namespace: String,
    flow_id: String,
    pub(crate) summary: Summary,
}

impl PageRequest {
    /// The page of a whole.
    pub(crate) fn cut<T>(self, all: Vec<T>) -> Page<T> {
        let total = all.len();
        let before = self.page.saturating_sub(1).saturating_mul(self.size);
        Page { results: all.into_iter().skip(before).take(self.size).collect(), total }
    }
}

impl Service {
    /// One execution.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn execution(&self, tenant: &str, id: ExecutionId) -> Result<Execution, Error> {
        match self.read_record(tenant, id).await? {
            Some((record, _)) => Ok(record.execution),
            None => Err(Error::NotFound("Execution not found".to_owned())),
        }
    }

    /// The flow of an execution, with its templates; none when it cannot be read any more.
    ///
    /// # Errors
    /// The store's.
    pub async fn flow_behind(&self, execution: &Execution) -> Result<Option<Arc<StoredFlow>>, Error> {
        match self.flow_of(execution).await {
            Ok(flow) => Ok(Some(with_past(flow, execution))),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Searches the summaries of at most [`SCANNED_MAX`] executions and reads those of one page.
    pub async fn search_executions(
        &self,
        tenant: &str,
        query: ExecutionQuery,
        page: PageRequest,
    ) -> Result<Page<Execution>, Error> {
        let before = page.page.saturating_sub(1).saturating_mul(page.size);
        self.search_part(tenant, query, before, page.size).await
    }

    /// As [`Self::search_executions`]: so many of what was found, after so many others.
    ///
    /// # Errors
    /// The store's.
    pub async fn search_part(
        &self,
        tenant: &str,
        query: ExecutionQuery,
        skipped: usize,
        size: usize,
    ) -> Result<Page<Execution>, Error> {
        let mut found = self.find(tenant, &query).await?;
        let newest_first = [(ExecutionSort::StartDate, false)];
        let sort = if query.sort.is_empty() { &newest_first[..] } else { &query.sort };
        found.sort_by(|a, b| {
            let order = sort.iter().map(|(key, ascending)| {
                let order = a.compare(b, *key);
                if *ascending { order } else { order.reverse() }
            });
            order.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then(b.id.cmp(&a.id))
        });
        let total = found.len();
        let mut executions = Vec::with_capacity(size.min(total));
        for found in found.into_iter().skip(skipped).take(size) {
            // The index may still list what is gone.
            if let Some((record, _)) = self.read_record(tenant, found.id).await? {
                executions.push(record.execution);
            }
        }
        Ok(Page { results: executions, total })
    }

    /// Every execution of the listing that matches, of at most [`SCANNED_MAX`], by flow and newest first.
    pub(crate) async fn find(&self, tenant: &str, query: &ExecutionQuery) -> Result<Vec<Found>, Error> {
        let one = match &query.flows[..] {
            [(namespace, _)] => Some(namespace),
            _ => None,
        };
        let prefix = query.namespace_exact.as_ref().or(query.namespace.as_ref()).or(one);
        let prefix = prefix.map_or("", String::as_str);
        let flows = self.heads_under(tenant, prefix).await?;
        let flows = flows.iter().filter(|flow| query.concerns(&flow.namespace, &flow.id));
        let mut lists: Vec<(String, &str, Option<&str>)> = flows
            .map(|it| (keys::executions_of(tenant, &it.namespace, &it.id), &*it.namespace, Some(&*it.id)))
            .collect();
        let of_inline = self.settings().conductor_namespace.as_str();
        if query.concerns_namespace(of_inline) {
            lists.push((keys::executions_of_inline(tenant, of_inline), of_inline, None));
        }
        let mut found = Vec::new();
        let mut scanned = 0;
        for (executions, namespace, flow_id) in lists {
            let mut after: Option<String> = None;
            loop {
                let range = Range {
                    prefix: "",
                    after: after.as_deref(),
                    direction: Direction::Descending,
                    limit: PAGE_ITEMS_MAX.min(SCANNED_MAX - scanned),
                };
                let entries = self.store().list(&executions, range).await?;
                let Some(last) = entries.last() else { break };
                after = Some(last.place.clone());
                scanned += entries.len();
                for entry in &entries {
                    let Some(id) = keys::id_of_place(&entry.place) else {
                        continue;
                    };
                    let mut summary: Summary = serde_json::from_slice(&entry.summary)
                        .map_err(|error| Error::Locked(format!("a stored entry cannot be read: {error}")))?;
                    if summary.more_labels && !query.labels.is_empty() {
                        match self.read_record(tenant, id).await? {
                            Some((record, _)) => summary.labels = record.execution.labels,
                            None => continue,
                        }
                    }
                    let of = flow_id.map(str::to_owned).or_else(|| summary.inline.clone());
                    let (namespace, of) = (namespace.to_owned(), of.unwrap_or_default());
                    let candidate = Found { id, namespace, flow_id: of, summary };
                    let named = query.concerns(&candidate.namespace, &candidate.flow_id);
                    if named && query.matches(&candidate) {
                        found.push(candidate);
                    }
                }
                if scanned >= SCANNED_MAX {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// The ids of what a query finds, in no order, of at most [`SCANNED_MAX`] executions.
    pub(crate) async fn found_ids(
        &self,
        tenant: &str,
        query: &ExecutionQuery,
    ) -> Result<Vec<ExecutionId>, Error> {
        Ok(self.find(tenant, query).await?.into_iter().map(|found| found.id).collect())
    }
}

impl ExecutionQuery {
    /// Whether executions of that flow can match at all.
    fn concerns(&self, namespace: &str, flow_id: &str) -> bool {
        self.concerns_namespace(namespace)
            && self.flow_id.as_deref().is_none_or(|wanted| wanted == flow_id)
            && (self.flows.is_empty() || self.flows.iter().any(|(of, id)| of == namespace && id == flow_id))
    }

    /// Whether executions of any flow there can.
    fn concerns_namespace(&self, namespace: &str) -> bool {
        self.namespace_exact.as_deref().is_none_or(|exact| exact == namespace)
            && self.namespace.as_deref().is_none_or(|outer| is_within(namespace, outer))
            && self.reach.as_ref().is_none_or(|reach| reach.namespace(namespace))
            && self.system.is_none_or(|system| (namespace == SYSTEM_NAMESPACE) == system)
    }

    fn matches(&self, found: &Found) -> bool {
        let summary = &found.summary;
        let text = self.q.as_deref().filter(|q| !matches!(*q, "" | "*")).map(str::to_lowercase);
        text.is_none_or(|text| {
            found.id.to_string().to_lowercase().contains(&text)
                || found.namespace.to_lowercase().contains(&text)
                || found.flow_id.to_lowercase().contains(&text)
        }) && (self.states.is_empty() || self.states.contains(&summary.state))
            && (self.statuses.is_empty() || self.statuses.contains(&summary.status()))
            && self.labels.iter().all(|label| summary.labels.contains(label))
            && self.start.is_none_or(|start| summary.start >= start)
            && self.started_until.is_none_or(|until| summary.start <= until)
            && self.end.is_none_or(|end| summary.end.is_some_and(|ended| ended <= end))
            && self.child.is_none_or(|child| summary.trigger_execution.is_some() == child)
            && self
                .trigger_execution
                .as_ref()
                .is_none_or(|parent| summary.trigger_execution.as_ref() == Some(parent))
    }
}

impl Found {
    fn compare(&self, other: &Self, key: ExecutionSort) -> std::cmp::Ordering {
        let duration = |it: &Self| it.summary.end.map(|end| end.since(it.summary.start));
        match key {
            ExecutionSort::Id => self.id.cmp(&other.id),
            ExecutionSort::StartDate => self.summary.start.cmp(&other.summary.start),
            ExecutionSort::EndDate => self.summary.end.cmp(&other.summary.end),
            ExecutionSort::Duration => duration(self).cmp(&duration(other)),
            ExecutionSort::Namespace => self.namespace.cmp(&other.namespace),
            ExecutionSort::FlowId => self.flow_id.cmp(&other.flow_id),
            ExecutionSort::State => self.summary.state.name().cmp(other.summary.state.name()),
        }
    }
}
