//! A parsed template and how it is rendered.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::{
    Error, ParseError, Supplied, Variables, eval,
    syntax::{self, Tree},
};

/// A text with expressions in it, parsed once. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Template(Arc<Parsed>);

#[derive(Debug)]
struct Parsed {
    source: Box<str>,
    property: Option<Arc<str>>,
    /// Absent when the text holds no expression.
    tree: Option<Tree>,
}

/// What a rendering may see.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "variables are computed when they are looked at")]
pub struct Environment<'c> {
    pub variables: &'c dyn Variables,
    /// Answers to the needs of earlier tries.
    pub supplied: &'c Supplied,
    /// The present, for `now()`.
    pub now: jiff::Timestamp,
    /// The zone of `now()` and `date` when none is given.
    pub zone: &'c jiff::tz::TimeZone,
    /// Where `randomInt()`, `uuid()` and their like start from. The same seed gives the same values, so
    /// each template of a task run needs one of its own.
    pub seed: u64,
    pub limits: Limits,
}

/// What one rendering may spend.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Evaluation steps. An item of a list that is made costs one, and so do 64 bytes of text.
    pub fuel: u64,
    /// Nesting of evaluation (also of `render()` in `render()`) and of the values it makes.
    pub depth: u32,
    /// Bytes of text.
    pub output_bytes: usize,
    /// Values asked of the outside.
    pub needs: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { fuel: 1_000_000, depth: 100, output_bytes: 16 << 20, needs: 100 }
    }
}

impl Template {
    /// Parses a text. A text without `{{`, `{%` or `{#` is a literal and always parses.
    pub fn parse(source: &str) -> Result<Self, ParseError> {
        Self::parse_property(source, || None)
    }

    /// Parses the text of a property, whose path its failures are to name: `tasks[3].format`. The path is asked for
    /// only when there is an expression.
    pub fn parse_property(source: &str, path: impl FnOnce() -> Option<Arc<str>>) -> Result<Self, ParseError> {
        let parsed = if syntax::has_expression(source) {
            Parsed { source: source.into(), tree: Some(syntax::parse(source)?), property: path() }
        } else {
            Parsed { source: source.into(), tree: None, property: None }
        };
        Ok(Self(Arc::new(parsed)))
    }

    /// The path of the property that holds it, when it was parsed with one and is not a literal.
    pub fn property(&self) -> Option<&str> {
        self.0.property.as_deref()
    }

    /// The text as it was parsed.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The text when it holds no expression at all.
    pub fn literal(&self) -> Option<&str> {
        self.0.tree.is_none().then(|| self.source())
    }

    /// Renders to text.
    pub fn render(&self, environment: &Environment<'_>) -> Result<String, Error> {
        match &self.0.tree {
            None => Ok(self.source().to_owned()),
            Some(tree) => eval::render(self.source(), tree, environment)
                .map_err(|error| error.of_property(self.0.property.as_ref())),
        }
    }

    /// Renders to a typed value: a template that prints exactly one value keeps the type of that value,
    /// anything else is text.
    pub fn evaluate(&self, environment: &Environment<'_>) -> Result<Json, Error> {
        match &self.0.tree {
            None => Ok(Json::String(self.source().to_owned())),
            Some(tree) => eval::evaluate(self.source(), tree, environment)
                .map_err(|error| error.of_property(self.0.property.as_ref())),
        }
    }
}
