//! `Dag`: tasks that wait for each other.

use std::collections::BTreeMap;

use super::{
    super::{Reading, bean::Bean, check, scalar, task},
    branches::side_by_side,
};
use crate::{
    flow::{FlowableKind, Task},
    problem::Position,
};

const CLASS: &str = "io.kestra.plugin.core.flow.Dag$DagTask";

/// A task of it, whether or not it is sound.
struct Entry {
    id: String,
    task: Option<Task>,
    depends_on: Vec<(String, Position)>,
}

pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    if task::has_none(bean, "tasks") {
        let at = bean.key_at("tasks").unwrap_or(bean.at);
        reading.problems.object(&bean.own_id(reading.source), "No task defined", at);
    }
    let path = bean.path("tasks");
    let mut entries = Vec::new();
    for (index, item) in bean.list(reading, "tasks").iter().enumerate() {
        let path = path.item(index);
        entries.extend(
            Bean::open(reading, item, &path, CLASS, &[&["task", "dependsOn"]]).map(|it| entry(reading, &it)),
        );
    }
    let concurrent = side_by_side(reading, bean, "concurrent", None);
    let depends_on = dependencies(reading, bean, &entries);
    let tasks: Option<Vec<Task>> = entries.into_iter().map(|it| it.task).collect();
    Some(FlowableKind::Dag { tasks: tasks?, depends_on, concurrent })
}

fn entry(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Entry {
    let node = bean.required(reading, "task");
    let id = node.and_then(|it| it.get("id")).and_then(|it| it.text(reading.source)).unwrap_or_default();
    let id = id.to_owned();
    let task = node.and_then(|it| task::one(reading, it, &bean.path("task")));
    let path = bean.path("dependsOn");
    let mut depends_on = Vec::new();
    for (index, name) in bean.list(reading, "dependsOn").iter().enumerate() {
        depends_on.extend(scalar::text(reading, name, &path.item(index)).map(|it| (it, name.at)));
    }
    Entry { id, task, depends_on }
}

/// For each task the indexes of those it waits for, known to exist and to form no circle.
fn dependencies(reading: &mut Reading<'_>, bean: &Bean<'_>, entries: &[Entry]) -> Vec<Vec<usize>> {
    let index: BTreeMap<&str, usize> =
        entries.iter().enumerate().map(|(index, it)| (it.id.as_str(), index)).collect();
    let mut edges = Vec::with_capacity(entries.len());
    let mut missing: Vec<(&str, Position)> = Vec::new();
    for entry in entries {
        let mut to = Vec::new();
        for (name, at) in &entry.depends_on {
            match index.get(name.as_str()) {
                Some(other) => to.push(*other),
                None => missing.push((name, *at)),
            }
        }
        edges.push(to);
    }
    let id = bean.own_id(reading.source);
    if let Some((_, at)) = missing.first() {
        let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
        let message = format!("Not existing task id in dependency: {}", check::listed(&names));
        reading.problems.object(&id, message, *at);
    }
    let mut circle: Vec<usize> = check::circles(&edges).concat();
    circle.sort_unstable();
    if !circle.is_empty() {
        let names: Vec<&str> = circle.iter().map(|it| entries[*it].id.as_str()).collect();
        let message = format!("Cyclic dependency detected: {}", check::listed(&names));
        reading.problems.object(&id, message, bean.key_at("tasks").unwrap_or(bean.at));
    }
    edges
}
