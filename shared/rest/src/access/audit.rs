//! One line for every change: who did what, and what became of it. Never a body, never a key of a webhook.

use axum::{
    extract::{FromRequestParts, MatchedPath, RawPathParams},
    http::{Method, StatusCode, request::Parts},
};
use service::{
    Service,
    access::{MAIN, Principal},
};

use super::Rule;
use crate::outside::RequestId;

/// What is known before the change.
pub(super) struct Line {
    who: String,
    tenant: String,
    method: Method,
    route: String,
    /// `name=value` of the path.
    of: String,
    request: String,
}

impl Line {
    /// `None` when nothing is going to change, or nobody reads it.
    pub(super) async fn of(
        rule: Rule,
        who: Option<&Principal>,
        route: Option<&MatchedPath>,
        parts: &mut Parts,
        service: &Service,
    ) -> Option<Self> {
        let changes = match rule {
            // A webhook; probes are asked by GET as well, but start nothing.
            Rule::Open => route.is_some_and(|it| it.as_str().contains("/webhook/")),
            Rule::Known => false,
            Rule::Needs(permission, _) => permission.changes(),
        };
        if !changes || !tracing::enabled!(target: "audit", tracing::Level::INFO) {
            return None;
        }
        let params = RawPathParams::from_request_parts(parts, service).await.ok()?;
        let is_webhook = rule == Rule::Open;
        let mut tenant = MAIN.to_owned();
        let mut of = Vec::new();
        for (name, value) in &params {
            match name {
                "tenant" => value.clone_into(&mut tenant),
                "key" if is_webhook => {}
                _ => of.push(format!("{name}={value}")),
            }
        }
        Some(Self {
            who: who.map_or_else(|| "webhook".to_owned(), |it| it.name.clone()),
            tenant,
            method: parts.method.clone(),
            route: route.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            of: of.join(" "),
            request: parts.extensions.get::<RequestId>().map(ToString::to_string).unwrap_or_default(),
        })
    }

    pub(super) fn write(self, status: StatusCode) {
        let Self { who, tenant, method, route, of, request } = self;
        let status = status.as_u16();
        tracing::info!(target: "audit", who, tenant, %method, route, of, status, request, "changed");
    }
}
