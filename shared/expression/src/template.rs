//! A parsed template and how it is rendered.

use std::{fmt, sync::Arc};

use serde_json::Value as Json;

use crate::{
    Error, ParseError, Supplied, Variables, conductor, eval,
    syntax::{self, Tree},
};

/// A text with expressions in it, of either dialect, parsed once. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Template(Arc<Parsed>);

#[derive(Debug)]
struct Parsed {
    source: Box<str>,
    property: Option<Arc<str>>,
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// The text holds no expression.
    Literal,
    Pebble(Tree),
    Conductor(conductor::Text),
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

/// What one rendering may spend. What it says when that is not enough is an error of the expression, like any other.
///
/// | What | Limit | Where |
/// |---|---|---|
/// | steps: one for each node that is evaluated, each item that is made or matched, each 64 bytes of text, each value of JSON that is read, each term of a jq program | 1,000,000 | `fuel` |
/// | nesting of evaluation, of macros, of `render()` in `render()`, of jq functions, and of the values that are made | 100 | `depth` |
/// | bytes of the result, and of every text on the way to it | 16 MiB | `output_bytes` |
/// | different values asked of the outside | 100 | `needs` |
///
/// These are for the caller to set. The others are constants, because what they bound does not depend on the rendering:
///
/// | What | Limit | Where |
/// |---|---|---|
/// | bytes of a template with expressions in it | 1 MiB | `syntax::SOURCE_BYTES_MAX` |
/// | parentheses, arguments, operators and tags inside each other | 100 | `syntax::NESTING_MAX` |
/// | in Conductor's dialect: expressions inside expressions; brackets inside each other, beyond which a path is none | 32 | `conductor::NESTING_MAX` |
/// | patterns of `=~` that a rendering keeps compiled | 16 | `conductor::patterns::PATTERNS_MAX` |
/// | macros of a template, and parameters of one | 200 | `syntax::MACROS_MAX` |
/// | variables that one scope of a template declares | 500 | `eval::scope::VARIABLES_MAX` |
/// | levels of a typed result, and of JSON that is read | 120; 127 | `eval::weight::DEPTH_MAX`; `serde_json` |
/// | rounds of `render()` | 100 | `functions::render::ROUNDS_MAX` |
/// | bytes of a compiled regular expression, which costs 1,000 steps and runs in linear time | 1 MiB | `filters::pattern::COMPILED_BYTES_MAX` |
/// | bytes of a jq program; brackets and keywords inside each other | 16 KiB; 40 | `jq::parse` |
/// | bytes of a date's pattern; `[` inside each other | 500; 8 | `date::pattern` |
/// | digits of a number's pattern | 100 | `filters::decimal::DIGITS_MAX` |
/// | bytes of a message; of the template that it quotes, of a text that it repeats | 4,000; 2,000, 200 | `eval::halt`; `excerpt` |
/// | columns of the line that a message shows | 120 | `excerpt::COLUMNS_MAX` |
/// | names that "did you mean" looks at in a map | 500 | `hint::CANDIDATES_MAX` |
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Evaluation steps.
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
        let tree = if syntax::has_expression(source) { Some(syntax::parse(source)?) } else { None };
        Ok(Self::of(source, tree.map(Form::Pebble), path))
    }

    /// Parses a text in Conductor's dialect: `${workflow.input.name}`. A text without `${` is a literal. A path that is
    /// wrong is no error, and renders to null.
    ///
    /// # Errors
    /// Too long, or expressions nested too deep.
    pub fn conductor(source: &str) -> Result<Self, ParseError> {
        Self::conductor_property(source, || None)
    }

    /// As [`Self::conductor`], of a property, whose path its failures are to name.
    pub fn conductor_property(
        source: &str,
        path: impl FnOnce() -> Option<Arc<str>>,
    ) -> Result<Self, ParseError> {
        let text = conductor::parse(source)?;
        Ok(Self::of(source, text.map(Form::Conductor), path))
    }

    /// A text that is what it is, in every dialect.
    pub fn plain(text: &str) -> Self {
        Self::of(text, None, || None)
    }

    fn of(source: &str, form: Option<Form>, path: impl FnOnce() -> Option<Arc<str>>) -> Self {
        let (form, property) = match form {
            Some(form) => (form, path()),
            None => (Form::Literal, None),
        };
        Self(Arc::new(Parsed { source: source.into(), property, form }))
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
        matches!(self.0.form, Form::Literal).then(|| self.source())
    }

    /// Renders to text.
    pub fn render(&self, environment: &Environment<'_>) -> Result<String, Error> {
        let rendered = match &self.0.form {
            Form::Literal => Ok(self.source().to_owned()),
            Form::Pebble(tree) => eval::render(self.source(), tree, environment),
            Form::Conductor(text) => conductor::render(self.source(), text, environment),
        };
        rendered.map_err(|error| error.of_property(self.0.property.as_ref()))
    }

    /// Renders to a typed value: a template that prints exactly one value keeps the type of that value,
    /// anything else is text.
    pub fn evaluate(&self, environment: &Environment<'_>) -> Result<Json, Error> {
        let evaluated = match &self.0.form {
            Form::Literal => Ok(Json::String(self.source().to_owned())),
            Form::Pebble(tree) => eval::evaluate(self.source(), tree, environment),
            Form::Conductor(text) => conductor::evaluate(self.source(), text, environment),
        };
        evaluated.map_err(|error| error.of_property(self.0.property.as_ref()))
    }

    /// Renders to what its dialect puts in the place of a text: Pebble always a text, Conductor a typed value when the
    /// text is one expression and nothing else.
    pub fn value(&self, environment: &Environment<'_>) -> Result<Json, Error> {
        match &self.0.form {
            Form::Literal | Form::Pebble(_) => self.render(environment).map(Json::String),
            Form::Conductor(_) => self.evaluate(environment),
        }
    }
}

/// The canonical source: parsed again, in its dialect, it is an equal template. Longer than the source at worst by its spaces.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.form {
            Form::Literal | Form::Conductor(_) => f.write_str(self.source()),
            Form::Pebble(tree) => f.write_str(&syntax::print(self.source(), tree)),
        }
    }
}

/// Equal are templates of the same tree, however their sources are laid out; in Conductor's dialect of the same source.
impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0.form, &other.0.form) {
            (Form::Literal, Form::Literal) | (Form::Conductor(_), Form::Conductor(_)) => {
                self.source() == other.source()
            }
            (Form::Pebble(left), Form::Pebble(right)) => {
                syntax::same((self.source(), left), (other.source(), right))
            }
            (Form::Literal | Form::Pebble(_) | Form::Conductor(_), _) => false,
        }
    }
}
