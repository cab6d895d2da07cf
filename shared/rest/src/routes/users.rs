//! Users: made, shown without their password, removed.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use engine::time::Timestamp;
use serde::{Deserialize, Serialize};
use service::{
    Service,
    access::{NewUser, Reach, Role, UserEntry},
};

use super::InPath;
use crate::{
    access::Asker,
    body,
    error::Error,
    limits::GRANT_BYTES_MAX,
    tenant::Tenant,
    wire::{self, PageJson, date::Date},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sent {
    name: String,
    password: String,
    role: Role,
    namespaces: Option<Vec<String>>,
    tenants: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserJson {
    name: String,
    role: Role,
    #[serde(flatten)]
    reach: Reach,
    created_at: Date,
}

impl From<UserEntry> for UserJson {
    fn from(UserEntry { name, role, reach, created_at }: UserEntry) -> Self {
        Self { name, role, reach, created_at: Date(Timestamp::from_millis(created_at)) }
    }
}

#[derive(Deserialize)]
pub(crate) struct UserPath {
    name: String,
}

pub(crate) async fn create(
    State(service): State<Service>,
    _tenant: Tenant,
    asker: Asker,
    request: Request,
) -> Result<Response, Error> {
    let bytes = body::read(request.into_body(), GRANT_BYTES_MAX, "a user").await?;
    let Sent { name, password, role, namespaces, tenants } = body::json(&bytes)?;
    let new = NewUser { name, password, role, reach: Reach { namespaces, tenants } };
    let user = service.create_user(asker.principal(), new).await?;
    Ok(wire::json(&UserJson::from(user)))
}

pub(crate) async fn list(
    State(service): State<Service>,
    _tenant: Tenant,
    asker: Asker,
) -> Result<Response, Error> {
    let results: Vec<UserJson> =
        service.users(asker.principal()).await?.into_iter().map(UserJson::from).collect();
    let total = results.len();
    Ok(wire::json(&PageJson { results, total }))
}

pub(crate) async fn remove(
    State(service): State<Service>,
    _tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<UserPath>,
) -> Result<StatusCode, Error> {
    service.remove_user(asker.principal(), &path.name).await?;
    Ok(StatusCode::NO_CONTENT)
}
