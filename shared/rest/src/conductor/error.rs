//! The body of an error as Conductor's clients read it: `status`, `message`, `retryable`.

use axum::http::StatusCode;
use engine::problem::Problem;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::error::Error;

/// Conductor: `ErrorResponse`, with `validationErrors` where there are some.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    status: u16,
    /// Of those who are not let in. SDKs ask for a new token, once, when it is `EXPIRED_TOKEN` or `INVALID_TOKEN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    message: String,
    instance: &'static str,
    retryable: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    validation_errors: Vec<Invalid>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    metadata: Map<String, Json>,
}

#[derive(Debug, Serialize)]
struct Invalid {
    path: String,
    message: String,
}

/// Why a request of Conductor's has no result, where its clients are told more than a message.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) metadata: Map<String, Json>,
}

/// A refusal with nothing but a message.
pub(crate) fn refusal(status: StatusCode, message: impl Into<String>) -> Error {
    Error::Conductor(Refusal { status, message: message.into(), metadata: Map::new() })
}

/// 400: the message says what would be right.
pub(crate) fn refused(message: impl Into<String>) -> Error {
    refusal(StatusCode::BAD_REQUEST, message)
}

impl Refusal {
    /// What the caller sent is wrong.
    pub(crate) fn bad_request(message: impl Into<String>) -> Error {
        let (status, message) = (StatusCode::BAD_REQUEST, message.into());
        Error::Conductor(Self { status, message, metadata: Map::new() })
    }

    /// With a message alone.
    pub(crate) fn plain(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), metadata: Map::new() }
    }
}

/// What `instance` is: no client reads it, and no name of a machine is anybody's business.
const INSTANCE: &str = "roundtrip";

/// What is wrong, where many are told of.
pub(crate) fn message(error: &Error) -> String {
    said(error).1
}

/// The status, and the body.
pub(crate) fn answer(error: &Error) -> (StatusCode, Vec<u8>) {
    let (status, message, metadata) = said(error);
    let validation_errors = match error {
        Error::Service(service::Error::Invalid(invalid)) => invalid.problems.iter().map(of).collect(),
        _ => Vec::new(),
    };
    let retryable = matches!(
        error,
        Error::Service(service::Error::Unavailable { .. } | service::Error::Contention(_))
            | Error::TooManyAttempts(_)
    );
    let token = match error {
        Error::Unauthorized | Error::Service(service::Error::Unauthorized(_)) => Some("INVALID_TOKEN"),
        Error::ExpiredToken => Some("EXPIRED_TOKEN"),
        Error::Forbidden(_) => Some("FORBIDDEN"),
        _ => None,
    };
    let body = Body {
        error: token,
        status: status.as_u16(),
        message,
        instance: INSTANCE,
        retryable,
        validation_errors,
        metadata,
    };
    (status, serde_json::to_vec(&body).expect("texts and numbers are JSON"))
}

fn of(problem: &Problem) -> Invalid {
    Invalid { path: problem.path.clone(), message: problem.message.clone() }
}

/// Conductor names what is wrong without a class before it, and answers 400 where Kestra says 422.
fn said(error: &Error) -> (StatusCode, String, Map<String, Json>) {
    let plain = |status, text: &str| (status, text.to_owned(), Map::new());
    match error {
        Error::Conductor(refusal) => (refusal.status, refusal.message.clone(), refusal.metadata.clone()),
        Error::Service(service::Error::NotFound(text)) => plain(StatusCode::NOT_FOUND, text),
        Error::Service(service::Error::IllegalState(text) | service::Error::Contention(text)) => {
            plain(StatusCode::CONFLICT, text)
        }
        Error::Service(service::Error::Invalid(invalid)) => (
            StatusCode::BAD_REQUEST,
            format!("Validation failed, check below errors for detail. {invalid}"),
            Map::new(),
        ),
        Error::NotBuilt(what) => (
            StatusCode::NOT_IMPLEMENTED,
            format!("{what} is known to Conductor's API, but not built in this version"),
            Map::new(),
        ),
        other => {
            let (status, message) = other.answer();
            let unreadable = status == StatusCode::UNPROCESSABLE_ENTITY;
            (if unreadable { StatusCode::BAD_REQUEST } else { status }, message, Map::new())
        }
    }
}
