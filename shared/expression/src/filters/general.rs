//! Filters that take any value.

#![allow(clippy::unnecessary_wraps, reason = "all filters have one signature")]

use crate::{Value, eval::Outcome, invocation::Invocation, predicates::is_empty};

/// The argument when the input is missing, null, blank or empty; 0 and false are kept.
pub(super) fn default<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    if is_empty(input) { Ok(call.get(0).cloned().unwrap_or(Value::Null)) } else { Ok(input.clone()) }
}

pub(super) fn class_name<'e>(input: &Value<'e>, _: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    Ok(Value::text(input.class_name()))
}

/// Characters of a text, items of a list or map; 0 for everything else.
pub(super) fn length<'e>(input: &Value<'e>, _: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let length = match input {
        Value::String(text) => text.chars().count(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Integer(_) | Value::Double(_) => 0,
    };
    Ok(Value::Integer(i64::try_from(length).unwrap_or(i64::MAX)))
}
