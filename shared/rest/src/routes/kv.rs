//! The key-value store of a namespace.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::duration;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use service::{Service, kv::VALUE_BYTES_MAX};

use super::InPath;
use crate::{body, error::Error, tenant::Tenant, wire};

#[derive(Deserialize)]
pub(crate) struct NamespacePath {
    namespace: String,
}

#[derive(Deserialize)]
pub(crate) struct KeyPath {
    namespace: String,
    key: String,
}

/// Kestra tells dates of a key as well; they are not kept here.
pub(crate) async fn list(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<NamespacePath>,
) -> Result<Response, Error> {
    let keys = service.kv_keys(tenant.name(), &path.namespace).await?;
    let keys: Vec<Json> = keys.into_iter().map(|key| json!({ "key": key })).collect();
    Ok(wire::json(&keys))
}

pub(crate) async fn get(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<KeyPath>,
) -> Result<Response, Error> {
    let (kind, value) = service.kv(tenant.name(), &path.namespace, &path.key).await?;
    Ok(wire::json(&json!({ "type": kind, "value": value })))
}

/// The body is JSON; what is no JSON is a text. The header `ttl` is a duration.
pub(crate) async fn set(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<KeyPath>,
    request: Request,
) -> Result<Response, Error> {
    let ttl = match request.headers().get("ttl") {
        None => None,
        Some(value) => {
            let text = value.to_str().unwrap_or_default();
            let ttl = duration::parse(text)
                .map_err(|problem| Error::argument(format!("the header `ttl` is `{text}`: {problem}")))?;
            Some(ttl)
        }
    };
    let text = body::read_text(request.into_body(), VALUE_BYTES_MAX, "a value").await?;
    let value = serde_json::from_str(&text).unwrap_or(Json::String(text));
    service.set_kv((tenant.name(), &path.namespace, &path.key), value, ttl).await?;
    Ok(StatusCode::OK.into_response())
}

pub(crate) async fn delete(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<KeyPath>,
) -> Result<Response, Error> {
    let there = service.delete_kv(tenant.name(), &path.namespace, &path.key).await?;
    Ok(wire::json(&there))
}
