//! Encrypted values: how they are kept, who may read them, and how they stay out of logs.
//!
//! The value of a SECRET input or output, and what a task encrypts, is kept as
//! `{"type": "io.kestra.datatype:aes_encrypted", "value": "<cipher text>"}`, so that a reader knows what it is.

mod masks;

use expression::Key;
pub use masks::Masks;
use serde_json::{Map, Value as Json, json};

use crate::input::{self, Kind};

/// The `type` of an encrypted value. Kestra: `EncryptedString`.
const ENCRYPTED: &str = "io.kestra.datatype:aes_encrypted";

/// What expressions see of encrypted values.
#[derive(Debug, Clone, Copy)]
pub enum Secrets<'k> {
    /// What is kept: cipher text.
    Closed,
    /// The text, decrypted with the key. Without one nothing was encrypted, and what is kept is the text.
    Open(Option<&'k Key>),
}

/// Encrypts what has to be kept so.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "holds a source of ids")]
pub struct Seal<'s> {
    /// `None` where encryption is not configured.
    pub key: Option<&'s Key>,
    /// Gives a number that was never given before.
    pub ids: &'s (dyn Fn() -> u128 + Sync),
}

impl Seal<'_> {
    /// What a task puts among its outputs to keep a text encrypted. Kestra: without a key it is kept as it is.
    pub fn text(self, text: &str) -> Json {
        let value = self.key.map_or_else(|| text.to_owned(), |key| key.seal(text, (self.ids)()));
        json!({ "type": ENCRYPTED, "value": value })
    }

    /// The value of an input or flow output as it is kept: encrypted where it is a secret by its kind, a text or the
    /// texts of a list.
    pub(crate) fn value(self, kind: &Kind, value: Json) -> Json {
        if !input::is_secret(kind) {
            return value;
        }
        let seal = |value: Json| match value {
            Json::String(text) => self.text(&text),
            other => other,
        };
        match value {
            Json::Array(items) => items.into_iter().map(seal).collect(),
            one => seal(one),
        }
    }
}

impl Secrets<'_> {
    /// The text of a cipher text; `None` when it was encrypted with another key.
    pub(crate) fn open(self, kept: &str) -> Option<String> {
        match self {
            Self::Closed | Self::Open(None) => Some(kept.to_owned()),
            Self::Open(Some(key)) => key.open(kept).ok(),
        }
    }
}

/// The cipher text of an encrypted value.
pub(crate) fn cipher_text(map: &Map<String, Json>) -> Option<&str> {
    if map.get("type")?.as_str()? == ENCRYPTED { map.get("value")?.as_str() } else { None }
}

/// Whether there is an encrypted value in it.
pub(crate) fn has_encrypted(map: &Map<String, Json>) -> bool {
    fn within(value: &Json) -> bool {
        match value {
            Json::Object(map) => has_encrypted(map),
            Json::Array(items) => items.iter().any(within),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
        }
    }
    cipher_text(map).is_some() || map.values().any(within)
}

#[cfg(test)]
mod tests;
