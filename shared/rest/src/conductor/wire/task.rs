//! A task: one try of a task run.

use std::{borrow::Cow, time::Duration};

use engine::{
    conductor::{TaskStatus, Try, reference, round, tries},
    execution::{Execution, Level},
    flow::{Flow, FlowableKind, Task, TaskKind},
};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{
    kind,
    name::Named,
    status::{TaskStatusText, millis},
};

/// Conductor: `Task`. What is not known of every task is public, for whoever knows it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools, reason = "Conductor's fields, each on its own")]
pub(crate) struct TaskJson<'a> {
    pub(crate) task_type: Cow<'a, str>,
    pub(crate) status: TaskStatusText,
    pub(crate) input_data: Cow<'a, Map<String, Json>>,
    pub(crate) reference_task_name: String,
    pub(crate) retry_count: u32,
    /// From 1, in the order of scheduling; 0 when it is shown alone.
    pub(crate) seq: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) correlation_id: Option<&'a str>,
    pub(crate) poll_count: u32,
    pub(crate) task_def_name: Cow<'a, str>,
    pub(crate) scheduled_time: i64,
    pub(crate) start_time: i64,
    pub(crate) end_time: i64,
    pub(crate) update_time: i64,
    pub(crate) start_delay_in_seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retried_task_id: Option<String>,
    pub(crate) retried: bool,
    /// Whether the workflow has acted on its end.
    pub(crate) executed: bool,
    pub(crate) callback_from_worker: bool,
    pub(crate) response_timeout_seconds: u64,
    pub(crate) workflow_instance_id: String,
    /// The id of the flow, where nobody says what its name is.
    pub(crate) workflow_type: Cow<'a, str>,
    pub(crate) task_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason_for_incompletion: Option<&'a str>,
    pub(crate) callback_after_seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) worker_id: Option<Cow<'a, str>>,
    pub(crate) output_data: Cow<'a, Map<String, Json>>,
    pub(crate) workflow_task: StepJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) domain: Option<&'a str>,
    pub(crate) rate_limit_per_frequency: u32,
    pub(crate) rate_limit_frequency_in_seconds: u64,
    pub(crate) workflow_priority: u32,
    pub(crate) iteration: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub_workflow_id: Option<&'a str>,
    pub(crate) subworkflow_changed: bool,
    pub(crate) first_start_time: i64,
    /// Milliseconds between scheduling and start.
    pub(crate) queue_wait_time: i64,
    pub(crate) loop_over_task: bool,
}

/// The task as it stands in the definition. Conductor: `WorkflowTask`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StepJson<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) task_reference_name: &'a str,
    #[serde(rename = "type")]
    pub(crate) type_: Cow<'a, str>,
    pub(crate) optional: bool,
}

/// Every task of an execution, in the order of scheduling. Without its flow, types are those of workers.
pub(crate) fn tasks<'a>(execution: &'a Execution, flow: Option<&'a Flow>) -> Vec<TaskJson<'a>> {
    let numbered = (1..).zip(tries(execution));
    numbered.map(|(seq, one)| TaskJson { seq, ..TaskJson::of(execution, flow, &one) }).collect()
}

/// As [`tasks`], of a workflow that is called so.
pub(crate) fn named<'a>(
    execution: &'a Execution,
    flow: Option<&'a Flow>,
    named: &Named,
) -> Vec<TaskJson<'a>> {
    let all = tasks(execution, flow).into_iter();
    all.map(|it| TaskJson { workflow_type: Cow::Owned(named.name.clone()), ..it }).collect()
}

