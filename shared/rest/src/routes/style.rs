//! The two styles of the routes that control an execution.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use engine::execution::Execution;
use service::Service;

use super::create::shown;
use crate::{error::Error, tenant::Tenant};

/// Which of Kestra's routes was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `/executions/{id}/pause`: before 2.0, where some answers have no body.
    Plain,
    /// `/executions/{id}/actions/pause`: 200 with the execution, and 409 for a state that does not fit.
    Action,
}

impl<S: Sync> FromRequestParts<S> for Style {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let is_action = parts.uri.path().contains("/actions/");
        Ok(if is_action { Self::Action } else { Self::Plain })
    }
}

impl Style {
    /// The answer of a route that has a body in one style alone.
    pub(super) fn answer(
        self,
        plain: StatusCode,
        service: &Service,
        tenant: Tenant,
        execution: Execution,
    ) -> Response {
        match self {
            Self::Plain => plain.into_response(),
            Self::Action => shown(service, tenant, execution, None),
        }
    }

    /// The error of a route that took a state that does not fit for an illegal argument before 2.0.
    pub(super) fn refused(self, error: service::Error) -> Error {
        match (self, error) {
            (Self::Plain, service::Error::IllegalState(message)) => Error::argument(message),
            (_, other) => Error::Service(other),
        }
    }
}
