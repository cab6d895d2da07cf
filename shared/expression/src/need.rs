//! Values an expression asks of the outside.

use std::collections::HashMap;

use serde_json::Value as Json;

/// One call an expression makes to the outside, with its evaluated arguments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Need {
    /// `read(path, namespace)` and others: about the file of a `kestra:///` or `nsfile://` URI, or of a namespace, that of the flow when
    /// none is given.
    File { asked: FileQuestion, path: String, namespace: Option<String> },
    /// `kv(key, namespace, errorOnMissing)`.
    Kv { key: String, namespace: Option<String>, error_on_missing: bool },
    /// `secret(key, subkey)`: with a sub-key, a field of the JSON that the secret is.
    Secret { key: String, subkey: Option<String> },
    /// What is defined for the tasks of a name; null for nothing. No expression asks for it: whoever runs such tasks does.
    Definition { name: String },
}

/// What is asked about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileQuestion {
    /// `read`: its text.
    Text,
    /// `fileSize`: its bytes.
    Size,
    /// `fileExists`.
    Exists,
    /// `isFileEmpty`.
    IsEmpty,
    /// `fileURI`: the URI of a file of a namespace, whether it is there or not.
    Uri,
}

/// What the outside answered: a value, or the message with which the expression fails.
pub type Supplied = HashMap<Need, Result<Json, String>>;
