//! What one child is to be, rendered.

use expression::{Error, Need};
use serde_json::{Map, Value as Json, json};

use super::request::{self, CalledWorkflow};
use crate::{
    execution::{Execution, ExecutionTrigger, TaskRun},
    flow::{Executable, Flow, Label, Rendered, Subflow, Task, TaskKind, label},
    id::TaskRunId,
    machine::{
        World,
        context::{Batch, Context},
        render::Renderer,
    },
    time::Timestamp,
};

/// The type of the task that starts an execution for each batch. Kestra: an inner class.
const ITEMS_TYPE: &str = "io.kestra.plugin.core.flow.ForEachItem$ForEachItemExecutable";

/// An execution that a task wants to start.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub namespace: String,
    pub flow_id: String,
    /// The newest unless given.
    pub revision: Option<u32>,
    /// As they are sent to the flow.
    pub inputs: Map<String, Json>,
    /// In Kestra's order, behind those of the child's flow: inherited ones, then the task's own.
    pub labels: Vec<Label>,
    /// Not before then.
    pub schedule_date: Option<Timestamp>,
    pub trigger: ExecutionTrigger,
    /// Whether the task ends with it.
    pub wait: bool,
    /// What else a workflow of Conductor's asks for.
    pub workflow: Option<Box<CalledWorkflow>>,
}

/// Why a call cannot be rendered.
#[derive(Debug, Clone, PartialEq)]
pub enum CallError {
    /// The task has failed.
    Failed(String),
    /// Try again with these supplied.
    Needs(Vec<Need>),
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        match error {
            Error::Failed(failure) => Self::Failed(failure.explained()),
            Error::Needs(needs) => Self::Needs(needs),
        }
    }
}

/// Renders one child of an executable task. `batch` is its index, from 0, and the URI of its items.
///
/// # Errors
/// When it cannot be rendered, or not yet.
pub fn call(
    flow: &Flow,
    execution: &Execution,
    task_run: TaskRunId,
    batch: Option<(u32, &str)>,
    world: &World<'_>,
) -> Result<Call, CallError> {
    let (run, task, executable) = parts(flow, execution, task_run)?;
    let (Executable::Subflow(subflow) | Executable::Items { subflow, .. }) = executable;
    let context = match batch {
        None => Context::of_task(flow, execution, task, run, world),
        Some((index, uri)) => {
            let batch = Batch { iteration: index.saturating_add(1), uri };
            Context::of_batch(flow, execution, task, run, batch, world)
        }
    };
    let chance = batch.map_or(0, |(index, _)| u128::from(index) + 1);
    let renderer = Renderer::new(&context, world, run.id.as_u128() ^ chance);
    let mut labels = labels(execution, subflow, &renderer)?;
    let (flow_id, revision, inputs, workflow) = match &subflow.request {
        None => (
            renderer.text(&subflow.flow_id)?,
            subflow.revision,
            match &subflow.inputs {
                None => Map::new(),
                Some(inputs) => match renderer.value(inputs)? {
                    Json::Object(inputs) => inputs,
                    _ => return Err(CallError::Failed("`inputs` must be a map".to_owned())),
                },
            },
            None,
        ),
        Some(request) => {
            let given = renderer.value(&request.request)?;
            let (workflow, input) = request::read(request, given, execution, subflow.wait)?;
            if let Some(id) = &workflow.correlation_id {
                labels.retain(|label| label.key != label::CORRELATION_ID);
                labels.push(Label::new(label::CORRELATION_ID, id.clone()));
            }
            (workflow.name.clone(), workflow.version, input, Some(Box::new(workflow)))
        }
    };
    Ok(Call {
        namespace: renderer.text(&subflow.namespace)?,
        flow_id,
        revision,
        inputs,
        labels,
        workflow,
        schedule_date: match &subflow.schedule_date {
            None => None,
            Some(date) => Some(moment(&renderer.text(date)?)?),
        },
        trigger: ExecutionTrigger {
            id: run.task_id.clone(),
            type_name: match executable {
                Executable::Subflow(_) => task.type_name.clone(),
                Executable::Items { .. } => ITEMS_TYPE.to_owned(),
            },
            variables: trigger_variables(execution),
        },
        wait: subflow.wait,
    })
}

