//! Routes of Conductor's that are known and not built: they say so, instead of being taken for mistakes.

use axum::routing::MethodFilter;

use crate::{
    api::{Api, Route},
    error::Error,
    methods::on,
};

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const PUT: MethodFilter = MethodFilter::PUT;
const DELETE: MethodFilter = MethodFilter::DELETE;

pub(crate) fn not_built() -> impl Iterator<Item = Route> {
    ENDPOINTS.iter().map(|&(method, path, what)| {
        let methods = on(method, move || async move { Error::NotBuilt(what) });
        (Api::Conductor, path.to_owned(), methods)
    })
}

/// Method, path, and what it would do.
const ENDPOINTS: &[(MethodFilter, &str, &str)] = &[
    (POST, "/workflow/{id}/upgrade", "moving a workflow to another version"),
    (POST, "/workflow/{id}/jump/{ref}", "jumping to a task"),
    (POST, "/workflow/test", "running a definition with mocked tasks"),
    (GET, "/workflow/externalstoragelocation", "payloads in an external storage"),
    (GET, "/tasks/externalstoragelocation", "payloads in an external storage"),
    (GET, "/metadata/task/{name}/tags", "tags"),
    (POST, "/metadata/task/{name}/tags", "tags"),
    (PUT, "/metadata/task/{name}/tags", "tags"),
    (DELETE, "/metadata/task/{name}/tags", "tags"),
    (GET, "/metadata/workflow/{name}/tags", "tags"),
    (POST, "/metadata/workflow/{name}/tags", "tags"),
    (PUT, "/metadata/workflow/{name}/tags", "tags"),
    (DELETE, "/metadata/workflow/{name}/tags", "tags"),
    (GET, "/event", "event handlers"),
    (POST, "/event", "event handlers"),
    (PUT, "/event", "event handlers"),
    (GET, "/scheduler/schedules", "schedules of workflows; flows have Schedule triggers"),
    (POST, "/scheduler/schedules", "schedules of workflows; flows have Schedule triggers"),
];
