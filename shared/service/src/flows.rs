//! Flows and their revisions.
//!
//! The newest revision of every flow stands in one partition, beside it each revision for itself. Both change in
//! one commit. A revision never changes once it is written, so it is read and parsed once.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use engine::{
    flow::{self, Flow, Label},
    problem::{Invalid, Problem, Reason},
};
use ports::store::{Condition, Content, Direction, PAGE_ITEMS_MAX, Range, Version, Write};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Page, PageRequest, Service, keys, record,
    settings::{DOCUMENTS_MAX, SOURCE_BYTES_MAX},
};

/// Kestra: the namespace of flows that look after the system itself.
pub(crate) const SYSTEM_NAMESPACE: &str = "system";
/// Parsed revisions and newest revisions that are kept at hand.
const CACHED_MAX: usize = 1_024;
/// Tries against others who save the same flow at the same time.
const SAVE_TRIES_MAX: usize = 5;

/// A revision of a flow as it is stored.
#[derive(Debug)]
pub struct StoredFlow {
    pub tenant: String,
    pub namespace: String,
    pub id: String,
    pub revision: u32,
    /// A tombstone.
    pub deleted: bool,
    /// The text as it was posted.
    pub source: String,
    /// The source, read; or why it cannot be read any more.
    pub flow: Result<Flow, Invalid>,
}

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

/// What is wrong with one document of a validation, if anything.
#[derive(Debug, Clone)]
pub struct Validation {
    /// Position of the document, from 0.
    pub index: usize,
    pub id: Option<String>,
    pub namespace: Option<String>,
    pub invalid: Option<Invalid>,
    /// The flow exists, and the posted `revision` is not the one that would come next.
    pub outdated: bool,
}

/// The stored form of a revision.
#[derive(Serialize, Deserialize)]
struct Revision {
    #[serde(rename = "revision")]
    number: u32,
    deleted: bool,
    source: String,
}

type FlowKey = (String, String, String);

/// What was read before. Revisions never change; the newest one only counts when nobody else writes.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    revisions: RwLock<HashMap<FlowKey, HashMap<u32, Arc<StoredFlow>>>>,
    heads: RwLock<HashMap<FlowKey, Arc<StoredFlow>>>,
}

impl StoredFlow {
    /// The flow, when its source can still be read.
    pub(crate) fn sound(&self) -> Result<&Flow, Error> {
        self.flow
            .as_ref()
            .map_err(|invalid| Error::IllegalState(format!("Requested Flow is not valid. Error: {invalid}")))
    }
}

impl Service {
    /// Creates a flow. Kestra: an id that exists already is refused (`flow.id`: `Flow id already exists`).
    pub async fn create_flow(&self, tenant: &str, source: &str) -> Result<Arc<StoredFlow>, Error> {
        let flow = self.read_flow(source)?;
        for _ in 0..SAVE_TRIES_MAX {
            let head = self.head(tenant, &flow.namespace, &flow.id).await?;
            if head.as_ref().is_some_and(|(head, _)| !head.deleted) {
                return Err(refused("flow.id", "Flow id already exists"));
            }
            if let Some(saved) = self.save(tenant, &flow.namespace, &flow.id, head, source, false).await? {
                return Ok(saved);
            }
        }
        Err(contended(&flow.namespace, &flow.id))
    }

    /// Updates a flow; the same text again changes nothing.
    pub async fn update_flow(
        &self,
        tenant: &str,
        namespace: &str,
        id: &str,
        source: &str,
    ) -> Result<Arc<StoredFlow>, Error> {
        for _ in 0..SAVE_TRIES_MAX {
            let head = self.head(tenant, namespace, id).await?;
            let Some((stored, version)) = head.filter(|(head, _)| !head.deleted) else {
                return Err(not_found());
            };
            let flow = self.read_flow(source)?;
            check_same_flow(&flow, namespace, id)?;
            // Kestra: only the new text is compared without its `revision:` line, so a source that has one gets a
            // new revision with every save.
            if stored.source == without_revision_line(source) {
                return Ok(stored);
            }
            let saved = self.save(tenant, namespace, id, Some((stored, version)), source, false).await?;
            if let Some(saved) = saved {
                return Ok(saved);
            }
        }
        Err(contended(namespace, id))
    }

    /// Creates the flow, or updates it: what a folder of flows is loaded with.
    pub async fn put_flow(&self, tenant: &str, source: &str) -> Result<Arc<StoredFlow>, Error> {
        let flow = self.read_flow(source)?;
        let head = self.head(tenant, &flow.namespace, &flow.id).await?;
        match head {
            Some((head, _)) if !head.deleted => {
                self.update_flow(tenant, &flow.namespace, &flow.id, source).await
            }
            Some(_) | None => self.create_flow(tenant, source).await,
        }
    }

    /// Appends a tombstone.
    pub async fn delete_flow(&self, tenant: &str, namespace: &str, id: &str) -> Result<(), Error> {
        for _ in 0..SAVE_TRIES_MAX {
            let head = self.head(tenant, namespace, id).await?;
            let Some((stored, version)) = head.filter(|(head, _)| !head.deleted) else {
                return Err(not_found());
            };
            let source = stored.source.clone();
            let head = Some((stored, version));
            if self.save(tenant, namespace, id, head, &source, true).await?.is_some() {
                return Ok(());
            }
        }
        Err(contended(namespace, id))
    }

