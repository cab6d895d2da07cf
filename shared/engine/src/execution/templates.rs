//! Which templates an execution runs with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::flow::TemplateName;

/// The revisions of the templates that its flow names, fixed when it begins: it never sees another shape of its flow.
///
/// Empty for a flow that names none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Templates(BTreeMap<String, Option<u32>>);

impl Templates {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it was looked for, found or not.
    pub fn is_fixed(&self, name: &TemplateName) -> bool {
        self.0.contains_key(&key(name))
    }

    /// `None` when it was not there, and when nobody looked yet.
    pub fn revision(&self, name: &TemplateName) -> Option<u32> {
        self.0.get(&key(name)).copied().flatten()
    }

    /// Says what was found: a revision, or that there was none.
    pub fn fix(&mut self, name: &TemplateName, revision: Option<u32>) {
        self.0.insert(key(name), revision);
    }

    /// Without those that were not there: whatever begins again looks for them again, and loses nothing, because a
    /// template that is not there has no tasks.
    #[must_use]
    pub fn found(&self) -> Self {
        Self(self.0.iter().filter(|(_, it)| it.is_some()).map(|(name, it)| (name.clone(), *it)).collect())
    }
}

fn key(name: &TemplateName) -> String {
    format!("{}/{}", name.namespace, name.id)
}
