//! How many tasks wait for workers, and who polls for them.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value as Json, json};
use service::{Polled, Service};

use super::{TypePath, given};
use crate::{
    error::Error,
    methods::{Methods, get, post},
    params::Params,
    routes::InPath,
    tenant::Tenant,
    wire,
};

pub(super) fn routes() -> Vec<(&'static str, Methods)> {
    vec![
        ("/tasks/queue/sizes", get(sizes)),
        ("/tasks/queue/size", get(size)),
        ("/tasks/queue/all", get(all)),
        ("/tasks/queue/polldata", get(poll_data)),
        ("/tasks/queue/polldata/all", get(poll_data)),
        ("/tasks/queue/requeue/{type}", post(requeue)),
    ]
}

/// By type, for each `taskType`.
async fn sizes(State(service): State<Service>, tenant: Tenant, params: Params) -> Result<Response, Error> {
    let mut sizes = Map::new();
    for task_type in params.all("taskType") {
        let size = service.waiting_offers(tenant.name(), task_type).await?;
        sizes.insert(task_type.to_owned(), json!(size));
    }
    Ok(wire::json(&sizes))
}

async fn size(State(service): State<Service>, tenant: Tenant, params: Params) -> Result<Response, Error> {
    let task_type = given(&params, "taskType").unwrap_or_default();
    Ok(wire::json(&service.waiting_offers(tenant.name(), &task_type).await?))
}

/// Of the types that are defined, and of those for which somebody polled this process.
async fn all(State(service): State<Service>, tenant: Tenant) -> Result<Response, Error> {
    let defined = service.task_definitions(tenant.name()).await?;
    let defined = defined.iter().filter_map(|it| it.get("name").and_then(Json::as_str).map(str::to_owned));
    let mut types: Vec<String> = defined.collect();
    types.extend(service.pollers(tenant.name()).into_iter().map(|it| it.queue));
    types.sort();
    types.dedup();
    let mut sizes = Map::new();
    for task_type in types {
        let size = service.waiting_offers(tenant.name(), &task_type).await?;
        sizes.insert(task_type, json!(size));
    }
    Ok(wire::json(&sizes))
}

/// Of one `taskType`, or of all.
async fn poll_data(
    State(service): State<Service>,
    tenant: Tenant,
    params: Params,
) -> Result<Response, Error> {
    let task_type = given(&params, "taskType");
    let polled = service.pollers(tenant.name());
    let of_type = polled.iter().filter(|it| task_type.as_ref().is_none_or(|of| type_of(it).1 == of));
    let shown: Vec<Json> = of_type
        .map(|it| {
            let mut shown = json!({
                "queueName": type_of(it).1,
                "workerId": it.worker,
                "lastPollTime": it.at.as_millis(),
            });
            if let Some(domain) = type_of(it).0 {
                shown["domain"] = json!(domain);
            }
            shown
        })
        .collect();
    Ok(wire::json(&shown))
}

fn type_of(polled: &Polled) -> (Option<&str>, &str) {
    polled.queue.split_once(':').map_or((None, &polled.queue), |(domain, of)| (Some(domain), of))
}

/// How many wait. What is offered is never out of its queue, so there is nothing to put back.
async fn requeue(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TypePath>,
) -> Result<Response, Error> {
    let waiting = service.waiting_offers(tenant.name(), &path.task_type).await?;
    Ok(waiting.to_string().into_response())
}
