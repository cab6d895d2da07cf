//! Templates: create, update, delete, show, search, validate. Kestra: deprecated.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use service::{Service, StoredTemplate, TemplateQuery, settings::SOURCE_BYTES_MAX};

use super::{FlowPath as TemplatePath, InPath, flows::source};
use crate::{
    access::Asker,
    error::Error,
    limits::SOURCES_BYTES_MAX,
    params::Params,
    tenant::Tenant,
    wire::{self, PageJson, flow::ValidationJson, template::TemplateJson},
};

const WHAT: &str = "template";

/// Kestra: 200, not 201.
pub(crate) async fn create(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    request: Request,
) -> Result<Response, Error> {
    let source = source(request, SOURCE_BYTES_MAX, WHAT).await?;
    if asker.is_limited() {
        asker.check(&service.namespace_of_template(&source.text).map_err(|it| source.blame(it))?)?;
    }
    let created = service.create_template(tenant.name(), &source.text).await;
    let template = created.map_err(|it| source.blame(it))?;
    Ok(shown(&template, tenant))
}

pub(crate) async fn update(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TemplatePath>,
    request: Request,
) -> Result<Response, Error> {
    let source = source(request, SOURCE_BYTES_MAX, WHAT).await?;
    let updated = service.update_template(tenant.name(), &path.namespace, &path.id, &source.text).await;
    let template = updated.map_err(|it| source.blame(it))?;
    Ok(shown(&template, tenant))
}

pub(crate) async fn delete(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TemplatePath>,
) -> Result<StatusCode, Error> {
    service.delete_template(tenant.name(), &path.namespace, &path.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn get(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TemplatePath>,
) -> Result<Response, Error> {
    let template = service.template(tenant.name(), &path.namespace, &path.id).await?;
    Ok(shown(&template, tenant))
}

pub(crate) async fn search(
    State(service): State<Service>,
    tenant: Tenant,
    mut params: Params,
) -> Result<Response, Error> {
    let query = TemplateQuery {
        q: params.text("q"),
        namespace: params.text("namespace"),
        sort: params.sort("id, namespace", |key| matches!(key, "id" | "namespace").then(|| key.to_owned())),
    };
    let page = params.page();
    params.check()?;
    let found = service.search_templates(tenant.name(), query, page).await?;
    let results: Vec<TemplateJson<'_>> =
        found.results.iter().map(|template| TemplateJson { template, tenant: tenant.shown() }).collect();
    Ok(wire::json(&PageJson { results, total: found.total }))
}

pub(crate) async fn namespaces(State(service): State<Service>, tenant: Tenant) -> Result<Response, Error> {
    Ok(wire::json(&service.template_namespaces(tenant.name()).await?))
}

/// Kestra: 200 always; what is wrong is in the answer.
pub(crate) async fn validate(
    State(service): State<Service>,
    _tenant: Tenant,
    request: Request,
) -> Result<Response, Error> {
    let source = source(request, SOURCES_BYTES_MAX, WHAT).await?;
    let validations = service.validate_templates(&source.text)?;
    Ok(wire::json(&validations.iter().map(ValidationJson::of).collect::<Vec<_>>()))
}

fn shown(template: &StoredTemplate, tenant: Tenant) -> Response {
    wire::json(&TemplateJson { template, tenant: tenant.shown() })
}
