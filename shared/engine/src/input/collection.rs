//! JSON, YAML and ARRAY: values with values in them.

use serde_json::Value as Json;

use super::{
    Kind, limits,
    raw::Raw,
    read,
    refuse::{not_a, not_shown, received},
};

/// A string is JSON text however it came, also within a JSON body; anything else is the value itself.
pub(super) fn json(raw: Raw<'_>) -> Result<Json, String> {
    match raw {
        Raw::Json(json) => Ok(json.clone()),
        Raw::Text(text) | Raw::File(text) => {
            let value = serde_json::from_str(text).map_err(|error| not_a("JSON", raw, &error.to_string()))?;
            limits::check(&value)?;
            Ok(value)
        }
    }
}

/// A string is YAML text however it came; anything else is the value itself.
pub(super) fn yaml(raw: Raw<'_>) -> Result<Json, String> {
    match raw {
        Raw::Json(json) => Ok(json.clone()),
        Raw::Text(text) | Raw::File(text) => {
            let node = crate::yaml::read(text).map_err(|problems| {
                let causes: Vec<String> = problems.iter().map(ToString::to_string).collect();
                not_a("YAML", raw, &limits::shown(causes.join("\n")))
            })?;
            // Aliases make a large value of a small text.
            let value = node.to_json();
            limits::check(&value)?;
            Ok(value)
        }
    }
}

/// A list, or the JSON text of one, each element read by the rules of a kind.
pub(super) fn list(type_name: &str, item: &Kind, raw: Raw<'_>) -> Result<Vec<Json>, String> {
    let not_a = |cause: &str| not_shown(type_name, &received(item, Some(raw)), cause);
    let parsed;
    let elements = match raw {
        Raw::Json(Json::Array(items)) => items,
        Raw::Json(_) => return Err(not_a("it must be a list")),
        Raw::Text(text) | Raw::File(text) => {
            parsed = serde_json::from_str(text).map_err(|error| not_a(&error.to_string()))?;
            limits::check(&parsed)?;
            match &parsed {
                Json::Array(items) => items,
                Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
                    return Err(not_a("it must be a list, such as [\"a\", \"b\"]"));
                }
            }
        }
    };
    elements.iter().map(|element| self::element(item, element)).collect()
}

fn element(item: &Kind, element: &Json) -> Result<Json, String> {
    let refused = |received: &str| {
        let item = item.type_name();
        format!("Unable to parse array element as `{item}` on `{received}`")
    };
    match Raw::of_json(element) {
        // A string in a list that was JSON already is that string, and null is null.
        _ if matches!(item, Kind::Json | Kind::Yaml) => Ok(element.clone()),
        None => Err(refused("null")),
        Some(raw) => read::read_within(item, raw, None).map_err(|_| refused(&received(item, Some(raw)))),
    }
}
