//! The end of an execution: its outputs.

use expression::{Error, Need};
use serde_json::Map;

use super::{Event, World, context::Context, render::Renderer};
use crate::{
    execution::{Execution, State},
    flow::{Flow, Rendered},
    input,
};

/// Renders the flow's outputs. Kestra: also of an execution that failed; one that cannot be rendered fails the
/// execution, and there are none then. One that was killed, cancelled or is tried again has none.
///
/// # Errors
/// What the expressions of the outputs need from outside.
pub(super) fn end(
    flow: &Flow,
    execution: &Execution,
    state: State,
    world: &World<'_>,
) -> Result<Event, Vec<Need>> {
    if flow.outputs.is_empty() || !has_outputs(state) {
        return Ok(Event::Ended { state, outputs: None, failure: None });
    }
    match outputs(flow, execution, world) {
        Ok(outputs) => Ok(Event::Ended { state, outputs: Some(outputs), failure: None }),
        Err(Stop::Needs(needs)) => Err(needs),
        Err(Stop::Failed(message)) => Ok(Event::Ended {
            state: State::Failed,
            outputs: None,
            failure: Some(format!("Failed to render output values: {message}")),
        }),
    }
}

/// Whether an execution that ends in this state ran to its end, well or badly.
fn has_outputs(state: State) -> bool {
    match state {
        State::Success | State::Warning | State::Failed | State::Skipped => true,
        State::Killed
        | State::Cancelled
        | State::Retried
        | State::Created
        | State::Running
        | State::Paused
        | State::Restarted
        | State::Killing
        | State::Queued
        | State::Retrying => false,
    }
}

enum Stop {
    Needs(Vec<Need>),
    Failed(String),
}

fn outputs(
    flow: &Flow,
    execution: &Execution,
    world: &World<'_>,
) -> Result<Map<String, serde_json::Value>, Stop> {
    let context = Context::of_execution(flow, execution, world);
    let renderer = Renderer::new(&context, world, execution.id.as_u128());
    let mut outputs = Map::new();
    for output in &flow.outputs {
        // A text is rendered to text and then read by its type; structures keep what they are made of.
        let read = match &output.value {
            template @ (Rendered::Template(_) | Rendered::Typed(_)) => renderer.typed(template),
            other @ (Rendered::Literal(_) | Rendered::List(_) | Rendered::Map(_)) => renderer.value(other),
        };
        let value = read.map_err(|error| match error {
            Error::Needs(needs) => Stop::Needs(needs),
            Error::Failed(failure) => Stop::Failed(failure.explained()),
        })?;
        let typed = input::type_output(output, &value, world.seal()).map_err(Stop::Failed)?;
        outputs.insert(output.id.clone(), typed);
    }
    Ok(outputs)
}

#[cfg(test)]
mod tests;
