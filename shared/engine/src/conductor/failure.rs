//! What a failure workflow is told of the one that failed.

use serde_json::{Map, Value as Json, json};

use super::{Try, WorkflowStatus, reference, tries};
use crate::{
    execution::{Execution, Level},
    flow::{Flow, label},
    time::Timestamp,
};

/// How much of the workflow that failed is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Whole,
    /// Without input and output of its tasks.
    Outline,
    /// Without its tasks, its input, output and variables.
    Head,
    /// Nothing but why it failed.
    Reason,
}

impl Told {
    /// Most first.
    pub const ALL: [Self; 4] = [Self::Whole, Self::Outline, Self::Head, Self::Reason];
}

/// The input of the failure workflow: that of the one that failed, and what became of it.
pub fn failure_input(flow: &Flow, execution: &Execution, told: Told) -> Map<String, Json> {
    let all = tries(execution);
    let failed = all.iter().rev().find(|it| it.status.is_failure() && !it.retried);
    let mut input = execution.inputs.clone();
    let mut put = |key: &str, value: Json| input.insert(key.to_owned(), value);
    put("workflowId", execution.id.to_string().into());
    put("reason", reason(execution, failed).into());
    put("failureStatus", WorkflowStatus::of(execution).name().into());
    put("failureTaskId", failed.map_or(Json::Null, |it| it.id(execution).to_string().into()));
    if told != Told::Reason {
        put("failedWorkflow", Json::Object(workflow(flow, execution, &all, told)));
    }
    input
}

fn reason(execution: &Execution, failed: Option<&Try<'_>>) -> String {
    if let Some(reason) = &execution.course.reason {
        return reason.clone();
    }
    let errors = || execution.logs.iter().rev().filter(|it| it.level == Level::Error);
    if let Some(line) = errors().find(|it| it.task_run.is_none()) {
        return line.message.clone();
    }
    let Some(failed) = failed else { return String::new() };
    let why = errors().find(|it| it.task_run == Some(failed.run.id)).map(|it| it.message.as_str());
    let (id, status) = (failed.id(execution), failed.status.name());
    format!("Task {id} failed with status: {status} and reason: '{}'", why.unwrap_or_default())
}

/// The workflow as clients know it, without what follows from its definition.
fn workflow(flow: &Flow, execution: &Execution, tries: &[Try<'_>], told: Told) -> Map<String, Json> {
    let failed: Vec<&Try<'_>> = tries.iter().filter(|it| it.status.is_failure() && !it.retried).collect();
    let workflow = flow.workflow.as_ref();
    let origin = &execution.origin;
    let correlation = execution.labels.iter().find(|it| it.key == label::CORRELATION_ID);
    let created = execution.state.first().date.as_millis();
    let head = json!({
        "workflowId": execution.id.to_string(),
        "workflowName": workflow.map_or(&flow.id, |it| &it.name),
        "workflowVersion": workflow.map_or(flow.revision, |it| it.version),
        "status": WorkflowStatus::of(execution).name(),
        "reasonForIncompletion": reason(execution, failed.last().copied()),
        "correlationId": correlation.map(|it| &it.value),
        "createTime": created,
        "startTime": created,
        "updateTime": execution.state.last().date.as_millis(),
        "endTime": execution.state.last().date.as_millis(),
        "parentWorkflowId": execution.course.caller.map(|it| it.execution.to_string()),
        "priority": origin.priority,
        "createdBy": origin.created_by,
        "idempotencyKey": origin.idempotency_key,
        "taskToDomain": origin.task_to_domain,
        "failedReferenceTaskNames":
            failed.iter().map(|it| reference(it.run, &execution.task_runs)).collect::<Vec<_>>(),
        "failedTaskNames": failed.iter().map(|it| &it.run.task_id).collect::<Vec<_>>(),
    });
    let Json::Object(mut head) = head else { unreachable!("written as a map") };
    head.retain(|_, value| !value.is_null());
    if told == Told::Head {
        return head;
    }
    let values = |map: &Map<String, Json>| Json::Object(map.clone());
    head.insert("input".to_owned(), values(&execution.inputs));
    head.insert("output".to_owned(), execution.outputs.as_ref().map_or_else(|| json!({}), values));
    head.insert("variables".to_owned(), values(&execution.variables));
    let tasks = (1..).zip(tries).map(|(seq, one)| task(flow, execution, (seq, one), told));
    head.insert("tasks".to_owned(), tasks.collect());
    head
}

fn task(flow: &Flow, execution: &Execution, (seq, one): (usize, &Try<'_>), told: Told) -> Json {
    let (run, millis) = (one.run, |at: Option<Timestamp>| at.map_or(0, Timestamp::as_millis));
    let task = flow.task(&run.task_id).filter(|_| !run.dynamic);
    let named = task.and_then(|it| it.workflow.as_ref()).map(|it| &it.name);
    let errors = execution.logs.iter().rev().filter(|it| it.level == Level::Error);
    let why = errors.clone().find(|it| it.task_run == Some(run.id)).filter(|_| one.status.is_failure());
    let json = json!({
        "taskId": one.id(execution).to_string(),
        "taskType": task.map_or(&run.task_id, |it| &it.type_name),
        "taskDefName": named.unwrap_or(&run.task_id),
        "referenceTaskName": reference(run, &execution.task_runs),
        "status": one.status.name(),
        "reasonForIncompletion": why.map(|it| &it.message),
        "retryCount": one.number.saturating_sub(1),
        "retried": one.retried,
        "seq": seq,
        "workflowInstanceId": execution.id.to_string(),
        "scheduledTime": one.scheduled.as_millis(),
        "startTime": millis(one.started),
        "endTime": millis(one.ended),
        "updateTime": one.updated.as_millis(),
    });
    let Json::Object(mut map) = json else { unreachable!("written as a map") };
    map.retain(|_, value| !value.is_null());
    if told == Told::Whole {
        let input = run.worker.as_deref().map(|it| &it.input).or(run.input.as_ref());
        map.insert("inputData".to_owned(), Json::Object(input.cloned().unwrap_or_default()));
        map.insert("outputData".to_owned(), Json::Object(run.outputs.clone()));
    }
    Json::Object(map)
}
