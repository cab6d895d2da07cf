//! The end of an execution: its outputs.

use expression::{Error, Need};
use serde_json::{Map, Value as Json};

use super::{Event, World, context::Context, render::Renderer};
use crate::{
    execution::{Execution, Level, State},
    flow::{Dialect, Flow, Rendered},
    id::TaskRunId,
    input,
    secrets::Masks,
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
    if let Some(outputs) = &execution.course.outputs {
        return Ok(Event::Ended { state, outputs: Some(outputs.clone()), failure: None });
    }
    if flow.dialect == Dialect::Conductor && flow.outputs.is_empty() && has_outputs(state) {
        return Ok(Event::Ended { state, outputs: last_outputs(execution), failure: None });
    }
    if flow.outputs.is_empty() || !has_outputs(state) {
        return Ok(Event::Ended { state, outputs: None, failure: None });
    }
    match outputs(flow, execution, world) {
        Ok(mut outputs) => {
            Masks::of_given(world.supplied).mask_outputs(&mut outputs);
            Ok(Event::Ended { state, outputs: Some(outputs), failure: None })
        }
        Err(Stop::Needs(needs)) => Err(needs),
        Err(Stop::Failed(mut message)) => {
            Masks::of_given(world.supplied).mask(&mut message);
            Ok(Event::Ended {
                state: State::Failed,
                outputs: None,
                failure: Some(format!("Failed to render output values: {message}")),
            })
        }
    }
}

/// Conductor: a workflow that declares no outputs has those of the task that ran last.
fn last_outputs(execution: &Execution) -> Option<Map<String, Json>> {
    let ran = execution.task_runs.iter().rev().find(|run| run.state.is_terminal());
    ran.map(|run| run.outputs.clone()).filter(|outputs| !outputs.is_empty())
}

/// What a task run does to its workflow that has failed for good.
pub(super) fn failed_with(execution: &Execution, task_run: TaskRunId) -> Event {
    let run = execution.task_runs.get(task_run);
    let killed = run.is_some_and(|run| run.state.current() == State::Killed);
    let said = execution.logs.iter().rev();
    let said = said.filter(|line| line.task_run == Some(task_run) && line.level == Level::Error);
    let why = said.map(|line| line.message.as_str()).next().unwrap_or_default();
    let (state, status) = if killed { (State::Killed, "CANCELED") } else { (State::Failed, "FAILED") };
    let reason = format!("Task {task_run} failed with status: {status} and reason: '{why}'");
    Event::Terminated { state, reason, outputs: None }
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

fn outputs(flow: &Flow, execution: &Execution, world: &World<'_>) -> Result<Map<String, Json>, Stop> {
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
        if flow.dialect == Dialect::Conductor {
            outputs.insert(output.id.clone(), value);
            continue;
        }
        let typed = input::type_output(output, &value, world.seal()).map_err(Stop::Failed)?;
        outputs.insert(output.id.clone(), typed);
    }
    Ok(outputs)
}

#[cfg(test)]
mod tests;
