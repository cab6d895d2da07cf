//! Conductor's API: the same flows and executions, as its clients know them. Paths begin with `/api`, as its SDKs have
//! it, or with `/api/{tenant}`.
//!
//! # Invariants
//! * No state of Kestra's, no date as a text and no null where an SDK trips over one: clients drop the whole object.
//! * What a client leaves out, or writes as `None`, `null` or nothing at all, is not there.

mod asked;
mod control;
mod envelope;
pub(crate) mod error;
mod execute;
mod knobs;
mod metadata;
mod not_built;
mod query;
mod rerun;
pub(crate) mod rules;
mod run;
mod search;
mod skip;
mod start;
mod state;
mod task_definitions;
mod tasks;
mod token;
pub(crate) mod wire;
mod workflows;

use crate::{
    api::{Api, Route},
    methods::{Methods, delete, get, post, put},
};
use search::Form;

pub(crate) use not_built::not_built;

/// What is there.
pub(crate) fn routes() -> impl Iterator<Item = Route> {
    let routes = starts().into_iter().chain(workflows()).chain(control::routes()).chain(definitions());
    let routes = routes.chain(tasks::routes()).chain(task_definitions::routes());
    routes.map(|(path, methods)| (Api::Conductor, path.to_owned(), methods))
}

fn starts() -> Vec<(&'static str, Methods)> {
    vec![
        ("/workflow", post(start::of_body)),
        ("/workflow/start/{name}/{version}", post(start::of_version)),
        ("/workflow/execute/{name}", get(execute::without_input).post(execute::with_input)),
        ("/workflow/execute/{name}/{version}", post(execute::of_version)),
    ]
}

fn definitions() -> Vec<(&'static str, Methods)> {
    vec![
        ("/metadata/workflow", get(metadata::list).post(metadata::register).put(metadata::update)),
        ("/metadata/workflow/validate", post(metadata::validate)),
        ("/metadata/workflow/names", get(metadata::names)),
        ("/metadata/workflow/names-and-versions", get(metadata::names_and_versions)),
        ("/metadata/workflow/latest-versions", get(metadata::latest)),
        ("/metadata/workflow/{name}", get(metadata::get)),
        ("/metadata/workflow/{name}/versions", get(metadata::versions)),
        ("/metadata/workflow/{name}/{version}", delete(metadata::delete)),
    ]
}

fn workflows() -> Vec<(&'static str, Methods)> {
    let search =
        |form| get(move |service, tenant, asker, asked| search::search(form, service, tenant, asker, asked));
    let by_tasks = |form| {
        get(move |service, tenant, asker, asked| {
            search::tasks::workflows(form, service, tenant, asker, asked)
        })
    };
    let tasks = |form| {
        get(move |service, tenant, asker, asked| search::tasks::search(form, service, tenant, asker, asked))
    };
    vec![
        ("/token", post(token::create)),
        ("/token/userInfo", get(token::user_info)),
        ("/health", get(token::health)),
        // A POST names a workflow, and every other method an execution.
        ("/workflow/{id}", get(workflows::get).delete(control::terminate).post(start::of_path)),
        ("/workflow/{id}/status", get(workflows::status)),
        ("/workflow/{id}/tasks", get(workflows::tasks)),
        ("/workflow/{id}/variables", post(workflows::set_variables)),
        ("/workflow/{id}/state", post(state::update)),
        ("/workflow/{id}/skiptask/{reference}", put(skip::task)),
        ("/workflow/{id}/rerun", post(rerun::rerun)),
        ("/workflow/running/{id}", get(search::running)),
        ("/workflow/{id}/correlated", post(search::correlated_of_name)),
        ("/workflow/{id}/correlated/{correlation}", get(search::correlated)),
        ("/workflow/correlated/batch", post(search::correlated_of_names)),
        ("/workflow/search", search(Form::Summaries)),
        ("/workflow/search-v2", search(Form::Whole)),
        ("/workflow/search-by-tasks", by_tasks(Form::Summaries)),
        ("/workflow/search-by-tasks-v2", by_tasks(Form::Whole)),
        ("/tasks/search", tasks(Form::Summaries)),
        ("/tasks/search-v2", tasks(Form::Whole)),
    ]
}
