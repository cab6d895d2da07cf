//! What a route answers instead of a result, and Kestra's error body.
//!
//! A handler returns an [`Error`]; the body is written by [`envelope`] around the whole router, which alone knows
//! the address that was asked for.

mod batch;

use std::{panic::AssertUnwindSafe, time::Duration};

use axum::{
    extract::Request,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use engine::problem::{Problem, Reason};
use futures_util::FutureExt;
use serde::Serialize;

use crate::{
    api::Api,
    conductor::{self, error::Refusal},
    outside::RequestId,
    params,
};

/// Why a request has no result.
#[derive(Debug, Clone)]
pub(crate) enum Error {
    Service(service::Error),
    /// Said in Conductor's words already.
    Conductor(Refusal),
    /// Query parameters that are missing or cannot be read: never empty.
    Params(Vec<params::Problem>),
    /// The body a route cannot do without is not there.
    MissingBody(&'static str),
    /// Not JSON, or not the JSON that is taken here.
    Json(String),
    /// A body that ends before it should, or a form that is none.
    Interrupted(String),
    /// What is asked for does not fit the execution as it is, and Kestra says 400.
    NotNow(String),
    MediaType {
        given: String,
        taken: &'static str,
    },
    Tenant(String),
    /// Nobody is known by what the request shows.
    Unauthorized,
    /// Somebody was, and his time is over: a client may ask for another token.
    ExpiredToken,
    /// Somebody is, and may not. The text completes `Forbidden: `.
    Forbidden(String),
    /// A source that failed too often has to wait.
    TooManyAttempts(Duration),
    Unknown,
    Method {
        method: String,
        path: String,
    },
    /// A route of Kestra's that is known and not built.
    NotBuilt(&'static str),
    /// A range beyond the end of a file of so many bytes.
    Range {
        size: u64,
    },
    /// An answer of so many bytes that has no way out.
    AnswerTooLarge {
        size: u64,
        limit: u64,
    },
    Panic,
}

impl Error {
    /// `Illegal argument: <message>`.
    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::Service(service::Error::argument(message))
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::Service(service::Error::NotFound(message.into()))
    }

    /// What the caller is told.
    pub(crate) fn message(&self) -> String {
        self.answer().1
    }

    pub(crate) fn answer(&self) -> (StatusCode, String) {
        match self {
            Self::Service(error) => of_service(error),
            Self::Conductor(refusal) => (refusal.status, refusal.message.clone()),
            Self::Params(problems) => params::answer(problems),
            Self::MissingBody(what) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                format!("Invalid route params: Required Body [{what}] not specified"),
            ),
            Self::Json(message) => (StatusCode::UNPROCESSABLE_ENTITY, format!("Invalid json: {message}")),
            Self::Interrupted(message) | Self::NotNow(message) => {
                (StatusCode::BAD_REQUEST, format!("Bad Request: {message}"))
            }
            Self::MediaType { given, taken } => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                format!("Unsupported Media Type: Content Type [{given}] not allowed. Allowed types: {taken}"),
            ),
            Self::Tenant(given) => (StatusCode::NOT_FOUND, format!("Not Found: Tenant '{given}' not found")),
            Self::Unauthorized | Self::ExpiredToken => (StatusCode::UNAUTHORIZED, "Unauthorized".to_owned()),
            Self::Forbidden(why) => (StatusCode::FORBIDDEN, format!("Forbidden: {why}")),
            Self::TooManyAttempts(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too Many Requests: too many attempts to say who asks have failed".to_owned(),
            ),
            Self::Unknown => (StatusCode::NOT_FOUND, "Not Found".to_owned()),
            Self::Method { method, path } => (
                StatusCode::METHOD_NOT_ALLOWED,
                format!("Method Not Allowed: Method [{method}] not allowed for URI [{path}]"),
            ),
            Self::NotBuilt(what) => (
                StatusCode::NOT_IMPLEMENTED,
                format!("Not Implemented: {what} is known to Kestra's API, but not built in this version"),
            ),
            Self::Range { size } => (
                StatusCode::RANGE_NOT_SATISFIABLE,
                format!("Range Not Satisfiable: the file has {size} bytes"),
            ),
            // Nothing that a repeat would mend.
            Self::AnswerTooLarge { size, limit } => (
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "Content Too Large: the answer has {size} bytes, and at most {limit} can be sent from here"
                ),
            ),
            Self::Panic => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Internal server error: the request broke off".to_owned())
            }
        }
    }

    /// What stands under `_embedded.errors`.
    fn embedded(&self) -> Vec<ErrorJson> {
        match self {
            Self::Service(service::Error::Invalid(invalid)) => match invalid.reason {
                Reason::Argument => Vec::new(),
                Reason::Entity | Reason::Yaml | Reason::Type => {
                    invalid.problems.iter().map(ErrorJson::of).collect()
                }
            },
            Self::Params(problems) => {
                problems.iter().map(|it| ErrorJson::new(it.to_string(), it.name.clone())).collect()
            }
            Self::Service(_)
            | Self::Conductor(_)
            | Self::MissingBody(_)
            | Self::Json(_)
            | Self::Interrupted(_)
            | Self::NotNow(_)
            | Self::MediaType { .. }
            | Self::Tenant(_)
            | Self::Unauthorized
            | Self::ExpiredToken
            | Self::Forbidden(_)
            | Self::TooManyAttempts(_)
            | Self::Unknown
            | Self::Method { .. }
            | Self::NotBuilt(_)
            | Self::Range { .. }
            | Self::AnswerTooLarge { .. }
            | Self::Panic => Vec::new(),
        }
    }
}

