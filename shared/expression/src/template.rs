//! A parsed template and how it is rendered.

use std::{fmt, sync::Arc};

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
        let tree = if syntax::has_expression(source) { Some(syntax::parse(source)?) } else { None };
        Ok(Self(Arc::new(Parsed { source: source.into(), tree })))
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
            Some(tree) => eval::render(self.source(), tree, environment),
        }
    }

    /// Renders to a typed value: a template that prints exactly one value keeps the type of that value,
    /// anything else is text.
    pub fn evaluate(&self, environment: &Environment<'_>) -> Result<Json, Error> {
        match &self.0.tree {
            None => Ok(Json::String(self.source().to_owned())),
            Some(tree) => eval::evaluate(self.source(), tree, environment),
        }
    }
}

/// The canonical source: parsed again it is an equal template. Longer than the source at worst by its spaces.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.tree {
            None => f.write_str(self.source()),
            Some(tree) => f.write_str(&syntax::print(self.source(), tree)),
        }
    }
}

/// Equal are templates of the same tree, however their sources are laid out.
impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0.tree, &other.0.tree) {
            (None, None) => self.source() == other.source(),
            (Some(left), Some(right)) => syntax::same((self.source(), left), (other.source(), right)),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}
