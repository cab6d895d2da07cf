//! How a filter compares, which is looser than Pebble: a number and a text with the same number in it are equal.

use std::cmp::Ordering;

use crate::{
    Value, compare,
    eval::{Budget, Halt},
    output::scalar_text,
};

pub(super) fn equal(left: &Value<'_>, right: &Value<'_>, budget: &mut Budget) -> Result<bool, Halt> {
    match (left, right) {
        (Value::String(text), number @ (Value::Int(_) | Value::Integer(_) | Value::Double(_)))
        | (number @ (Value::Int(_) | Value::Integer(_) | Value::Double(_)), Value::String(text)) => {
            budget.spend_bytes(text.len())?;
            let read = text.parse().map(Value::Integer).or_else(|_| text.parse().map(Value::Double));
            Ok(read.is_ok_and(|read| compare::numbers(&read, number) == Some(Ordering::Equal)))
        }
        _ => compare::equal(left, right, budget),
    }
}

/// The order of two numbers, or of two texts; a number beside a text is one.
pub(super) fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::String(_), Value::Int(_) | Value::Integer(_) | Value::Double(_))
        | (Value::Int(_) | Value::Integer(_) | Value::Double(_), Value::String(_)) => {
            Some(scalar_text(left)?.cmp(&scalar_text(right)?))
        }
        _ => compare::numbers(left, right),
    }
}

/// Letters of a text, items of a list.
pub(super) fn size(value: &Value<'_>) -> Option<i64> {
    let size = match value {
        Value::String(text) => text.chars().map(char::len_utf16).sum(),
        Value::List(list) => list.len(),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Integer(_)
        | Value::Double(_)
        | Value::Map(_) => return None,
    };
    i64::try_from(size).ok()
}

/// Of a text, a list or a map.
pub(super) fn is_empty(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::String(text) => Some(text.is_empty()),
        Value::List(list) => Some(list.len() == 0),
        Value::Map(map) => Some(map.first_keys(1).is_empty()),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Integer(_) | Value::Double(_) => None,
    }
}
