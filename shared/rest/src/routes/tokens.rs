//! Tokens: made, shown without their secret, revoked.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use engine::time::Timestamp;
use serde::{Deserialize, Serialize};
use service::{
    Service,
    access::{NewToken, Reach, Role, Token},
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
    role: Role,
    namespaces: Option<Vec<String>>,
    tenants: Option<Vec<String>>,
    expires_at: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenJson {
    id: String,
    name: String,
    role: Role,
    #[serde(flatten)]
    reach: Reach,
    created_at: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Date>,
    /// What to send. Shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl TokenJson {
    fn of(token: Token, text: Option<String>) -> Self {
        let Token { id, name, role, reach, created_at, expires_at } = token;
        let date = |millis| Date(Timestamp::from_millis(millis));
        Self {
            id,
            name,
            role,
            reach,
            created_at: date(created_at),
            expires_at: expires_at.map(date),
            token: text,
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct TokenPath {
    id: String,
}

pub(crate) async fn create(
    State(service): State<Service>,
    _tenant: Tenant,
    asker: Asker,
    request: Request,
) -> Result<Response, Error> {
    let bytes = body::read(request.into_body(), GRANT_BYTES_MAX, "a token").await?;
    let Sent { name, role, namespaces, tenants, expires_at } = body::json(&bytes)?;
    let expires_at = expires_at.map(|text| {
        text.parse::<Timestamp>().map_err(|_| {
            Error::argument(format!("`expiresAt` is an ISO-8601 date-time with offset, and not `{text}`"))
        })
    });
    let new =
        NewToken { name, role, reach: Reach { namespaces, tenants }, expires_at: expires_at.transpose()? };
    let (token, text) = service.create_token(asker.principal(), new).await?;
    Ok(wire::json(&TokenJson::of(token, Some(text))))
}

pub(crate) async fn list(
    State(service): State<Service>,
    _tenant: Tenant,
    asker: Asker,
) -> Result<Response, Error> {
    let tokens = service.tokens(asker.principal()).await?;
    let total = tokens.len();
    let results = tokens.into_iter().map(|token| TokenJson::of(token, None)).collect();
    Ok(wire::json(&PageJson::<TokenJson> { results, total }))
}

pub(crate) async fn revoke(
    State(service): State<Service>,
    _tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<TokenPath>,
) -> Result<StatusCode, Error> {
    service.revoke_token(asker.principal(), &path.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
