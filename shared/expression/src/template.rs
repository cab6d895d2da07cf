//! A parsed template and how it is rendered.

use serde_json::Value as Json;

use crate::{Error, ParseError, Supplied, Variables};

/// A text with expressions in it, parsed once. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Template {}

/// What a rendering may see.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations)]
pub struct Environment<'c> {
    pub variables: &'c dyn Variables,
    /// Answers to the needs of earlier tries.
    pub supplied: &'c Supplied,
    /// The present, for `now()`.
    pub now: jiff::Timestamp,
    /// The zone of `now()` and `date` when none is given.
    pub zone: &'c jiff::tz::TimeZone,
    /// Where `randomInt()`, `uuid()` and their like start from.
    pub seed: u64,
    pub limits: Limits,
}

/// What one rendering may spend.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Evaluation steps.
    pub fuel: u64,
    /// Nesting of evaluation (also of `render()` in `render()`).
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
        let _ = source;
        unimplemented!()
    }

    /// The text as it was parsed.
    pub fn source(&self) -> &str {
        unimplemented!()
    }

    /// The text when it holds no expression at all.
    pub fn literal(&self) -> Option<&str> {
        unimplemented!()
    }

    /// Renders to text.
    pub fn render(&self, environment: &Environment<'_>) -> Result<String, Error> {
        let _ = environment;
        unimplemented!()
    }

    /// Renders to a typed value: a template of exactly one `{{ … }}` keeps the type of its result,
    /// anything else is text.
    pub fn evaluate(&self, environment: &Environment<'_>) -> Result<Json, Error> {
        let _ = environment;
        unimplemented!()
    }
}
