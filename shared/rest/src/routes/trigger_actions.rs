//! What is done to triggers: to one, to those a list names, or to those a search finds.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::MethodFilter,
};
use engine::{flow::Label, time::Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json};
use service::{NewBackfill, Service, TriggerAction, TriggerName, TriggerState};

use super::{InPath, labels, triggers};
use crate::{
    access::Asker,
    body,
    error::Error,
    limits::TRIGGER_BYTES_MAX,
    methods::{Methods, on},
    params::Params,
    tenant::Tenant,
    wire::{self, trigger::TriggerContextJson},
};

/// What can be done to many, where, and how it is done to one that the body names.
const ORDERS: [(Order, &str, MethodFilter); 5] = [
    (Order::Unlock, "/unlock", MethodFilter::POST),
    (Order::SetDisabled, "/set-disabled", MethodFilter::PUT),
    (Order::PauseBackfill, "/backfill/pause", MethodFilter::PUT),
    (Order::UnpauseBackfill, "/backfill/unpause", MethodFilter::PUT),
    (Order::DeleteBackfill, "/backfill/delete", MethodFilter::POST),
];

#[derive(Debug, Clone, Copy)]
enum Order {
    Unlock,
    SetDisabled,
    PauseBackfill,
    UnpauseBackfill,
    DeleteBackfill,
}

/// `/triggers/<order>`, and below it `by-triggers` and `by-query`.
pub(crate) fn routes() -> Vec<(String, Methods)> {
    let route = |(order, path, method): (Order, &str, MethodFilter)| {
        let one = move |service, tenant, asker, request| one(order, service, tenant, asker, request);
        let listed =
            move |service, tenant, asker, request| by_triggers(order, service, tenant, asker, request);
        let found = move |service, tenant, params| by_query(order, service, tenant, params);
        [
            (format!("/triggers{path}"), on(method, one)),
            (format!("/triggers{path}/by-triggers"), on(MethodFilter::POST, listed)),
            (format!("/triggers{path}/by-query"), on(MethodFilter::POST, found)),
        ]
    };
    ORDERS.into_iter().flat_map(route).collect()
}

impl Order {
    fn action(self, disabled: bool) -> TriggerAction {
        match self {
            Self::Unlock => TriggerAction::Unlock,
            Self::SetDisabled => TriggerAction::SetDisabled(disabled),
            Self::PauseBackfill => TriggerAction::PauseBackfill(true),
            Self::UnpauseBackfill => TriggerAction::PauseBackfill(false),
            Self::DeleteBackfill => TriggerAction::DeleteBackfill,
        }
    }
}

/// What a client sends of a trigger, as it is shown; only `disabled` and `backfill` can be set.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    #[serde(flatten)]
    which: Which,
    /// Kestra: false when it is not there.
    #[serde(default)]
    disabled: Option<bool>,
    #[serde(default)]
    backfill: Option<SentBackfill>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Which {
    namespace: String,
    flow_id: String,
    trigger_id: String,
}

