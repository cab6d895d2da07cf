//! Schedule triggers: what is known of them, and disabling them.

use axum::{
    extract::{Request, State},
    response::Response,
};
use serde::Deserialize;
use serde_json::Value as Json;
use service::{Service, TriggerQuery};

use super::{FlowPath, InPath};
use crate::{
    access::Asker,
    body,
    error::Error,
    limits::TRIGGER_BYTES_MAX,
    params::Params,
    tenant::Tenant,
    wire::{
        self, PageJson,
        trigger::{TriggerContextJson, TriggerJson},
    },
};

/// What a client sends of a trigger, as it is shown; only `disabled` can be set.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    namespace: String,
    flow_id: String,
    trigger_id: String,
    /// Kestra: false when it is not there.
    #[serde(default)]
    disabled: Option<bool>,
    #[serde(default)]
    backfill: Option<Json>,
}

pub(crate) async fn update(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    request: Request,
) -> Result<Response, Error> {
    let text = body::read_text(request.into_body(), TRIGGER_BYTES_MAX, "a trigger").await?;
    let sent: Sent = serde_json::from_str(&text).map_err(|error| Error::Json(error.to_string()))?;
    asker.check(&sent.namespace)?;
    if sent.backfill.is_some() {
        return Err(Error::NotBuilt("the backfill of a trigger"));
    }
    let disabled = sent.disabled.unwrap_or(false);
    let state = service
        .set_trigger_disabled(tenant.name(), &sent.namespace, &sent.flow_id, &sent.trigger_id, disabled)
        .await?;
    Ok(wire::json(&TriggerContextJson { state: &state, tenant: tenant.shown() }))
}

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
    let query = TriggerQuery {
        q: params.text("q"),
        namespace: params.text("namespace"),
        flow_id: params.text("flowId"),
        ..TriggerQuery::default()
    };
    let page = params.page();
    params.check()?;
    let found = service.search_triggers(tenant.name(), query, page).await?;
    let results = found.results.iter().map(|state| TriggerJson::of(state, tenant.shown())).collect();
    Ok(wire::json(&PageJson::<TriggerJson<'_>> { results, total: found.total }))
}
