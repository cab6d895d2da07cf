//! Steps that start other workflows.

use expression::Template;
use serde_json::{Map, Value as Json};

use super::{
    super::{Step, SubWorkflow, reading},
    NotBuilt,
    step::{Steps, parameter},
};
use crate::flow::{Executable, Subflow, TaskKind, WorkflowRequest};

/// By which a request has its definition.
const DEFINITION: &str = "workflowDef";

/// `SUB_WORKFLOW`: its input is that of the child.
pub(super) fn sub_workflow(steps: &mut Steps<'_>, step: &Step, it: &SubWorkflow) -> TaskKind {
    let text = |text: &Option<String>| text.clone().map_or(Json::Null, Json::String);
    let mut request = Map::new();
    request.insert("name".to_owned(), Json::String(it.name.clone()));
    request.insert("version".to_owned(), it.version.clone().unwrap_or_default());
    request.insert("input".to_owned(), Json::Object(step.input.clone()));
    request.insert("idempotencyKey".to_owned(), text(&it.idempotency_key));
    request.insert("idempotencyStrategy".to_owned(), text(&it.idempotency_strategy));
    request.insert("priority".to_owned(), it.priority.clone().unwrap_or_default());
    request.insert("taskToDomain".to_owned(), Json::Object(it.task_to_domain.clone()));
    if let Some(definition) = &it.definition {
        request.insert(DEFINITION.to_owned(), definition.clone());
    }
    called(steps, step, request, true)
}

/// `START_WORKFLOW`: the request is its input `startWorkflow`; a map, or an expression that gives one.
pub(super) fn start_workflow(steps: &mut Steps<'_>, step: &Step) -> TaskKind {
    match parameter(&step.input, "startWorkflow") {
        Some(Json::Object(request)) => called(steps, step, request.clone(), false),
        other => {
            let given = other.cloned().unwrap_or_default();
            let request = steps.value(&step.reference, &given);
            subflow(steps, "", WorkflowRequest { request, definition: None }, false)
        }
    }
}

/// A definition that stands in the request is checked like the one around it, and left as it is: its expressions are its
/// own.
fn called(steps: &mut Steps<'_>, step: &Step, mut request: Map<String, Json>, wait: bool) -> TaskKind {
    let given = request.get(DEFINITION).filter(|it| !it.is_null());
    let definition = match given.cloned() {
        Some(Json::Object(mut definition)) => {
            request.shift_remove(DEFINITION);
            let name = definition.get("name").filter(|it| !it.is_null() && it.as_str() != Some(""));
            if name.is_none() {
                definition.insert("name".to_owned(), request.get("name").cloned().unwrap_or_default());
            }
            check(steps, &step.reference, &definition);
            Some(definition)
        }
        _ => None,
    };
    let name = request.get("name").and_then(Json::as_str).map(str::to_owned);
    let request = steps.value(&step.reference, &Json::Object(request));
    subflow(steps, name.as_deref().unwrap_or_default(), WorkflowRequest { request, definition }, wait)
}

/// All that is wrong with a definition within another, as if it stood alone.
fn check(steps: &mut Steps<'_>, of: &str, definition: &Map<String, Json>) {
    // What cannot be read was told of with the definition around it, where that was read from a text.
    let problems = match reading::of_json(&Json::Object(definition.clone())) {
        Ok(read) => match super::translate(&read, steps.namespace, &read.name) {
            Ok(_) => return,
            Err(NotBuilt(problems)) => problems,
        },
        Err(invalid) => vec![invalid.to_string()],
    };
    steps.problems.extend(problems.into_iter().map(|problem| format!("{of}: workflowDefinition: {problem}")));
}

/// `name` is what is shown of it, where nothing is known but the definition.
fn subflow(steps: &Steps<'_>, name: &str, request: WorkflowRequest, wait: bool) -> TaskKind {
    TaskKind::Executable(Executable::Subflow(Subflow {
        namespace: Template::plain(steps.namespace),
        flow_id: Template::plain(name),
        revision: None,
        inputs: None,
        labels: None,
        wait,
        transmit_failed: true,
        inherit_labels: false,
        schedule_date: None,
        outputs: None,
        request: Some(Box::new(request)),
    }))
}
