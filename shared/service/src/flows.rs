//! Flows and their revisions.
//!
//! The newest revision of every flow stands in one partition, beside it each revision for itself. Both change in
//! one commit. A revision never changes once it is written, so it is read and parsed once.

mod search;
mod validate;

use std::{collections::BTreeMap, sync::Arc};

use engine::{
    flow::{self, Dialect, Flow},
    problem::{Invalid, Problem, Reason},
};
use ports::store::{Condition, Content, Version, Write};
use serde::{Deserialize, Serialize};

pub use search::{FlowQuery, FlowSummary};
pub(crate) use search::{SYSTEM_NAMESPACE, is_within, page_after};
pub use validate::Validation;

use crate::{
    Class, Error, Service,
    conductor::{Registered, definitions},
    keys, record,
    settings::SOURCE_BYTES_MAX,
};

/// Tries against others who save the same flow at the same time.
pub(crate) const SAVE_TRIES_MAX: usize = 5;

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
    /// There when it is a version of a workflow definition of Conductor's, and its source is one.
    pub registered: Option<Registered>,
    /// There when it is kept with the one execution that it came with: the digest of its source.
    pub(crate) inline: Option<u128>,
}

/// The stored form of a revision, of a flow or a template.
#[derive(Serialize, Deserialize)]
pub(crate) struct Revision {
    #[serde(rename = "revision")]
    pub(crate) number: u32,
    pub(crate) deleted: bool,
    pub(crate) source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) registered: Option<Registered>,
}

/// What the next revision of a flow is to be.
pub(crate) struct Next<'a> {
    pub(crate) source: &'a str,
    /// A tombstone has none.
    pub(crate) flow: Option<&'a Flow>,
    pub(crate) registered: Option<Registered>,
    pub(crate) deleted: bool,
}

/// The newest revision, with the version of its item.
pub(crate) type Head = (Arc<StoredFlow>, Version);

impl<'a> Next<'a> {
    /// A flow as Kestra writes them.
    fn of(source: &'a str, flow: &'a Flow) -> Self {
        Self { source, flow: Some(flow), registered: None, deleted: false }
    }
}

/// The number of the revision that comes next.
pub(crate) fn number_after(head: Option<&Head>) -> u32 {
    head.map_or(1, |(head, _)| head.revision.saturating_add(1))
}

impl StoredFlow {
    /// Whose words its source is in.
    pub fn dialect(&self) -> Dialect {
        if self.registered.is_some() { Dialect::Conductor } else { Dialect::Kestra }
    }

    /// Refuses what would write YAML over a workflow definition.
    fn check_is_no_definition(&self) -> Result<(), Error> {
        match self.dialect() {
            Dialect::Kestra => Ok(()),
            Dialect::Conductor => Err(Error::IllegalState(format!(
                "{}.{} is a workflow definition of Conductor's; it is changed with PUT /api/metadata/workflow, not with the YAML of a flow",
                self.namespace, self.id
            ))),
        }
    }

