//! Labels, as a map or as a list of keys and values.

use super::{Reading, bean::Bean, path::Path, rendered, scalar};
use crate::{
    flow::{Label, Rendered},
    problem::Position,
    yaml::{Kind, Node},
};

const CLASS: &str = "io.kestra.core.models.Label";

/// The `labels` of a flow or the like, each with its place.
pub(super) fn read(reading: &mut Reading<'_>, owner: &Bean<'_>) -> Vec<(Label, Position)> {
    let Some(node) = owner.get("labels") else {
        return Vec::new();
    };
    let path = owner.path("labels");
    match &node.kind {
        Kind::Map(entries) => {
            let mut labels = Vec::new();
            for (key, value) in entries {
                if let Some(text) = text(value) {
                    labels.push((Label::new(&key.text, text), key.at));
                } else {
                    let shown = value.to_json().to_string();
                    let message =
                        format!("Unsupported type for key: {}, value: {}", key.text, scalar::cut(&shown));
                    reading.problems.wrong_kind(&path, message, value.at);
                }
            }
            labels
        }
        Kind::List(items) => items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| {
                let path = path.item(index);
                let bean = Bean::open(reading, item, &path, CLASS, &[&["key", "value"]])?;
                bean.required(reading, "key");
                bean.required(reading, "value");
                let (key, value) = (bean.text(reading, "key"), bean.text(reading, "value"));
                Some((Label::new(key?, value?), bean.at))
            })
            .collect(),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::String(_) => {
            scalar::wrong(reading, node, &path, "a map of labels, or a list of keys and values,");
            Vec::new()
        }
    }
}

/// The `labels` of a task, with expressions in them: a map, a list of `{key, value}`, or, where it may be, a text that
/// renders to an object in JSON.
pub(super) fn rendered(reading: &mut Reading<'_>, owner: &Bean<'_>, may_be_text: bool) -> Option<Rendered> {
    let node = owner.get("labels")?;
    let path = owner.path("labels");
    match &node.kind {
        Kind::Map(entries) => {
            let values: Vec<_> = entries
                .iter()
                .map(|(key, value)| {
                    let below =
                        Path::Property { parent: &path, class: "java.util.LinkedHashMap", name: &key.text };
                    (key, one(reading, value, &below))
                })
                .collect();
            rendered::map(reading, &path, values)
        }
        Kind::List(items) => {
            let pairs: Vec<_> = items
                .iter()
                .enumerate()
                .map(|(index, item)| pair(reading, item, &path.item(index)))
                .collect();
            pairs.into_iter().collect::<Option<_>>().map(rendered::list)
        }
        Kind::String(_) if may_be_text => rendered::text(reading, node, &path),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::String(_) => {
            scalar::wrong(reading, node, &path, "a map of labels, or a list of keys and values,");
            None
        }
    }
}

/// Says which `labels` only the engine may set, as far as that is written.
pub(super) fn refuse_system(reading: &mut Reading<'_>, owner: &Bean<'_>) {
    let written: Vec<(&str, Option<&Node>)> = match owner.get("labels").map(|it| &it.kind) {
        Some(Kind::Map(entries)) => entries.iter().map(|(key, it)| (key.text.as_str(), Some(it))).collect(),
        Some(Kind::List(items)) => {
            items.iter().filter_map(|it| Some((it.get("key")?.as_str()?, it.get("value")))).collect()
        }
        None | Some(Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::String(_)) => {
            Vec::new()
        }
    };
    for (key, value) in written {
        let label = Label::new(key, value.and_then(text).unwrap_or_default());
        if label.is_system() {
            let at = value.map_or(owner.at, |it| it.at);
            reading.problems.entity(&owner.path("labels"), format!("{}.", offending(&label)), at);
        }
    }
}

/// A text with expressions in it, or what another scalar is as a label.
fn one(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<Rendered> {
    match text(node) {
        Some(text) if node.as_str().is_none() => Some(Rendered::Literal(text.into())),
        Some(_) | None => rendered::text(reading, node, path),
    }
}

/// A `{key, value}` of a list.
fn pair(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<Rendered> {
    let bean = Bean::open(reading, node, path, CLASS, &[&["key", "value"]])?;
    let mut entries = Vec::new();
    for (key, value) in bean.entries {
        entries.push((key, one(reading, value, &bean.path(&key.text))));
    }
    bean.required(reading, "key")?;
    bean.required(reading, "value")?;
    rendered::map(reading, path, entries)
}

/// What a value is as a label: Java's text of it, so `1.10` is `1.1`.
fn text(value: &Node) -> Option<String> {
    match &value.kind {
        Kind::String(it) => Some(it.clone()),
        Kind::Bool(it) => Some(it.to_string()),
        Kind::Int(it) => Some(it.to_string()),
        Kind::Float(_) => Some(value.to_json().to_string()),
        Kind::Null | Kind::List(_) | Kind::Map(_) => None,
    }
}

/// Kestra's words for a label that only the engine sets.
pub(super) fn offending(label: &Label) -> String {
    format!("System labels can only be set by Kestra itself, offending label: {}={}", label.key, label.value)
}
