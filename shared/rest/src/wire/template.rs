//! Templates as Kestra's clients know them.

use serde::{Serialize, Serializer, ser::SerializeMap};
use service::StoredTemplate;

/// The newest revision of a template. Kestra shows no revision of it.
pub(crate) struct TemplateJson<'a> {
    pub(crate) template: &'a StoredTemplate,
    pub(crate) tenant: Option<&'a str>,
}

impl Serialize for TemplateJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { template, tenant } = self;
        let mut map = serializer.serialize_map(None)?;
        if let Some(tenant) = tenant {
            map.serialize_entry("tenantId", tenant)?;
        }
        match &template.template {
            Ok(it) => {
                for (name, value) in &it.document {
                    map.serialize_entry(name, value)?;
                }
            }
            Err(invalid) => {
                map.serialize_entry("id", &template.id)?;
                map.serialize_entry("namespace", &template.namespace)?;
                map.serialize_entry("exception", &invalid.to_string())?;
            }
        }
        map.end()
    }
}
