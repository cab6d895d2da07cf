//! What a flow trigger sees of an execution, and what it and a webhook give to the one they start.

use expression::Error;
use serde_json::{Map, Value as Json};

use super::{World, context::Context, render::Renderer};
use crate::{
    execution::{Execution, ExecutionTrigger, History, StateLog},
    flow::{Flow, Label, Rendered, Trigger},
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

/// The labels that a trigger gives to an execution it starts, rendered with the variables of that one.
///
/// # Errors
/// When something is needed from outside; what fails is left out.
pub fn labels(
    flow: &Flow,
    started: &Execution,
    trigger: &Trigger,
    world: &World<'_>,
) -> Result<Vec<Label>, Error> {
    let Some(labels) = &trigger.labels else { return Ok(Vec::new()) };
    let context = Context::of_execution(flow, started, world);
    rendered(&Renderer::new(&context, world, started.id.as_u128()), labels)
}

/// Those that can be rendered. Kestra: the others are left out.
fn rendered(renderer: &Renderer<'_>, labels: &Rendered) -> Result<Vec<Label>, Error> {
    let mut kept = Vec::new();
    let mut keep = |label: Result<Option<Label>, Error>| match label {
        Ok(label) => {
            kept.extend(label.filter(|it| !it.is_system()));
            Ok(())
        }
        Err(Error::Failed(_)) => Ok(()),
        Err(needs @ Error::Needs(_)) => Err(needs),
    };
    match labels {
        Rendered::Map(entries) => {
            for (key, value) in entries {
                let label = renderer.text(key).and_then(|key| Ok(one(&key, &renderer.value(value)?)));
                keep(label)?;
            }
        }
        Rendered::List(items) => {
            for item in items {
                keep(renderer.value(item).map(|it| pair(&it)))?;
            }
        }
        Rendered::Literal(Json::Object(entries)) => {
            for (key, value) in entries {
                keep(Ok(one(key, value)))?;
            }
        }
        Rendered::Literal(Json::Array(items)) => {
            for item in items {
                keep(Ok(pair(item)))?;
            }
        }
        // No flow is read with anything else.
        Rendered::Literal(_) | Rendered::Template(_) | Rendered::Typed(_) => {}
    }
    Ok(kept)
}

fn pair(item: &Json) -> Option<Label> {
    one(item.get("key")?.as_str()?, item.get("value")?)
}

fn one(key: &str, value: &Json) -> Option<Label> {
    let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    (!key.is_empty() && !value.is_empty()).then(|| Label::new(key, value))
}
