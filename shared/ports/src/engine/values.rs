//! Values of the key-value store.

use engine::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What a value is. Kestra: `KVType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Kind {
    String,
    Number,
    Boolean,
    DateTime,
    Date,
    Duration,
    Json,
}

impl Kind {
    pub const ALL: [Self; 7] =
        [Self::String, Self::Number, Self::Boolean, Self::DateTime, Self::Date, Self::Duration, Self::Json];

    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "STRING",
            Self::Number => "NUMBER",
            Self::Boolean => "BOOLEAN",
            Self::DateTime => "DATETIME",
            Self::Date => "DATE",
            Self::Duration => "DURATION",
            Self::Json => "JSON",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a value is that nobody said more of.
    pub const fn of(value: &Json) -> Self {
        match value {
            Json::String(_) => Self::String,
            Json::Number(_) => Self::Number,
            Json::Bool(_) => Self::Boolean,
            Json::Null | Json::Array(_) | Json::Object(_) => Self::Json,
        }
    }
}

/// A value to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    pub kind: Kind,
    /// Dates and durations are their ISO-8601 texts.
    pub json: Json,
    /// Nobody sees it after this moment.
    pub expires_at: Option<Timestamp>,
}

/// A value that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub value: Value,
    /// Whether its time is over.
    pub expired: bool,
    /// Counts its changes.
    pub version: u64,
}

/// What a new value may replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    Anything,
    /// Nothing, or something that has expired.
    Absent,
    /// That version of the value.
    Version(u64),
}
