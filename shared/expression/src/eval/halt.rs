//! Why an evaluation stopped before it had a value.

use crate::{Error, Failure, Need, syntax::Span};

/// Bytes of the template that a message quotes.
const QUOTED_BYTES_MAX: usize = 2_000;

#[derive(Debug)]
pub(crate) enum Halt {
    /// A variable, attribute or index is not there: `??`, `default` and `is defined` catch this and no other.
    Missing(Box<Missing>),
    Failed(Box<Fault>),
    /// Something from outside is needed first; [`Budget`](super::Budget) has noted what.
    Pending,
}

#[derive(Debug)]
pub(crate) struct Missing {
    name: String,
    hint: String,
    span: Span,
}

#[derive(Debug)]
pub(crate) struct Fault {
    message: String,
    /// Where; filled in by the innermost node that the failure passes.
    span: Option<Span>,
    /// The message of a template inside this one, which names its own place.
    complete: bool,
}

#[cfg(test)]
impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl Halt {
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::Failed(Box::new(Fault { message: message.into(), span: None, complete: false }))
    }

    /// A failure whose message needs nothing around it.
    pub(super) fn complete(message: String) -> Self {
        Self::Failed(Box::new(Fault { message, span: None, complete: true }))
    }

    pub(super) fn missing(name: &str, hint: String, span: Span) -> Self {
        Self::Missing(Box::new(Missing { name: name.to_owned(), hint, span }))
    }

    /// Places a failure that has no place yet.
    pub(super) fn at(mut self, place: Span) -> Self {
        if let Self::Failed(fault) = &mut self {
            fault.span.get_or_insert(place);
        }
        self
    }

    /// Pebble: arithmetic, comparisons and conditions wrap what their operands fail with, so that `??` does
    /// not catch it. The cause is kept, for the reader.
    pub(super) fn because(self, what: &str, place: Span) -> Self {
        let (cause, span) = match self {
            Self::Pending => return Self::Pending,
            Self::Missing(missing) => (missing.short(), missing.span),
            Self::Failed(fault) => (fault.message, fault.span.unwrap_or(place)),
        };
        let message = format!("{what}: {cause}");
        Self::Failed(Box::new(Fault { message, span: Some(span), complete: false }))
    }

    /// A failure of a template inside another, as the outer one reports it: nothing catches it there.
    pub(super) fn into_inner(self, source: &str) -> Self {
        match self.into_error(source, Vec::new()) {
            Error::Failed(failure) => {
                Self::Failed(Box::new(Fault { message: failure.message, span: None, complete: true }))
            }
            Error::Needs(_) => Self::Pending,
        }
    }

    /// The error of the template with this source.
    pub(super) fn into_error(self, source: &str, needs: Vec<Need>) -> Error {
        let whole = Span::new(0, source.len());
        // A failure after a need may well come of not knowing it: first things first.
        if !needs.is_empty() {
            return Error::Needs(needs);
        }
        let (message, span) = match self {
            Self::Missing(missing) => {
                let line = missing.span.line(source);
                let Missing { name, hint, span } = *missing;
                let template = quoted(source);
                (
                    format!(
                        "Unable to find `{name}` used in the expression `{template}` at line {line}{hint}"
                    ),
                    span,
                )
            }
            Self::Failed(fault) => {
                let Fault { message, span, complete } = *fault;
                let span = span.unwrap_or(whole);
                let line = span.line(source);
                let message = if complete {
                    message
                } else {
                    pebble_exception("PebbleException", &message, source, line)
                };
                (message, span)
            }
            Self::Pending => return Error::Needs(needs),
        };
        Error::Failed(Failure { message, line: span.line(source), span: span.range() })
    }
}

impl Missing {
    fn short(&self) -> String {
        format!("Unable to find `{}`{}", self.name, self.hint)
    }
}

/// A message as Pebble's exceptions print it.
pub(super) fn pebble_exception(class: &str, message: &str, source: &str, line: usize) -> String {
    format!("io.pebbletemplates.pebble.error.{class}: {message} ({}:{line})", quoted(source))
}

fn quoted(source: &str) -> String {
    if source.len() <= QUOTED_BYTES_MAX {
        return source.to_owned();
    }
    format!("{}…", &source[..source.floor_char_boundary(QUOTED_BYTES_MAX)])
}
