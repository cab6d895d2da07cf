//! Why an evaluation stopped before it had a value.

use crate::{Error, Failure, Need, ParseError, excerpt, syntax::Span};

/// Bytes of the template that a message quotes.
const QUOTED_BYTES_MAX: usize = 2_000;
/// Bytes of a message beside the template that it quotes: it may repeat a text of the expression.
const MESSAGE_BYTES_MAX: usize = 4_000;
/// Before the place in a template that another one rendered.
const IN_TEXT: &str = "in the text given to render(), ";

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
    /// The place in a template inside this one, whose message is complete.
    inner_place: Option<String>,
}

#[cfg(test)]
impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl Halt {
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::Failed(Box::new(Fault { message: message.into(), span: None, inner_place: None }))
    }

    /// The failure of a template inside another that cannot be parsed.
    pub(super) fn unparsed(error: &ParseError, source: &str) -> Self {
        let message = pebble_exception("ParserException", &error.message, source, error.line);
        let inner_place = Some(excerpt::place(source, error.span.clone()));
        Self::Failed(Box::new(Fault { message, span: None, inner_place }))
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
        Self::Failed(Box::new(Fault { message, span: Some(span), inner_place: None }))
    }

    /// A failure of a template inside another, as the outer one reports it: nothing catches it there.
    pub(super) fn into_inner(self, source: &str) -> Self {
        match self.into_error(source, Vec::new()) {
            Error::Failed(failure) => {
                let Failure { message, place, .. } = failure;
                Self::Failed(Box::new(Fault { message, span: None, inner_place: Some(place) }))
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
        let (message, span, inner_place) = match self {
            Self::Missing(missing) => {
                let line = missing.span.line(source);
                let Missing { name, hint, span } = *missing;
                let template = quoted(source);
                (
                    format!(
                        "Unable to find `{name}` used in the expression `{template}` at line {line}{hint}"
                    ),
                    span,
                    None,
                )
            }
            Self::Failed(fault) => {
                let Fault { message, span, inner_place } = *fault;
                let span = span.unwrap_or(whole);
                let message = if inner_place.is_some() {
                    message
                } else {
                    excerpt::cut(&message, MESSAGE_BYTES_MAX).into_owned()
                };
                let message = match inner_place {
                    Some(_) => message,
                    None => pebble_exception("PebbleException", &message, source, span.line(source)),
                };
                (message, span, inner_place)
            }
            Self::Pending => return Error::Needs(needs),
        };
        let place = match inner_place {
            Some(place) if place.starts_with(IN_TEXT) => place,
            Some(place) => format!("{IN_TEXT}{place}"),
            None => excerpt::place(source, span.range()),
        };
        Error::Failed(Failure { message, line: span.line(source), span: span.range(), property: None, place })
    }
}

impl Halt {
    /// The error of a text in Conductor's dialect, whose messages are nobody else's wording. It is about all of the text.
    pub(crate) fn into_plain_error(self, source: &str, needs: Vec<Need>) -> Error {
        let message = match self {
            _ if !needs.is_empty() => return Error::Needs(needs),
            Self::Pending => return Error::Needs(needs),
            Self::Missing(missing) => missing.short(),
            Self::Failed(fault) => fault.message,
        };
        Error::Failed(Failure {
            message: excerpt::cut(&message, MESSAGE_BYTES_MAX).into_owned(),
            span: 0..source.len(),
            line: 1,
            property: None,
            place: excerpt::place(source, 0..source.len()),
        })
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
    excerpt::cut(source, QUOTED_BYTES_MAX).into_owned()
}
