//! Starting a workflow and leaving it: `POST /workflow`, `/workflow/{name}`, `/workflow/start/{name}/{version}`. The answer
//! is its id, as text.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use service::{
    Service,
    access::Permission,
    conductor::{Seen, WorkflowOutcome, WorkflowStart},
};

use super::{
    envelope,
    error::Refusal,
    execute::VersionPath,
    knobs::{Knobs, Order, given},
};
use crate::{
    access::Asker, body as bodies, error::Error, limits::JSON_BYTES_MAX, params::Params, routes::InPath,
    tenant::Tenant,
};

/// The name of a workflow, where paths have the id of an execution.
#[derive(Deserialize)]
pub(crate) struct IdPath {
    id: String,
}

/// The body names the workflow.
pub(crate) async fn of_body(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    query: Params,
    request: Request,
) -> Result<Response, Error> {
    let (parts, stream) = request.into_parts();
    let mut start = envelope::envelope(&body(stream).await?)?;
    if start.definition.is_none() {
        if start.name.is_empty() {
            return Err(Refusal::bad_request("Workflow name cannot be null or empty"));
        }
        asker.check(service.workflow_named(&start.name).0)?;
    }
    if start.origin.idempotency_key.is_none() {
        let knobs = Knobs { headers: &parts.headers, query: &query, order: Order::HeadersFirst };
        (start.origin.idempotency_key, start.on_conflict) = knobs.idempotency()?;
    }
    id(&service, tenant, &asker, start).await
}

/// The body is the input.
pub(crate) async fn of_path(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<IdPath>,
    query: Params,
    request: Request,
) -> Result<Response, Error> {
    let start = beside(&query, request, path.id).await?;
    named(&service, tenant, &asker, start).await
}

/// As [`of_path`], with the version in the path.
pub(crate) async fn of_version(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<VersionPath>,
    query: Params,
    request: Request,
) -> Result<Response, Error> {
    let version = version_of(&path.version)?;
    let start = beside(&query, request, path.name).await?;
    named(&service, tenant, &asker, WorkflowStart { version, ..start }).await
}

/// As [`id`], in the words of these routes.
async fn named(
    service: &Service,
    tenant: Tenant,
    asker: &Asker,
    start: WorkflowStart,
) -> Result<Response, Error> {
    let version = start.version.map_or_else(|| "null".to_owned(), |version| version.to_string());
    let none = format!("No such workflow found by name: {}, version: {version}", start.name);
    id(service, tenant, asker, start).await.map_err(|error| match error {
        Error::Service(service::Error::NotFound(_)) => Error::not_found(none),
        other => other,
    })
}

/// What is said beside a bare input.
async fn beside(query: &Params, request: Request, name: String) -> Result<WorkflowStart, Error> {
    let (parts, stream) = request.into_parts();
    let knobs = Knobs { headers: &parts.headers, query, order: Order::HeadersFirst };
    let mut start = WorkflowStart {
        name,
        version: knobs.version()?,
        input: envelope::input(&body(stream).await?)?,
        correlation_id: knobs.text("correlationId")?,
        ..WorkflowStart::default()
    };
    start.origin.priority = envelope::priority(knobs.priority()?)?;
    (start.origin.idempotency_key, start.on_conflict) = knobs.idempotency()?;
    Ok(start)
}

async fn id(
    service: &Service,
    tenant: Tenant,
    asker: &Asker,
    start: WorkflowStart,
) -> Result<Response, Error> {
    let seen = Box::pin(started(service, tenant, asker, start)).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain")], seen.target.id.to_string()).into_response())
}

/// All of a body, up to the limit of an input.
///
/// # Errors
/// One that is too large or breaks off.
pub(super) async fn body(body: Body) -> Result<Vec<u8>, Error> {
    bodies::read(body, JSON_BYTES_MAX, "the body of a start").await
}

/// A version as a path has it.
///
/// # Errors
/// What is no number.
pub(super) fn version_of(text: &str) -> Result<Option<i64>, Error> {
    let Some(text) = given(text) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        let shown: String = text.chars().take(40).collect();
        Refusal::bad_request(format!("version has to be a whole number, but is '{shown}'"))
    })
}

/// Starts it in the name of who asks.
///
/// # Errors
/// 403 for a definition of somebody who may not register one; 409 with the id of the workflow that has the key.
pub(super) async fn started(
    service: &Service,
    tenant: Tenant,
    asker: &Asker,
    mut start: WorkflowStart,
) -> Result<Seen, Error> {
    if start.definition.is_some() {
        // It may name secrets, and whatever else a definition may.
        asker.check_may(Permission::Edit)?;
        asker.check(&service.settings().conductor_namespace)?;
    }
    if start.origin.created_by.is_none() && service.is_guarded() {
        start.origin.created_by = Some(asker.principal().name.clone());
    }
    match Box::pin(service.start_workflow(tenant.name(), &start)).await? {
        WorkflowOutcome::Seen(seen) => Ok(*seen),
        WorkflowOutcome::Conflict(id) => {
            let key = start.origin.idempotency_key.unwrap_or_default();
            let message = format!(
                "the workflow {} was started with the idempotency key '{key}' already: {id}",
                start.name
            );
            let metadata = [("workflowId".to_owned(), json!(id))].into_iter().collect();
            Err(Error::Conductor(Refusal { status: StatusCode::CONFLICT, message, metadata }))
        }
    }
}
