//! `pluginDefaults`, put into the tree before anything reads it.
//!
//! Kestra applies them to the raw text too: to every map that has a `type`, at any depth.

use std::{borrow::Cow, collections::BTreeMap};

use super::{Reading, task::COMMON, types};
use crate::{
    problem::Position,
    yaml::{DEPTH_MAX, Key, Kind, NODES_MAX, Node, Size, TEXT_BYTES_MAX},
};

struct Default<'n> {
    /// A canonical name, or the beginning of one.
    type_name: String,
    forced: bool,
    values: Node,
    at: &'n Node,
}

struct Injection<'n> {
    /// The most important first.
    defaults: Vec<Default<'n>>,
    size: Size,
    /// Where a limit was passed; nothing is added after that.
    stopped: Option<Position>,
}

/// The tree with the defaults in it. What is wrong with the list itself is not told here.
pub(super) fn inject<'n>(reading: &mut Reading<'_>, written: &'n Node) -> Cow<'n, Node> {
    let list = written.get("pluginDefaults").filter(|it| !it.is_null());
    let Some(Kind::List(items)) = list.or_else(|| written.get("taskDefaults")).map(|it| &it.kind) else {
        return Cow::Borrowed(written);
    };
    let Kind::Map(entries) = &written.kind else {
        return Cow::Borrowed(written);
    };
    let mut injection = Injection {
        defaults: items.iter().filter_map(|it| default(reading, it)).collect(),
        size: written.size(),
        stopped: None,
    };
    let entries = entries
        .iter()
        .map(|(key, value)| {
            let is_the_list = key.text == "pluginDefaults" || key.text == "taskDefaults";
            let value = if is_the_list { value.clone() } else { injection.apply(reading, value.clone(), 1) };
            (key.clone(), value)
        })
        .collect();
    if let Some(at) = injection.stopped {
        let message = format!(
            "Invalid Plugin Default: applied, they make the flow larger than {NODES_MAX} values or {TEXT_BYTES_MAX} bytes of text, or deeper than {DEPTH_MAX} levels"
        );
        reading.problems.flow(message, at);
    }
    Cow::Owned(Node { kind: Kind::Map(entries), ..written.clone() })
}

fn default<'n>(reading: &Reading<'_>, node: &'n Node) -> Option<Default<'n>> {
    let written = node.get("type")?.as_str().filter(|it| !it.is_empty())?;
    let Kind::Map(values) = &node.get("values")?.kind else {
        return None;
    };
    // A property the type does not have is told once, where it is written.
    let known = values
        .iter()
        .filter(|(key, _)| types::has_property(reading.catalogue, written, &COMMON, &key.text) != Some(false))
        .cloned()
        .collect();
    Some(Default {
        type_name: types::canonical(reading.catalogue, written),
        forced: matches!(node.get("forced").map(|it| &it.kind), Some(Kind::Bool(true))),
        values: Node { kind: Kind::Map(known), ..node.clone() },
        at: node,
    })
}

impl Injection<'_> {
    fn apply(&mut self, reading: &Reading<'_>, node: Node, depth: usize) -> Node {
        if depth > DEPTH_MAX {
            self.stopped = self.stopped.or(Some(node.at));
        }
        if self.stopped.is_some() {
            return node;
        }
        let type_name =
            node.get("type").and_then(Node::as_str).map(|it| types::canonical(reading.catalogue, it));
        let node = match type_name {
            Some(type_name) => self.merge_into(node, &type_name),
            None => node,
        };
        let kind = match node.kind {
            Kind::List(items) => {
                Kind::List(items.into_iter().map(|it| self.apply(reading, it, depth + 1)).collect())
            }
            Kind::Map(entries) => Kind::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key, self.apply(reading, value, depth + 1)))
                    .collect(),
            ),
            scalar @ (Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::String(_)) => scalar,
        };
        Node { kind, ..node }
    }

    /// Forced ones win over the task, the most important one over all; of the others the task wins.
    fn merge_into(&mut self, node: Node, type_name: &str) -> Node {
        let matching: Vec<usize> = (0..self.defaults.len())
            .filter(|it| type_name.starts_with(&self.defaults[*it].type_name))
            .collect();
        let forced = |it: &&usize| self.defaults[**it].forced;
        let order: Vec<usize> = matching
            .iter()
            .filter(|it| !forced(it))
            .chain(matching.iter().rev().filter(forced))
            .copied()
            .collect();
        let mut node = node;
        for index in order {
            let default = &self.defaults[index];
            self.size = self.size.with(default.values.size());
            if self.size.is_too_much() {
                self.stopped = self.stopped.or(Some(default.at.at));
                return node;
            }
            let values = default.values.clone();
            let at = node.at;
            node = if default.forced { merged(node, values) } else { merged(values, node) };
            node.at = at;
        }
        node
    }
}

/// Both, deeply: maps key by key, lists one after the other, of anything else the one on top unless it is null.
fn merged(below: Node, on_top: Node) -> Node {
    let Node { kind, at, written } = on_top;
    let kind = match (below.kind, kind) {
        (Kind::Map(below), Kind::Map(on_top)) => {
            let mut below_by_key: BTreeMap<String, Node> = BTreeMap::new();
            let mut order: Vec<Key> = Vec::with_capacity(below.len());
            for (key, value) in below {
                below_by_key.insert(key.text.clone(), value);
                order.push(key);
            }
            let mut entries: Vec<(Key, Node)> = on_top
                .into_iter()
                .map(|(key, value)| match below_by_key.remove(&key.text) {
                    Some(below) => (key, merged(below, value)),
                    None => (key, value),
                })
                .collect();
            for key in order {
                if let Some(value) = below_by_key.remove(&key.text) {
                    entries.push((key, value));
                }
            }
            Kind::Map(entries)
        }
        (Kind::List(mut below), Kind::List(on_top)) => {
            below.extend(on_top);
            Kind::List(below)
        }
        (below, Kind::Null) => below,
        (_, on_top) => on_top,
    };
    Node { kind, at, written }
}