#[derive(Deserialize)]
struct SentBackfill {
    start: String,
    #[serde(default)]
    end: Option<String>,
    #[serde(default)]
    inputs: Option<Map<String, Json>>,
    #[serde(default)]
    labels: Option<SentLabels>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SentLabels {
    List(Vec<labels::LabelBody>),
    Map(Map<String, Json>),
}

/// Those of a list, with what all of them get.
#[derive(Deserialize)]
#[serde(untagged)]
enum Listed {
    Alone(Vec<Which>),
    With {
        triggers: Vec<Which>,
        #[serde(default)]
        disabled: bool,
    },
}

#[derive(Serialize)]
struct DoneJson {
    count: usize,
}

impl From<Which> for TriggerName {
    fn from(which: Which) -> Self {
        let Which { namespace, flow_id, trigger_id } = which;
        Self { namespace, flow_id, trigger: trigger_id }
    }
}

impl SentBackfill {
    fn read(self) -> Result<NewBackfill, Error> {
        let moment = |text: String| -> Result<Timestamp, Error> {
            text.parse().map_err(|error: engine::time::NotATimestamp| Error::argument(error.to_string()))
        };
        let labels = match self.labels {
            None => Vec::new(),
            Some(SentLabels::List(list)) => labels::read(list)?,
            Some(SentLabels::Map(map)) => {
                let text = |value: Json| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                map.into_iter().map(|(key, value)| Label::new(key, text(value))).collect()
            }
        };
        if let Some(label) = labels.iter().find(|it| it.is_system()) {
            return Err(Error::argument(format!("the label `{}` is set by the engine alone", label.key)));
        }
        Ok(NewBackfill {
            start: moment(self.start)?,
            end: self.end.map(moment).transpose()?,
            inputs: self.inputs.unwrap_or_default(),
            labels,
        })
    }
}

async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Error> {
    let text = body::read_text(request.into_body(), TRIGGER_BYTES_MAX, "a trigger").await?;
    serde_json::from_str(&text).map_err(|error| Error::Json(error.to_string()))
}

fn shown(tenant: Tenant, state: &TriggerState) -> Response {
    wire::json(&TriggerContextJson { state, tenant: tenant.shown() })
}

/// `disabled` first, so that a backfill begins on one that is enabled.
pub(crate) async fn update(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    request: Request,
) -> Result<Response, Error> {
    let Sent { which, disabled, backfill } = read(request).await?;
    asker.check(&which.namespace)?;
    let (which, backfill) = (which.into(), backfill.map(SentBackfill::read).transpose()?);
    let disable = TriggerAction::SetDisabled(disabled.unwrap_or(false));
    let mut state = service.act_on_trigger(tenant.name(), &which, &disable).await?;
    if let Some(backfill) = backfill {
        let begin = TriggerAction::Backfill(backfill);
        state = service.act_on_trigger(tenant.name(), &which, &begin).await?;
    }
    Ok(shown(tenant, &state))
}

pub(crate) async fn create_backfill(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    request: Request,
) -> Result<Response, Error> {
    let Sent { which, backfill, .. } = read(request).await?;
    asker.check(&which.namespace)?;
    let backfill = backfill.ok_or(Error::MissingBody("backfill"))?.read()?;
    let state =
        service.act_on_trigger(tenant.name(), &which.into(), &TriggerAction::Backfill(backfill)).await?;
    Ok(shown(tenant, &state))
}

async fn one(
    order: Order,
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    request: Request,
) -> Result<Response, Error> {
    let Sent { which, disabled, .. } = read(request).await?;
    asker.check(&which.namespace)?;
    let action = order.action(disabled.unwrap_or(false));
    match service.act_on_trigger(tenant.name(), &which.into(), &action).await {
        Ok(state) => Ok(shown(tenant, &state)),
        // Kestra: 400 where there is no backfill.
        Err(service::Error::IllegalState(message)) => Err(Error::NotNow(message)),
        Err(error) => Err(error.into()),
    }
}

async fn by_triggers(
    order: Order,
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    request: Request,
) -> Result<Response, Error> {
    let (listed, disabled) = match read(request).await? {
        Listed::Alone(listed) => (listed, false),
        Listed::With { triggers, disabled } => (triggers, disabled),
    };
    for which in &listed {
        asker.check(&which.namespace)?;
    }
    let listed = listed.into_iter().map(Into::into).collect();
    let count = service.act_on_triggers(tenant.name(), listed, &order.action(disabled)).await?;
    Ok(wire::json(&DoneJson { count }))
}

async fn by_query(
    order: Order,
    State(service): State<Service>,
    tenant: Tenant,
    mut params: Params,
) -> Result<Response, Error> {
    let query = triggers::query(&params);
    let action = order.action(params.flag("disabled", false));
    params.check()?;
    let count = service.act_on_found_triggers(tenant.name(), query, &action).await?;
    Ok(wire::json(&DoneJson { count }))
}

/// A trigger in a path.
#[derive(Deserialize)]
pub(crate) struct TriggerPath {
    namespace: String,
    id: String,
    trigger: String,
}

impl From<TriggerPath> for TriggerName {
    fn from(path: TriggerPath) -> Self {
        Self { namespace: path.namespace, flow_id: path.id, trigger: path.trigger }
    }
}

/// Kestra: 409 `Trigger is not locked`.
pub(crate) async fn unlock(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TriggerPath>,
) -> Result<Response, Error> {
    let state = service.act_on_trigger(tenant.name(), &path.into(), &TriggerAction::Unlock).await?;
    Ok(shown(tenant, &state))
}

pub(crate) async fn restart(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TriggerPath>,
) -> Result<Response, Error> {
    let state = service.act_on_trigger(tenant.name(), &path.into(), &TriggerAction::Restart).await?;
    Ok(shown(tenant, &state))
}

/// What is known of it is forgotten; it goes on with its next date as long as its flow has it.
pub(crate) async fn reset(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TriggerPath>,
) -> Result<Response, Error> {
    service.act_on_trigger(tenant.name(), &path.into(), &TriggerAction::Reset).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
