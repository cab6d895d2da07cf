//! The methods of Java that flows call on texts, lists and maps.
//!
//! Pebble reaches every public method; these are the ones that make sense on plain data.

use std::borrow::Cow;

use crate::{List, Map, Value};

/// The names of the methods of a value.
pub(super) fn names(value: &Value<'_>) -> &'static [&'static str] {
    match value {
        Value::String(_) => &[
            "length",
            "isEmpty",
            "isBlank",
            "toUpperCase",
            "toLowerCase",
            "trim",
            "strip",
            "toString",
            "contains",
            "startsWith",
            "endsWith",
            "equals",
            "equalsIgnoreCase",
            "indexOf",
            "lastIndexOf",
        ],
        Value::List(_) => &["size", "length", "isEmpty", "empty"],
        Value::Map(_) => &["size", "isEmpty", "empty", "keySet", "values", "entrySet", "containsKey", "get"],
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Integer(_) | Value::Double(_) => &[],
    }
}

/// The result, or nothing when there is no such method with as many arguments.
pub(super) fn call<'e>(value: &Value<'e>, name: &str, arguments: &[Value<'e>]) -> Option<Value<'e>> {
    match value {
        Value::String(text) => on_text(text, name, arguments),
        Value::List(list) => on_list(list, name, arguments),
        Value::Map(map) => on_map(map, name, arguments),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Integer(_) | Value::Double(_) => None,
    }
}

fn on_text<'e>(text: &str, name: &str, arguments: &[Value<'e>]) -> Option<Value<'e>> {
    let texts: Option<Vec<&str>> = arguments
        .iter()
        .map(|argument| match argument {
            Value::String(text) => Some(&**text),
            _ => None,
        })
        .collect();
    Some(match (name, texts?.as_slice()) {
        ("length", []) => count(text.chars().count()),
        ("isEmpty", []) => Value::Bool(text.is_empty()),
        ("isBlank", []) => Value::Bool(text.trim().is_empty()),
        ("toUpperCase", []) => Value::text(text.to_uppercase()),
        ("toLowerCase", []) => Value::text(text.to_lowercase()),
        ("trim" | "strip", []) => Value::text(text.trim().to_owned()),
        ("toString", []) => Value::text(text.to_owned()),
        ("contains", [part]) => Value::Bool(text.contains(part)),
        ("startsWith", [part]) => Value::Bool(text.starts_with(part)),
        ("endsWith", [part]) => Value::Bool(text.ends_with(part)),
        ("equals", [other]) => Value::Bool(text == *other),
        ("equalsIgnoreCase", [other]) => Value::Bool(text.to_lowercase() == other.to_lowercase()),
        ("indexOf", [part]) => position(text, text.find(part)),
        ("lastIndexOf", [part]) => position(text, text.rfind(part)),
        _ => return None,
    })
}

fn on_list<'e>(list: &List<'e>, name: &str, arguments: &[Value<'e>]) -> Option<Value<'e>> {
    match (name, arguments) {
        ("size" | "length", []) => Some(count(list.len())),
        ("isEmpty" | "empty", []) => Some(Value::Bool(list.len() == 0)),
        _ => None,
    }
}

fn on_map<'e>(map: &Map<'e>, name: &str, arguments: &[Value<'e>]) -> Option<Value<'e>> {
    match (name, arguments) {
        ("size", []) => Some(count(map.len())),
        ("isEmpty" | "empty", []) => Some(Value::Bool(map.len() == 0)),
        ("keySet", []) => Some(Value::list(map.keys().into_iter().map(Value::String).collect())),
        ("values", []) => Some(Value::list(map.iter().map(|(_, value)| value).collect())),
        ("entrySet", []) => Some(Value::list(map.iter().map(|(key, value)| entry(key, value)).collect())),
        ("containsKey", [Value::String(key)]) => Some(Value::Bool(map.get(key).is_some())),
        ("get", [Value::String(key)]) => Some(map.get(key).unwrap_or(Value::Null)),
        _ => None,
    }
}

/// A key and its value, as a loop over a map sees them.
pub(super) fn entry<'e>(key: Cow<'e, str>, value: Value<'e>) -> Value<'e> {
    Value::map(vec![("key".to_owned(), Value::String(key)), ("value".to_owned(), value)])
}

fn count(count: usize) -> Value<'static> {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Java counts characters where Rust counts bytes, and says -1 for nowhere.
fn position(text: &str, found: Option<usize>) -> Value<'static> {
    found.map_or(Value::Integer(-1), |bytes| count(text[..bytes].chars().count()))
}
