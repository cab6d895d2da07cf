//! A workflow: an execution of any flow.

use std::borrow::Cow;

use engine::{
    conductor::{TaskId, TaskStatus, Try, WorkflowStatus, reference, tries},
    execution::{Execution, Level, State},
    flow::{Flow, Task},
    time::Timestamp,
};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{
    kind,
    name::Named,
    status::{WorkflowStatusText, millis},
    task::{self, StepJson, TaskJson},
};

/// Conductor: `Workflow`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkflowJson<'a> {
    create_time: i64,
    update_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<&'a str>,
    status: WorkflowStatusText,
    end_time: i64,
    start_time: i64,
    workflow_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_workflow_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_workflow_task_id: Option<String>,
    tasks: Vec<TaskJson<'a>>,
    input: &'a Map<String, Json>,
    output: &'a Map<String, Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    re_run_from_workflow_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_for_incompletion: Option<String>,
    task_to_domain: &'a std::collections::BTreeMap<String, String>,
    failed_reference_task_names: Vec<String>,
    failed_task_names: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workflow_definition: Option<DefinitionJson<'a>>,
    workflow_name: String,
    workflow_version: u32,
    priority: u32,
    variables: Cow<'a, Map<String, Json>>,
    last_retried_time: i64,
    history: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit_key: Option<&'a str>,
    rate_limited: bool,
}

/// What a workflow shows of its definition.
#[derive(Serialize)]
#[serde(untagged)]
enum DefinitionJson<'a> {
    /// As it was registered.
    Registered(&'a Map<String, Json>),
    Flow(FlowJson<'a>),
}

/// Of a flow that is no definition: no more than clients need to find their way.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FlowJson<'a> {
    name: String,
    version: u32,
    schema_version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    tasks: Vec<StepJson<'a>>,
}

/// How much of a workflow is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) tasks: bool,
    /// Whether input and output are left out. Orkes: `summarize`.
    pub(crate) summarized: bool,
}

impl<'a> WorkflowJson<'a> {
    pub(crate) fn of(execution: &'a Execution, flow: Option<&'a Flow>, named: Named, shown: Shown) -> Self {
        let status = WorkflowStatus::of(execution);
        let caller = execution.course.caller;
        let all = tries(execution);
        let values = |of: &'a Map<String, Json>| if shown.summarized { no_values() } else { of };
        Self {
            create_time: created(execution).as_millis(),
            update_time: updated(execution).as_millis(),
            created_by: execution.origin.created_by.as_deref(),
            status: WorkflowStatusText(status),
            end_time: millis(ended(execution)),
            start_time: created(execution).as_millis(),
            workflow_id: execution.id.to_string(),
            parent_workflow_id: caller.map(|it| it.execution.to_string()),
            parent_workflow_task_id: caller.map(|it| {
                TaskId { execution: it.execution, task_run: it.task_run, number: it.number }.to_string()
            }),
            tasks: if shown.tasks { task::named(execution, flow, &named) } else { Vec::new() },
            input: values(&execution.inputs),
            output: values(output(execution)),
            correlation_id: super::correlation_id(execution),
            re_run_from_workflow_id: execution.parent_id.map(|it| it.to_string()),
            reason_for_incompletion: reason(execution, &all),
            task_to_domain: &execution.origin.task_to_domain,
            failed_reference_task_names: failed_references(execution, &all),
            failed_task_names: failed_names(&all),
            workflow_definition: flow.map(|flow| definition(flow, &named)),
            workflow_name: named.name,
            workflow_version: named.version,
            priority: execution.origin.priority,
            variables: variables(execution, flow),
            last_retried_time: millis(last_retried(execution)),
            history: [],
            idempotency_key: execution.origin.idempotency_key.as_deref(),
            rate_limit_key: execution.course.place_key.as_deref(),
            rate_limited: execution.state.current() == State::Queued,
        }
    }
}

