//! Tasks that are updated without their id: by their reference, or as the one that blocks a workflow.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::{conductor::TaskId, id::ExecutionId};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use service::{Service, TaskUpdate, conductor::Until};

use super::{
    super::{
        error::Refusal,
        execute::names,
        knobs::{Knobs, Order},
        run,
        wire::{
            name::Named,
            workflow::{Shown, WorkflowJson},
        },
    },
    given, number, output,
    result::says,
};
use crate::{
    error::Error,
    methods::{Methods, post},
    params::Params,
    prefer::WaitMax,
    routes::InPath,
    tenant::Tenant,
    wire,
};

/// How long a signal waits that does not say, in milliseconds. Orkes's.
const SIGNAL_MILLIS: u64 = 5_000;

pub(super) fn routes() -> Vec<(&'static str, Methods)> {
    vec![
        ("/tasks/{id}/{reference}/{status}", post(by_reference)),
        ("/tasks/{id}/{reference}/{status}/sync", post(by_reference_sync)),
        ("/tasks/{id}/{status}/signal", post(signal)),
        ("/tasks/{id}/{status}/signal/sync", post(signal_sync)),
    ]
}

#[derive(Deserialize)]
struct ReferencePath {
    id: String,
    reference: String,
    status: String,
}

#[derive(Deserialize)]
struct SignalPath {
    id: String,
    status: String,
}

/// The id of the task as a text; nothing when none of that reference waits.
async fn by_reference(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ReferencePath>,
    params: Params,
    request: Request,
) -> Result<Response, Error> {
    let of = service.task_of_reference(tenant.name(), workflow(&path.id)?, &path.reference).await;
    let told = told(&path.status, given(&params, "workerid"), output(request).await?);
    Ok(match of.map_err(|error| not_found(error, &path.id))? {
        Some(task) => {
            tell(&service, tenant, task, told).await?;
            task.to_string().into_response()
        }
        None => StatusCode::OK.into_response(),
    })
}

/// The workflow as it is then.
async fn by_reference_sync(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ReferencePath>,
    params: Params,
    request: Request,
) -> Result<Response, Error> {
    let task = waiting(&service, tenant, workflow(&path.id)?, &path.reference).await?;
    let told = told(&path.status, given(&params, "workerid"), output(request).await?);
    tell(&service, tenant, task, told).await?;
    shown(&service, tenant, task).await
}

/// The task of a reference that waits to be updated.
///
/// # Errors
/// 404 when there is none, or no such workflow.
pub(in super::super) async fn waiting(
    service: &Service,
    tenant: Tenant,
    id: ExecutionId,
    reference: &str,
) -> Result<TaskId, Error> {
    let of = service.task_of_reference(tenant.name(), id, reference).await;
    of.map_err(|error| not_found(error, &id.to_string()))?.ok_or_else(|| {
        let message = format!("Found no running task {reference} of workflow {id} to update");
        Error::Conductor(Refusal::plain(StatusCode::NOT_FOUND, message))
    })
}

async fn signal(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<SignalPath>,
    request: Request,
) -> Result<Response, Error> {
    let of = service.task_that_waits(tenant.name(), workflow(&path.id)?).await;
    let told = told(&path.status, None, output(request).await?);
    if let Some(task) = of.map_err(|error| not_found(error, &path.id))? {
        tell(&service, tenant, task, told).await?;
    }
    Ok(StatusCode::OK.into_response())
}

/// Waits afterwards as an execute does, for `timeoutMillis` (5,000 unless given), and answers as `returnStrategy` says.
async fn signal_sync(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<SignalPath>,
    params: Params,
    request: Request,
) -> Result<Response, Error> {
    let (parts, stream) = request.into_parts();
    let knobs = Knobs { headers: &parts.headers, query: &params, order: Order::QueryFirst };
    let (strategy, request_id) = (knobs.return_strategy()?, knobs.request_id(&service)?);
    let limit = WaitMax::of(&parts.extensions, service.settings().wait_max);
    let at_most = Duration::from_millis(number(&params, "timeoutMillis", SIGNAL_MILLIS)?).min(limit);
    let id = workflow(&path.id)?;
    let of = service.task_that_waits(tenant.name(), id).await;
    let told = told(&path.status, None, output(Request::from_parts(parts, stream)).await?);
    let Some(task) = of.map_err(|error| not_found(error, &path.id))? else {
        let message = format!("No blocking task found in workflow {}", path.id);
        return Err(Error::Conductor(Refusal::plain(StatusCode::NOT_FOUND, message)));
    };
    tell(&service, tenant, task, told).await?;
    let until = Until { tasks: Vec::new(), at_most };
    let seen = Box::pin(service.see_workflow(tenant.name(), id, &until)).await;
    let seen = seen.map_err(|error| not_found(error, &path.id))?;
    Ok((names(&seen), run::answer(&service, &seen, strategy, &request_id).await).into_response())
}

fn workflow(id: &str) -> Result<ExecutionId, Error> {
    let unknown = |_| Refusal::plain(StatusCode::NOT_FOUND, no_workflow(id));
    id.parse().map_err(unknown).map_err(Error::Conductor)
}

fn no_workflow(id: &str) -> String {
    format!("No such workflow found by id: {id}")
}

fn not_found(error: service::Error, id: &str) -> Error {
    match error {
        service::Error::NotFound(_) => {
            Error::Conductor(Refusal::plain(StatusCode::NOT_FOUND, no_workflow(id)))
        }
        other => other.into(),
    }
}

type Said<'p> = (&'p str, Option<String>, Map<String, Json>);

fn told(status: &str, worker: Option<String>, outputs: Map<String, Json>) -> Said<'_> {
    (status, worker, outputs)
}

async fn tell(
    service: &Service,
    tenant: Tenant,
    task: TaskId,
    (status, worker, outputs): Said<'_>,
) -> Result<(), Error> {
    let says = says(status)?;
    let update = TaskUpdate { task, says, outputs, reason: None, worker, logs: Vec::new() };
    service.update_task(tenant.name(), update).await?;
    Ok(())
}

async fn shown(service: &Service, tenant: Tenant, task: TaskId) -> Result<Response, Error> {
    let seen = service.task(tenant.name(), task).await?;
    let flow = seen.flow.flow.as_ref().ok();
    let named = Named::of(&seen.execution, flow, &service.settings().conductor_namespace);
    let shown = Shown { tasks: true, summarized: false };
    Ok(wire::json(&WorkflowJson::of(&seen.execution, flow, named, shown)))
}