    /// One revision, or the newest. A deleted flow is found only when `allow_deleted`, or by its revision.
    pub async fn flow(
        &self,
        tenant: &str,
        namespace: &str,
        id: &str,
        revision: Option<u32>,
        allow_deleted: bool,
    ) -> Result<Arc<StoredFlow>, Error> {
        match revision {
            Some(revision) => self.flow_revision(tenant, namespace, id, revision).await,
            None => self
                .newest(tenant, namespace, id)
                .await?
                .filter(|flow| allow_deleted || !flow.deleted)
                .ok_or_else(not_found),
        }
    }

    /// All revisions, oldest first, tombstones included; none for an unknown flow.
    pub async fn flow_revisions(
        &self,
        tenant: &str,
        namespace: &str,
        id: &str,
    ) -> Result<Vec<Arc<StoredFlow>>, Error> {
        let partition = keys::flow_revisions(tenant, namespace, id);
        let mut revisions: Vec<Arc<StoredFlow>> = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let items = self.store().query(&partition, page_after(after.as_deref(), "")).await?;
            let Some(last) = items.last() else {
                return Ok(revisions);
            };
            after = Some(last.key.sort.clone());
            for item in &items {
                revisions.push(self.stored(tenant, namespace, id, &item.content.body)?);
            }
        }
    }

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

    /// Reads every document of a source and says what is wrong with each.
    pub async fn validate_flows(&self, tenant: &str, source: &str) -> Result<Vec<Validation>, Error> {
        let documents: Vec<&str> = engine::yaml::documents(source);
        if documents.len() > DOCUMENTS_MAX {
            return Err(Error::TooLarge(format!(
                "{} documents; one validation takes {DOCUMENTS_MAX}",
                documents.len()
            )));
        }
        let mut validations = Vec::with_capacity(documents.len());
        for (index, document) in documents.into_iter().enumerate() {
            let (id, namespace, invalid, outdated) = match self.read_flow(document) {
                Ok(flow) => {
                    let head = self.newest(tenant, &flow.namespace, &flow.id).await?;
                    let outdated = head.filter(|head| !head.deleted).is_some_and(|head| {
                        posted_revision(document) != Some(head.revision.saturating_add(1))
                    });
                    (Some(flow.id), Some(flow.namespace), None, outdated)
                }
                Err(Error::Invalid(invalid)) => (None, None, Some(invalid), false),
                Err(other) => return Err(other),
            };
            validations.push(Validation { index, id, namespace, invalid, outdated });
        }
        Ok(validations)
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

    /// One revision, tombstones included.
    pub(crate) async fn flow_revision(
        &self,
        tenant: &str,
        namespace: &str,
        id: &str,
        revision: u32,
    ) -> Result<Arc<StoredFlow>, Error> {
        let key = (tenant.to_owned(), namespace.to_owned(), id.to_owned());
        if let Some(known) = self.shared.flows.revision(&key, revision) {
            return Ok(known);
        }
        let item = self.store().get(&keys::flow_revision(tenant, namespace, id, revision)).await?;
        let item = item.ok_or_else(not_found)?;
        self.stored(tenant, namespace, id, &item.content.body)
    }

    /// The newest revision, tombstones included. Read each time, unless nobody else writes this store.
    pub(crate) async fn newest(
        &self,
        tenant: &str,
        namespace: &str,
        id: &str,
    ) -> Result<Option<Arc<StoredFlow>>, Error> {
        if self.shared.settings.alone {
            let key = (tenant.to_owned(), namespace.to_owned(), id.to_owned());
            if let Some(known) = self.shared.flows.head(&key) {
                return Ok(Some(known));
            }
        }
        Ok(self.head(tenant, namespace, id).await?.map(|(head, _)| head))
    }

    async fn head(
        &self,
        tenant: &str,
        namespace: &str,
        id: &str,
    ) -> Result<Option<(Arc<StoredFlow>, Version)>, Error> {
        let Some(item) = self.store().get(&keys::flow_head(tenant, namespace, id)).await? else {
            return Ok(None);
        };
        let stored = self.stored(tenant, namespace, id, &item.content.body)?;
        self.shared.flows.keep_head(&stored);
        Ok(Some((stored, item.version)))
    }

    /// Writes the next revision. `None` when somebody else did so first.
    async fn save(
        &self,
        tenant: &str,
        namespace: &str,
        id: &str,
        head: Option<(Arc<StoredFlow>, Version)>,
        source: &str,
        deleted: bool,
    ) -> Result<Option<Arc<StoredFlow>>, Error> {
        let revision = head.as_ref().map_or(1, |(head, _)| head.revision.saturating_add(1));
        let condition = head.map_or(Condition::Absent, |(_, version)| Condition::Version(version));
        let body = record::encode(&Revision { number: revision, deleted, source: source.to_owned() })?;
        let content = Content { body: body.clone(), wake_at: None, entry: None };
        let writes = vec![
            Write::Put { key: keys::flow_head(tenant, namespace, id), condition, content: content.clone() },
            Write::Put {
                key: keys::flow_revision(tenant, namespace, id, revision),
                condition: Condition::Absent,
                content,
            },
        ];
        match self.store().commit(writes).await {
            Ok(()) => {
                let stored = self.stored(tenant, namespace, id, &body)?;
                self.shared.flows.keep_head(&stored);
                Ok(Some(stored))
            }
            Err(ports::store::Error::Conflict(_)) => {
                self.shared.flows.forget_head(tenant, namespace, id);
                Ok(None)
            }
            Err(other) => Err(other.into()),
        }
    }

    fn read_flow(&self, source: &str) -> Result<Flow, Error> {
        if source.len() > SOURCE_BYTES_MAX {
            return Err(Error::TooLarge(format!(
                "a flow of {} bytes; one may have {SOURCE_BYTES_MAX}",
                source.len()
            )));
        }
        Ok(flow::parse(source, &self.shared.catalogue)?)
    }

    /// A revision from its stored form, parsed once.
    fn stored(&self, tenant: &str, namespace: &str, id: &str, body: &[u8]) -> Result<Arc<StoredFlow>, Error> {
        let Revision { number: revision, deleted, source } = record::decode(body)?;
        let key = (tenant.to_owned(), namespace.to_owned(), id.to_owned());
        if let Some(known) = self.shared.flows.revision(&key, revision) {
            return Ok(known);
        }
        let flow = flow::parse(&source, &self.shared.catalogue);
        let (tenant, namespace, id) = key.clone();
        let stored = Arc::new(StoredFlow { tenant, namespace, id, revision, deleted, source, flow });
        self.shared.flows.keep_revision(key, &stored);
        Ok(stored)
    }
}

