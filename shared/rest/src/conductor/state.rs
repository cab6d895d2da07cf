//! A workflow that is told something and waited for in one call. Orkes: `POST /workflow/{id}/state`.

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use service::Service;

use super::{
    asked::{WorkflowPath, is_given, of_workflow},
    error::refused,
    execute::names,
    knobs::{Knobs, Order},
    run,
    tasks::{reference, result::TaskResult},
};
use crate::{
    body, error::Error, limits::JSON_BYTES_MAX, params::Params, prefer::WaitMax, routes::InPath,
    tenant::Tenant,
};

/// Orkes: `WorkflowStateUpdate`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct StateBody {
    task_reference_name: Option<String>,
    task_result: Option<TaskResult>,
    variables: Option<Map<String, Json>>,
}

/// Sets the variables, then updates the task, and answers as an execute does: knobs, waits and return strategies are the
/// same. Both are optional; without either this only waits.
pub(super) async fn update(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<WorkflowPath>,
    query: Params,
    request: Request,
) -> Result<Response, Error> {
    let (parts, stream) = request.into_parts();
    let id = path.id()?;
    let knobs = Knobs { headers: &parts.headers, query: &query, order: Order::QueryFirst };
    let strategy = knobs.return_strategy()?;
    let request_id = knobs.request_id(&service)?;
    let until = knobs.until(WaitMax::of(&parts.extensions, service.settings().wait_max))?;
    let bytes = body::read(stream, JSON_BYTES_MAX, "an update of a workflow").await?;
    let asked: StateBody = if bytes.is_empty() { StateBody::default() } else { body::json(&bytes)? };
    let named = asked.task_reference_name.filter(|it| is_given(it));
    let update = match (named, asked.task_result) {
        (Some(reference), Some(result)) => {
            let task = reference::waiting(&service, tenant, id, &reference).await?;
            Some(result.update_of(task)?)
        }
        (Some(_), None) => {
            return Err(refused(
                "`taskReferenceName` names a task, and `taskResult` has to say how it ended",
            ));
        }
        (None, Some(_)) => {
            return Err(refused("`taskResult` is of a task that `taskReferenceName` has to name"));
        }
        (None, None) => None,
    };
    if let Some(variables) = asked.variables.filter(|it| !it.is_empty()) {
        of_workflow(id, service.set_variables(tenant.name(), id, variables).await)?;
    }
    if let Some(update) = update {
        service.update_task(tenant.name(), update).await?;
    }
    let seen = of_workflow(id, Box::pin(service.see_workflow(tenant.name(), id, &until)).await)?;
    Ok((names(&seen), run::answer(&service, &seen, strategy, &request_id).await).into_response())
}
