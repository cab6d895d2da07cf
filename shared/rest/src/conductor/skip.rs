//! A task that is skipped before its turn comes. Conductor: `PUT /workflow/{id}/skiptask/{ref}`.

use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use engine::execution::Skip;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use service::Service;

use super::asked::{of_workflow, read_id};
use crate::{body, error::Error, limits::JSON_BYTES_MAX, routes::InPath, tenant::Tenant};

#[derive(Deserialize)]
pub(super) struct TaskPath {
    id: String,
    reference: String,
}

/// Conductor: `SkipTaskRequest`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SkipBody {
    task_input: Option<Map<String, Json>>,
    task_output: Option<Map<String, Json>>,
}

/// The task is SKIPPED with that input and output when its turn comes.
pub(super) async fn task(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TaskPath>,
    request: Request,
) -> Result<StatusCode, Error> {
    let id = read_id(&path.id)?;
    let bytes = body::read(request.into_body(), JSON_BYTES_MAX, "a task to skip").await?;
    let asked: SkipBody = if bytes.is_empty() { SkipBody::default() } else { body::json(&bytes)? };
    let skip = Skip {
        task_id: path.reference,
        input: asked.task_input.unwrap_or_default(),
        outputs: asked.task_output.unwrap_or_default(),
    };
    of_workflow(id, service.skip_task(tenant.name(), id, skip).await)?;
    Ok(StatusCode::OK)
}
