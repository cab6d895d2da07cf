//! The workflow that follows one that did not complete. Conductor: `failureWorkflow`.

use super::{World, calls::CallError, context::Context, render::Renderer};
use crate::{
    execution::{Execution, State},
    flow::Flow,
    id::ExecutionId,
};

/// The output of a workflow that names the one that followed it.
pub const FAILURE_WORKFLOW: &str = "conductor.failure_workflow";

/// Whether another workflow follows an execution in this state, as far as that is known without its name: it failed, or
/// a task ended it, or somebody who asked for that. One that was simply terminated has no follower.
pub fn owes_failure_workflow(flow: &Flow, execution: &Execution) -> bool {
    let named = flow.workflow.as_ref().is_some_and(|it| it.failure_workflow.is_some());
    named
        && match execution.state.current() {
            State::Failed => true,
            // Somebody outside gives no reason of that kind.
            State::Killed => execution.course.reason.is_some(),
            State::Created
            | State::Running
            | State::Paused
            | State::Restarted
            | State::Killing
            | State::Success
            | State::Warning
            | State::Cancelled
            | State::Queued
            | State::Retrying
            | State::Retried
            | State::Skipped => false,
        }
}

/// Its name and version, the latest unless given; `None` when the name is empty.
///
/// # Errors
/// When the name cannot be rendered.
pub fn failure_workflow(
    flow: &Flow,
    execution: &Execution,
    world: &World<'_>,
) -> Result<Option<(String, Option<u32>)>, CallError> {
    let Some(it) = flow.workflow.as_ref().and_then(|it| it.failure_workflow.as_ref()) else {
        return Ok(None);
    };
    let context = Context::of_execution(flow, execution, world);
    let name = Renderer::new(&context, world, execution.id.as_u128()).text(&it.name)?;
    Ok((!matches!(&*name, "" | "null")).then_some((name, it.version)))
}

/// Whether it was started already, under another id than this.
pub fn had_failure_workflow(execution: &Execution, other_than: ExecutionId) -> bool {
    let known = execution.outputs.as_ref().and_then(|it| it.get(FAILURE_WORKFLOW));
    known.is_some_and(|it| it.as_str() != Some(&other_than.to_string()))
}