fn of_service(error: &service::Error) -> (StatusCode, String) {
    match error {
        service::Error::NotFound(text) => (StatusCode::NOT_FOUND, format!("Not Found: {text}")),
        service::Error::Expired(text) => (StatusCode::GONE, format!("Resource has expired: {text}")),
        service::Error::Unauthorized(text) => (StatusCode::UNAUTHORIZED, format!("Unauthorized: {text}")),
        service::Error::Invalid(invalid) => (StatusCode::UNPROCESSABLE_ENTITY, invalid.to_string()),
        // Conductor's status.
        service::Error::NotRestartable(_) => (StatusCode::NOT_FOUND, error.to_string()),
        service::Error::IllegalState(text) => (StatusCode::CONFLICT, format!("Illegal state: {text}")),
        service::Error::Batch(batch) => (StatusCode::BAD_REQUEST, batch.to_string()),
        service::Error::TooLarge(text) => {
            (StatusCode::PAYLOAD_TOO_LARGE, format!("Request Entity Too Large: {text}"))
        }
        service::Error::NotBuilt(text) => (StatusCode::NOT_IMPLEMENTED, format!("Not Implemented: {text}")),
        service::Error::Contention(text) => (StatusCode::CONFLICT, format!("Conflict: {text}")),
        service::Error::Unavailable { message, .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("Service Unavailable: {message}"))
        }
        service::Error::Locked(text) => (StatusCode::LOCKED, format!("Locked: {text}")),
        service::Error::Internal(text) => {
            (StatusCode::INTERNAL_SERVER_ERROR, format!("Internal server error: {text}"))
        }
    }
}

impl From<service::Error> for Error {
    fn from(error: service::Error) -> Self {
        Self::Service(error)
    }
}

impl IntoResponse for Error {
    /// Only the status; [`envelope`] adds the body.
    fn into_response(self) -> Response {
        let (status, _) = self.answer();
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives every error its body, and makes an error of a panic.
pub(crate) async fn envelope<F: Future<Output = Response>>(
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let uri = request.uri().clone();
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = match AssertUnwindSafe(next(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => Error::Panic.into_response(),
    };
    let Some(error) = response.extensions_mut().remove::<Error>() else {
        return response;
    };
    let api = Api::of_path(uri.path());
    let (mut status, message) = error.answer();
    let mut conductors = None;
    if api == Api::Conductor {
        let (its_status, body) = conductor::error::answer(&error);
        status = its_status;
        *response.status_mut() = status;
        conductors = Some(body);
    }
    if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED {
        let id = id.map(|it| it.to_string()).unwrap_or_default();
        tracing::error!(path = uri.path(), %status, message, request = id, "a request failed");
    }
    let headers = response.headers_mut();
    if let (Error::Unauthorized | Error::ExpiredToken, Api::Kestra) = (&error, api) {
        // Kestra: no body.
        headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Basic realm=Kestra"));
        return response;
    }
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    headers.remove(header::CONTENT_LENGTH);
    if let Error::Service(service::Error::Unavailable { retry_after, .. })
    | Error::TooManyAttempts(retry_after) = &error
    {
        let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if let Error::Range { size } = &error {
        let range = format!("bytes */{size}").try_into().expect("digits are a header value");
        headers.insert(header::CONTENT_RANGE, range);
    }
    let body = match (conductors, &error) {
        (Some(body), _) => body,
        (None, Error::Service(service::Error::Batch(batch))) => batch::body(batch),
        (None, _) => body(message, &uri, error.embedded()),
    };
    *response.body_mut() = body.into();
    response
}

fn body(message: String, uri: &Uri, errors: Vec<ErrorJson>) -> Vec<u8> {
    let envelope = Envelope {
        message,
        logref: None,
        path: None,
        links: Links { self_: Link::to(uri) },
        embedded: Errors { errors },
    };
    serde_json::to_vec(&envelope).expect("strings and nulls are JSON")
}

/// Kestra (Micronaut): the error body, nulls written.
#[derive(Serialize)]
struct Envelope {
    message: String,
    logref: Option<()>,
    path: Option<()>,
    #[serde(rename = "_links")]
    links: Links,
    #[serde(rename = "_embedded")]
    embedded: Errors,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    self_: Link,
}

#[derive(Serialize)]
struct Link {
    href: String,
    templated: bool,
    profile: Option<()>,
    deprecation: Option<()>,
    title: Option<()>,
    hreflang: Option<()>,
    #[serde(rename = "type")]
    type_: Option<()>,
    name: Option<()>,
}

impl Link {
    fn to(uri: &Uri) -> Self {
        Self {
            href: uri.path_and_query().map_or_else(String::new, ToString::to_string),
            templated: false,
            profile: None,
            deprecation: None,
            title: None,
            hreflang: None,
            type_: None,
            name: None,
        }
    }
}

#[derive(Serialize)]
struct Errors {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ErrorJson>,
}

#[derive(Serialize)]
struct ErrorJson {
    message: String,
    logref: Option<()>,
    path: Option<String>,
    #[serde(rename = "_links")]
    links: Nothing,
    #[serde(rename = "_embedded")]
    embedded: Nothing,
}

#[derive(Serialize)]
struct Nothing {}

impl ErrorJson {
    fn new(message: String, path: String) -> Self {
        Self {
            message,
            logref: None,
            path: Some(path).filter(|path| !path.is_empty()),
            links: Nothing {},
            embedded: Nothing {},
        }
    }

    fn of(problem: &Problem) -> Self {
        let message = Problem { path: String::new(), ..problem.clone() }.to_string();
        Self::new(message, problem.path.clone())
    }
}

#[cfg(test)]
mod tests;
