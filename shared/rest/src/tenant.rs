//! Whose request it is: the tenant, and how the path names it.
//!
//! `/api/v1/…` means the tenant `main`, `/api/v1/{tenant}/…` the one it names. A tenant cannot be named like a resource
//! (`executions`, `flows`, `logs` …): the resource wins.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use service::{Service, access::MAIN};

use crate::error::Error;

/// The tenant of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tenant {
    /// The path names none.
    Implied,
    /// The path names one that there is.
    Named(&'static Name),
}

/// A tenant that was asked for by name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Name {
    name: String,
    base: String,
}

impl Tenant {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Implied => MAIN,
            Self::Named(it) => &it.name,
        }
    }

    /// `tenantId` of answers: Kestra before 0.23 had neither the path segment nor the field.
    pub(crate) fn shown(self) -> Option<&'static str> {
        match self {
            Self::Implied => None,
            Self::Named(it) => Some(&it.name),
        }
    }

    /// What the paths of this request start with.
    pub(crate) fn base(self) -> &'static str {
        match self {
            Self::Implied => "/api/v1",
            Self::Named(it) => &it.base,
        }
    }
}

/// One that there is. Names stay for as long as the process: there are `service::access::ENTRIES_MAX` at most, and
/// none ever goes.
pub(crate) fn named(name: &str) -> Tenant {
    static NAMES: Mutex<Option<HashMap<String, &'static Name>>> = Mutex::new(None);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let names = names.get_or_insert_default();
    if let Some(known) = names.get(name) {
        return Tenant::Named(known);
    }
    let made = Name { name: name.to_owned(), base: format!("/api/v1/{name}") };
    let made: &'static Name = Box::leak(Box::new(made));
    names.insert(name.to_owned(), made);
    Tenant::Named(made)
}

/// What the path says, before anybody looks whether there is such a tenant.
///
/// # Errors
/// A path that is not UTF-8.
pub(crate) async fn in_path(parts: &mut Parts, service: &Service) -> Result<Option<String>, Error> {
    let params = RawPathParams::from_request_parts(parts, service)
        .await
        .map_err(|error| Error::argument(format!("the path has to be UTF-8: {error}")))?;
    Ok(params.iter().find(|(name, _)| *name == "tenant").map(|(_, value)| value.to_owned()))
}

impl FromRequestParts<Service> for Tenant {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Error> {
        match in_path(parts, service).await? {
            None => Ok(Self::Implied),
            Some(name) if service.is_tenant(&name).await? => Ok(named(&name)),
            Some(other) => Err(Error::Tenant(other)),
        }
    }
}
