//! Following an execution to its end: `GET /executions/{id}/follow`.

use axum::{extract::State, response::IntoResponse};
use service::Service;

use super::{ExecutionPath, InPath};
use crate::{error::Error, sse, tenant::Tenant};

pub(crate) async fn follow(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
) -> Result<impl IntoResponse, Error> {
    let states = service.follow(tenant.name(), path.id()?).await?;
    Ok(sse::events(service, tenant, states))
}
