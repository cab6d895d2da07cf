//! What can go wrong with an expression, and where.

use std::{fmt::Write, ops::Range, sync::Arc};

use crate::{Need, excerpt};

/// A template that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// Kestra's wording where a client may match on it, without position.
    pub message: String,
    /// Bytes of the source the error is about.
    pub span: Range<usize>,
    /// 1-based line of the source.
    pub line: usize,
}

/// A template that was parsed but cannot be rendered with these variables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Kestra's wording where a client may match on it.
    pub message: String,
    /// Bytes of the source the failure is about.
    pub span: Range<usize>,
    /// 1-based line of the source.
    pub line: usize,
    /// The property that holds the template, such as `tasks[3].format`, when that is known.
    pub property: Option<Arc<str>>,
    /// The place as people read it: its line and column, that line of the source, and carets under it. Empty for a
    /// failure that is not about a part of a template.
    pub place: String,
}

/// Why a rendering did not give a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The expression is wrong for these variables.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The rendering has to be repeated with these supplied. Never empty.
    #[error("needs {} value(s) from outside", .0.len())]
    Needs(Vec<Need>),
}

impl ParseError {
    /// The message, and below it the place in the source that was parsed.
    ///
    /// ```text
    /// Filter [uper] does not exist. (did you mean `upper`?)
    ///   --> line 1, column 16
    ///    | {{ inputs.name | uper }}
    ///    |                  ^^^^
    /// ```
    pub fn explained(&self, source: &str) -> String {
        explained(&self.message, None, &excerpt::place(source, self.span.clone()))
    }
}

impl Failure {
    /// A failure that is not about a part of a template.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), span: 0..0, line: 1, property: None, place: String::new() }
    }

    /// The message, and below it the property and the place in it.
    ///
    /// ```text
    /// Unable to find `greting` used in the expression `{{ inputs.greting }}` at line 1 (did you mean `inputs.greeting`?)
    ///   --> tasks[3].format, line 1, column 11
    ///    | {{ inputs.greting }}
    ///    |           ^^^^^^^
    /// ```
    pub fn explained(&self) -> String {
        explained(&self.message, self.property.as_deref(), &self.place)
    }
}

impl Error {
    /// The same error of the template of a property. A failure keeps the property that it has.
    pub(crate) fn of_property(mut self, property: Option<&Arc<str>>) -> Self {
        if let Self::Failed(failure) = &mut self
            && failure.property.is_none()
        {
            failure.property = property.cloned();
        }
        self
    }
}

fn explained(message: &str, property: Option<&str>, place: &str) -> String {
    let mut text = message.to_owned();
    let written = match (property, place) {
        (None, "") => Ok(()),
        (None, place) => write!(text, "\n  --> {place}"),
        (Some(property), "") => write!(text, "\n  --> {property}"),
        (Some(property), place) => write!(text, "\n  --> {property}, {place}"),
    };
    written.expect("a String takes all");
    text
}
