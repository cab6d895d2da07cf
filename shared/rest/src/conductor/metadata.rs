//! Workflow definitions: register, update, validate, show, list, delete.
//!
//! Flows in Kestra's form are in none of these lists, though they can be executed by name: a client that reads a
//! definition looks for tasks of Conductor's in it.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use engine::conductor::reading;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use service::{Service, StoredFlow, conductor::OnExisting, settings::SOURCE_BYTES_MAX};

use crate::{
    access::Asker, body, error::Error, limits::SOURCES_BYTES_MAX, params::Params, routes::InPath,
    tenant::Tenant, wire,
};

/// Definitions that one PUT may have.
const BATCH_MAX: usize = 200;

#[derive(Deserialize)]
pub(crate) struct NamePath {
    name: String,
}

#[derive(Deserialize)]
pub(crate) struct VersionPath {
    name: String,
    version: String,
}

/// What became of each definition of a PUT, by name. Conductor: `BulkResponse`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BulkResponse {
    bulk_error_results: Map<String, Json>,
    bulk_successful_results: Vec<String>,
}

/// Conductor: 200 without a body.
pub(crate) async fn register(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    mut params: Params,
    request: Request,
) -> Result<StatusCode, Error> {
    let existing = existing(&mut params, false)?;
    asker.check(&service.settings().conductor_namespace)?;
    let source = text(request, SOURCE_BYTES_MAX).await?;
    service.register_definition(tenant.name(), &source, existing).await?;
    Ok(StatusCode::OK)
}

/// Each definition for itself. Conductor: what failed is in the answer, which is 200; here one that cannot be read, and
/// one that is alone, fails as a POST does, so that no client takes it for registered.
pub(crate) async fn update(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    mut params: Params,
    request: Request,
) -> Result<Response, Error> {
    let existing = existing(&mut params, true)?;
    asker.check(&service.settings().conductor_namespace)?;
    let text = text(request, SOURCES_BYTES_MAX).await?;
    let sources = match reading::json(&text).map_err(service::Error::from)? {
        Json::Array(_) => reading::slices(&text),
        _ => vec![text.trim()],
    };
    if sources.len() > BATCH_MAX {
        let message = format!("{} definitions; one request takes {BATCH_MAX}", sources.len());
        return Err(service::Error::TooLarge(message).into());
    }
    let mut answer = BulkResponse { bulk_error_results: Map::new(), bulk_successful_results: Vec::new() };
    for (index, source) in sources.iter().enumerate() {
        match service.register_definition(tenant.name(), source, existing).await {
            Ok(flow) => answer.bulk_successful_results.push(flow.id.clone()),
            Err(error) if sources.len() == 1 => return Err(error.into()),
            Err(error) => {
                let name = reading::json(source).ok().and_then(|it| it["name"].as_str().map(str::to_owned));
                let name = name.unwrap_or_else(|| format!("[{index}]"));
                answer.bulk_error_results.insert(name, error.to_string().into());
            }
        }
    }
    Ok(wire::json(&answer))
}

pub(crate) async fn validate(
    State(service): State<Service>,
    _tenant: Tenant,
    request: Request,
) -> Result<StatusCode, Error> {
    service.check_definition(&text(request, SOURCE_BYTES_MAX).await?)?;
    Ok(StatusCode::OK)
}

pub(crate) async fn get(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<NamePath>,
    mut params: Params,
) -> Result<Response, Error> {
    asker.check(&service.settings().conductor_namespace)?;
    // Conductor's clients write what they do not say as 0, `None` or nothing.
    let version = params.text("version").filter(|it| !matches!(it.as_str(), "None" | "null" | "0"));
    let version = version.map(|it| version_of(&path.name, &it)).transpose()?;
    params.check()?;
    let flow = service.definition(tenant.name(), &path.name, version).await?;
    Ok(wire::json(&flow.definition_document()))
}

pub(crate) async fn list(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    mut params: Params,
) -> Result<Response, Error> {
    asker.check(&service.settings().conductor_namespace)?;
    if params.text("tagKey").or_else(|| params.text("tagValue")).is_some() {
        return Err(Error::NotBuilt("the query parameters `tagKey` and `tagValue`"));
    }
    let name = params.text("name");
    params.check()?;
    let all = service.definitions(tenant.name(), name.as_deref(), false).await?;
    Ok(documents(&all))
}

pub(crate) async fn latest(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
) -> Result<Response, Error> {
    asker.check(&service.settings().conductor_namespace)?;
    Ok(documents(&service.definitions(tenant.name(), None, true).await?))
}

pub(crate) async fn names(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
) -> Result<Response, Error> {
    asker.check(&service.settings().conductor_namespace)?;
    let heads = service.definition_heads(tenant.name(), None).await?;
    Ok(wire::json(&heads.iter().map(|it| &it.id).collect::<Vec<_>>()))
}

/// Conductor: a map of lists of what each version is in short.
pub(crate) async fn names_and_versions(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
) -> Result<Response, Error> {
    asker.check(&service.settings().conductor_namespace)?;
    let mut named: Map<String, Json> = Map::new();
    for flow in service.definitions(tenant.name(), None, false).await? {
        let versions = named.entry(flow.id.clone()).or_insert_with(|| Json::Array(Vec::new()));
        if let Json::Array(versions) = versions {
            versions.push(in_short(&flow));
        }
    }
    Ok(wire::json(&named))
}

pub(crate) async fn versions(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<NamePath>,
) -> Result<Response, Error> {
    asker.check(&service.settings().conductor_namespace)?;
    // As for one version: 404 when there is none.
    service.definition(tenant.name(), &path.name, None).await?;
    let all = service.definitions(tenant.name(), Some(&path.name), false).await?;
    Ok(wire::json(&all.iter().map(|it| in_short(it)).collect::<Vec<_>>()))
}

pub(crate) async fn delete(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<VersionPath>,
) -> Result<StatusCode, Error> {
    asker.check(&service.settings().conductor_namespace)?;
    let version = version_of(&path.name, &path.version)?;
    service.delete_definition(tenant.name(), &path.name, version).await?;
    Ok(StatusCode::OK)
}

/// What is known of a version without its tasks. Conductor: `WorkflowDefSummary`.
fn in_short(flow: &StoredFlow) -> Json {
    let registered = flow.registered.as_ref();
    json!({
        "name": flow.id,
        "version": registered.map(|it| it.version),
        "createTime": registered.map(|it| it.created.as_millis()),
    })
}

fn documents(all: &[impl AsRef<StoredFlow>]) -> Response {
    wire::json(&all.iter().filter_map(|it| it.as_ref().definition_document()).collect::<Vec<_>>())
}

fn existing(params: &mut Params, overwrites: bool) -> Result<OnExisting, Error> {
    let overwrites = params.flag("overwrite", overwrites);
    let next = params.flag("newVersion", false);
    params.check()?;
    Ok(match (next, overwrites) {
        (true, _) => OnExisting::Next,
        (false, true) => OnExisting::Overwrite,
        (false, false) => OnExisting::Refuse,
    })
}

fn version_of(name: &str, given: &str) -> Result<u32, Error> {
    given
        .parse()
        .map_err(|_| Error::argument(format!("version `{given}` of {name} is not a whole number from 1 on")))
}

/// JSON, whatever its content type says: clients are careless with it.
async fn text(request: Request, limit: usize) -> Result<String, Error> {
    let text = body::read_text(request.into_body(), limit, "a workflow definition").await?;
    if text.trim().is_empty() { Err(Error::MissingBody("workflowDef")) } else { Ok(text) }
}
