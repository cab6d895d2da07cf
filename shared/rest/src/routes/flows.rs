//! Flows: create, update, delete, show, list, search, validate.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    response::Response,
};
use service::{FlowQuery, Service, StoredFlow, settings::SOURCE_BYTES_MAX};

use super::{FlowPath, InPath, NamespacePath};
use crate::{
    access::Asker,
    body,
    error::Error,
    flow_json,
    limits::SOURCES_BYTES_MAX,
    params::Params,
    submitted::essence,
    tenant::Tenant,
    wire::{
        self, PageJson,
        flow::{FlowJson, Source, ValidationJson},
    },
};

const WHAT: &str = "flow";

/// Kestra: 200, not 201.
pub(crate) async fn create(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    request: Request,
) -> Result<Response, Error> {
    let source = source(request, SOURCE_BYTES_MAX, WHAT).await?;
    if asker.is_limited() {
        asker.check(&service.namespace_of_flow(&source.text).map_err(|it| source.blame(it))?)?;
    }
    let flow = service.create_flow(tenant.name(), &source.text).await.map_err(|it| source.blame(it))?;
    Ok(shown(&flow, tenant, Source::Shown))
}

pub(crate) async fn update(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<FlowPath>,
    request: Request,
) -> Result<Response, Error> {
    let source = source(request, SOURCE_BYTES_MAX, WHAT).await?;
    let updated = service.update_flow(tenant.name(), &path.namespace, &path.id, &source.text).await;
    let flow = updated.map_err(|it| source.blame(it))?;
    Ok(shown(&flow, tenant, Source::Shown))
}

pub(crate) async fn delete(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<FlowPath>,
) -> Result<StatusCode, Error> {
    service.delete_flow(tenant.name(), &path.namespace, &path.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn get(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<FlowPath>,
    mut params: Params,
) -> Result<Response, Error> {
    let source = if params.flag("source", false) { Source::Shown } else { Source::Left };
    let revision = params.number("revision");
    let allow_deleted = params.flag("allowDeleted", false);
    params.check()?;
    let flow = service.flow(tenant.name(), &path.namespace, &path.id, revision, allow_deleted).await?;
    Ok(shown(&flow, tenant, source))
}

pub(crate) async fn revisions(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<FlowPath>,
) -> Result<Response, Error> {
    let flows = service.flow_revisions(tenant.name(), &path.namespace, &path.id).await?;
    Ok(wire::json(&all(&flows, tenant, Source::Shown)))
}

/// The flows of exactly one namespace.
pub(crate) async fn list(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<NamespacePath>,
) -> Result<Response, Error> {
    let flows = service.flows_of(tenant.name(), &path.namespace).await?;
    Ok(wire::json(&all(&flows, tenant, Source::Left)))
}

pub(crate) async fn search(
    State(service): State<Service>,
    tenant: Tenant,
    mut params: Params,
) -> Result<Response, Error> {
    if params.pairs().iter().any(|(name, _)| name.starts_with("filters[")) {
        return Err(Error::NotBuilt(
            "the query parameter `filters[...]` (there are `namespace`, `labels` …)",
        ));
    }
    let query = FlowQuery {
        q: params.text("q"),
        namespace: params.text("namespace"),
        system: params.scope(),
        labels: params.labels(),
        sort: params.sort("id, namespace", |key| matches!(key, "id" | "namespace").then(|| key.to_owned())),
    };
    let page = params.page();
    params.check()?;
    let found = service.search_flows(tenant.name(), query, page).await?;
    Ok(wire::json(&PageJson { results: all(&found.results, tenant, Source::Left), total: found.total }))
}

/// Kestra: 200 always; what is wrong is in the answer.
pub(crate) async fn validate(
    State(service): State<Service>,
    tenant: Tenant,
    request: Request,
) -> Result<Response, Error> {
    let source = source(request, SOURCES_BYTES_MAX, WHAT).await?;
    let validations = service.validate_flows(tenant.name(), &source.text).await?;
    Ok(wire::json(&validations.iter().map(ValidationJson::of).collect::<Vec<_>>()))
}

fn shown(flow: &StoredFlow, tenant: Tenant, source: Source) -> Response {
    wire::json(&FlowJson { flow, tenant: tenant.shown(), source })
}

fn all(flows: &[impl AsRef<StoredFlow>], tenant: Tenant, source: Source) -> Vec<FlowJson<'_>> {
    flows.iter().map(|flow| FlowJson { flow: flow.as_ref(), tenant: tenant.shown(), source }).collect()
}

/// The text of a flow or template, and whether its sender knows it.
pub(super) struct Posted {
    pub(super) text: String,
    from_json: bool,
}

impl Posted {
    pub(super) fn blame(&self, error: service::Error) -> service::Error {
        if self.from_json { flow_json::without_positions(error) } else { error }
    }
}

pub(super) async fn source(request: Request, limit: usize, what: &'static str) -> Result<Posted, Error> {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let given =
        content_type.map_or_else(String::new, |it| String::from_utf8_lossy(it.as_bytes()).into_owned());
    let from_json = match essence(&given).as_str() {
        "" | "application/x-yaml" | "application/yaml" | "text/x-yaml" | "text/yaml" => false,
        "application/json" => true,
        _ => {
            return Err(Error::MediaType {
                given,
                taken: "[application/x-yaml, text/yaml, application/json]",
            });
        }
    };
    let text = body::read_text(request.into_body(), limit, &format!("the source of a {what}")).await?;
    if text.is_empty() {
        return Err(Error::MissingBody(what));
    }
    let text = if from_json { flow_json::to_yaml(&text)? } else { text };
    Ok(Posted { text, from_json })
}
