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
    let version = version(steps, &step.reference, it.version.as_ref())?;
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
    let version = version(steps, &step.reference, parameter(request, "version"))?;
    let flow_id = steps.template(&step.reference, name);
    let input = parameter(request, "input").cloned().unwrap_or(Json::Object(Map::new()));
    let inputs = steps.value(&step.reference, &input);
    Some(subflow(steps.namespace, flow_id, (version, inputs), false))
}

fn version(steps: &mut Steps<'_>, of: &str, given: Option<&Json>) -> Option<Option<u32>> {
    match given {
        None | Some(Json::Null) => Some(None),
        Some(Json::Number(number)) => match number.as_u64().and_then(|it| u32::try_from(it).ok()) {
            // Conductor: 0 is the latest.
            Some(0) => Some(None),
            Some(version) => Some(Some(version)),
            None => steps.none(of, "a version that is no whole number is"),
        },
        Some(_) => steps.none(of, "a version that is an expression is"),
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