fn definition<'a>(flow: &'a Flow, named: &Named) -> DefinitionJson<'a> {
    if flow.workflow.is_some() {
        return DefinitionJson::Registered(&flow.document);
    }
    let step = |task: &'a Task| StepJson {
        name: kind::definition(task),
        task_reference_name: &task.id,
        type_: kind::of(task),
        optional: task.allow_failure,
    };
    DefinitionJson::Flow(FlowJson {
        name: named.name.clone(),
        version: named.version,
        schema_version: 2,
        description: flow.description.as_deref(),
        tasks: flow.tasks.iter().map(step).collect(),
    })
}

/// No task failed because it was stopped.
fn has_failed(one: &Try<'_>) -> bool {
    match one.status {
        TaskStatus::Failed | TaskStatus::FailedWithTerminalError | TaskStatus::TimedOut => !one.retried,
        TaskStatus::Scheduled
        | TaskStatus::InProgress
        | TaskStatus::Completed
        | TaskStatus::CompletedWithErrors
        | TaskStatus::Canceled
        | TaskStatus::Skipped => false,
    }
}

pub(super) fn failed_references(execution: &Execution, tries: &[Try<'_>]) -> Vec<String> {
    tries.iter().filter(|it| has_failed(it)).map(|it| reference(it.run, &execution.task_runs)).collect()
}

pub(super) fn failed_names(tries: &[Try<'_>]) -> Vec<String> {
    tries.iter().filter(|it| has_failed(it)).map(|it| it.run.task_id.clone()).collect()
}

/// Why it did not complete: what was said of the whole, or of the last task that failed.
pub(super) fn reason(execution: &Execution, tries: &[Try<'_>]) -> Option<String> {
    match WorkflowStatus::of(execution) {
        WorkflowStatus::Running | WorkflowStatus::Paused | WorkflowStatus::Completed => return None,
        WorkflowStatus::Failed | WorkflowStatus::TimedOut | WorkflowStatus::Terminated => {}
    }
    let began = last_retried(execution);
    let of_whole = execution.logs.iter().rev().find(|it| {
        it.level == Level::Error && it.task_run.is_none() && began.is_none_or(|began| it.timestamp >= began)
    });
    if let Some(line) = of_whole {
        return Some(line.message.clone());
    }
    let failed = tries
        .iter()
        .rev()
        .find(|it| has_failed(it) && execution.task_runs.children(Some(it.run.id)).next().is_none());
    let Some(failed) = failed else { return execution.course.reason.clone() };
    let (id, status) = (failed.id(execution), failed.status.name());
    Some(match task::reason(execution, failed) {
        Some(why) => format!("Task {id} failed with status: {status} and reason: '{why}'"),
        None => format!("Task {id} failed with status: {status}"),
    })
}

pub(crate) fn output(execution: &Execution) -> &Map<String, Json> {
    execution.outputs.as_ref().unwrap_or(no_values())
}

/// What `workflow.variables` is: those of the definition, and over them what was set since.
pub(crate) fn variables<'a>(execution: &'a Execution, flow: Option<&Flow>) -> Cow<'a, Map<String, Json>> {
    match flow.filter(|flow| flow.workflow.is_some() && !flow.variables.is_empty()) {
        None => Cow::Borrowed(&execution.variables),
        Some(flow) => {
            let mut all = flow.variables.clone();
            all.extend(execution.variables.clone());
            Cow::Owned(all)
        }
    }
}

fn no_values() -> &'static Map<String, Json> {
    static NONE: std::sync::OnceLock<Map<String, Json>> = std::sync::OnceLock::new();
    NONE.get_or_init(Map::new)
}

pub(crate) fn created(execution: &Execution) -> Timestamp {
    execution.state.first().date
}

pub(crate) fn ended(execution: &Execution) -> Option<Timestamp> {
    execution.state.is_terminal().then_some(execution.state.last().date)
}

/// The last time at which it, or one of its tasks, came into another state.
pub(crate) fn updated(execution: &Execution) -> Timestamp {
    let runs = execution.task_runs.iter().map(|run| run.state.last().date);
    runs.fold(execution.state.last().date, Ord::max)
}

/// When it last began again after an end.
fn last_retried(execution: &Execution) -> Option<Timestamp> {
    let states: Vec<_> = execution.state.histories().collect();
    let again =
        states.windows(2).rev().find(|it| it[0].state.is_terminal() && it[1].state == State::Restarted);
    again.map(|it| it[1].date)
}
