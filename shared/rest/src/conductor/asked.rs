//! What Conductor's clients ask, as they write it.

use axum::{extract::FromRequestParts, http::request::Parts};
use std::convert::Infallible;

use engine::id::ExecutionId;
use serde::Deserialize;

use super::error::refused;
use crate::{error::Error, params::Params};

/// The query of a request. What is empty, or `None`, `null` or `undefined`, is not there: SDKs write what is unset so.
#[derive(Debug)]
pub(crate) struct Asked(Params);

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(Params::of(&parts.uri)))
    }
}

impl Asked {
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.0.text(name).filter(|it| is_given(it))
    }

    /// Every value of that name, also those that are written in one, with commas.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let given = self.0.all(name).flat_map(|it| it.split(',')).map(str::trim);
        given.filter(|it| is_given(it)).map(str::to_owned).collect()
    }

    /// # Errors
    /// 400 for what is neither `true` nor `false`, in any case.
    pub(crate) fn flag(&self, name: &str, default: bool) -> Result<bool, Error> {
        match self.text(name) {
            None => Ok(default),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(text) => Err(refused(format!("`{name}` is `{text}`; it has to be true or false"))),
        }
    }

    /// # Errors
    /// 400 for what is no whole number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Error> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(refused(format!("`{name}` is `{text}`; it has to be a whole number, 0 or more"))),
        }
    }
}

/// Whether a text is more than what SDKs write for a value that is unset.
pub(crate) fn is_given(text: &str) -> bool {
    !matches!(text, "" | "None" | "null" | "undefined")
}

/// The `id` of a path.
#[derive(Debug, Deserialize)]
pub(crate) struct WorkflowPath {
    pub(crate) id: String,
}

impl WorkflowPath {
    /// # Errors
    /// 404: a text that is no id is the id of no workflow.
    pub(crate) fn id(&self) -> Result<ExecutionId, Error> {
        read_id(&self.id)
    }
}

pub(crate) fn read_id(text: &str) -> Result<ExecutionId, Error> {
    text.parse().map_err(|_| no_workflow(text))
}

pub(crate) fn no_workflow(id: impl std::fmt::Display) -> Error {
    super::error::refusal(axum::http::StatusCode::NOT_FOUND, format!("No such workflow found by id: {id}"))
}

/// As it is, but what is not found is the workflow.
pub(crate) fn of_workflow<T>(
    id: impl std::fmt::Display,
    result: Result<T, service::Error>,
) -> Result<T, Error> {
    result.map_err(|error| match error {
        service::Error::NotFound(_) => no_workflow(id),
        other => Error::Service(other),
    })
}
