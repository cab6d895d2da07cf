//! Steps that start other workflows.

use expression::Template;
use serde_json::{Map, Value as Json};

use super::{
    super::{Step, SubWorkflow},
    step::{Steps, parameter},
};
use crate::flow::{Executable, Rendered, Subflow, TaskKind};

/// `SUB_WORKFLOW`: its input is that of the child.
pub(super) fn sub_workflow(steps: &mut Steps<'_>, step: &Step, it: &SubWorkflow) -> Option<TaskKind> {
    if it.definition.is_some() {
        return steps.none(&step.reference, "a `workflowDefinition` of its own, in `subWorkflowParam`, is");
    }
    if it.idempotency_key.is_some() {
        return steps.none(&step.reference, "`idempotencyKey` in `subWorkflowParam` is");
    }
    let version = match version(it.version.as_ref()) {
        Ok(version) => version,
        Err(what) => return steps.none(&step.reference, what),
    };
    let flow_id = steps.template(&step.reference, &it.name);
    let inputs = steps.value(&step.reference, &Json::Object(step.input.clone()));
    Some(subflow(steps.namespace, flow_id, (version, inputs), true))
}

/// `START_WORKFLOW`: the request is its input `startWorkflow`.
pub(super) fn start_workflow(steps: &mut Steps<'_>, step: &Step) -> Option<TaskKind> {
    let Some(Json::Object(request)) = parameter(&step.input, "startWorkflow") else {
        return steps.none(&step.reference, "a `startWorkflow` that is no map is");
    };
    let Some(Json::String(name)) = parameter(request, "name") else {
        return steps.none(&step.reference, "a `startWorkflow` without `name` is");
    };
    let version = match version(parameter(request, "version")) {
        Ok(version) => version,
        Err(what) => return steps.none(&step.reference, what),
    };
    let flow_id = steps.template(&step.reference, name);
    let input = parameter(request, "input").cloned().unwrap_or(Json::Object(Map::new()));
    let inputs = steps.value(&step.reference, &input);
    Some(subflow(steps.namespace, flow_id, (version, inputs), false))
}

/// The version that is called; the latest for none and 0.
///
/// # Errors
/// What of it is not built.
fn version(given: Option<&Json>) -> Result<Option<u32>, &'static str> {
    match given {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Number(number)) => match number.as_u64().map(u32::try_from) {
            Some(Ok(version)) => Ok(Some(version).filter(|it| *it > 0)),
            Some(Err(_)) | None => Err("a version that is no whole number is"),
        },
        Some(_) => Err("a version that is an expression is"),
    }
}

fn subflow(
    namespace: &str,
    flow_id: Template,
    (revision, inputs): (Option<u32>, Rendered),
    wait: bool,
) -> TaskKind {
    TaskKind::Executable(Executable::Subflow(Subflow {
        namespace: Template::plain(namespace),
        flow_id,
        revision,
        inputs: Some(inputs),
        labels: None,
        wait,
        transmit_failed: true,
        inherit_labels: false,
        schedule_date: None,
        outputs: None,
    }))
}
