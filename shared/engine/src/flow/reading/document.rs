//! A flow as JSON, as Kestra shows it.
//!
//! It is made from what was written, without plugin defaults: those belong to an execution, not to the flow.

use serde_json::{Map, Value as Json};

use crate::{
    flow::Label,
    yaml::{Kind, Node},
};

/// Properties of the flow after `id`, `namespace` and `description`, in Kestra's order; labels and flags go between.
const BEFORE_FLAGS: [&str; 2] = ["inputs", "outputs"];
const AFTER_FLAGS: [&str; 11] = [
    "variables",
    "tasks",
    "errors",
    "finally",
    "afterExecution",
    "listeners",
    "triggers",
    "pluginDefaults",
    "concurrency",
    "retry",
    "sla",
];
/// Properties that are texts however they are written.
const TEXTS: [&str; 5] = ["id", "name", "description", "displayName", "format"];

/// The document of a flow that is sound. Without its revision, which the store counts.
pub(super) fn of(written: &Node, source: &str, labels: &[Label], disabled: bool) -> Map<String, Json> {
    let mut document = Map::new();
    for name in ["id", "namespace", "description"] {
        if let Some(text) = written.get(name).and_then(|it| it.text(source)) {
            document.insert(name.to_owned(), text.into());
        }
    }
    let copy = |document: &mut Map<String, Json>, name: &str| {
        let node = written.get(name).or_else(|| match name {
            "pluginDefaults" => written.get("taskDefaults"),
            _ => None,
        });
        if let Some(node) = node.filter(|it| !it.is_null()) {
            let json = match name {
                "variables" => node.to_json(),
                "inputs" => inputs(node, source),
                _ => shown(node, source),
            };
            document.insert(name.to_owned(), json);
        }
    };
    for name in BEFORE_FLAGS {
        copy(&mut document, name);
    }
    document.insert("disabled".to_owned(), disabled.into());
    document.insert("deleted".to_owned(), false.into());
    if !labels.is_empty() {
        let pair = |label: &Label| {
            let mut pair = Map::new();
            pair.insert("key".to_owned(), label.key.clone().into());
            pair.insert("value".to_owned(), label.value.clone().into());
            Json::Object(pair)
        };
        document.insert("labels".to_owned(), labels.iter().map(pair).collect());
    }
    for name in AFTER_FLAGS {
        copy(&mut document, name);
    }
    copy(&mut document, "timeout");
    document
}

/// The document of a template that is sound.
pub(super) fn of_template(written: &Node, source: &str) -> Map<String, Json> {
    let mut document = Map::new();
    for name in ["id", "namespace", "description"] {
        if let Some(text) = written.get(name).and_then(|it| it.text(source)) {
            document.insert(name.to_owned(), text.into());
        }
    }
    for name in ["tasks", "errors", "finally"] {
        if let Some(node) = written.get(name).filter(|it| !it.is_null()) {
            document.insert(name.to_owned(), shown(node, source));
        }
    }
    document.insert("deleted".to_owned(), false.into());
    document
}

/// Inputs show whether they are required, and their id under that name.
fn inputs(node: &Node, source: &str) -> Json {
    let Kind::List(items) = &node.kind else {
        return Json::Null;
    };
    let input = |item: &Node| {
        let mut input = match shown(item, source) {
            Json::Object(input) => input,
            other => return other,
        };
        if !input.contains_key("id")
            && let Some(name) = input.shift_remove("name")
        {
            input.shift_insert(0, "id".to_owned(), name);
        }
        if !input.contains_key("required") {
            let place = input.len().min(2);
            input.shift_insert(place, "required".to_owned(), true.into());
        }
        if let Some(defaults) = item.get("defaults").filter(|it| !it.is_null()) {
            input.insert("defaults".to_owned(), defaults.to_json());
        }
        Json::Object(input)
    };
    items.iter().map(input).collect()
}

/// A value without the nulls of its maps; `id` and `type` first.
fn shown(node: &Node, source: &str) -> Json {
    match &node.kind {
        Kind::List(items) => items.iter().map(|it| shown(it, source)).collect(),
        Kind::Map(entries) => {
            let place = |name: &str| match name {
                "id" => 0,
                "type" => 1,
                _ => 2,
            };
            let mut given: Vec<_> = entries.iter().filter(|(_, value)| !value.is_null()).collect();
            given.sort_by_key(|(key, _)| place(&key.text));
            let member = |key: &str, value: &Node| match value.text(source) {
                Some(text) if TEXTS.contains(&key) => text.into(),
                _ => shown(value, source),
            };
            given
                .into_iter()
                .map(|(key, value)| (key.text.clone(), member(&key.text, value)))
                .collect::<Map<_, _>>()
                .into()
        }
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::String(_) => node.to_json(),
    }
}
