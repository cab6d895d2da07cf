//! Values that no expression is looked for in.

use serde_json::Value as Json;

/// The value, written so that it is itself when the expressions in it are evaluated: `${a}` becomes `$${a}`.
pub(super) fn literal(value: &Json) -> Json {
    match value {
        Json::String(text) => Json::String(text.replace("${", "$${")),
        Json::Array(items) => Json::Array(items.iter().map(literal).collect()),
        Json::Object(map) => map.iter().map(|(key, value)| (key.clone(), literal(value))).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
    }
}
