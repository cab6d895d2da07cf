//! Whose request it is: the tenant, and how the path names it.
//!
//! `/api/v1/…` means the tenant `main`, `/api/v1/{tenant}/…` the one it names, and for now there is only `main`. A
//! tenant cannot be named like a resource (`executions`, `flows`, `logs` …): the resource wins.

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};

use crate::error::Error;

/// The one tenant there is.
pub(crate) const MAIN: &str = "main";

/// The tenant of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tenant {
    /// The path names none.
    Implied,
    /// The path says `main`.
    Named,
}

impl Tenant {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Implied | Self::Named => MAIN,
        }
    }

    /// `tenantId` of answers: Kestra before 0.23 had neither the path segment nor the field.
    pub(crate) const fn shown(self) -> Option<&'static str> {
        match self {
            Self::Implied => None,
            Self::Named => Some(MAIN),
        }
    }

    /// What the paths of this request start with.
    pub(crate) const fn base(self) -> &'static str {
        match self {
            Self::Implied => "/api/v1",
            Self::Named => "/api/v1/main",
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Tenant {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|error| Error::argument(format!("the path has to be UTF-8: {error}")))?;
        match params.iter().find(|(name, _)| *name == "tenant") {
            None => Ok(Self::Implied),
            Some((_, MAIN)) => Ok(Self::Named),
            Some((_, other)) => Err(Error::Tenant(other.to_owned())),
        }
    }
}
