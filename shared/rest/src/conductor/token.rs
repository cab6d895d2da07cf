//! Who calls, in Conductor's way: a key and its secret for a token.

use axum::{
    extract::{Request, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use service::{Service, access::Credentials};

use crate::{
    access::{Asker, refused, source},
    body,
    error::Error,
    limits::GRANT_BYTES_MAX,
    wire::json,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyBody {
    key_id: String,
    key_secret: String,
}

#[derive(Serialize)]
struct TokenJson<'a> {
    token: &'a str,
}

/// The token of those whom nobody asks who they are.
const ANYBODY: &str = "anybody";

/// The key is the name of an API token, and its secret the token's text. The answer is a session of it, which every
/// request shows until that has expired.
pub(super) async fn create(State(service): State<Service>, request: Request) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let bytes = body::read(body, GRANT_BYTES_MAX, "a key").await?;
    let KeyBody { key_id, key_secret } = body::json(&bytes)?;
    if !service.is_guarded() {
        return Ok(json(&TokenJson { token: ANYBODY }));
    }
    let shown = Credentials::Bearer(key_secret.clone());
    let source = source(&parts, &service.settings().trusted_proxies);
    let principal = service.recognise(Some(shown), source).await.map_err(refused)?;
    if principal.name != key_id {
        return Err(Error::Unauthorized);
    }
    let token = service.open_session(&key_secret).await.map_err(refused)?;
    Ok(json(&TokenJson { token: &token }))
}

/// Conductor: `ConductorUser`.
#[derive(Serialize)]
struct UserJson<'a> {
    id: &'a str,
    name: &'a str,
    roles: [RoleJson; 1],
}

#[derive(Serialize)]
struct RoleJson {
    name: &'static str,
}

pub(super) async fn user_info(asker: Asker) -> Response {
    let principal = asker.principal();
    let roles = [RoleJson { name: principal.role.name() }];
    json(&UserJson { id: &principal.name, name: &principal.name, roles })
}

#[derive(Serialize)]
struct HealthJson {
    healthy: bool,
}

/// That this process answers.
pub(super) async fn health() -> Response {
    json(&HealthJson { healthy: true })
}
