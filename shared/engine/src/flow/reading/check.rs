//! Rules over many parts of a flow at once: names that repeat, dependencies that lead nowhere or in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::{Reading, input::Declared};
use crate::problem::Position;

/// Names that one message lists.
const LISTED_MAX: usize = 50;

/// Says which ids of tasks are there more than once. One that the engine made counts once beside those that are
/// written: two of it come from one id that is written twice.
pub(super) fn task_ids(reading: &mut Reading<'_>) {
    let mut ids = std::mem::take(&mut reading.task_ids);
    let mut made = BTreeSet::new();
    let of_the_engine = std::mem::take(&mut reading.made_ids);
    ids.extend(of_the_engine.into_iter().filter(|(id, _)| made.insert(id.clone())));
    unique(reading, "Duplicate task id with name", &ids);
}

/// Says which names are there more than once. Kestra: `Duplicate task id with name [a, b]`.
pub(super) fn unique(reading: &mut Reading<'_>, message: &str, names: &[(String, Position)]) {
    let mut seen = BTreeSet::new();
    let mut twice: Vec<&str> = Vec::new();
    let mut first = None;
    let mut told = BTreeSet::new();
    for (name, at) in names {
        if !seen.insert(name) && told.insert(name) {
            twice.push(name);
            first = first.or(Some(*at));
        }
    }
    if let Some(at) = first {
        reading.problems.flow(format!("{message} [{}]", listed(&twice)), at);
    }
}

/// Names as a message has them: `a, b`, and no more than a reader takes in.
pub(in crate::flow) fn listed(names: &[&str]) -> String {
    match names.get(..LISTED_MAX) {
        Some(first) if names.len() > LISTED_MAX => format!("{}, …", first.join(", ")),
        Some(_) | None => names.join(", "),
    }
}

/// Holds `dependsOn` of all inputs against each other.
pub(super) fn dependencies(reading: &mut Reading<'_>, inputs: &[Declared]) {
    let names: Vec<(String, Position)> = inputs.iter().map(|it| (it.id.clone(), it.at)).collect();
    unique(reading, "Duplicate input with name", &names);
    let index: BTreeMap<&str, usize> = inputs.iter().enumerate().map(|(n, it)| (it.id.as_str(), n)).collect();
    let mut edges: Vec<Vec<usize>> = Vec::with_capacity(inputs.len());
    for input in inputs {
        let mut to = Vec::new();
        for (name, at) in &input.depends_on {
            if let Some(other) = index.get(name.as_str()) {
                to.push(*other);
            } else {
                let id = &input.id;
                let message = format!("Input with id '{id}' depends on a non-existent input '{name}'.");
                reading.problems.flow(message, *at);
            }
        }
        edges.push(to);
    }
    for group in circles(&edges) {
        let names: Vec<&str> = group.iter().map(|it| inputs[*it].id.as_str()).collect();
        let listed = listed(&names);
        for member in &group {
            let Declared { id, at, .. } = &inputs[*member];
            let message = format!("Cycle dependency detected for input with id '{id}': [{listed}]");
            reading.problems.flow(message, *at);
        }
    }
}

/// Groups of nodes that reach each other, by Kosaraju's two passes, without recursion.
pub(super) fn circles(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (from, to) in edges.iter().enumerate() {
        for other in to {
            back[*other].push(from);
        }
    }
    let mut finished = Vec::with_capacity(edges.len());
    let mut seen = vec![false; edges.len()];
    for start in 0..edges.len() {
        walk(edges, start, &mut seen, &mut finished);
    }
    let mut groups = Vec::new();
    let mut seen = vec![false; edges.len()];
    for start in finished.into_iter().rev() {
        let mut group = Vec::new();
        walk(&back, start, &mut seen, &mut group);
        group.sort_unstable();
        if group.len() > 1 || edges[start].contains(&start) && !group.is_empty() {
            groups.push(group);
        }
    }
    groups
}

/// Visits what a node reaches and was not seen, each after all that it reaches.
fn walk(edges: &[Vec<usize>], start: usize, seen: &mut [bool], finished: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut stack = vec![(start, 0)];
    while let Some((node, next)) = stack.last_mut() {
        if let Some(other) = edges[*node].get(*next).copied() {
            *next += 1;
            if !std::mem::replace(&mut seen[other], true) {
                stack.push((other, 0));
            }
        } else {
            finished.push(*node);
            stack.pop();
        }
    }
}
