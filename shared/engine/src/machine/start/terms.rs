//! What holds for a task of Conductor's system: by its own definition, or by the one of its name. Without either it is
//! tried once, and may take as long as it likes.

use expression::Need;

use super::World;
use crate::{
    conductor::{TaskDefinition, reading},
    execution::Terms,
    flow::{PureTask, SystemTask, Task, TaskKind, WorkflowTask},
};

/// Whether its time is measured: somebody runs it, or it waits.
pub(super) fn count_from_the_start(task: &Task, workflow: &WorkflowTask) -> bool {
    match &task.kind {
        TaskKind::Runnable(_)
        | TaskKind::Executable(_)
        | TaskKind::Pure(PureTask::System(SystemTask::Wait | SystemTask::Human)) => true,
        TaskKind::Pure(_) => workflow.async_complete && count_after_a_failure(task),
        // Those for workers have the terms of their offers.
        TaskKind::Flowable(_) | TaskKind::Worker(_) => false,
    }
}

/// Whether it may be tried again. Conductor: what only gives a workflow its shape is not.
pub(super) fn count_after_a_failure(task: &Task) -> bool {
    match &task.kind {
        TaskKind::Pure(PureTask::System(it)) => match it {
            SystemTask::Inline
            | SystemTask::Lambda
            | SystemTask::SetVariable
            | SystemTask::Wait
            | SystemTask::Human
            | SystemTask::Jq
            | SystemTask::Noop
            | SystemTask::Event { .. } => true,
            SystemTask::Join { .. } | SystemTask::ExclusiveJoin { .. } | SystemTask::Terminate => false,
        },
        TaskKind::Pure(_)
        | TaskKind::Runnable(_)
        | TaskKind::Executable(_)
        | TaskKind::Flowable(_)
        | TaskKind::Worker(_) => false,
    }
}

/// What is defined for it; `None` when nothing is.
///
/// # Errors
/// The definition of its name is needed.
pub(super) fn of(workflow: &WorkflowTask, world: &World<'_>) -> Result<Option<Box<Terms>>, Vec<Need>> {
    let named = if workflow.definition.is_none() { by_name(&workflow.name, world)? } else { None };
    let definition = workflow.definition.as_deref().or(named.as_ref());
    let by_default = || TaskDefinition::named(&workflow.name);
    let terms = match (definition, workflow.retry_count) {
        (None, None) => None,
        (Some(definition), None) => Some(Terms::from(definition)),
        (definition, Some(retry_count)) => {
            let terms = definition.map_or_else(|| Terms::from(&by_default()), Terms::from);
            Some(Terms { retry_count, ..terms })
        }
    };
    Ok(terms.map(Box::new))
}

fn by_name(name: &str, world: &World<'_>) -> Result<Option<TaskDefinition>, Vec<Need>> {
    let need = Need::Definition { name: name.to_owned() };
    match world.supplied.get(&need) {
        // It was checked when it was kept.
        Some(Ok(document)) => Ok(reading::task_definition_of_json(document).ok()),
        Some(Err(_)) => Ok(None),
        None => Err(vec![need]),
    }
}
