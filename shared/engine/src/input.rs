//! Inputs: what a flow takes, and what becomes of what a caller sends.
//!
//! Values are read kind by kind: `read` chooses, and each family of kinds has a file of its own (`text`, `number`,
//! `time`, `choice`, `collection`, `file`). Around that stands `resolve`: which inputs take part, in which order.
//! The values of flow outputs are read by the same rules.
//!
//! # Invariants
//! * Nothing that a caller sends is opened, looked up or executed: a text is never a path.
//! * No value is larger than [`VALUE_BYTES_MAX`] or deeper than [`DEPTH_MAX`]; messages repeat only the start of one.
//! * The value of a secret is in no message.

mod choice;
mod collection;
mod file;
mod limits;
mod nest;
mod number;
mod order;
mod output;
mod raw;
mod read;
mod refuse;
mod resolve;
mod scope;
mod text;
mod time;
mod validator;

use std::time::Duration;

pub use limits::{DEPTH_MAX, ID_SEGMENTS_MAX, VALUE_BYTES_MAX};
pub use output::type_output;
pub(crate) use refuse::is_secret;
pub use resolve::{Resolution, Resolved, Sent, Submitted, resolve, resolve_all};
pub use validator::Validator;

use expression::Template;
use serde_json::Value as Json;

/// A declared input.
#[derive(Debug, Clone)]
pub struct Input {
    pub id: String,
    pub kind: Kind,
    pub description: Option<String>,
    pub display_name: Option<String>,
    /// `true` unless said otherwise.
    pub required: bool,
    /// Used when nothing was sent.
    pub defaults: Option<Json>,
    pub depends_on: Option<DependsOn>,
}

/// When an input takes part at all.
#[derive(Debug, Clone)]
pub struct DependsOn {
    pub inputs: Vec<String>,
    pub condition: Option<Template>,
}

/// The type of an input or flow output, with the rules of that type.
#[derive(Debug, Clone)]
pub enum Kind {
    String {
        validator: Option<Validator>,
    },
    Secret {
        validator: Option<Validator>,
    },
    Int {
        min: Option<i64>,
        max: Option<i64>,
    },
    Float {
        min: Option<f64>,
        max: Option<f64>,
    },
    Boolean,
    /// `BOOL` of Kestra 1.x: the same, but only `true` and `false` are taken.
    Bool,
    DateTime {
        after: Option<jiff::Timestamp>,
        before: Option<jiff::Timestamp>,
    },
    Date {
        after: Option<jiff::civil::Date>,
        before: Option<jiff::civil::Date>,
    },
    Time {
        after: Option<jiff::civil::Time>,
        before: Option<jiff::civil::Time>,
    },
    Duration {
        min: Option<Duration>,
        max: Option<Duration>,
    },
    File {
        extension: String,
    },
    Json,
    Yaml,
    Uri,
    Email,
    /// The deprecated `ENUM`.
    Enum {
        values: Vec<String>,
    },
    Select {
        choices: Choices,
        allow_custom_value: bool,
        is_radio: bool,
    },
    MultiSelect {
        choices: Choices,
        allow_custom_value: bool,
        item: Box<Kind>,
    },
    Array {
        item: Box<Kind>,
    },
}

/// What may be chosen.
#[derive(Debug, Clone)]
pub enum Choices {
    Values(Vec<String>),
    /// Renders to a list of strings.
    Expression(Template),
}

impl Kind {
    /// The name in a flow: `STRING`, `MULTISELECT` …
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::String { .. } => "STRING",
            Self::Secret { .. } => "SECRET",
            Self::Int { .. } => "INT",
            Self::Float { .. } => "FLOAT",
            Self::Boolean => "BOOLEAN",
            Self::Bool => "BOOL",
            Self::DateTime { .. } => "DATETIME",
            Self::Date { .. } => "DATE",
            Self::Time { .. } => "TIME",
            Self::Duration { .. } => "DURATION",
            Self::File { .. } => "FILE",
            Self::Json => "JSON",
            Self::Yaml => "YAML",
            Self::Uri => "URI",
            Self::Email => "EMAIL",
            Self::Enum { .. } => "ENUM",
            Self::Select { .. } => "SELECT",
            Self::MultiSelect { .. } => "MULTISELECT",
            Self::Array { .. } => "ARRAY",
        }
    }
}

#[cfg(test)]
mod tests;
