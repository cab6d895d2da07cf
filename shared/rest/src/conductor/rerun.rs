//! A workflow again from one of its tasks, or with other inputs.

use axum::response::IntoResponse;
use axum::{
    extract::{Request, State},
    response::Response,
};
use engine::conductor::TaskId;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use service::Service;

use super::{
    asked::{WorkflowPath, is_given, of_workflow},
    error::refused,
};
use crate::{body, error::Error, limits::JSON_BYTES_MAX, routes::InPath, tenant::Tenant};

/// Conductor: `RerunWorkflowRequest`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RerunBody {
    re_run_from_workflow_id: Option<String>,
    re_run_from_task_id: Option<String>,
    workflow_input: Option<Map<String, Json>>,
    task_input: Option<Map<String, Json>>,
    correlation_id: Option<String>,
}

/// Answers the id, which stays.
pub(super) async fn rerun(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<WorkflowPath>,
    request: Request,
) -> Result<Response, Error> {
    let id = path.id()?;
    let bytes = body::read(request.into_body(), JSON_BYTES_MAX, "a rerun").await?;
    let asked: RerunBody = if bytes.is_empty() { RerunBody::default() } else { body::json(&bytes)? };
    let given = |text: Option<String>| text.filter(|it| is_given(it));
    if given(asked.re_run_from_workflow_id).is_some_and(|from| from != path.id) {
        return Err(refused(
            "`reRunFromWorkflowId` has to be the workflow itself; another one is started anew",
        ));
    }
    if asked.task_input.is_some_and(|it| !it.is_empty()) {
        return Err(Error::NotBuilt("`taskInput` of a rerun"));
    }
    if given(asked.correlation_id).is_some() {
        return Err(Error::NotBuilt("`correlationId` of a rerun"));
    }
    let inputs = asked.workflow_input.filter(|it| !it.is_empty());
    let done = match given(asked.re_run_from_task_id) {
        None => service.start_over_with(tenant.name(), id, false, inputs).await,
        Some(_) if inputs.is_some() => {
            return Err(refused(
                "`workflowInput` is for a rerun from the beginning, without `reRunFromTaskId`",
            ));
        }
        Some(task) => {
            let task_id = task.parse::<TaskId>().ok().filter(|it| it.execution == id);
            let Some(task_id) = task_id else {
                return Err(refused(format!("there is no task {task} in the workflow {id}")));
            };
            service.rerun(tenant.name(), id, task_id.task_run).await
        }
    };
    of_workflow(id, done)?;
    Ok(id.to_string().into_response())
}
