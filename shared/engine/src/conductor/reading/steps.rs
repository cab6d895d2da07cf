//! Lists of tasks, and what holds for one beside another.

use serde_json::Value as Json;

use super::{
    object::{Object, Path, Problems},
    step,
};
use crate::{
    conductor::{Step, StepKind},
    flow::reading::{NESTING_MAX, TASKS_MAX},
};

/// The tasks of a list that stands so deep in others.
pub(super) fn of(items: &[Json], path: &Path, depth: usize, problems: &mut Problems) -> Vec<Step> {
    let mut all: Vec<Step> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        problems.tasks += 1;
        if problems.tasks > TASKS_MAX || depth >= NESTING_MAX {
            let message = format!(
                "a definition can have {TASKS_MAX} tasks at most, and {NESTING_MAX} within each other; start a sub-workflow for some of them"
            );
            problems.add(&path, message);
            return all;
        }
        match item {
            Json::Object(map) => all.push(step::step(&Object::new(map, path), depth, problems)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
                problems.add(&path, "a task has to be an object");
            }
        }
    }
    // Of a list with a task that cannot be read nobody knows what follows what.
    if all.len() == items.len() {
        check_joined(&all, path, problems);
    }
    all
}

/// Conductor ends a workflow whose fork no JOIN follows; here it does not begin.
fn check_joined(all: &[Step], path: &Path, problems: &mut Problems) {
    for (index, step) in all.iter().enumerate() {
        let fork = match &step.kind {
            StepKind::Fork { .. } => "FORK_JOIN",
            StepKind::DynamicFork(_) => "FORK_JOIN_DYNAMIC",
            StepKind::Worker { .. }
            | StepKind::Http
            | StepKind::Inline
            | StepKind::Lambda
            | StepKind::SetVariable
            | StepKind::Switch { .. }
            | StepKind::Join { .. }
            | StepKind::ExclusiveJoin { .. }
            | StepKind::DoWhile { .. }
            | StepKind::SubWorkflow(_)
            | StepKind::StartWorkflow
            | StepKind::Wait
            | StepKind::Human
            | StepKind::Terminate
            | StepKind::Jq
            | StepKind::Event { .. }
            | StepKind::Dynamic { .. }
            | StepKind::Noop => continue,
        };
        let follows = all.get(index + 1).map(|it| &it.kind);
        if !matches!(follows, Some(StepKind::Join { .. })) {
            let message = format!("a JOIN task has to follow taskType: {fork} taskName: {}", step.name);
            problems.add(&path.index(index), message);
        }
    }
}
