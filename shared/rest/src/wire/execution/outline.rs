//! An execution as those see it who have called its webhook and waited. Kestra: no task runs, no inputs.

use engine::{
    execution::{Execution, ExecutionTrigger},
    flow::Label,
    id::ExecutionId,
};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{View, state::StateJson};

pub(crate) fn outline(execution: &Execution, view: &View<'_>) -> Vec<u8> {
    let outline = OutlineJson {
        tenant_id: view.tenant,
        id: execution.id,
        namespace: &execution.namespace,
        flow_id: &execution.flow_id,
        flow_revision: execution.flow_revision,
        trigger: execution.trigger.as_ref(),
        outputs: execution.outputs.as_ref().filter(|outputs| !outputs.is_empty()),
        labels: &execution.labels,
        state: StateJson { log: &execution.state, now: view.now },
        url: view.url,
    };
    serde_json::to_vec(&outline).expect("maps with text keys")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutlineJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<&'a str>,
    id: ExecutionId,
    namespace: &'a str,
    flow_id: &'a str,
    flow_revision: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<&'a ExecutionTrigger>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs: Option<&'a Map<String, Json>>,
    #[serde(skip_serializing_if = "<[Label]>::is_empty")]
    labels: &'a [Label],
    state: StateJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}
