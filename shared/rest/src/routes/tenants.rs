//! Tenants: made and listed.

use axum::{
    extract::{Request, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use service::Service;

use crate::{
    access::Asker,
    body,
    error::Error,
    limits::GRANT_BYTES_MAX,
    tenant::Tenant,
    wire::{self, PageJson},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TenantJson {
    id: String,
}

pub(crate) async fn create(
    State(service): State<Service>,
    _tenant: Tenant,
    request: Request,
) -> Result<Response, Error> {
    let bytes = body::read(request.into_body(), GRANT_BYTES_MAX, "a tenant").await?;
    let tenant: TenantJson = body::json(&bytes)?;
    service.create_tenant(&tenant.id).await?;
    Ok(wire::json(&tenant))
}

pub(crate) async fn list(
    State(service): State<Service>,
    _tenant: Tenant,
    asker: Asker,
) -> Result<Response, Error> {
    let tenants = service.tenants(asker.principal()).await?;
    let results: Vec<TenantJson> = tenants.into_iter().map(|id| TenantJson { id }).collect();
    let total = results.len();
    Ok(wire::json(&PageJson { results, total }))
}
