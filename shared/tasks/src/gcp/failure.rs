//! What Google says is wrong.

use std::fmt;

use hyper::StatusCode;
use serde_json::Value as Json;

use crate::http::Trouble;

/// Errors of one answer that are shown, and bytes of what one of them says.
const SHOWN_MAX: usize = 20;
const MESSAGE_BYTES_MAX: usize = 2_048;

/// One error, as Google's APIs tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) reason: String,
    location: Option<String>,
    pub(super) message: String,
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The API answered with an error.
    Answered(StatusCode, Vec<Problem>),
    /// The job was begun, and failed.
    Job(Vec<Problem>),
    /// There is no answer, or none that can be read.
    Told(String),
}

impl Problem {
    fn read(json: &Json) -> Option<Self> {
        let text = |name: &str| json[name].as_str().filter(|it| !it.is_empty()).map(cut);
        let message = text("message");
        let reason = text("reason");
        if message.is_none() && reason.is_none() {
            return None;
        }
        Some(Self {
            reason: reason.unwrap_or_else(|| "unknown".to_owned()),
            location: text("location"),
            message: message.unwrap_or_default(),
        })
    }

    /// Of a list of them, behind the one that stands for all; each once.
    pub(super) fn all(first: &Json, others: &Json) -> Vec<Self> {
        let others = others.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut all: Vec<Self> = Vec::new();
        for problem in std::iter::once(first).chain(others).filter_map(Self::read) {
            if !all.contains(&problem) && all.len() < SHOWN_MAX {
                all.push(problem);
            }
        }
        all
    }
}

impl Failure {
    /// Of a response that is an error.
    pub(super) fn of(status: StatusCode, body: &[u8]) -> Self {
        let json: Json = serde_json::from_slice(body).unwrap_or_default();
        let error = &json["error"];
        let mut problems = Problem::all(&Json::Null, &error["errors"]);
        if problems.is_empty() {
            let text = match &error["message"] {
                Json::String(message) => cut(message),
                Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
                    format!("the service answered {status}")
                }
            };
            let reason = error["status"].as_str().map_or_else(|| "unknown".to_owned(), cut);
            problems.push(Problem { reason, location: None, message: text });
        }
        Self::Answered(status, problems)
    }

    /// What the API said, if it did.
    pub(super) fn problems(&self) -> &[Problem] {
        match self {
            Self::Answered(_, problems) | Self::Job(problems) => problems,
            Self::Told(_) => &[],
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reason, location, message } = self;
        let location = location.as_deref().unwrap_or("null");
        write!(f, "BigQueryError{{reason={reason}, location={location}, message={message}}}")
    }
}

/// Kestra: the same words.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(_, problems) | Self::Job(problems) => {
                write!(f, "Bigquery Errors\n[ - {}\n]", listed(problems))
            }
            Self::Told(message) => f.write_str(message),
        }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::Told(trouble.into())
    }
}

/// One to a line.
pub(super) fn listed(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n - ")
}

/// The start of what somebody else says.
pub(super) fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(MESSAGE_BYTES_MAX);
    if end < text.len() { format!("{}…", &text[..end]) } else { text.to_owned() }
}
