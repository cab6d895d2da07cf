//! Workflow definitions of Conductor's: flows of one namespace, whose source is JSON.
//!
//! A definition is known by its name and by a version that its author chooses and may write again; a flow by revisions
//! that never change. So every write of a definition is a new revision, and each revision keeps the list of which version
//! is which revision. That of the newest one counts. It changes in the commit that names the revision it replaces, so
//! that of two who register at the same time each sees the other. Executions keep the revision they began with.

mod find;

use std::collections::BTreeMap;

use engine::{
    conductor::{self, Definition, NotBuilt, reading},
    flow::Flow,
    problem::{Invalid, Problem, Reason},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

pub use find::LISTED_MAX;

use crate::{
    Error, FlowSummary, Service, StoredFlow,
    flows::{Head, Next, number_after},
    settings::SOURCE_BYTES_MAX,
};

/// Versions of one definition. More are refused until some are deleted.
pub const VERSIONS_MAX: usize = 1_000;
/// Tries against others who write the same definition at the same time: a fleet that registers as it comes up.
const TRIES_MAX: usize = 64;

/// What a revision knows that is a version of a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    pub version: u32,
    /// When the version was first written, and last.
    pub created: Timestamp,
    pub updated: Timestamp,
    /// Which revision every version is, as of this one, which is among them. None of a definition that is deleted.
    pub versions: BTreeMap<u32, u32>,
}

impl Registered {
    /// Of a version; of the highest one when none is named.
    pub(crate) fn revision(&self, version: Option<u32>) -> Option<u32> {
        match version {
            Some(version) => self.versions.get(&version).copied(),
            None => self.versions.last_key_value().map(|(_, revision)| *revision),
        }
    }
}

/// What becomes of a version that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnExisting {
    Refuse,
    Overwrite,
    /// It stays, and the highest version plus one is written, whatever the text says. Conductor: `newVersion`.
    Next,
}

/// The revision that is to hold a version.
struct Of<'a> {
    name: &'a str,
    version: u32,
    created: Timestamp,
    updated: Timestamp,
    /// Of the other versions.
    versions: BTreeMap<u32, u32>,
}

impl Service {
    /// Writes a version of a definition. The same text again changes nothing.
    ///
    /// # Errors
    /// `Invalid` with all problems; `IllegalState` when there is the version, or a flow of Kestra's of that name.
    pub async fn register_definition(
        &self,
        tenant: &str,
        source: &str,
        existing: OnExisting,
    ) -> Result<FlowSummary, Error> {
        let definition = self.check_definition(source)?;
        let name = definition.name.as_str();
        let namespace = &self.settings().conductor_namespace;
        for _ in 0..TRIES_MAX {
            let head = self.head(tenant, namespace, name).await?;
            let versions = versions_beside(head.as_ref())?;
            let version = match existing {
                OnExisting::Next => {
                    versions.last_key_value().map_or(definition.version, |(last, _)| last.saturating_add(1))
                }
                OnExisting::Refuse | OnExisting::Overwrite => definition.version,
            };
            let before = match versions.get(&version) {
                Some(revision) => Some(self.flow_revision(tenant, namespace, name, *revision).await?),
                None if versions.len() >= VERSIONS_MAX => {
                    return Err(Error::IllegalState(format!(
                        "{name} has {VERSIONS_MAX} versions, which is how many there may be; delete some, or overwrite one"
                    )));
                }
                None => None,
            };
            if let Some(before) = &before {
                if existing == OnExisting::Refuse {
                    return Err(Error::IllegalState(format!(
                        "Workflow with {name}.{version} already exists!"
                    )));
                }
                if before.source == source {
                    return Ok(before.clone());
                }
            }
            let updated = self.now();
            let before = before.as_deref().and_then(|it| it.registered.as_ref());
            let created = before.map_or(updated, |it| it.created);
            let of = Of { name, version, created, updated, versions };
            if let Some(saved) = self.save_version(tenant, head, source, of).await? {
                return Ok(saved);
            }
        }
        Err(contended(name))
    }

