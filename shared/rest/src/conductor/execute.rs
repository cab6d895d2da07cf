//! Starting a workflow and waiting for it: `/workflow/execute/{name}` and `/workflow/execute/{name}/{version}`.
//!
//! The first has its knobs in headers, its body is the input, and it answers the output. The second has them in the query,
//! its body is an envelope, and it answers as its return strategy says. Both take a knob in either place.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use engine::conductor::WorkflowStatus;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use service::{
    Service,
    conductor::{Seen, WorkflowStart},
};

use super::{
    envelope,
    knobs::{Knobs, Order},
    run,
    start::{body, started, version_of},
};
use crate::{
    access::Asker, error::Error, params::Params, prefer::WaitMax, routes::InPath, tenant::Tenant, wire,
};

const WORKFLOW_ID: HeaderName = HeaderName::from_static("x-workflow-id");
const WORKFLOW_STATUS: HeaderName = HeaderName::from_static("x-workflow-status");

#[derive(Deserialize)]
pub(crate) struct NamePath {
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(crate) struct VersionPath {
    pub(super) name: String,
    pub(super) version: String,
}

pub(crate) async fn with_input(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<NamePath>,
    query: Params,
    request: Request,
) -> Result<Response, Error> {
    let (parts, stream) = request.into_parts();
    let limit = WaitMax::of(&parts.extensions, service.settings().wait_max);
    let knobs = Knobs { headers: &parts.headers, query: &query, order: Order::HeadersFirst };
    let start = bare(&knobs, path.name, limit)?;
    let start = WorkflowStart { input: envelope::input(&body(stream).await?)?, ..start };
    Box::pin(output(&service, tenant, &asker, start, knobs.request_id(&service)?)).await
}

pub(crate) async fn without_input(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<NamePath>,
    query: Params,
    request: Request,
) -> Result<Response, Error> {
    let limit = WaitMax::of(request.extensions(), service.settings().wait_max);
    let knobs = Knobs { headers: request.headers(), query: &query, order: Order::HeadersFirst };
    let start = bare(&knobs, path.name, limit)?;
    Box::pin(output(&service, tenant, &asker, start, knobs.request_id(&service)?)).await
}

pub(crate) async fn of_version(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<VersionPath>,
    query: Params,
    request: Request,
) -> Result<Response, Error> {
    let (parts, stream) = request.into_parts();
    let limit = WaitMax::of(&parts.extensions, service.settings().wait_max);
    let knobs = Knobs { headers: &parts.headers, query: &query, order: Order::QueryFirst };
    let strategy = knobs.return_strategy()?;
    let request_id = knobs.request_id(&service)?;
    let mut start = envelope::either(&body(stream).await?)?;
    start.name = path.name;
    start.version = version_of(&path.version)?;
    start.until = Some(knobs.until(limit)?);
    if start.origin.idempotency_key.is_none() {
        (start.origin.idempotency_key, start.on_conflict) = knobs.idempotency()?;
    }
    let seen = Box::pin(started(&service, tenant, &asker, start)).await?;
    let flow = run::flow_of(&service, run::shown(&seen, strategy)).await;
    let flow = flow.as_ref().and_then(|it| it.flow.as_ref().ok());
    let headers = names(&seen);
    Ok(match run::json(&seen, strategy, &request_id, flow) {
        Some(bytes) => (headers, wire::json_bytes(bytes)).into_response(),
        // Conductor: nothing blocks, and there is no body.
        None => headers.into_response(),
    })
}

/// A start whose knobs are all beside the input.
fn bare(knobs: &Knobs<'_>, name: String, limit: std::time::Duration) -> Result<WorkflowStart, Error> {
    let mut start = WorkflowStart {
        name,
        version: knobs.version()?,
        correlation_id: knobs.text("correlationId")?,
        until: Some(knobs.until(limit)?),
        ..WorkflowStart::default()
    };
    (start.origin.idempotency_key, start.on_conflict) = knobs.idempotency()?;
    Ok(start)
}

/// The output; 206 while the workflow has not ended.
async fn output(
    service: &Service,
    tenant: Tenant,
    asker: &Asker,
    start: WorkflowStart,
    request_id: String,
) -> Result<Response, Error> {
    let seen = Box::pin(started(service, tenant, asker, start)).await?;
    let target = &seen.target;
    let status = WorkflowStatus::of(target);
    let output = target.outputs.clone().unwrap_or_default();
    let body: Map<String, Json> = [
        ("output".to_owned(), Json::Object(output)),
        ("workflowId".to_owned(), json!(target.id)),
        ("status".to_owned(), json!(status.name())),
        ("requestId".to_owned(), json!(request_id)),
    ]
    .into_iter()
    .collect();
    let bytes = serde_json::to_vec(&body).expect("maps with text keys are JSON");
    let code = if target.is_over() { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
    Ok((code, names(&seen), wire::json_bytes(bytes)).into_response())
}

/// Which workflow it is, also where the body does not say so.
fn names(seen: &Seen) -> HeaderMap {
    let value = |text: &str| HeaderValue::try_from(text).expect("ids and statuses are visible ASCII");
    HeaderMap::from_iter([
        (WORKFLOW_ID, value(&seen.target.id.to_string())),
        (WORKFLOW_STATUS, value(WorkflowStatus::of(&seen.target).name())),
    ])
}
