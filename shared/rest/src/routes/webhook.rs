//! Starting an execution by a request that knows the key of a webhook.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use service::{Service, WebhookCall};

use super::{InPath, create::shown};
use crate::{body, error::Error, limits::WEBHOOK_BYTES_MAX, params::Params, tenant::Tenant};

#[derive(Deserialize)]
pub(crate) struct WebhookPath {
    namespace: String,
    id: String,
    key: String,
}

/// Kestra: 200 with the execution, 204 when the conditions of the trigger do not hold.
pub(crate) async fn call(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<WebhookPath>,
    params: Params,
    request: Request,
) -> Result<Response, Error> {
    let headers = headers(request.headers());
    let body = body::read(request.into_body(), WEBHOOK_BYTES_MAX, "the body of a webhook").await?;
    let call = WebhookCall {
        body: value(&body),
        headers,
        parameters: lists(params.pairs().iter().map(|(name, value)| (name.as_str(), value.clone()))),
    };
    let execution = service.start_webhook(tenant.name(), &path.namespace, &path.id, &path.key, call).await?;
    Ok(match execution {
        Some(execution) => shown(&service, tenant, execution, None),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Kestra: a JSON object or list as such, everything else as a string, whatever the content type says.
fn value(body: &[u8]) -> Option<Json> {
    if body.is_empty() {
        return None;
    }
    match serde_json::from_slice(body) {
        Ok(json @ (Json::Object(_) | Json::Array(_))) => Some(json),
        Ok(_) | Err(_) => Some(String::from_utf8_lossy(body).into_owned().into()),
    }
}

fn headers(headers: &HeaderMap) -> Map<String, Json> {
    let pairs = headers
        .iter()
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    lists(pairs)
}

/// Name to list of values, in order.
fn lists<'a>(pairs: impl Iterator<Item = (&'a str, String)>) -> Map<String, Json> {
    let mut lists = Map::new();
    for (name, value) in pairs {
        if let Json::Array(values) = lists.entry(name).or_insert_with(|| Json::Array(Vec::new())) {
            values.push(value.into());
        }
    }
    lists
}
