//! What an expression gives in an execution: for whoever looks for a mistake in a flow.

use axum::{
    extract::{Request, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use service::{Evaluated, Service};

use super::{ExecutionPath, InPath};
use crate::{body, error::Error, limits::EXPRESSION_BYTES_MAX, tenant::Tenant, wire};

#[derive(Deserialize)]
pub(crate) struct TaskRunPath {
    id: String,
    task_run: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EvaluatedJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_trace: Option<String>,
}

/// With the variables of the execution alone.
pub(crate) async fn in_execution(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    request: Request,
) -> Result<Response, Error> {
    let expression = body::read_text(request.into_body(), EXPRESSION_BYTES_MAX, "an expression").await?;
    let evaluated = service.evaluate(tenant.name(), path.id()?, None, &expression).await?;
    Ok(answer(evaluated))
}

/// As the task of a task run sees it. An expression that fails is an answer, too.
pub(crate) async fn in_task_run(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TaskRunPath>,
    request: Request,
) -> Result<Response, Error> {
    let id = path.id.parse().map_err(|_| Error::not_found("Execution not found"))?;
    let unknown = || Error::not_found(format!("Unable to find the task run '{}'", path.task_run));
    let task_run = path.task_run.parse().map_err(|_| unknown())?;
    let expression = body::read_text(request.into_body(), EXPRESSION_BYTES_MAX, "an expression").await?;
    let evaluated = service.evaluate(tenant.name(), id, Some(task_run), &expression).await?;
    Ok(answer(evaluated))
}

/// Kestra shows a stack trace of its own code beside the message; here is the place in the expression.
fn answer(evaluated: Evaluated) -> Response {
    wire::json(&match evaluated {
        Evaluated::Result(result) => EvaluatedJson { result: Some(result), error: None, stack_trace: None },
        Evaluated::Failed { message, explained } => {
            EvaluatedJson { result: None, error: Some(message), stack_trace: Some(explained) }
        }
    })
}
