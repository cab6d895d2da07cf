//! Starting an execution by a request that knows the key of a webhook.

mod answer;
mod body;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use service::{Service, WebhookCall};

use super::InPath;
use crate::{error::Error, limits::WEBHOOK_BYTES_MAX, params::Params, prefer::WaitMax, tenant::Tenant};

#[derive(Deserialize)]
pub(crate) struct WebhookPath {
    namespace: String,
    id: String,
    key: String,
}

/// Kestra: 204 when the conditions of the trigger do not hold, and otherwise what its properties say, such as 200 with
/// the execution.
pub(crate) async fn call(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<WebhookPath>,
    params: Params,
    request: Request,
) -> Result<Response, Error> {
    // What only looks at an address, as chats do with links, starts nothing.
    if request.method() == Method::HEAD {
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        return Err(Error::Method { method, path });
    }
    let wait_max = WaitMax::of(request.extensions(), service.settings().wait_max);
    let headers = request.headers().clone();
    let raw = crate::body::read(request.into_body(), WEBHOOK_BYTES_MAX, "the body of a webhook").await?;
    let call = WebhookCall {
        body: body::value(&headers, &raw)?,
        raw,
        headers: by_name(&headers),
        parameters: lists(params.pairs().iter().map(|(name, value)| (name.as_str(), value.clone()))),
        inputs: inputs(&params)?,
        wait_max,
    };
    let called = service.start_webhook(tenant.name(), &path.namespace, &path.id, &path.key, call).await?;
    Ok(match called {
        Some(called) => answer::of(&service, tenant, called),
        None => axum::http::StatusCode::NO_CONTENT.into_response(),
    })
}

/// The inputs of `?inputs={"name": …}`. What does not look like an object is a parameter like any other.
fn inputs(params: &Params) -> Result<Map<String, Json>, Error> {
    let Some(text) = params.text("inputs").filter(|it| it.trim_start().starts_with('{')) else {
        return Ok(Map::new());
    };
    serde_json::from_str(&text).map_err(|error| {
        Error::Json(format!("the query parameter `inputs` is an object of inputs by id: {error}"))
    })
}

fn by_name(headers: &HeaderMap) -> Map<String, Json> {
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
