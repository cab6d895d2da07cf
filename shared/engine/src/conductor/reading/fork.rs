//! Forks: with branches that are written, and with some that an input names.

use serde_json::Value as Json;

use super::{step::Reading, steps};
use crate::conductor::{DynamicFork, ForkedSame, StepKind};

pub(super) fn fixed(reading: &mut Reading<'_, '_>) -> Option<StepKind> {
    let at = reading.given.at("forkTasks");
    let given = reading.given.list("forkTasks", reading.problems);
    if given.is_empty() {
        reading.missing("forkTasks");
        return None;
    }
    let mut branches = Vec::new();
    for (index, branch) in given.iter().enumerate() {
        let at = at.index(index);
        match branch {
            Json::Array(items) if !items.is_empty() => {
                branches.push(steps::of(items, &at, reading.depth + 1, reading.problems));
            }
            Json::Array(_) => reading.problems.add(&at, "a branch has to have a task"),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
                reading.problems.add(&at, "a branch has to be a list of tasks");
            }
        }
    }
    Some(StepKind::Fork { branches })
}

/// Conductor: one of three forms, not two of them.
pub(super) fn dynamic(reading: &mut Reading<'_, '_>) -> Option<StepKind> {
    let tasks = reading.given.some_text("dynamicForkTasksParam", reading.problems);
    let inputs = reading.given.some_text("dynamicForkTasksInputParamName", reading.problems);
    let legacy = reading.given.some_text("dynamicForkJoinTasksParam", reading.problems);
    let of_workflow = reading.input.get("forkTaskWorkflow").is_some();
    // Conductor: a type alone is its name as well.
    let of_task = ["forkTaskName", "forkTaskType"].iter().any(|key| reading.input.get(key).is_some());
    match (tasks, inputs, legacy, of_task || of_workflow) {
        // The Python client of 2025 writes the first form with the name of the old one.
        (Some(tasks_from), Some(inputs_from), None, false)
        | (None, Some(inputs_from), Some(tasks_from), false) => {
            Some(StepKind::DynamicFork(DynamicFork::Tasks { tasks_from, inputs_from }))
        }
        (None, None, Some(tasks_from), false) => {
            Some(StepKind::DynamicFork(DynamicFork::Legacy { tasks_from }))
        }
        (None, None, None, true) => {
            if reading.input.get("forkTaskInputs").is_none() {
                reading.missing("inputParameters.forkTaskInputs");
            }
            let same = if of_workflow { ForkedSame::Workflow } else { ForkedSame::Task };
            Some(StepKind::DynamicFork(DynamicFork::Same(same)))
        }
        (Some(_), None, None, false) => {
            reading.missing("dynamicForkTasksInputParamName");
            None
        }
        (None, Some(_) | None, None, false) => {
            reading.missing("dynamicForkTasksParam");
            None
        }
        _ => {
            let message = format!(
                "dynamicForkTasksParam with dynamicForkTasksInputParamName, dynamicForkJoinTasksParam, or forkTaskName or forkTaskWorkflow: one of these, for taskType: {} taskName: {}",
                reading.task_type, reading.name
            );
            let path = reading.given.path.clone();
            reading.problems.add(&path, message);
            None
        }
    }
}
