//! Attributes as JSON, and back.
//!
//! Written as Kestra does: a text is `S`, a boolean `BOOL`, a list of texts `SS`, a map `M`, and a number its text, an
//! `S`. Where that is not what is meant, a map of one entry named as the API names a type says so: `{N: 5}` is a number.
//! Read back, everything is what it is; Kestra loses numbers, `false` and lists that are no sets.

use std::collections::HashMap;

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue as Value};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Number, Value as Json};

/// An item, or a part of one.
pub(super) type Attributes = HashMap<String, Value>;

/// # Errors
/// A value that is named as a type and is none of it.
pub(super) fn attributes(map: Map<String, Json>) -> Result<Attributes, String> {
    map.into_iter().map(|(name, json)| Ok((name, value(json)?))).collect()
}

fn value(json: Json) -> Result<Value, String> {
    Ok(match json {
        Json::Null => Value::Null(true),
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => Value::S(number.to_string()),
        Json::String(text) => Value::S(text),
        Json::Array(items) => match set(&items) {
            Some(texts) => Value::Ss(texts),
            None => Value::L(items.into_iter().map(value).collect::<Result<_, _>>()?),
        },
        Json::Object(map) => match typed(&map) {
            Some(value) => value?,
            None => Value::M(attributes(map)?),
        },
    })
}

/// The texts of a list that has nothing else, and none of them twice. There is no empty set.
fn set(items: &[Json]) -> Option<Vec<String>> {
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        let text = item.as_str()?;
        if texts.iter().any(|it| it == text) {
            return None;
        }
        texts.push(text.to_owned());
    }
    (!texts.is_empty()).then_some(texts)
}

/// A value with its type, as the API spells it.
fn typed(map: &Map<String, Json>) -> Option<Result<Value, String>> {
    let mut entries = map.iter();
    let ((name, json), None) = (entries.next()?, entries.next()) else { return None };
    let wrong = || format!("`{{{name}: {json}}}` is not a value of the type `{name}`");
    let typed = match name.as_str() {
        "S" => json.as_str().map(|it| Value::S(it.to_owned())),
        "N" => number(json).map(Value::N),
        "B" => blob(json).map(Value::B),
        "BOOL" => json.as_bool().map(Value::Bool),
        "NULL" => json.as_bool().map(Value::Null),
        "SS" => json.as_array().and_then(|items| set(items)).map(Value::Ss),
        "NS" => json.as_array().and_then(|items| items.iter().map(number).collect()).map(Value::Ns),
        "BS" => json.as_array().and_then(|items| items.iter().map(blob).collect()).map(Value::Bs),
        "L" => {
            let items = json.as_array()?.iter().cloned().map(value).collect::<Result<_, _>>();
            return Some(items.map(Value::L));
        }
        "M" => return Some(attributes(json.as_object()?.clone()).map(Value::M)),
        _ => return None,
    };
    Some(typed.ok_or_else(wrong))
}

fn number(json: &Json) -> Option<String> {
    match json {
        Json::Number(number) => Some(number.to_string()),
        Json::String(text) => text.trim().parse::<Number>().ok().map(|_| text.trim().to_owned()),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

fn blob(json: &Json) -> Option<Blob> {
    STANDARD.decode(json.as_str()?).ok().map(Blob::new)
}

pub(super) fn row(attributes: Attributes) -> Map<String, Json> {
    let mut row: Vec<_> = attributes.into_iter().map(|(name, value)| (name, read(value))).collect();
    // The order of attributes says nothing; that of outputs should be the same each time.
    row.sort_by(|(one, _), (other, _)| one.cmp(other));
    row.into_iter().collect()
}

fn read(value: Value) -> Json {
    let texts = |texts: Vec<String>| texts.into_iter().map(Json::String).collect();
    let bytes = |blob: Blob| Json::String(STANDARD.encode(blob.into_inner()));
    match value {
        Value::S(text) => Json::String(text),
        Value::N(text) => as_number(text),
        Value::Bool(flag) => Json::Bool(flag),
        Value::B(blob) => bytes(blob),
        Value::Ss(all) => texts(all),
        Value::Ns(all) => all.into_iter().map(as_number).collect(),
        Value::Bs(all) => all.into_iter().map(bytes).collect(),
        Value::L(all) => all.into_iter().map(read).collect(),
        Value::M(map) => Json::Object(row(map)),
        // `NULL`, and what this version of the SDK does not know.
        _ => Json::Null,
    }
}

/// A number that JSON cannot hold as it is stays a text.
fn as_number(text: String) -> Json {
    match text.parse::<Number>() {
        Ok(number) if number.to_string() == text => Json::Number(number),
        Ok(_) | Err(_) => Json::String(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{attributes, row};

    fn there_and_back(json: Json) -> Result<Json, String> {
        let Json::Object(map) = json else { panic!("an item is a map") };
        Ok(Json::Object(row(attributes(map)?)))
    }

    #[test]
    fn values_are_written_as_kestra_does_and_read_as_what_they_are() {
        let item = json!({
            "a": "x", "b": 5, "c": {"N": 5}, "d": {"N": "1.5"}, "e": false, "f": null, "g": ["x", "y"], "h": ["x", "x"],
            "i": [1, {"a": []}], "j": {"k": {"NS": [1, 2]}, "l": {"B": "aGk="}}, "m": {"N": "12345678901234567890123"},
        });
        let read = json!({
            "a": "x", "b": "5", "c": 5, "d": 1.5, "e": false, "f": null, "g": ["x", "y"], "h": ["x", "x"],
            "i": ["1", {"a": []}], "j": {"k": [1, 2], "l": "aGk="}, "m": "12345678901234567890123",
        });
        assert_eq!(there_and_back(item), Ok(read));
    }

    #[test]
    fn a_value_that_is_not_of_its_type_is_refused() {
        let wrong = there_and_back(json!({"a": {"N": "five"}}));
        assert_eq!(wrong, Err("`{N: \"five\"}` is not a value of the type `N`".to_owned()));
    }
}
