//! Definitions of tasks: what holds for every task of a type.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::Value as Json;
use service::Service;

use crate::{
    body,
    error::Error,
    methods::{Methods, get},
    routes::InPath,
    tenant::Tenant,
    wire,
};

/// Bytes of all definitions of one call.
const DEFINITIONS_BYTES_MAX: usize = 4 << 20;

pub(crate) fn routes() -> Vec<(&'static str, Methods)> {
    vec![
        ("/metadata/taskdefs", get(all).post(put_all).put(put)),
        ("/metadata/taskdefs/{type}", get(one).delete(delete)),
    ]
}

#[derive(Deserialize)]
struct TypePath {
    #[serde(rename = "type")]
    name: String,
}

async fn all(State(service): State<Service>, tenant: Tenant) -> Result<Response, Error> {
    Ok(wire::json(&service.task_definitions(tenant.name()).await?))
}

async fn one(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TypePath>,
) -> Result<Response, Error> {
    Ok(wire::json(&service.task_definition(tenant.name(), &path.name).await?))
}

/// A list of them; one alone is taken as well.
async fn put_all(
    State(service): State<Service>,
    tenant: Tenant,
    request: Request,
) -> Result<Response, Error> {
    let definitions = match read(request).await? {
        Json::Array(definitions) => definitions,
        one => vec![one],
    };
    service.put_task_definitions(tenant.name(), &definitions).await?;
    Ok(StatusCode::OK.into_response())
}

/// One, in the place of one that is there.
async fn put(State(service): State<Service>, tenant: Tenant, request: Request) -> Result<Response, Error> {
    let definition = read(request).await?;
    if let Some(name) = definition.get("name").and_then(Json::as_str).filter(|it| !it.is_empty()) {
        service.task_definition(tenant.name(), name).await?;
    }
    service.put_task_definitions(tenant.name(), &[definition]).await?;
    Ok(StatusCode::OK.into_response())
}

async fn delete(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TypePath>,
) -> Result<Response, Error> {
    service.delete_task_definition(tenant.name(), &path.name).await?;
    Ok(StatusCode::OK.into_response())
}

async fn read(request: Request) -> Result<Json, Error> {
    let bytes = body::read(request.into_body(), DEFINITIONS_BYTES_MAX, "task definitions").await?;
    body::json(&bytes)
}
