//! Definitions that come with a start and are registered nowhere.
//!
//! Such a definition is an item beside the one execution that runs it, written with its first commit and removed with it:
//! whoever takes the execution up later, or runs it again, finds the same. The execution names it by its digest, so that
//! one that comes with many starts is read once. Nothing lists it, and no name finds it.

use engine::{
    conductor::{Definition, reading},
    execution::Execution,
    problem::Problem,
    time::Timestamp,
};
use ports::store::{Condition, Content, Write};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use std::{collections::BTreeMap, sync::Arc};

use super::definitions::{Registered, as_flow, check_size, translated};
use crate::{
    Error, Service, StoredFlow,
    hold::Held,
    keys, record,
    revisions::{Key, Revisioned},
};

/// What the input of a workflow has when its definition came with the start. Conductor's.
const SYSTEM_METADATA: &str = "_systemMetadata";

/// Names a text. Half of its SHA-256.
fn digest(source: &str) -> u128 {
    let digest = Sha256::digest(source.as_bytes());
    u128::from_be_bytes(digest[..16].try_into().expect("a SHA-256 digest has 32 bytes"))
}

/// Under which key it is known, where flows are known by their names: no flow has an `@` in its id.
pub(crate) fn known_as((tenant, namespace, id): Key, digest: u128) -> Key {
    (tenant, namespace, format!("{id}@{digest:032x}"))
}

/// The input of a workflow whose definition came with its start.
pub(super) fn marked(mut input: Map<String, Json>) -> Map<String, Json> {
    match input.get_mut(SYSTEM_METADATA) {
        Some(Json::Object(metadata)) => {
            metadata.insert("dynamic".to_owned(), Json::Bool(true));
        }
        Some(_) | None => {
            input.insert(SYSTEM_METADATA.to_owned(), json!({ "dynamic": true }));
        }
    }
    input
}

/// The write that keeps the definition of an execution that is about to be stored for the first time.
pub(crate) fn kept_with(held: &Held) -> Result<Option<Write>, Error> {
    if held.version.is_some() || held.flow.inline.is_none() {
        return Ok(None);
    }
    let key = keys::inline_definition(&held.record.execution.tenant, held.record.id());
    let content = Content { body: record::encode(&held.flow.source)?, ..Content::default() };
    Ok(Some(Write::Put { key, condition: Condition::None, content }))
}

impl Service {
    /// The flow of a definition that is registered nowhere. One without a name has the one that is given.
    ///
    /// # Errors
    /// `Invalid` with all problems, `TooLarge`.
    pub(crate) fn inline_flow(
        &self,
        tenant: &str,
        definition: &Map<String, Json>,
        name: &str,
    ) -> Result<Arc<StoredFlow>, Error> {
        let mut definition = definition.clone();
        if definition.get("name").is_none_or(|it| it.is_null() || it.as_str() == Some("")) {
            definition.insert("name".to_owned(), name.into());
        }
        let definition = Json::Object(definition);
        let source = definition.to_string();
        check_size(&source)?;
        // A name that no definition may have is that of none that is known.
        let name = definition["name"].as_str().unwrap_or_default();
        let namespace = &self.settings().conductor_namespace;
        let key = (tenant.to_owned(), namespace.clone(), name.to_owned());
        if let Some(known) = self.shared.flows.revision(&known_as(key, digest(&source)), 0) {
            return Ok(known);
        }
        let within = |mut invalid: engine::problem::Invalid| {
            for Problem { path, .. } in &mut invalid.problems {
                *path =
                    if path.is_empty() { "workflowDef".to_owned() } else { format!("workflowDef.{path}") };
            }
            Error::from(invalid)
        };
        let read = reading::of_json(&definition).map_err(within)?;
        translated(namespace, &read).map_err(within)?;
        Ok(self.kept_inline(tenant, source, &read))
    }

    /// The flow that an execution began with, without the templates in it.
    pub(crate) async fn flow_begun_with(&self, execution: &Execution) -> Result<Arc<StoredFlow>, Error> {
        let Execution { tenant, namespace, flow_id, flow_revision, .. } = execution;
        let Some(digest) = execution.origin.definition else {
            return self.flow_revision(tenant, namespace, flow_id, *flow_revision).await;
        };
        let key = (tenant.clone(), namespace.clone(), flow_id.clone());
        match self.shared.flows.revision(&known_as(key, digest), 0) {
            Some(known) => Ok(known),
            // Seldom needed: boxed, it makes no other read larger.
            None => Box::pin(self.read_inline(execution)).await,
        }
    }

    async fn read_inline(&self, execution: &Execution) -> Result<Arc<StoredFlow>, Error> {
        let tenant = execution.tenant.as_str();
        let item = self.store().get(&keys::inline_definition(tenant, execution.id)).await?;
        let item = item.ok_or_else(|| Error::NotFound("Flow not found".to_owned()))?;
        let source: String = record::decode(&item.content.body)?;
        let definition = reading::parse(&source)?;
        Ok(self.kept_inline(tenant, source, &definition))
    }

    fn kept_inline(&self, tenant: &str, source: String, definition: &Definition) -> Arc<StoredFlow> {
        let never = Timestamp::from_millis(0);
        let registered = Registered {
            version: definition.version,
            created: never,
            updated: never,
            versions: BTreeMap::new(),
        };
        let namespace = self.settings().conductor_namespace.clone();
        let stored = Arc::new(StoredFlow {
            tenant: tenant.to_owned(),
            id: definition.name.clone(),
            revision: 0,
            deleted: false,
            flow: as_flow(&namespace, &source, &registered),
            namespace,
            inline: Some(digest(&source)),
            source,
            registered: Some(registered),
        });
        self.shared.flows.keep_revision(&stored);
        stored
    }
}

impl Revisioned for StoredFlow {
    fn key(&self) -> Key {
        let key = (self.tenant.clone(), self.namespace.clone(), self.id.clone());
        match self.inline {
            None => key,
            Some(digest) => known_as(key, digest),
        }
    }

    fn revision(&self) -> u32 {
        self.revision
    }
}
