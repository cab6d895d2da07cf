//! Conductor's API: the same flows and executions, as its clients know them. Paths begin with `/api`, as its SDKs have
//! it, or with `/api/{tenant}`.
//!
//! # Invariants
//! * No state of Kestra's, no date as a text and no null where an SDK trips over one: clients drop the whole object.
//! * What a client leaves out, or writes as `None`, `null` or nothing at all, is not there.

mod asked;
mod control;
pub(crate) mod error;
mod not_built;
mod query;
mod rerun;
pub(crate) mod rules;
mod search;
mod token;
pub(crate) mod wire;
mod workflows;

use crate::{
    api::{Api, Route},
    methods::{Methods, get, post},
};
use search::Form;

pub(crate) use not_built::not_built;

/// What is there.
pub(crate) fn routes() -> impl Iterator<Item = Route> {
    let routes = workflow_routes().into_iter().chain(control::routes());
    routes.map(|(path, methods)| (Api::Conductor, path.to_owned(), methods))
}

fn workflow_routes() -> Vec<(&'static str, Methods)> {
    let search =
        |form| get(move |service, tenant, asker, asked| search::search(form, service, tenant, asker, asked));
    vec![
        ("/token", post(token::create)),
        ("/token/userInfo", get(token::user_info)),
        ("/health", get(token::health)),
        ("/workflow/{id}", get(workflows::get).delete(control::terminate)),
        ("/workflow/{id}/status", get(workflows::status)),
        ("/workflow/{id}/tasks", get(workflows::tasks)),
        ("/workflow/{id}/variables", post(workflows::set_variables)),
        ("/workflow/{id}/rerun", post(rerun::rerun)),
        ("/workflow/running/{id}", get(search::running)),
        ("/workflow/{id}/correlated", post(search::correlated_of_name)),
        ("/workflow/{id}/correlated/{correlation}", get(search::correlated)),
        ("/workflow/correlated/batch", post(search::correlated_of_names)),
        ("/workflow/search", search(Form::Summaries)),
        ("/workflow/search-v2", search(Form::Workflows)),
        ("/workflow/search-by-tasks", search(Form::Summaries)),
        ("/workflow/search-by-tasks-v2", search(Form::Workflows)),
    ]
}
