//! One line for every change: who did what, from where, and what became of it. Never a body, never a key of a webhook.

use std::net::IpAddr;

use axum::{
    extract::{FromRequestParts, MatchedPath, RawPathParams},
    http::{Method, StatusCode, request::Parts},
};
use service::{Service, access::MAIN};

use super::Rule;
use crate::outside::RequestId;

/// What is known before the change.
pub(super) struct Line {
    who: String,
    source: Option<IpAddr>,
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
        who: Option<&str>,
        source: Option<IpAddr>,
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
            who: who.unwrap_or("webhook").to_owned(),
            source,
            tenant,
            method: parts.method.clone(),
            route: route.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            of: of.join(" "),
            request: parts.extensions.get::<RequestId>().map(ToString::to_string).unwrap_or_default(),
        })
    }

    pub(super) fn write(self, status: StatusCode) {
        let Self { who, source, tenant, method, route, of, request } = self;
        let (status, source) = (status.as_u16(), source.map(tracing::field::display));
        tracing::info!(target: "audit", who, source, tenant, %method, route, of, status, request, "changed");
    }
}
