//! What is known of triggers.

use axum::{extract::State, response::Response};
use service::{Service, TriggerQuery};

use super::{FlowPath, InPath};
use crate::{
    error::Error,
    params::Params,
    tenant::Tenant,
    wire::{
        self, PageJson,
        trigger::{TriggerContextJson, TriggerJson},
    },
};

/// Kestra: the triggers of a flow, without their definitions.
pub(crate) async fn list(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<FlowPath>,
    mut params: Params,
) -> Result<Response, Error> {
    let query = TriggerQuery {
        q: params.text("q"),
        namespace_exact: Some(path.namespace),
        flow_id: Some(path.id),
        ..TriggerQuery::default()
    };
    let page = params.page();
    params.check()?;
    let found = service.search_triggers(tenant.name(), query, page).await?;
    let results =
        found.results.iter().map(|state| TriggerContextJson { state, tenant: tenant.shown() }).collect();
    Ok(wire::json(&PageJson::<TriggerContextJson<'_>> { results, total: found.total }))
}

pub(crate) async fn search(
    State(service): State<Service>,
    tenant: Tenant,
    mut params: Params,
) -> Result<Response, Error> {
    let (query, page) = (query(&params), params.page());
    params.check()?;
    let found = service.search_triggers(tenant.name(), query, page).await?;
    let results = found.results.iter().map(|state| TriggerJson::of(state, tenant.shown())).collect();
    Ok(wire::json(&PageJson::<TriggerJson<'_>> { results, total: found.total }))
}

/// The parameters of a search.
pub(super) fn query(params: &Params) -> TriggerQuery {
    TriggerQuery {
        q: params.text("q"),
        namespace: params.text("namespace"),
        flow_id: params.text("flowId"),
        ..TriggerQuery::default()
    }
}