/// The URI of the file that names the batches; `None` for a task that has one child alone.
///
/// # Errors
/// As [`call`].
pub fn splits(
    flow: &Flow,
    execution: &Execution,
    task_run: TaskRunId,
    world: &World<'_>,
) -> Result<Option<String>, CallError> {
    let (run, task, executable) = parts(flow, execution, task_run)?;
    match executable {
        Executable::Subflow(_) => Ok(None),
        Executable::Items { splits, .. } => {
            let context = Context::of_task(flow, execution, task, run, world);
            Ok(Some(Renderer::new(&context, world, run.id.as_u128()).text(splits)?))
        }
    }
}

/// What a task shows of the outputs of a child whose flow declares none: the task's own `outputs`, rendered with the
/// child's variables. Deprecated in Kestra.
///
/// # Errors
/// As [`call`].
pub fn legacy_outputs(
    outputs: &Rendered,
    (flow, child): (&Flow, &Execution),
    world: &World<'_>,
) -> Result<Map<String, Json>, CallError> {
    let context = Context::of_execution(flow, child, world);
    match Renderer::new(&context, world, child.id.as_u128()).value(outputs)? {
        Json::Object(outputs) => Ok(outputs),
        _ => Err(CallError::Failed("`outputs` must be a map".to_owned())),
    }
}

fn parts<'e>(
    flow: &'e Flow,
    execution: &'e Execution,
    task_run: TaskRunId,
) -> Result<(&'e TaskRun, &'e Task, &'e Executable), CallError> {
    let found = execution.task_runs.get(task_run).and_then(|run| {
        let task = flow.task(&run.task_id)?;
        match &task.kind {
            TaskKind::Executable(executable) => Some((run, task, executable)),
            TaskKind::Flowable(_) | TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Worker(_) => None,
        }
    });
    found.ok_or_else(|| CallError::Failed(format!("task run {task_run} starts no executions")))
}

fn trigger_variables(execution: &Execution) -> Map<String, Json> {
    let variables = json!({
        "executionId": execution.id,
        "namespace": execution.namespace,
        "flowId": execution.flow_id,
        "flowRevision": execution.flow_revision,
    });
    let Json::Object(variables) = variables else { unreachable!("written as a map") };
    variables
}

/// Kestra: system labels are handed on in any case, and with them the correlation id.
fn labels(
    execution: &Execution,
    subflow: &Subflow,
    renderer: &Renderer<'_>,
) -> Result<Vec<Label>, CallError> {
    let inherited = |label: &&Label| subflow.inherit_labels || label.is_system();
    let mut labels: Vec<Label> = execution.labels.iter().filter(inherited).cloned().collect();
    let Some(own) = &subflow.labels else { return Ok(labels) };
    match renderer.value(own)? {
        Json::Object(map) => {
            for (key, value) in map {
                labels.push(Label::new(key, text(&value)?));
            }
        }
        Json::Array(list) => {
            for label in list {
                labels.push(Label::new(text(&label["key"])?, text(&label["value"])?));
            }
        }
        _ => {
            return Err(CallError::Failed(
                "`labels` must be a map, or a list of `key` and `value`".to_owned(),
            ));
        }
    }
    Ok(labels)
}

fn text(value: &Json) -> Result<String, CallError> {
    match value {
        Json::String(text) => Ok(text.clone()),
        Json::Bool(_) | Json::Number(_) => Ok(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => {
            Err(CallError::Failed("keys and values of `labels` must be texts".to_owned()))
        }
    }
}

fn moment(text: &str) -> Result<Timestamp, CallError> {
    text.parse().map_err(|problem| CallError::Failed(format!("`scheduleDate`: {problem}")))
}
