//! Tasks that are updated without their id: by their reference, or as the one that blocks a workflow.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::{conductor::TaskId, id::ExecutionId};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use service::{Service, TaskUpdate};

use super::{
    super::{
        error::Refusal,
        wire::{
            name::Named,
            workflow::{Shown, WorkflowJson},
        },
    },
    given, output,
    result::says,
};
use crate::{
    error::Error,
    methods::{Methods, post},
    params::Params,
    routes::InPath,
    tenant::Tenant,
    wire,
};

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
    let id = workflow(&path.id)?;
    let of = service.task_of_reference(tenant.name(), id, &path.reference).await;
    let told = told(&path.status, given(&params, "workerid"), output(request).await?);
    let Some(task) = of.map_err(|error| not_found(error, &path.id))? else {
        let message = format!("Found no running task {} of workflow {} to update", path.reference, path.id);
        return Err(Error::Conductor(Refusal::plain(StatusCode::NOT_FOUND, message)));
    };
    tell(&service, tenant, task, told).await?;
    shown(&service, tenant, task).await
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

/// The workflow of the task as it is then, whatever `returnStrategy` says.
async fn signal_sync(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<SignalPath>,
    request: Request,
) -> Result<Response, Error> {
    let of = service.task_that_waits(tenant.name(), workflow(&path.id)?).await;
    let told = told(&path.status, None, output(request).await?);
    let Some(task) = of.map_err(|error| not_found(error, &path.id))? else {
        let message = format!("No blocking task found in workflow {}", path.id);
        return Err(Error::Conductor(Refusal::plain(StatusCode::NOT_FOUND, message)));
    };
    tell(&service, tenant, task, told).await?;
    shown(&service, tenant, task).await
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
