//! Conductor's API: the same flows and executions, as its clients know them. Paths begin with `/api`, as its SDKs have
//! it, or with `/api/{tenant}`.
//!
//! # Invariants
//! * No state of Kestra's, no date as a text and no null where an SDK trips over one: clients drop the whole object.
//! * What a client leaves out, or writes as `None`, `null` or nothing at all, is not there.

mod envelope;
pub(crate) mod error;
mod execute;
mod knobs;
mod metadata;
mod not_built;
pub(crate) mod rules;
mod run;
mod start;
pub(crate) mod wire;

use crate::{
    api::{Api, Route},
    methods::{delete, get, post},
};

pub(crate) use not_built::not_built;

/// What is there.
pub(crate) fn routes() -> impl Iterator<Item = Route> {
    let routes = vec![
        ("/workflow", post(start::of_body)),
        ("/workflow/{id}", post(start::of_path)),
        ("/workflow/start/{name}/{version}", post(start::of_version)),
        ("/workflow/execute/{name}", get(execute::without_input).post(execute::with_input)),
        ("/workflow/execute/{name}/{version}", post(execute::of_version)),
        ("/metadata/workflow", get(metadata::list).post(metadata::register).put(metadata::update)),
        ("/metadata/workflow/validate", post(metadata::validate)),
        ("/metadata/workflow/names", get(metadata::names)),
        ("/metadata/workflow/names-and-versions", get(metadata::names_and_versions)),
        ("/metadata/workflow/latest-versions", get(metadata::latest)),
        ("/metadata/workflow/{name}", get(metadata::get)),
        ("/metadata/workflow/{name}/versions", get(metadata::versions)),
        ("/metadata/workflow/{name}/{version}", delete(metadata::delete)),
    ];
    routes.into_iter().map(|(path, methods)| (Api::Conductor, path.to_owned(), methods))
}
