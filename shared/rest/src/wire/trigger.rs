//! Triggers as Kestra's clients know them.

use engine::flow::Label;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value as Json};
use service::{Backfill, TriggerState};

use super::date::Date;

/// What is known of a trigger. Kestra: `Trigger`.
pub(crate) struct TriggerContextJson<'a> {
    pub(crate) state: &'a TriggerState,
    pub(crate) tenant: Option<&'a str>,
}

impl Serialize for TriggerContextJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { state, tenant } = self;
        let mut map = serializer.serialize_map(None)?;
        if let Some(tenant) = tenant {
            map.serialize_entry("tenantId", tenant)?;
        }
        map.serialize_entry("namespace", &state.namespace)?;
        map.serialize_entry("flowId", &state.flow_id)?;
        map.serialize_entry("triggerId", &state.trigger_id)?;
        if let Some(date) = state.date {
            map.serialize_entry("date", &Date(date))?;
        }
        if let Some(next) = state.next {
            map.serialize_entry("nextExecutionDate", &Date(next))?;
        }
        if let Some(backfill) = &state.backfill {
            map.serialize_entry("backfill", &BackfillJson::of(backfill, state))?;
        }
        let stop_after = state.defined().map_or(&[][..], |it| &it.stop_after);
        if !stop_after.is_empty() {
            let names: Vec<&str> = stop_after.iter().map(|state| state.name()).collect();
            map.serialize_entry("stopAfter", &names)?;
        }
        map.serialize_entry("disabled", &state.disabled)?;
        if let Some(execution) = &state.execution {
            map.serialize_entry("executionId", &execution.to_string())?;
        }
        map.serialize_entry("updatedDate", &Date(state.updated))?;
        map.end()
    }
}

/// Kestra: `Backfill`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BackfillJson<'a> {
    start: Date,
    end: Date,
    current_date: Date,
    paused: bool,
    #[serde(skip_serializing_if = "Map::is_empty")]
    inputs: &'a Map<String, Json>,
    #[serde(skip_serializing_if = "<[Label]>::is_empty")]
    labels: &'a [Label],
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_next_execution_date: Option<Date>,
}

impl<'a> BackfillJson<'a> {
    fn of(backfill: &'a Backfill, state: &TriggerState) -> Self {
        Self {
            start: Date(backfill.start),
            end: Date(backfill.end),
            current_date: Date(backfill.current),
            paused: backfill.paused,
            inputs: &backfill.inputs,
            labels: &backfill.labels,
            previous_next_execution_date: state.next_regular.map(Date),
        }
    }
}

/// A trigger as its flow defines it, and what is known of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TriggerJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    abstract_trigger: Option<&'a Json>,
    trigger_context: TriggerContextJson<'a>,
}

impl<'a> TriggerJson<'a> {
    pub(crate) fn of(state: &'a TriggerState, tenant: Option<&'a str>) -> Self {
        let document = state.flow.flow.as_ref().ok().map(|flow| &flow.document);
        let triggers = document.and_then(|it| it.get("triggers")).and_then(Json::as_array);
        let defined = triggers.into_iter().flatten().find(|it| it["id"] == *state.trigger_id);
        Self { abstract_trigger: defined, trigger_context: TriggerContextJson { state, tenant } }
    }
}