    /// The same revision, with more in its flow than its source says.
    pub(crate) fn with(&self, flow: Flow) -> Self {
        Self {
            tenant: self.tenant.clone(),
            namespace: self.namespace.clone(),
            id: self.id.clone(),
            revision: self.revision,
            deleted: self.deleted,
            source: self.source.clone(),
            flow: Ok(flow),
            registered: self.registered.clone(),
            inline: self.inline,
        }
    }

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
            if let Some((head, _)) = head.as_ref().filter(|(head, _)| !head.deleted) {
                head.check_is_no_definition()?;
                return Err(refused("flow.id", "Flow id already exists"));
            }
            if let Some(saved) =
                self.save(tenant, (&flow.namespace, &flow.id), head, Next::of(source, &flow)).await?
            {
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
            stored.check_is_no_definition()?;
            let flow = match self.read_flow(source) {
                Ok(flow) => flow,
                Err(error) => {
                    // Kestra: a text that is of another flow is not looked at any further.
                    check_same_names(source, namespace, id)?;
                    return Err(error);
                }
            };
            names_another("flow", (&flow.namespace, &flow.id), namespace, id)?;
            // Kestra: only the new text is compared without its `revision:` line, so a source that has one gets a
            // new revision with every save.
            if stored.source == without_revision_line(source) {
                return Ok(stored);
            }
            let head = Some((stored, version));
            let saved = self.save(tenant, (namespace, id), head, Next::of(source, &flow)).await?;
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
            if self.bury(tenant, (stored, version)).await? {
                return Ok(());
            }
        }
        Err(contended(namespace, id))
    }

    /// Appends a tombstone. Whether nobody else wrote first.
    pub(crate) async fn bury(&self, tenant: &str, head: Head) -> Result<bool, Error> {
        let stored = Arc::clone(&head.0);
        // Of a definition all versions are gone at once.
        let registered = stored.registered.clone().map(|it| Registered { versions: BTreeMap::new(), ..it });
        let next = Next { source: &stored.source, flow: None, registered, deleted: true };
        Ok(self.save(tenant, (&stored.namespace, &stored.id), Some(head), next).await?.is_some())
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

    /// A flow that can be started: one revision of it, or the newest.
    pub(crate) async fn flow_to_start(
        &self,
        tenant: &str,
        namespace: &str,
        flow_id: &str,
        revision: Option<u32>,
    ) -> Result<Arc<StoredFlow>, Error> {
        let flow = match revision {
            Some(revision) => self.flow_revision(tenant, namespace, flow_id, revision).await.map(Some),
            None => self.newest(tenant, namespace, flow_id).await,
        };
        let flow = match flow {
            Ok(flow) => flow.filter(|flow| !flow.deleted),
            Err(Error::NotFound(_)) => None,
            Err(other) => return Err(other),
        };
        let flow = flow.ok_or_else(|| Error::NotFound("Requested Flow is not found.".to_owned()))?;
        if flow.sound()?.disabled {
            return Err(Error::IllegalState("Requested Flow is disabled.".to_owned()));
        }
        Ok(flow)
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

    pub(crate) async fn head(&self, tenant: &str, namespace: &str, id: &str) -> Result<Option<Head>, Error> {
        let Some(item) = self.store().get(&keys::flow_head(tenant, namespace, id)).await? else {
            return Ok(None);
        };
        let stored = self.stored(tenant, namespace, id, &item.content.body)?;
        self.shared.flows.keep_head(&stored);
        Ok(Some((stored, item.version)))
    }

    /// Writes the next revision. `None` when somebody else did so first.
    pub(crate) async fn save(
        &self,
        tenant: &str,
        (namespace, id): (&str, &str),
        head: Option<Head>,
        next: Next<'_>,
    ) -> Result<Option<Arc<StoredFlow>>, Error> {
        let revision = number_after(head.as_ref());
        let Next { source, flow, registered, deleted } = next;
        let old = head.as_ref().map(|(head, _)| &**head);
        let listening = self.listening_writes((tenant, namespace, id), old, flow, revision).await?;
        let scheduling = self.schedule_writes((tenant, namespace, id), old, flow, revision).await?;
        let condition = head.map_or(Condition::Absent, |(_, version)| Condition::Version(version));
        let body =
            record::encode(&Revision { number: revision, deleted, source: source.to_owned(), registered })?;
        let content = Content { body: body.clone(), ..Content::default() };
        let listeners_change = !listening.is_empty();
        let mut writes = vec![
            Write::Put { key: keys::flow_head(tenant, namespace, id), condition, content: content.clone() },
            Write::Put {
                key: keys::flow_revision(tenant, namespace, id, revision),
                condition: Condition::Absent,
                content,
            },
        ];
        writes.extend(listening);
        writes.extend(scheduling);
        let written = self.write(&keys::flow_head(tenant, namespace, id), &body, writes).await;
        if listeners_change {
            self.shared.listeners.forget(tenant);
        }
        match written {
            Ok(()) => {
                let stored = self.stored(tenant, namespace, id, &body)?;
                self.shared.flows.keep_head(&stored);
                if self.shared.settings.alone {
                    // Read here, so that no execution has to; or else the next one does.
                    let _ = self.somebody_listens(tenant).await;
                }
                Ok(Some(stored))
            }
            Err(error) if error.class() == Class::Contention => {
                self.shared.flows.forget_head(&(tenant.to_owned(), namespace.to_owned(), id.to_owned()));
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    pub(crate) fn read_flow(&self, source: &str) -> Result<Flow, Error> {
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
        let Revision { number: revision, deleted, source, registered } = record::decode(body)?;
        let key = (tenant.to_owned(), namespace.to_owned(), id.to_owned());
        if let Some(known) = self.shared.flows.revision(&key, revision) {
            return Ok(known);
        }
        // What was saved under a wider limit goes on; its attempts are cut at the limit of today.
        let flow = match &registered {
            None => flow::parse(&source, &self.shared.catalogue.clone().limited(None)),
            Some(registered) => definitions::as_flow(namespace, &source, registered),
        };
        let (tenant, namespace, id) = key;
        let stored =
            StoredFlow { tenant, namespace, id, revision, deleted, source, flow, registered, inline: None };
        let stored = Arc::new(stored);
        self.shared.flows.keep_revision(&stored);
        Ok(stored)
    }
}

/// As [`names_another`], of a text that is no sound flow.
fn check_same_names(source: &str, namespace: &str, id: &str) -> Result<(), Error> {
    let Ok(node) = engine::yaml::read(source) else {
        return Ok(());
    };
    let name = |key: &str| node.get(key).and_then(|it| it.as_str());
    names_another("flow", (name("namespace").unwrap_or(namespace), name("id").unwrap_or(id)), namespace, id)
}

/// Refuses a text that is of another flow, or another template, than the one it is to update.
pub(crate) fn names_another(what: &str, given: (&str, &str), namespace: &str, id: &str) -> Result<(), Error> {
    let mut problems = Vec::new();
    if given.1 != id {
        problems.push(problem(&format!("{what}.id"), &format!("Illegal {what} id update")));
    }
    if given.0 != namespace {
        problems.push(problem(&format!("{what}.namespace"), "Illegal namespace update"));
    }
    if problems.is_empty() { Ok(()) } else { Err(Invalid { reason: Reason::Entity, problems }.into()) }
}

/// The text without a `revision: N` line at the top level.
fn without_revision_line(source: &str) -> String {
    source.split_inclusive('\n').filter(|line| revision_of(line).is_none()).collect()
}

fn revision_of(line: &str) -> Option<u32> {
    line.strip_prefix("revision:")?.trim().parse().ok()
}

fn problem(path: &str, message: &str) -> Problem {
    Problem { path: path.to_owned(), message: message.to_owned(), at: None }
}

pub(crate) fn refused(path: &str, message: &str) -> Error {
    Invalid { reason: Reason::Entity, problems: vec![problem(path, message)] }.into()
}

fn not_found() -> Error {
    Error::NotFound("Flow not found".to_owned())
}

fn contended(namespace: &str, id: &str) -> Error {
    Error::Contention(format!("the flow {namespace}.{id} is being saved by others; try again"))
}