impl<'a> TaskJson<'a> {
    /// One try of one of the execution's runs.
    pub(crate) fn of(execution: &'a Execution, flow: Option<&'a Flow>, one: &Try<'a>) -> Self {
        let run = one.run;
        let task = flow.and_then(|flow| flow.task_of(run)).filter(|_| !run.dynamic);
        let task_type: Cow<'a, str> = task.map_or(Cow::Borrowed(&*run.task_id), kind::of);
        let task_def_name = task.map_or(Cow::Borrowed(&*run.task_id), kind::definition);
        let offered = run.worker.as_deref();
        let worked = one.attempt.and_then(|it| it.worked.as_deref());
        let (task_type, task_def_name) = match offered {
            Some(it) => (Cow::Borrowed(&*it.task_type), Cow::Borrowed(&*it.task_type)),
            None => (task_type, task_def_name),
        };
        let rate = offered.and_then(|it| it.terms.rate);
        let round = round(run, &execution.task_runs);
        let previous =
            one.number.checked_sub(1).filter(|number| *number > 0).map(|number| Try { number, ..*one });
        let chose = one.started.filter(|_| task.is_some_and(chooses));
        let status = if chose.is_some() { TaskStatus::Completed } else { one.status };
        let response = task.and_then(|_| one.attempt?.deadline).and_then(|it| Some(it.since(one.started?)));
        Self {
            status: TaskStatusText(status),
            input_data: match offered.map(|it| &it.input).or(run.input.as_ref()) {
                Some(input) => Cow::Borrowed(input),
                None => Cow::Owned(Map::new()),
            },
            reference_task_name: reference(run, &execution.task_runs),
            retry_count: one.number.saturating_sub(1),
            seq: 0,
            correlation_id: super::correlation_id(execution),
            poll_count: worked.map_or(u32::from(one.started.is_some()), |it| it.polls),
            scheduled_time: one.scheduled.as_millis(),
            start_time: millis(one.started),
            end_time: millis(chose.or(one.ended)),
            update_time: one.updated.as_millis(),
            start_delay_in_seconds: start_delay(task).filter(|_| one.number == 1).unwrap_or_default(),
            retried_task_id: previous.map(|it| it.id(execution).to_string()),
            retried: one.retried,
            executed: status.is_terminal(),
            callback_from_worker: true,
            response_timeout_seconds: offered
                .map(|it| it.terms.response_timeout)
                .or(response)
                .map_or(0, |it: Duration| it.as_secs()),
            workflow_instance_id: execution.id.to_string(),
            workflow_type: Cow::Borrowed(super::workflow_type(execution, flow)),
            task_id: one.id(execution).to_string(),
            reason_for_incompletion: match worked.and_then(|it| it.reason.as_deref()) {
                Some(reason) => Some(reason),
                None if status.is_failure() => reason(execution, one),
                None => None,
            },
            callback_after_seconds: 0,
            worker_id: worked.and_then(|it| it.worker.as_deref()).map(Cow::Borrowed),
            output_data: if one.retried { Cow::Owned(Map::new()) } else { Cow::Borrowed(&run.outputs) },
            workflow_task: StepJson {
                name: task_def_name.clone(),
                task_reference_name: &run.task_id,
                type_: if offered.is_some() { Cow::Borrowed("SIMPLE") } else { task_type.clone() },
                optional: task.is_some_and(|it: &Task| it.allow_failure),
            },
            domain: offered.and_then(|it| it.domain.as_deref()),
            rate_limit_per_frequency: rate.map_or(0, |it| it.most),
            rate_limit_frequency_in_seconds: rate.map_or(0, |it| it.window.as_secs()),
            workflow_priority: execution.origin.priority,
            iteration: run.iteration.or(round).unwrap_or(0),
            sub_workflow_id: sub_workflow(one),
            subworkflow_changed: false,
            first_start_time: millis(run.attempts.first().map(|it| it.state.first().date).or(one.started)),
            queue_wait_time: one.started.map_or(0, |it| it.as_millis() - one.scheduled.as_millis()),
            loop_over_task: round.is_some(),
            task_type,
            task_def_name,
        }
    }
}

/// Whether a task is done once it has begun, whatever becomes of those that it chose. Conductor: forks and switches.
fn chooses(task: &Task) -> bool {
    let TaskKind::Flowable(flowable) = &task.kind else { return false };
    task.workflow.is_some() && matches!(flowable.kind, FlowableKind::Fork { .. } | FlowableKind::Decision(_))
}

fn start_delay(task: Option<&Task>) -> Option<u64> {
    Some(task?.workflow.as_ref()?.start_delay?.as_secs())
}

/// The last thing that was said of a failure, while its lines are at hand.
pub(super) fn reason<'a>(execution: &'a Execution, one: &Try<'_>) -> Option<&'a str> {
    let mut lines = execution.logs.iter().rev();
    let of_try = |attempt: u32| attempt == one.number.saturating_sub(1) || one.attempt.is_none();
    let line =
        lines.find(|it| it.level == Level::Error && it.task_run == Some(one.run.id) && of_try(it.attempt));
    line.map(|it| it.message.as_str())
}

/// The workflow that it started.
fn sub_workflow<'a>(one: &Try<'a>) -> Option<&'a str> {
    one.run.calls.as_ref().filter(|it| it.total == 1)?;
    let outputs = &one.run.outputs;
    outputs.get("subWorkflowId").or_else(|| outputs.get("executionId"))?.as_str()
}
