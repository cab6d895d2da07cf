//! What a wait for a workflow answers, by its return strategy. Conductor: `WorkflowRun` and `TaskRun`.

use std::{borrow::Cow, sync::Arc};

use axum::response::{IntoResponse, Response};
use engine::{
    conductor::{Try, WorkflowStatus, tries, tries_of},
    execution::Execution,
    flow::Flow,
};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use service::{Service, StoredFlow, conductor::Seen};

use super::{
    knobs::ReturnStrategy,
    wire::{
        correlation_id,
        status::{TaskStatusText, WorkflowStatusText},
        task::{TaskJson, tasks},
        workflow::variables,
        workflow_type,
    },
};

/// What both begin with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    response_type: &'static str,
    target_workflow_id: String,
    target_workflow_status: WorkflowStatusText,
    request_id: &'a str,
    workflow_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<&'a str>,
    priority: u32,
    signal_timeout: bool,
}

/// Conductor: `WorkflowRun`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkflowRun<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    status: WorkflowStatusText,
    input: &'a Map<String, Json>,
    output: &'a Map<String, Json>,
    variables: Cow<'a, Map<String, Json>>,
    tasks: Vec<TaskJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<&'a str>,
    create_time: i64,
    update_time: i64,
}

/// Conductor: `TaskRun`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskRun<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    task_type: &'a str,
    task_id: &'a str,
    reference_task_name: &'a str,
    task_def_name: &'a str,
    workflow_type: &'a str,
    retry_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    retried_task_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_for_incompletion: Option<&'a str>,
    status: TaskStatusText,
    input: &'a Map<String, Json>,
    output: &'a Map<String, Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<&'a str>,
    create_time: i64,
    update_time: i64,
}

/// The execution that an answer is about.
fn shown(seen: &Seen, strategy: ReturnStrategy) -> &Execution {
    match strategy {
        ReturnStrategy::TargetWorkflow => &seen.target,
        ReturnStrategy::BlockingWorkflow
        | ReturnStrategy::BlockingTask
        | ReturnStrategy::BlockingTaskInput => seen.blocking_workflow(),
    }
}

/// What a wait is answered with; nothing when a task is asked for and none blocks, as Conductor does.
pub(crate) async fn answer(
    service: &Service,
    seen: &Seen,
    strategy: ReturnStrategy,
    request_id: &str,
) -> Response {
    let flow = flow_of(service, shown(seen, strategy)).await;
    let flow = flow.as_ref().and_then(|it| it.flow.as_ref().ok());
    match json(seen, strategy, request_id, flow) {
        Some(bytes) => crate::wire::json_bytes(bytes).into_response(),
        None => ().into_response(),
    }
}

/// The flow of an execution, which says of what types its tasks are.
async fn flow_of(service: &Service, execution: &Execution) -> Option<Arc<StoredFlow>> {
    service.flow_behind(execution).await.ok().flatten()
}

/// The body; `None` when a task is asked for and none blocks. `flow` is that of what is [`shown`].
fn json(seen: &Seen, strategy: ReturnStrategy, request_id: &str, flow: Option<&Flow>) -> Option<Vec<u8>> {
    let execution = shown(seen, strategy);
    let head = Head {
        response_type: strategy.name(),
        target_workflow_id: seen.target.id.to_string(),
        target_workflow_status: WorkflowStatusText(WorkflowStatus::of(&seen.target)),
        request_id,
        workflow_id: execution.id.to_string(),
        correlation_id: correlation_id(execution),
        priority: execution.origin.priority,
        signal_timeout: seen.timed_out,
    };
    let bytes = match strategy {
        ReturnStrategy::TargetWorkflow | ReturnStrategy::BlockingWorkflow => {
            let none = Map::new();
            serde_json::to_vec(&WorkflowRun {
                head,
                status: WorkflowStatusText(WorkflowStatus::of(execution)),
                input: &execution.inputs,
                output: execution.outputs.as_ref().unwrap_or(&none),
                variables: variables(execution, flow),
                tasks: tasks(execution, flow),
                created_by: execution.origin.created_by.as_deref(),
                create_time: execution.state.first().date.as_millis(),
                update_time: updated(execution),
            })
        }
        ReturnStrategy::BlockingTask | ReturnStrategy::BlockingTaskInput => {
            let task = blocking_task(seen, execution, flow)?;
            serde_json::to_vec(&TaskRun {
                head,
                task_type: &task.task_type,
                task_id: &task.task_id,
                reference_task_name: &task.reference_task_name,
                task_def_name: &task.task_def_name,
                workflow_type: workflow_type(execution, flow),
                retry_count: task.retry_count,
                retried_task_id: task.retried_task_id.as_deref(),
                reason_for_incompletion: task.reason_for_incompletion,
                status: task.status,
                input: &task.input_data,
                output: &task.output_data,
                created_by: task.worker_id.as_deref(),
                create_time: task.start_time,
                update_time: task.update_time,
            })
        }
    };
    Some(bytes.expect("texts, numbers and maps with text keys are JSON"))
}

fn blocking_task<'a>(seen: &Seen, execution: &'a Execution, flow: Option<&'a Flow>) -> Option<TaskJson<'a>> {
    let blocking = seen.blocking.as_ref()?;
    let run = execution.task_runs.get(blocking.task_run)?;
    let tries: Vec<Try<'a>> = tries_of(run, &execution.task_runs);
    let one = tries.iter().find(|it| it.number == blocking.number)?;
    Some(TaskJson::of(execution, flow, one))
}

/// When anything of it changed last, in milliseconds.
fn updated(execution: &Execution) -> i64 {
    let own = execution.state.last().date;
    tries(execution).iter().map(|it| it.updated).fold(own, std::cmp::max).as_millis()
}
