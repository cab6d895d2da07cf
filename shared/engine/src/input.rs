//! Inputs: what a flow takes, and what becomes of what a caller sends.

mod resolve;

use std::time::Duration;

pub use resolve::{Resolution, Resolved, Sent, Submitted, resolve};

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

/// A pattern the whole text must match.
#[derive(Debug, Clone)]
pub struct Validator {
    pub pattern: String,
    pub regex: regex::Regex,
}

/// Reads a rendered flow output by its type.
///
/// # Errors
/// ``Invalid output for `<id>` …``
pub fn type_output(output: &crate::flow::Output, value: &Json) -> Result<Json, String> {
    let _ = (output, value);
    unimplemented!()
}
