//! From YAML to a [`Flow`]: every property checked, every problem kept.
//!
//! It exists apart from the model because a sound flow is small and what can be wrong with one is not.
//!
//! # Invariants
//! * Nothing stops at the first problem, except where the text is not YAML at all.
//! * Reading never fails by itself: whatever is refused is a problem, and a flow is made only when there is none.

mod bean;
mod catalogued;
mod check;
mod condition;
mod defaults;
mod document;
mod flow_trigger;
mod input;
mod input_kind;
mod label;
mod nearest;
mod on_dates;
mod own;
mod path;
mod place;
mod policy;
mod problems;
mod rendered;
mod retry;
mod scalar;
mod schedule;
mod task;
mod template;
mod top;
mod trigger;
mod types;
mod webhook;

pub(super) use check::listed;
pub(crate) use place::all as places;
use problems::Problems;
pub(crate) use task::{NESTING_MAX, TASKS_MAX};

use super::{Catalogue, Flow, PureTask, Task, TaskKind, TaskTemplate};
use crate::{
    problem::{Invalid, Position, Reason},
    yaml::{self, Key, Kind, Node},
};

/// What every part of the reading shares.
struct Reading<'a> {
    source: &'a str,
    catalogue: &'a Catalogue,
    problems: Problems,
    /// Every id of a task so far, in order.
    task_ids: Vec<(String, Position)>,
    /// Those of the tasks that nobody wrote.
    made_ids: Vec<(String, Position)>,
    /// Tasks around the one that is read.
    depth: usize,
    /// Of the flow itself, for what may not call it.
    namespace: &'a str,
    id: &'a str,
}

impl<'a> Reading<'a> {
    fn new(source: &'a str, catalogue: &'a Catalogue, namespace: &'a str, id: &'a str) -> Self {
        let problems = Problems::default();
        Self {
            source,
            catalogue,
            problems,
            task_ids: Vec::new(),
            made_ids: Vec::new(),
            depth: 0,
            namespace,
            id,
        }
    }
}

pub(super) fn parse(source: &str, catalogue: &Catalogue) -> Result<Flow, Invalid> {
    let written = yaml::read(source).map_err(|problems| Invalid { reason: Reason::Yaml, problems })?;
    let text = |key| written.get(key).and_then(Node::as_str).unwrap_or_default();
    let mut reading = Reading::new(source, catalogue, text("namespace"), text("id"));
    let effective = defaults::inject(&mut reading, &written);
    let flow = top::flow(&mut reading, &effective, &written);
    match reading.problems.into_invalid() {
        Some(invalid) => Err(invalid),
        None => Ok(flow.expect("a flow that cannot be made has a problem")),
    }
}

pub(super) fn parse_template(source: &str, catalogue: &Catalogue) -> Result<TaskTemplate, Invalid> {
    let written = yaml::read(source).map_err(|problems| Invalid { reason: Reason::Yaml, problems })?;
    // It is no flow, so that none of its tasks can start it.
    let mut reading = Reading::new(source, catalogue, "", "");
    let template = template::template(&mut reading, &written);
    match reading.problems.into_invalid() {
        Some(invalid) => Err(invalid),
        None => Ok(template.expect("a template that cannot be made has a problem")),
    }
}

/// The id of a task that is read by itself and has none.
const TASK_ID: &str = "task";

pub(super) fn parse_task(source: &str, catalogue: &Catalogue) -> Result<Task, Invalid> {
    let mut node = yaml::read(source).map_err(|problems| Invalid { reason: Reason::Yaml, problems })?;
    let has_id = node.get("id").is_some_and(|it| !it.is_null());
    if let (false, Kind::Map(entries)) = (has_id, &mut node.kind) {
        entries.retain(|(key, _)| key.text != "id");
        let id = Node { kind: Kind::String(TASK_ID.to_owned()), at: node.at, written: node.written };
        entries.push((Key { text: "id".to_owned(), at: node.at }, id));
    }
    let mut reading = Reading::new(source, catalogue, "", "");
    let task = task::one(&mut reading, &node, &path::Path::Root);
    if let Some(Task {
        kind: TaskKind::Flowable(_) | TaskKind::Executable(_) | TaskKind::Worker(_), ..
    }) = &task
    {
        reading.problems.entity(&path::Path::Root, "The templated task must be a runnable task", node.at);
    }
    if let Some(Task { kind: TaskKind::Pure(PureTask::Templated { .. }), type_name, .. }) = &task {
        let message = format!("The templated task cannot be of type '{type_name}'");
        reading.problems.entity(&path::Path::Root, message, node.at);
    }
    match reading.problems.into_invalid() {
        Some(invalid) => Err(invalid),
        None => Ok(task.expect("a task that cannot be made has a problem")),
    }
}
