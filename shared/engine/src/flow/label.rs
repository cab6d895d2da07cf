//! Labels: short texts by which flows and executions are found.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Label {
    pub key: String,
    pub value: String,
}

/// Set by the engine on every execution that a caller starts; its own id unless the caller passed one.
pub const CORRELATION_ID: &str = "system.correlationId";
/// The one system label a flow may carry. Kestra: `system.readOnly`.
pub const READ_ONLY: &str = "system.readOnly";
/// Keys that only the engine sets.
pub const SYSTEM_PREFIX: &str = "system.";

impl Label {
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into() }
    }

    pub fn is_system(&self) -> bool {
        self.key.starts_with(SYSTEM_PREFIX)
    }
}