impl Cache {
    fn revision(&self, key: &FlowKey, revision: u32) -> Option<Arc<StoredFlow>> {
        let revisions = self.revisions.read().unwrap_or_else(PoisonError::into_inner);
        revisions.get(key)?.get(&revision).cloned()
    }

    fn keep_revision(&self, key: FlowKey, flow: &Arc<StoredFlow>) {
        let mut revisions = self.revisions.write().unwrap_or_else(PoisonError::into_inner);
        if revisions.values().map(HashMap::len).sum::<usize>() >= CACHED_MAX {
            revisions.clear();
        }
        revisions.entry(key).or_default().insert(flow.revision, Arc::clone(flow));
    }

    fn head(&self, key: &FlowKey) -> Option<Arc<StoredFlow>> {
        self.heads.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Keeps the newer one: a slow reader must not bring an older head back.
    fn keep_head(&self, flow: &Arc<StoredFlow>) {
        let mut heads = self.heads.write().unwrap_or_else(PoisonError::into_inner);
        if heads.len() >= CACHED_MAX {
            heads.clear();
        }
        let key = (flow.tenant.clone(), flow.namespace.clone(), flow.id.clone());
        let head = heads.entry(key).or_insert_with(|| Arc::clone(flow));
        if head.revision < flow.revision {
            *head = Arc::clone(flow);
        }
    }

    fn forget_head(&self, tenant: &str, namespace: &str, id: &str) {
        let key = (tenant.to_owned(), namespace.to_owned(), id.to_owned());
        self.heads.write().unwrap_or_else(PoisonError::into_inner).remove(&key);
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

fn page_after<'a>(after: Option<&'a str>, prefix: &'a str) -> Range<'a> {
    Range { prefix, after, direction: Direction::Ascending, limit: PAGE_ITEMS_MAX }
}

fn check_same_flow(flow: &Flow, namespace: &str, id: &str) -> Result<(), Error> {
    let mut problems = Vec::new();
    if flow.id != id {
        problems.push(problem("flow.id", "Illegal flow id update"));
    }
    if flow.namespace != namespace {
        problems.push(problem("flow.namespace", "Illegal namespace update"));
    }
    if problems.is_empty() { Ok(()) } else { Err(Invalid { reason: Reason::Entity, problems }.into()) }
}

/// The text without a `revision: N` line at the top level.
fn without_revision_line(source: &str) -> String {
    source.split_inclusive('\n').filter(|line| revision_of(line).is_none()).collect()
}

fn posted_revision(source: &str) -> Option<u32> {
    source.lines().find_map(revision_of)
}

fn revision_of(line: &str) -> Option<u32> {
    line.strip_prefix("revision:")?.trim().parse().ok()
}

fn problem(path: &str, message: &str) -> Problem {
    Problem { path: path.to_owned(), message: message.to_owned(), at: None }
}

fn refused(path: &str, message: &str) -> Error {
    Invalid { reason: Reason::Entity, problems: vec![problem(path, message)] }.into()
}

fn not_found() -> Error {
    Error::NotFound("Flow not found".to_owned())
}

fn contended(namespace: &str, id: &str) -> Error {
    Error::Contention(format!("the flow {namespace}.{id} is being saved by others; try again"))
}
