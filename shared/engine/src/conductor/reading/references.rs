//! What tasks call each other: each name once, and none that there is not.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::object::{Path, Problems};
use crate::conductor::{DynamicFork, Step, StepKind};

/// Names are unique, branches and loops included; and inputs and joins name tasks that there are.
pub(super) fn check(tasks: &[Step], path: &Path, definition: &str, problems: &mut Problems) {
    let mut all = HashSet::new();
    let mut is_open = false;
    visit(tasks, path, &mut |step, path| {
        is_open |= matches!(step.kind, StepKind::DynamicFork(_) | StepKind::Dynamic { .. });
        if !step.reference.is_empty() && !all.insert(step.reference.clone()) {
            not_unique(step, path, definition, problems);
        }
    });
    visit(tasks, path, &mut |step, path| {
        for (name, value) in &step.input {
            each_text(value, &path.key("inputParameters").key(name), &mut |text, path| {
                for root in roots(text).filter(|it| !is_known(it, &all)) {
                    let message = format!(
                        "taskReferenceName: {root} for given task: {} input value: {text} of input parameter: {name} is not defined in workflow definition.",
                        step.name
                    );
                    problems.add(path, message);
                }
            });
        }
        let (StepKind::Join { on, .. } | StepKind::ExclusiveJoin { on, .. }) = &step.kind else {
            return;
        };
        // A dynamic fork makes tasks with names of its own.
        for (index, name) in on.iter().enumerate().filter(|(_, name)| !is_open && !is_known(name, &all)) {
            let message = format!(
                "taskReferenceName: {name} for given task: {} in joinOn is not defined in workflow definition.",
                step.name
            );
            problems.add(&path.key("joinOn").index(index), message);
        }
    });
}

/// The same without a definition around them.
pub(super) fn check_unique(tasks: &[Step], path: &Path, problems: &mut Problems) {
    let mut all = HashSet::new();
    visit(tasks, path, &mut |step, at| {
        if !step.reference.is_empty() && !all.insert(step.reference.clone()) {
            not_unique(step, at, &path.to_string(), problems);
        }
    });
}

fn not_unique(step: &Step, path: &Path, definition: &str, problems: &mut Problems) {
    let message = format!(
        "taskReferenceName: {} should be unique across tasks for a given workflowDefinition: {definition}",
        step.reference
    );
    problems.add(&path.key("taskReferenceName"), message);
}

/// Every task, outer ones first.
fn visit(tasks: &[Step], path: &Path, by: &mut impl FnMut(&Step, &Path)) {
    for (index, step) in tasks.iter().enumerate() {
        let path = path.index(index);
        by(step, &path);
        match &step.kind {
            StepKind::Switch { cases, default, .. } => {
                for (name, tasks) in cases {
                    visit(tasks, &path.key("decisionCases").key(name), by);
                }
                visit(default, &path.key("defaultCase"), by);
            }
            StepKind::Fork { branches } => {
                for (index, branch) in branches.iter().enumerate() {
                    visit(branch, &path.key("forkTasks").index(index), by);
                }
            }
            StepKind::DoWhile { over, .. } => visit(over, &path.key("loopOver"), by),
            StepKind::DynamicFork(
                DynamicFork::Tasks { .. } | DynamicFork::Same(_) | DynamicFork::Legacy { .. },
            )
            | StepKind::Worker { .. }
            | StepKind::Http
            | StepKind::Inline
            | StepKind::Lambda
            | StepKind::SetVariable
            | StepKind::Join { .. }
            | StepKind::ExclusiveJoin { .. }
            | StepKind::SubWorkflow(_)
            | StepKind::StartWorkflow
            | StepKind::Wait
            | StepKind::Human
            | StepKind::Terminate
            | StepKind::Jq
            | StepKind::Event { .. }
            | StepKind::Dynamic { .. }
            | StepKind::Noop => {}
        }
    }
}

/// Every text within a value. As deep as JSON may be at all, which `serde_json` bounds.
fn each_text(value: &Json, path: &Path, by: &mut impl FnMut(&str, &Path)) {
    match value {
        Json::String(text) => by(text, path),
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                each_text(item, &path.index(index), by);
            }
        }
        Json::Object(map) => {
            for (key, value) in map {
                each_text(value, &path.key(key), by);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// What the expressions of a text begin with, where more follows: the `a` of `${a.output.b}`. Not of one that is
/// escaped (`$${…}`), nor of one whose beginning is an expression itself.
fn roots(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("${").filter_map(move |(at, _)| {
        let is_escaped = text[..at].ends_with('$');
        let inner = text[at + 2..].trim_start();
        let root = inner.split_once(['.', '[', '}', '{', '$', '(', ' ', '\n']).map(|(root, _)| root)?;
        let goes_on = inner[root.len()..].starts_with('.');
        (!is_escaped && goes_on && !root.is_empty()).then_some(root)
    })
}

/// A task of a round of a loop (`name__2`) is known by its name.
fn is_known(name: &str, all: &HashSet<String>) -> bool {
    let without_round = name.rsplit_once("__").filter(|(_, round)| round.parse::<u32>().is_ok());
    matches!(name, "workflow" | "CPEWF_TASK_ID")
        || all.contains(name)
        || without_round.is_some_and(|(name, _)| all.contains(name))
}
