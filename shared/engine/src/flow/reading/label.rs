//! Labels, as a map or as a list of keys and values.

use super::{Reading, bean::Bean, scalar};
use crate::{
    flow::Label,
    problem::Position,
    yaml::{Kind, Node},
};

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
                let bean =
                    Bean::open(reading, item, &path, "io.kestra.core.models.Label", &[&["key", "value"]])?;
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
