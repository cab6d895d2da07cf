//! The JSON of answers, field by field as Kestra writes it.
//!
//! Wire forms borrow from the models and are written straight to bytes: this is the hot path of every call.

pub(crate) mod date;
pub(crate) mod execution;
pub(crate) mod flow;
pub(crate) mod input;
pub(crate) mod log;
pub(crate) mod metric;
pub(crate) mod template;
pub(crate) mod trigger;

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use engine::execution::Execution;
use serde::Serialize;

pub(crate) use self::date::http_date;

/// An execution as the API shows it, for programs that print it.
pub fn execution_json(execution: &Execution) -> String {
    let view = execution::View { now: execution.state.last().date, tenant: None, url: None };
    execution::text(execution, &view)
}

/// One page of a list. Kestra: `{"results": [...], "total": n}`.
#[derive(Serialize)]
pub(crate) struct PageJson<T> {
    pub(crate) results: Vec<T>,
    pub(crate) total: usize,
}

/// A JSON answer of a value that is written in one go.
pub(crate) fn json(value: &impl Serialize) -> Response {
    json_bytes(serde_json::to_vec(value).expect("maps of answers have text keys"))
}

pub(crate) fn json_bytes(bytes: Vec<u8>) -> Response {
    json_body(bytes.into())
}

pub(crate) fn json_body(body: Body) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, JSON)], body).into_response()
}
