//! Conductor's API: the same flows and executions, as its clients know them. Paths begin with `/api`, as its SDKs have
//! it, or with `/api/{tenant}`.
//!
//! # Invariants
//! * No state of Kestra's, no date as a text and no null where an SDK trips over one: clients drop the whole object.
//! * What a client leaves out, or writes as `None`, `null` or nothing at all, is not there.

pub(crate) mod error;
mod not_built;
pub(crate) mod rules;
mod task_definitions;
mod tasks;
pub(crate) mod wire;

use crate::api::{Api, Route};

pub(crate) use not_built::not_built;

/// What is there.
pub(crate) fn routes() -> impl Iterator<Item = Route> {
    let routes = tasks::routes().into_iter().chain(task_definitions::routes());
    routes.map(|(path, methods)| (Api::Conductor, path.to_owned(), methods))
}
