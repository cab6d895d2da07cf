//! An expression that somebody asks about, where a task run stands.

use expression::{Error, Template};

use super::{World, context::Context, render::Renderer};
use crate::{
    execution::{Execution, TaskRun},
    flow::Flow,
};

/// Renders a template with the variables of an execution, and of one of its task runs.
///
/// # Errors
/// As the template's.
pub fn evaluate(
    flow: &Flow,
    execution: &Execution,
    run: Option<&TaskRun>,
    template: &Template,
    world: &World<'_>,
) -> Result<String, Error> {
    let placed = run.and_then(|run| Some((flow.task(&run.task_id)?, run)));
    let context = match placed {
        Some((task, run)) => Context::of_task(flow, execution, task, run, world),
        None => Context::of_execution(flow, execution, world),
    };
    let chance = run.map_or(execution.id.as_u128(), |run| run.id.as_u128());
    Renderer::new(&context, world, chance).text(template)
}
