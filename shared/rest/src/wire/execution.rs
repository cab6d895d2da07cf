//! Executions as Kestra's clients know them.

use engine::{
    duration,
    execution::{Attempt, Execution, ExecutionTrigger, State, StateLog, TaskRun, TaskRuns},
    flow::Label,
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

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
    let tenant = tenant.shown().map_or_else(String::new, |it| format!("/{it}"));
    let Execution { id, namespace, flow_id, .. } = execution;
    format!("{base}/ui{tenant}/executions/{namespace}/{flow_id}/{id}")
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

struct TaskRunsJson<'a> {
    execution: &'a Execution,
    runs: &'a TaskRuns,
    now: Timestamp,
}

impl TaskRunsJson<'_> {
    fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }
}

impl Serialize for TaskRunsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.runs.iter().map(|run| TaskRunJson::of(run, self.execution, self.now)))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskRunJson<'a> {
    id: TaskRunId,
    execution_id: ExecutionId,
    namespace: &'a str,
    flow_id: &'a str,
    task_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_task_run_id: Option<TaskRunId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    #[serde(skip_serializing_if = "AttemptsJson::is_empty")]
    attempts: AttemptsJson<'a>,
    /// There even when empty: clients index into it.
    outputs: &'a Map<String, Json>,
    state: StateJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iteration: Option<u32>,
}

impl<'a> TaskRunJson<'a> {
    fn of(run: &'a TaskRun, execution: &'a Execution, now: Timestamp) -> Self {
        Self {
            id: run.id,
            execution_id: execution.id,
            namespace: &execution.namespace,
            flow_id: &execution.flow_id,
            task_id: &run.task_id,
            parent_task_run_id: run.parent,
            value: run.value.as_deref(),
            attempts: AttemptsJson { attempts: &run.attempts, now },
            outputs: &run.outputs,
            state: StateJson { log: &run.state, now },
            iteration: run.iteration,
        }
    }
}

struct AttemptsJson<'a> {
    attempts: &'a [Attempt],
    now: Timestamp,
}

impl AttemptsJson<'_> {
    fn is_empty(&self) -> bool {
        self.attempts.is_empty()
    }
}

#[derive(Serialize)]
struct AttemptJson<'a> {
    state: StateJson<'a>,
}

impl Serialize for AttemptsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let attempt = |it| AttemptJson { state: StateJson { log: it, now: self.now } };
        serializer.collect_seq(self.attempts.iter().map(|it| attempt(&it.state)))
    }
}

struct StateJson<'a> {
    log: &'a StateLog,
    now: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StateFields<'a> {
    current: State,
    histories: HistoriesJson<'a>,
    duration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date: Option<Date>,
    start_date: Date,
}

struct HistoriesJson<'a>(&'a StateLog);

#[derive(Serialize)]
struct HistoryJson {
    state: State,
    date: Date,
}

impl Serialize for StateJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (first, last) = (self.log.first().date, self.log.last().date);
        // Kestra: from the first date to the last; the first state alone lasts until now.
        let until = if self.log.histories().count() == 1 { self.now } else { last };
        let fields = StateFields {
            current: self.log.current(),
            histories: HistoriesJson(self.log),
            duration: duration::format(until.since(first)),
            end_date: self.log.end_date().map(Date),
            start_date: Date(first),
        };
        fields.serialize(serializer)
    }
}

impl Serialize for HistoriesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_seq(self.0.histories().map(|it| HistoryJson { state: it.state, date: Date(it.date) }))
    }
}

#[cfg(test)]
mod tests;
