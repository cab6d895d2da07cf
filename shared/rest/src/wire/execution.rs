//! Executions as Kestra's clients know them.

mod outline;
mod pieces;
mod state;
mod task_run;

use engine::{
    execution::{Execution, ExecutionTrigger},
    flow::Label,
    id::{ExecutionId, ID_CHARACTERS},
    time::Timestamp,
};
use serde::Serialize;
use serde_json::{Map, Value as Json};

pub(crate) use outline::outline;
pub(crate) use pieces::{WIDE, pieces};
use state::StateJson;
use task_run::TaskRunsJson;

use super::{PageJson, date::Date};
use crate::tenant::Tenant;

/// How an execution is shown, besides what it holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    /// A state that was just entered lasts until now.
    pub(crate) now: Timestamp,
    /// `tenantId`.
    pub(crate) tenant: Option<&'a str>,
    /// Only on the answer to a start.
    pub(crate) url: Option<&'a str>,
}

/// The JSON of one execution.
pub(crate) fn bytes(execution: &Execution, view: &View<'_>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1_024 + 1_024 * execution.task_runs.len());
    serde_json::to_writer(&mut bytes, &ExecutionJson::of(execution, view))
        .expect("an execution is maps with text keys, and a vector takes everything");
    bytes
}

pub(crate) fn text(execution: &Execution, view: &View<'_>) -> String {
    String::from_utf8(bytes(execution, view)).expect("JSON is UTF-8")
}

pub(crate) fn page(executions: &service::Page<Execution>, view: &View<'_>) -> Vec<u8> {
    let results = executions.results.iter().map(|it| ExecutionJson::of(it, view)).collect();
    let page = PageJson { results, total: executions.total };
    serde_json::to_vec(&page).expect("an execution is maps with text keys")
}

/// Where a person sees the execution. Kestra: a path alone unless the server knows its own address.
pub(crate) fn url(base: Option<&str>, tenant: Tenant, execution: &Execution) -> String {
    let base = base.unwrap_or_default().trim_end_matches('/');
    let (slash, tenant) = tenant.shown().map_or(("", ""), |it| ("/", it));
    let Execution { id, namespace, flow_id, .. } = execution;
    let mut buffer = [0; ID_CHARACTERS];
    let id = id.text(&mut buffer);
    [base, "/ui", slash, tenant, "/executions/", namespace, "/", flow_id, "/", id].concat()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExecutionJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<&'a str>,
    id: ExecutionId,
    namespace: &'a str,
    flow_id: &'a str,
    flow_revision: u32,
    #[serde(skip_serializing_if = "TaskRunsJson::is_empty")]
    task_run_list: TaskRunsJson<'a>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    inputs: &'a Map<String, Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs: Option<&'a Map<String, Json>>,
    #[serde(skip_serializing_if = "<[Label]>::is_empty")]
    labels: &'a [Label],
    #[serde(skip_serializing_if = "Map::is_empty")]
    variables: &'a Map<String, Json>,
    state: StateJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<ExecutionId>,
    original_id: ExecutionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<&'a ExecutionTrigger>,
    deleted: bool,
    metadata: MetadataJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule_date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

impl<'a> ExecutionJson<'a> {
    fn of(execution: &'a Execution, view: &View<'a>) -> Self {
        Self {
            tenant_id: view.tenant,
            id: execution.id,
            namespace: &execution.namespace,
            flow_id: &execution.flow_id,
            flow_revision: execution.flow_revision,
            task_run_list: TaskRunsJson { execution, runs: &execution.task_runs, now: view.now },
            inputs: &execution.inputs,
            outputs: execution.outputs.as_ref().filter(|outputs| !outputs.is_empty()),
            labels: &execution.labels,
            variables: &execution.variables,
            state: StateJson { log: &execution.state, now: view.now },
            parent_id: execution.parent_id,
            original_id: execution.original_id,
            trigger: execution.trigger.as_ref(),
            deleted: false,
            metadata: MetadataJson {
                attempt_number: execution.metadata.attempt_number,
                original_created_date: Date(execution.metadata.original_created_date),
            },
            schedule_date: execution.schedule_date.map(Date),
            url: view.url,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MetadataJson {
    attempt_number: u32,
    original_created_date: Date,
}

#[cfg(test)]
mod tests;
