//! The branches of a dynamic fork, from the input that its run keeps.

use std::collections::HashSet;

use serde_json::{Map, Value as Json};

use super::{FORKED_TASK_DEFINITIONS, FORKED_TASK_INPUTS, literal::literal};
use crate::{
    conductor::{DynamicFork, Step, StepKind, reading, translate},
    flow::{Task, TaskKind},
};

/// Problems of a list that are told of one failure.
const TOLD_MAX: usize = 5;

/// The tasks of each branch of a fork of that form, which stand so deep in others. A fork within has its join with it; every other task is a branch of its own.
///
/// # Errors
/// What of the list cannot be run.
pub(crate) fn branches(
    form: &DynamicFork,
    input: &Map<String, Json>,
    (namespace, depth): (&str, usize),
) -> Result<Vec<Vec<Task>>, String> {
    let given = match input.get(FORKED_TASK_DEFINITIONS) {
        Some(Json::Array(given)) => &given[..],
        _ => &[],
    };
    let inputs = input.get(FORKED_TASK_INPUTS);
    let whole: Json = given.iter().map(|task| with_input(task, inputs)).collect();
    let steps = reading::tasks_of_json(&whole, form.list(), depth)
        .map_err(|invalid| told(invalid.problems.iter().map(ToString::to_string)))?;
    let branches = apart(steps)?;
    translate::branches(&branches, namespace, depth).map_err(|not_built| told(not_built.0))
}

/// What keeps branches from being put into a flow that has these tasks.
///
/// # Errors
/// A reference that is there already.
pub(crate) fn check(branches: &[Vec<Task>], is_there: &dyn Fn(&str) -> bool) -> Result<Vec<String>, String> {
    let mut ids = Vec::new();
    for task in branches.iter().flatten() {
        collect(task, &mut ids);
    }
    let mut seen = HashSet::new();
    match ids.iter().find(|id| is_there(id) || !seen.insert(id.as_str())) {
        None => Ok(ids),
        Some(id) => Err(format!("taskReferenceName: {id} is one that the workflow has already")),
    }
}

fn collect(task: &Task, ids: &mut Vec<String>) {
    ids.push(task.id.clone());
    let TaskKind::Flowable(flowable) = &task.kind else { return };
    for branch in flowable.branches() {
        flowable.branch(branch).iter().for_each(|task| collect(task, ids));
    }
}

/// A task with the input that is given for its reference, which goes over what is written with it.
fn with_input(task: &Json, inputs: Option<&Json>) -> Json {
    let mut task = task.clone();
    let given = task.get("taskReferenceName").and_then(Json::as_str);
    let given = given.and_then(|reference| inputs?.get(reference)?.as_object()).filter(|it| !it.is_empty());
    if let (Some(given), Some(task)) = (given, task.as_object_mut()) {
        let own = task.entry("inputParameters").or_insert(Json::Null);
        if own.is_null() {
            *own = Json::Object(Map::new());
        }
        if let Some(own) = own.as_object_mut() {
            own.extend(given.iter().map(|(name, value)| (name.clone(), literal(value))));
        }
    }
    task
}

fn apart(steps: Vec<Step>) -> Result<Vec<Vec<Step>>, String> {
    let mut branches: Vec<Vec<Step>> = Vec::with_capacity(steps.len());
    for step in steps {
        let joins = matches!(step.kind, StepKind::Join { .. } | StepKind::ExclusiveJoin { .. });
        let forks = |step: &Step| matches!(step.kind, StepKind::Fork { .. } | StepKind::DynamicFork(_));
        match branches.last_mut() {
            Some(branch) if joins && branch.len() == 1 && forks(&branch[0]) => branch.push(step),
            Some(_) | None if joins => {
                return Err(format!(
                    "taskReferenceName: {} is a join of no fork before it: the branches of a dynamic fork are joined \
                     by the JOIN that follows it",
                    step.reference
                ));
            }
            Some(_) | None => branches.push(vec![step]),
        }
    }
    Ok(branches)
}

/// Several problems as one.
pub(super) fn told(problems: impl IntoIterator<Item = String>) -> String {
    let all: Vec<String> = problems.into_iter().collect();
    let text = all[..all.len().min(TOLD_MAX)].join("; ");
    match all.len().saturating_sub(TOLD_MAX) {
        0 => text,
        more => format!("{text}; and {more} more"),
    }
}