    /// Deletes a version; with the last one the definition, as flows are deleted. What runs goes on.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_definition(&self, tenant: &str, name: &str, version: u32) -> Result<(), Error> {
        let namespace = &self.settings().conductor_namespace;
        let none = || Error::NotFound(format!("No such workflow definition: {name} version: {version}"));
        for _ in 0..TRIES_MAX {
            let head = self.head(tenant, namespace, name).await?;
            let head = head.filter(|(flow, _)| !flow.deleted).ok_or_else(none)?;
            let mut versions = head.0.registered.as_ref().ok_or_else(none)?.versions.clone();
            versions.remove(&version).ok_or_else(none)?;
            let is_done = match versions.last_key_value() {
                None => self.bury(tenant, head).await?,
                // The highest that is left is what the flow is from now on.
                Some((_, revision)) => {
                    let left = self.flow_revision(tenant, namespace, name, *revision).await?;
                    let registered = left.registered.clone().ok_or_else(none)?;
                    let Registered { version, created, updated, versions: _ } = registered;
                    let of = Of { name, version, created, updated, versions };
                    self.save_version(tenant, Some(head), &left.source, of).await?.is_some()
                }
            };
            if is_done {
                return Ok(());
            }
        }
        Err(contended(name))
    }

    /// Reads a definition and says all that is wrong with it, and all that cannot be run here.
    ///
    /// # Errors
    /// `Invalid`, `TooLarge`.
    pub fn check_definition(&self, source: &str) -> Result<Definition, Error> {
        check_size(source)?;
        let definition = reading::parse(source)?;
        translated(&self.settings().conductor_namespace, &definition)?;
        Ok(definition)
    }

    /// `None` when somebody else wrote first.
    async fn save_version(
        &self,
        tenant: &str,
        head: Option<Head>,
        source: &str,
        of: Of<'_>,
    ) -> Result<Option<FlowSummary>, Error> {
        let Of { name, version, created, updated, mut versions } = of;
        versions.insert(version, number_after(head.as_ref()));
        let registered = Registered { version, created, updated, versions };
        let namespace = &self.settings().conductor_namespace;
        // As it is read from the store: it listens to nothing and has no schedule.
        let flow = as_flow(namespace, source, &registered)?;
        let next = Next { source, flow: Some(&flow), registered: Some(registered), deleted: false };
        self.save(tenant, (namespace, name), head, next).await
    }
}

/// The versions that there are. None of what was deleted.
fn versions_beside(head: Option<&Head>) -> Result<BTreeMap<u32, u32>, Error> {
    let Some((flow, _)) = head.filter(|(flow, _)| !flow.deleted) else {
        return Ok(BTreeMap::new());
    };
    let registered = flow.registered.as_ref().ok_or_else(|| {
        Error::IllegalState(format!(
            "{}.{} is a flow in Kestra's form, which no definition overwrites; delete it, or take another name",
            flow.namespace, flow.id
        ))
    })?;
    Ok(registered.versions.clone())
}

/// A source that was accepted, as the flow that it means.
pub(crate) fn as_flow(namespace: &str, source: &str, registered: &Registered) -> Result<Flow, Invalid> {
    let mut definition = reading::parse(source)?;
    definition.version = registered.version;
    let mut flow = translated(namespace, &definition)?;
    flow.document = document(source, registered);
    Ok(flow)
}

/// # Errors
/// `TooLarge`.
pub(super) fn check_size(source: &str) -> Result<(), Error> {
    if source.len() > SOURCE_BYTES_MAX {
        let count = source.len();
        let message = format!("a definition of {count} bytes; one may have {SOURCE_BYTES_MAX}");
        return Err(Error::TooLarge(message));
    }
    Ok(())
}

pub(super) fn translated(namespace: &str, definition: &Definition) -> Result<Flow, Invalid> {
    conductor::translate(definition, namespace, &definition.name).map_err(|NotBuilt(messages)| Invalid {
        reason: Reason::Entity,
        problems: messages
            .into_iter()
            .map(|message| Problem { path: String::new(), message, at: None })
            .collect(),
    })
}

/// The document as Conductor's clients get it back.
fn document(source: &str, registered: &Registered) -> Map<String, Json> {
    let given = match reading::json(source) {
        Ok(Json::Object(map)) => map,
        // It was accepted once, as an object.
        Ok(_) | Err(_) => Map::new(),
    };
    conductor::document(given, registered.version, registered.created, registered.updated)
}

impl StoredFlow {
    /// The definition as Conductor's clients get it back; `None` of a flow of Kestra's.
    pub fn definition_document(&self) -> Option<Map<String, Json>> {
        self.registered.as_ref().map(|registered| document(&self.source, registered))
    }
}

fn contended(name: &str) -> Error {
    Error::Contention(format!("the definition {name} is being written by others; try again"))
}
