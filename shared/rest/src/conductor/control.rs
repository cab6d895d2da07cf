//! What a workflow can be told, alone or with others.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::{conductor::WorkflowStatus, execution::Execution};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use service::{Service, settings::BATCH_MAX};

use super::{
    asked::{Asked, WorkflowPath, of_workflow, read_id},
    error::{refusal, refused},
};
use crate::{
    access::Asker,
    body,
    error::Error,
    limits::ORDER_BYTES_MAX,
    methods::{Methods, delete, post, put},
    routes::InPath,
    tenant::Tenant,
    wire::json,
};

/// Workflows of one batch that are told side by side.
const TOGETHER: usize = 16;

/// What a workflow is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Pause,
    Resume,
    Terminate,
    Remove,
    Retry,
    Restart,
}

/// How it is told.
#[derive(Debug, Clone, Default)]
struct Words {
    reason: Option<String>,
    /// `useLatestDefinitions`.
    newest: bool,
    /// `triggerFailureWorkflow`.
    failure: bool,
}

impl Order {
    /// # Errors
    /// 400 for what cannot be read, 501 for what is not built.
    fn words(params: &Asked) -> Result<Words, Error> {
        // An execution is removed with all that belongs to it, and what failed below it begins anew, whatever these say.
        for name in ["archiveWorkflow", "resumeSubworkflowTasks", "retryIfRetriedByParent"] {
            params.flag(name, true)?;
        }
        Ok(Words {
            reason: params.text("reason"),
            newest: params.flag("useLatestDefinitions", false)?,
            failure: params.flag("triggerFailureWorkflow", false)?,
        })
    }

    async fn told(self, service: &Service, tenant: Tenant, id: &str, words: &Words) -> Result<(), Error> {
        let (text, tenant) = (id, tenant.name());
        let id = read_id(id)?;
        let done = match self {
            Self::Pause => service.hold_back(tenant, id).await.map(drop),
            Self::Resume => service.go_on(tenant, id).await.map(drop),
            Self::Terminate => {
                service.terminate(tenant, id, words.reason.clone(), words.failure).await.map(drop)
            }
            Self::Remove => service.remove_execution(tenant, id, words.reason.clone()).await,
            Self::Restart => service.start_over(tenant, id, words.newest).await.map(drop),
            Self::Retry => {
                let execution = of_workflow(text, service.execution(tenant, id).await)?;
                may_retry(&execution)?;
                service.retry(tenant, id).await.map(drop)
            }
        };
        of_workflow(text, done)
    }
}

/// Conductor: one that runs is not found.
fn may_retry(execution: &Execution) -> Result<(), Error> {
    let status = WorkflowStatus::of(execution);
    if status.is_terminal() {
        return Ok(());
    }
    let message = format!("Workflow is still running.  status: {}", status.name());
    Err(refusal(StatusCode::NOT_FOUND, message))
}

/// The paths with an order each.
pub(super) fn routes() -> Vec<(&'static str, Methods)> {
    const OK: StatusCode = StatusCode::OK;
    const NO_CONTENT: StatusCode = StatusCode::NO_CONTENT;
    macro_rules! one {
        ($on:ident, $order:ident, $status:ident) => {
            $on(|service, tenant, path, params| one(Order::$order, $status, service, tenant, path, params))
        };
    }
    macro_rules! many {
        ($on:ident, $order:ident) => {
            $on(|service, tenant, asker, params, request| {
                many(Order::$order, service, tenant, asker, params, request)
            })
        };
    }
    vec![
        ("/workflow/{id}/pause", one!(put, Pause, OK)),
        ("/workflow/{id}/resume", one!(put, Resume, OK)),
        ("/workflow/{id}/remove", one!(delete, Remove, OK)),
        ("/workflow/{id}/terminate-remove", one!(delete, Remove, OK)),
        ("/workflow/{id}/retry", one!(post, Retry, NO_CONTENT)),
        ("/workflow/{id}/restart", one!(post, Restart, NO_CONTENT)),
        ("/workflow/{id}/resetcallbacks", post(reset_callbacks)),
        ("/workflow/decide/{id}", put(decide)),
        ("/workflow/bulk/pause", many!(put, Pause)),
        ("/workflow/bulk/resume", many!(put, Resume)),
        ("/workflow/bulk/restart", many!(post, Restart)),
        ("/workflow/bulk/retry", many!(post, Retry)),
        ("/workflow/bulk/terminate", many!(post, Terminate)),
        ("/workflow/bulk/remove", many!(delete, Remove)),
        ("/workflow/bulk/terminate-remove", many!(delete, Remove)),
        ("/workflow/bulk/delete", many!(post, Remove)),
    ]
}

/// `DELETE /workflow/{id}`, with `reason`.
pub(super) async fn terminate(
    service: State<Service>,
    tenant: Tenant,
    path: InPath<WorkflowPath>,
    params: Asked,
) -> Result<StatusCode, Error> {
    one(Order::Terminate, StatusCode::OK, service, tenant, path, params).await
}

async fn one(
    order: Order,
    done: StatusCode,
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<WorkflowPath>,
    params: Asked,
) -> Result<StatusCode, Error> {
    let words = Order::words(&params)?;
    order.told(&service, tenant, &path.id, &words).await?;
    Ok(done)
}

/// Every task of ours is looked after at the moment it is due, so that there is nothing to reset.
async fn reset_callbacks(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<WorkflowPath>,
) -> Result<StatusCode, Error> {
    let id = path.id()?;
    of_workflow(id, service.look_after(tenant.name(), id).await)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn decide(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<WorkflowPath>,
) -> Result<StatusCode, Error> {
    let id = path.id()?;
    of_workflow(id, service.look_after(tenant.name(), id).await)?;
    Ok(StatusCode::OK)
}

/// Conductor: `BulkResponse`.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BulkJson {
    bulk_error_results: Map<String, Json>,
    bulk_successful_results: Vec<String>,
}

/// The body is a list of ids. Always 200: the answer says which of them were told, and what hindered the others.
async fn many(
    order: Order,
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    params: Asked,
    request: Request,
) -> Result<Response, Error> {
    let words = Order::words(&params)?;
    let bytes = body::read(request.into_body(), ORDER_BYTES_MAX, "a list of ids").await?;
    let ids: Vec<String> = body::json(&bytes)?;
    if ids.len() > BATCH_MAX {
        return Err(refused(format!("{} workflows; there may be {BATCH_MAX} at once", ids.len())));
    }
    let (by, said) = (&asker, &words);
    let told_by = &service;
    let tells = stream::iter(ids.clone()).map(|id| async move {
        by.check_all(told_by, tenant.name(), std::slice::from_ref(&id)).await?;
        order.told(told_by, tenant, &id, said).await
    });
    let told: Vec<Result<(), Error>> = tells.buffered(TOGETHER).collect().await;
    let mut answer = BulkJson::default();
    for (id, told) in ids.into_iter().zip(told) {
        match told {
            Ok(()) => answer.bulk_successful_results.push(id),
            Err(error) => {
                answer.bulk_error_results.insert(id, super::error::message(&error).into());
            }
        }
    }
    Ok(json(&answer).into_response())
}
