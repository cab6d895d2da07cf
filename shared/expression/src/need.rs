//! Values an expression asks of the outside.

use std::collections::HashMap;

use serde_json::Value as Json;

/// One call an expression makes to the outside, with its evaluated arguments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Need {
    /// `read(path)`: the text of an internal-storage file.
    Read { uri: String },
    /// `fileSize(path)`: its size in bytes.
    FileSize { uri: String },
    /// `kv(key, namespace, errorOnMissing)`.
    Kv { key: String, namespace: Option<String>, error_on_missing: bool },
    /// `secret(key)`.
    Secret { key: String },
}

/// What the outside answered: a value, or the message with which the expression fails.
pub type Supplied = HashMap<Need, Result<Json, String>>;
