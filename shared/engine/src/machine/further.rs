//! Rendering for a task that knows more than the execution does, such as the row of a file it reads.

use std::borrow::Cow;

use expression::{Error, Failure, Template, Value, Variables};
use serde_json::{Map, Value as Json};

use super::{World, context::Context, render::Renderer};
use crate::{execution::Execution, flow::Flow, id::TaskRunId};

/// What a task run sees, behind what its task adds.
struct Further<'c> {
    added: &'c Map<String, Json>,
    context: &'c Context<'c>,
}

/// Renders a template with the variables of a task run and with further ones, which come first.
///
/// # Errors
/// As the template's; when the execution has no such run.
pub fn render_further(
    flow: &Flow,
    execution: &Execution,
    task_run: TaskRunId,
    (template, added): (&Template, &Map<String, Json>),
    world: &World<'_>,
) -> Result<String, Error> {
    let run = execution.task_runs.get(task_run);
    let Some((run, task)) = run.and_then(|run| Some((run, flow.task(&run.task_id)?))) else {
        return Err(Error::Failed(Failure::new("the task run is not part of the execution any more")));
    };
    let context = Context::of_task(flow, execution, task, run, world);
    Renderer::new(&Further { added, context: &context }, world, task_run.as_u128()).text(template)
}

impl Variables for Further<'_> {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        self.added.get(name).map(Value::from).or_else(|| self.context.get(name))
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        let added = self.added.keys().map(|key| Cow::Borrowed(key.as_str()));
        added.chain(self.context.names()).collect()
    }
}
