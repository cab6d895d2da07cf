//! Query parameters: read by name and kind, all problems at once.
//!
//! Kestra's wordings: a value that cannot be read is 422 with `Internal server error: Failed to convert argument`, a
//! missing one 400, one outside its bounds `Invalid entity`. The first problem decides status and prefix.

use std::{convert::Infallible, fmt};

use axum::{
    extract::{FromRequestParts, Query},
    http::{StatusCode, Uri, request::Parts},
};
use engine::{execution::State, flow::Label, time::Timestamp};

use crate::error::Error;

/// The query of a request, and what was found wrong with it so far.
#[derive(Debug, Default)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
    problems: Vec<Problem>,
}

/// What is wrong with one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) name: String,
    fault: Fault,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    Missing,
    /// The value, and what it has to be.
    Unreadable(String, String),
    /// What it must be.
    OutOfBounds(String),
    /// A rule that concerns more than the form of one value.
    Illegal(String),
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri))
    }
}

impl Params {
    pub(crate) fn of(uri: &Uri) -> Self {
        let pairs = match uri.query() {
            None | Some("") => Vec::new(),
            // Pairs of text can be read from every query: what is not UTF-8 is replaced.
            Some(_) => Query::try_from_uri(uri).map_or_else(|_| Vec::new(), |Query(pairs)| pairs),
        };
        Self { pairs, problems: Vec::new() }
    }

    /// Every value of that name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The first value of that name; an empty one is none.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.all(name).next().filter(|value| !value.is_empty()).map(str::to_owned)
    }

    pub(crate) fn required(&mut self, name: &str) -> String {
        self.text(name).unwrap_or_else(|| {
            self.note(name, Fault::Missing);
            String::new()
        })
    }

    /// The first value of that name, as `read` reads it. `expected` completes "it has to be".
    pub(crate) fn read<T>(
        &mut self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name)?;
        let value = read(&text);
        if value.is_none() {
            self.unreadable(name, &text, expected);
        }
        value
    }

    pub(crate) fn flag(&mut self, name: &str, default: bool) -> bool {
        let read = |text: &str| match text {
            _ if text.eq_ignore_ascii_case("true") => Some(true),
            _ if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        };
        self.read(name, "true or false", read).unwrap_or(default)
    }

    pub(crate) fn number(&mut self, name: &str) -> Option<u32> {
        self.read(name, "a whole number", |text| text.parse().ok())
    }

    pub(crate) fn date(&mut self, name: &str) -> Option<Timestamp> {
        let expected =
            "an ISO-8601 date-time with offset, such as 2024-07-12T05:13:42.140Z (a + is sent as %2B)";
        self.read(name, expected, |text| text.parse().ok())
    }

    pub(crate) fn state(&mut self, name: &str) -> Option<State> {
        let all: Vec<&str> = State::ALL.iter().map(|it| it.name()).collect();
        self.read(name, &format!("one of {}", all.join(", ")), State::from_name)
    }

    pub(crate) fn required_state(&mut self, name: &str) -> Option<State> {
        self.required(name);
        self.state(name)
    }

    /// Kestra: `labels=key:value`, split at the first colon, blanks before the value dropped, no key twice.
    pub(crate) fn labels(&mut self) -> Vec<Label> {
        let mut labels: Vec<Label> = Vec::new();
        let mut problems = Vec::new();
        for text in self.all("labels") {
            let label = text.split_once(':').map(|(key, value)| Label::new(key, value.trim_start()));
            match label.filter(|label| !label.key.is_empty() && !label.value.is_empty()) {
                Some(label) if labels.iter().any(|it| it.key == label.key) => {
                    problems.push(format!("Duplicate label key: {}", label.key));
                }
                Some(label) => labels.push(label),
                None => problems.push(format!(
                    "Invalid queryString parameter: labels={text}; a label is written key:value, neither empty"
                )),
            }
        }
        for message in problems {
            self.illegal("labels", message);
        }
        labels
    }

    pub(crate) fn unreadable(&mut self, name: &str, value: &str, expected: &str) {
        self.note(name, Fault::Unreadable(value.to_owned(), expected.to_owned()));
    }

    pub(crate) fn out_of_bounds(&mut self, name: &str, must: impl Into<String>) {
        self.note(name, Fault::OutOfBounds(must.into()));
    }

    pub(crate) fn illegal(&mut self, name: &str, message: impl Into<String>) {
        self.note(name, Fault::Illegal(message.into()));
    }

    fn note(&mut self, name: &str, fault: Fault) {
        self.problems.push(Problem { name: name.to_owned(), fault });
    }

    /// Call when everything was read.
    ///
    /// # Errors
    /// `Params` with every problem that was found.
    pub(crate) fn check(&mut self) -> Result<(), Error> {
        if self.problems.is_empty() { Ok(()) } else { Err(Error::Params(std::mem::take(&mut self.problems))) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.fault {
            Fault::Missing => write!(f, "Required QueryValue [{name}] not specified"),
            Fault::Unreadable(value, expected) => {
                write!(f, "Failed to convert argument [{name}] for value [{value}]: it has to be {expected}")
            }
            Fault::OutOfBounds(must) => write!(f, "{name}: {must}"),
            Fault::Illegal(message) => f.write_str(message),
        }
    }
}

/// Status and message of a query with these problems.
pub(crate) fn answer(problems: &[Problem]) -> (StatusCode, String) {
    let (status, prefix) = match problems.first().map(|it| &it.fault) {
        Some(Fault::Missing) => (StatusCode::BAD_REQUEST, "Bad Request"),
        Some(Fault::Unreadable(..)) => (StatusCode::UNPROCESSABLE_ENTITY, "Internal server error"),
        Some(Fault::OutOfBounds(_)) => (StatusCode::UNPROCESSABLE_ENTITY, "Invalid entity"),
        Some(Fault::Illegal(_)) | None => (StatusCode::UNPROCESSABLE_ENTITY, "Illegal argument"),
    };
    let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
    (status, format!("{prefix}: {}", all.join("\n")))
}
