//! What whoever started an execution said about the start itself, besides flow, inputs and labels.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// It is kept to be shown, and to tell one start from another; nothing of it moves the execution, but for the definition
/// that it may name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Origin {
    /// The key under which the start is known, so that a repeat of it is found.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// How many executions of that key there were before this one.
    #[serde(rename = "g", default, skip_serializing_if = "is_zero")]
    pub generation: u32,
    /// Names the one call that began it, where several may try under one key.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub call: Option<u128>,
    /// The digest of the definition that came with the start, where it is registered nowhere.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<u128>,
    /// How many failure workflows in a row it is the last of.
    #[serde(rename = "x", default, skip_serializing_if = "is_zero")]
    pub failures: u32,
    /// Conductor: 0 to 99. Shown, and handed to workers; it orders nothing.
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    pub priority: u32,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// Conductor: where workers of a task look for it, by the name or reference of the task; `*` for all others.
    #[serde(rename = "d", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub task_to_domain: BTreeMap<String, String>,
}

impl Origin {
    /// The highest priority.
    pub const PRIORITY_MAX: u32 = 99;

    /// Of an execution that is made after this one, by another call: the key stays with the first.
    #[must_use]
    pub fn of_another(&self) -> Self {
        Self { idempotency_key: None, generation: 0, call: None, ..self.clone() }
    }

    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form serde wants")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
