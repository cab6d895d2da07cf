//! Flows and their validation as Kestra's clients know them.

use engine::problem::{Invalid, Reason};
use serde::{Serialize, Serializer, ser::SerializeMap};
use service::{StoredFlow, Validation};

/// Whether the text is shown beside the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Shown,
    Left,
}

/// One revision of a flow.
pub(crate) struct FlowJson<'a> {
    pub(crate) flow: &'a StoredFlow,
    pub(crate) tenant: Option<&'a str>,
    pub(crate) source: Source,
}

/// What the store knows better than the document.
const STORED: [&str; 7] = ["id", "namespace", "revision", "tenantId", "disabled", "deleted", "source"];

impl Serialize for FlowJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { flow, tenant, source } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &flow.id)?;
        map.serialize_entry("namespace", &flow.namespace)?;
        map.serialize_entry("revision", &flow.revision)?;
        if let Some(tenant) = tenant {
            map.serialize_entry("tenantId", tenant)?;
        }
        map.serialize_entry("disabled", &flow.flow.as_ref().is_ok_and(|it| it.disabled))?;
        map.serialize_entry("deleted", &flow.deleted)?;
        match &flow.flow {
            Ok(it) => {
                for (name, value) in it.document.iter().filter(|(name, _)| !STORED.contains(&name.as_str())) {
                    map.serialize_entry(name, value)?;
                }
            }
            // Kestra: a flow that cannot be read any more says why instead of what.
            Err(invalid) => map.serialize_entry("exception", &invalid.to_string())?,
        }
        match source {
            Source::Shown => map.serialize_entry("source", &flow.source)?,
            Source::Left => {}
        }
        map.end()
    }
}

/// What is wrong with one document. Kestra: no `constraints` when nothing is.
#[derive(Serialize)]
pub(crate) struct ValidationJson<'a> {
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constraints: Option<String>,
    outdated: bool,
}

impl<'a> ValidationJson<'a> {
    pub(crate) fn of(validation: &'a Validation) -> Self {
        Self {
            index: validation.index,
            flow: validation.id.as_deref(),
            namespace: validation.namespace.as_deref(),
            constraints: validation.invalid.as_ref().map(constraints),
            outdated: validation.outdated,
        }
    }
}

/// Kestra: constraint violations stand without the prefix they have in an error.
fn constraints(invalid: &Invalid) -> String {
    let text = invalid.to_string();
    match invalid.reason {
        Reason::Entity => text.strip_prefix("Invalid entity: ").map_or(text.clone(), str::to_owned),
        Reason::Yaml | Reason::Type | Reason::Argument => text,
    }
}
