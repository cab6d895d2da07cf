//! Running again, wholly or in part: restart, replay, and what somebody says of a state.

use axum::{
    extract::{Request, State as From},
    response::Response,
};
use engine::{execution::State, id::TaskRunId};
use serde::Deserialize;
use service::Service;

use super::{ExecutionPath, InPath, create::shown, style::Style};
use crate::{body, error::Error, limits::ORDER_BYTES_MAX, params::Params, tenant::Tenant};

/// The body of `…/state`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StateOfTaskRun {
    task_run_id: String,
    state: String,
}

/// The same execution goes on from what failed; with a revision, a new one does.
pub(crate) async fn restart(
    From(service): From<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    mut params: Params,
) -> Result<Response, Error> {
    let revision = params.number("revision");
    params.check()?;
    let execution = service.restart(tenant.name(), path.id()?, revision).await?;
    Ok(shown(&service, tenant, execution, None))
}

/// A new execution, from the start or from a task run.
pub(crate) async fn replay(
    From(service): From<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    mut params: Params,
) -> Result<Response, Error> {
    let revision = params.number("revision");
    let task_run = params.text("taskRunId");
    params.check()?;
    let id = path.id()?;
    let task_run = match task_run {
        Some(text) => {
            // Kestra: the id of no task run is the id of none that could be replayed.
            service.execution(tenant.name(), id).await?;
            Some(text.parse().map_err(|_| Error::argument("No task found to restart execution from!"))?)
        }
        None => None,
    };
    let execution = service.replay(tenant.name(), id, task_run, revision).await?;
    Ok(shown(&service, tenant, execution, None))
}

/// Says in which state a task run ended; the execution goes on after that.
pub(crate) async fn state(
    From(service): From<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    request: Request,
) -> Result<Response, Error> {
    let id = path.id()?;
    let bytes = body::read(request.into_body(), ORDER_BYTES_MAX, "this body").await?;
    let StateOfTaskRun { task_run_id, state } = body::json(&bytes)?;
    let state = State::from_name(&state)
        .ok_or_else(|| Error::Json(format!("`{state}` is no state of an execution or task run")))?;
    let task_run: TaskRunId = task_run_id
        .parse()
        .map_err(|_| Error::argument(format!("Unable to find the task run '{task_run_id}'")))?;
    let execution = service.change_task_run_state(tenant.name(), id, task_run, state).await?;
    Ok(shown(&service, tenant, execution, None))
}

/// Says in which state an execution ended.
pub(crate) async fn change_status(
    From(service): From<Service>,
    tenant: Tenant,
    style: Style,
    InPath(path): InPath<ExecutionPath>,
    mut params: Params,
) -> Result<Response, Error> {
    // What is missing is told by the check.
    let state = params.required_state("status").unwrap_or(State::Success);
    params.check()?;
    let changed = service.change_status(tenant.name(), path.id()?, state).await;
    Ok(shown(&service, tenant, changed.map_err(|error| style.refused(error))?, None))
}
