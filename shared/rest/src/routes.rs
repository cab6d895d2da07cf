//! One file per resource. A handler reads its request, calls one use case and writes the result.

pub(crate) mod again;
pub(crate) mod bulk;
pub(crate) mod control;
pub(crate) mod create;
pub(crate) mod eval;
pub(crate) mod executions;
pub(crate) mod files;
pub(crate) mod flows;
pub(crate) mod follow;
pub(crate) mod graphs;
pub(crate) mod kv;
pub(crate) mod labels;
pub(crate) mod logs;
pub(crate) mod metrics;
pub(crate) mod namespace_files;
pub(crate) mod not_built;
pub(crate) mod probes;
pub(crate) mod resume;
pub(crate) mod search;
mod style;
pub(crate) mod templates;
pub(crate) mod tenants;
pub(crate) mod tokens;
pub(crate) mod trigger_actions;
pub(crate) mod triggers;
pub(crate) mod uploads;
pub(crate) mod users;
pub(crate) mod validate;
pub(crate) mod webhook;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use engine::id::ExecutionId;
use serde::{Deserialize, de::DeserializeOwned};

use crate::error::Error;

/// The named segments of a path.
pub(crate) struct InPath<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(it)| Self(it)).map_err(|error| Error::argument(error.body_text()))
    }
}

#[derive(Deserialize)]
pub(crate) struct NamespacePath {
    namespace: String,
}

#[derive(Deserialize)]
pub(crate) struct FlowPath {
    namespace: String,
    id: String,
}

#[derive(Deserialize)]
pub(crate) struct ExecutionPath {
    id: String,
}

impl ExecutionPath {
    /// # Errors
    /// `NotFound`: a text that is no id is the id of no execution.
    fn id(&self) -> Result<ExecutionId, Error> {
        self.id.parse().map_err(|_| Error::not_found("Execution not found"))
    }
}
