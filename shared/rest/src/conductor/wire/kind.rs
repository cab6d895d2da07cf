//! Types of tasks in Conductor's words.

use std::borrow::Cow;

use engine::flow::{Executable, FlowableKind, PureTask, Task, TaskKind};

/// `taskType`: Conductor's own name of what a task does, where it has one; else the name of its type, as of a task that
/// workers run.
pub(crate) fn of(task: &Task) -> Cow<'_, str> {
    let own = match &task.kind {
        TaskKind::Flowable(it) => of_flowable(&it.kind),
        TaskKind::Pure(it) => of_pure(it),
        TaskKind::Runnable(it) => it.type_name.ends_with(".http.Request").then_some("HTTP"),
        TaskKind::Executable(Executable::Subflow(it)) if !it.wait => Some("START_WORKFLOW"),
        TaskKind::Executable(Executable::Subflow(_)) => Some("SUB_WORKFLOW"),
        TaskKind::Executable(Executable::Items { .. }) => None,
        TaskKind::Worker(it) => it.task_type.literal(),
    };
    Cow::Borrowed(own.unwrap_or(&task.type_name))
}

/// `taskDefName`.
pub(crate) fn definition(task: &Task) -> Cow<'_, str> {
    if let Some(defined) = &task.workflow {
        return Cow::Borrowed(&defined.name);
    }
    match &task.kind {
        TaskKind::Worker(it) => Cow::Borrowed(it.task_type.literal().unwrap_or(&task.id)),
        TaskKind::Flowable(_) | TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) => {
            Cow::Borrowed(&task.id)
        }
    }
}

fn of_flowable(kind: &FlowableKind) -> Option<&'static str> {
    match kind {
        FlowableKind::Decision(it) if it.legacy => Some("DECISION"),
        FlowableKind::If { .. } | FlowableKind::Switch { .. } | FlowableKind::Decision(_) => Some("SWITCH"),
        FlowableKind::Parallel { .. } | FlowableKind::Dag { .. } | FlowableKind::Fork { .. } => Some("FORK"),
        FlowableKind::ForEach(it) if it.concurrent.is_none() => Some("FORK"),
        FlowableKind::ForEach(_) | FlowableKind::LoopUntil(_) | FlowableKind::DoWhile(_) => Some("DO_WHILE"),
        FlowableKind::Pause(_) => Some("WAIT"),
        FlowableKind::Sequential { .. }
        | FlowableKind::AllowFailure { .. }
        | FlowableKind::WorkingDirectory { .. }
        | FlowableKind::ForEachItem { .. }
        | FlowableKind::Template(_) => None,
    }
}

fn of_pure(task: &PureTask) -> Option<&'static str> {
    match task {
        PureTask::Fail { .. } | PureTask::Exit { .. } => Some("TERMINATE"),
        PureTask::SetVariables { .. } | PureTask::UnsetVariables { .. } => Some("SET_VARIABLE"),
        PureTask::Sleep { .. } => Some("WAIT"),
        // Of the document, by its own type.
        PureTask::System(_)
        | PureTask::Return { .. }
        | PureTask::Log { .. }
        | PureTask::Assert { .. }
        | PureTask::OutputValues { .. }
        | PureTask::Labels { .. }
        | PureTask::Templated { .. } => None,
    }
}
