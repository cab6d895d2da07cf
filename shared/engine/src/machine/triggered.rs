//! What a flow trigger sees of an execution, and what it and a webhook give to the one they start.

use expression::Error;
use serde_json::{Map, Value as Json};

use super::{World, context::Context, render::Renderer};
use crate::{
    execution::{Execution, ExecutionTrigger, History, StateLog},
    flow::{Flow, Rendered},
};

/// An execution as it was when it entered a state, the one of its history at `entry`, and as a flow of this revision
/// that listens sees it: with the flow's own defaults of inputs, and as `trigger` the outputs, when it has some.
///
/// Of what changed since then only the state is taken back.
pub fn as_entered(
    upstream: &Execution,
    entry: usize,
    revision: u32,
    defaults: &Map<String, Json>,
) -> Execution {
    let first = upstream.state.first();
    let mut state = StateLog::new(first.state, first.date);
    for History { state: entered, date } in upstream.state.histories().take(entry + 1).skip(1) {
        state.enter(entered, date);
    }
    let mut seen = Execution { state, flow_revision: revision, ..upstream.clone() };
    for (key, value) in defaults {
        seen.inputs.entry(key).or_insert_with(|| value.clone());
    }
    if let Some(outputs) = seen.outputs.as_ref().filter(|it| !it.is_empty()) {
        let variables = [("outputs".to_owned(), Json::Object(outputs.clone()))].into_iter().collect();
        seen.trigger = Some(ExecutionTrigger { id: String::new(), type_name: String::new(), variables });
    }
    seen
}

/// The variables of a trigger that an execution in this state fires. Kestra: `trigger.executionId` and so on.
pub fn variables(seen: &Execution, upstream_revision: u32) -> Map<String, Json> {
    let mut variables = Map::new();
    variables.insert("executionId".to_owned(), seen.id.to_string().into());
    variables.insert("namespace".to_owned(), seen.namespace.clone().into());
    variables.insert("flowId".to_owned(), seen.flow_id.clone().into());
    variables.insert("flowRevision".to_owned(), upstream_revision.into());
    variables.insert("state".to_owned(), seen.state.current().name().into());
    if let Some(outputs) = seen.outputs.as_ref().filter(|it| !it.is_empty()) {
        variables.insert("outputs".to_owned(), Json::Object(outputs.clone()));
    }
    variables
}

/// Renders the `inputs` of a trigger, as they are: nothing is typed or checked.
///
/// # Errors
/// As their expressions'.
pub fn inputs(
    flow: &Flow,
    seen: &Execution,
    inputs: &[(String, Rendered)],
    world: &World<'_>,
) -> Result<Map<String, Json>, Error> {
    let context = Context::of_execution(flow, seen, world);
    let renderer = Renderer::new(&context, world, seen.id.as_u128());
    inputs.iter().map(|(name, value)| Ok((name.clone(), renderer.value(value)?))).collect()
}

/// Renders the `inputs` of a trigger that is called, which then are read as a caller's.
///
/// # Errors
/// As their expressions'.
pub fn called_with(
    flow: &Flow,
    seen: &Execution,
    inputs: &Rendered,
    world: &World<'_>,
) -> Result<Map<String, Json>, Error> {
    let context = Context::of_execution(flow, seen, world);
    match Renderer::new(&context, world, seen.id.as_u128()).value(inputs)? {
        Json::Object(inputs) => Ok(inputs),
        // No flow is read with anything else.
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Ok(Map::new()),
    }
}
