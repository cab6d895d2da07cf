//! Filters of maps, and of what a list has in common with them.

use crate::{Value, eval::Halt, eval::Outcome, invocation::Invocation};

/// The keys of a map, the indexes of a list.
pub(super) fn keys<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    match input {
        Value::Map(map) => call.list(map.keys().into_iter().map(Value::String)),
        Value::List(list) => call.list((0_i64..).take(list.len()).map(Value::Integer)),
        other => Err(call.wrong_input("List, Map, Array", other)),
    }
}

pub(super) fn values<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    match input {
        Value::Map(map) => call.list(map.iter().map(|(_, value)| value)),
        other => Err(call.wrong_input("Map", other)),
    }
}

/// Two lists one after the other; two maps, of which the second wins.
pub(super) fn merge<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    match (input, call.value(0)?) {
        (Value::List(left), Value::List(right)) => {
            call.budget().spend_items(right.len())?;
            call.list(left.iter().chain(right.iter()))
        }
        (Value::Map(left), Value::Map(right)) => {
            call.budget().spend_items(right.len())?;
            let mut entries: Vec<(String, Value<'e>)> =
                left.iter().map(|(key, value)| (key.into_owned(), value)).collect();
            for (key, value) in right.iter() {
                call.budget().spend_items(entries.len() / 16)?;
                match entries.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, known)) => *known = value,
                    None => entries.push((key.into_owned(), value)),
                }
            }
            Ok(Value::map(entries))
        }
        (left, right) => Err(Halt::failed(format!(
            "'merge' filter takes two lists or two maps. Actual types were: {} and {}",
            left.class_name(),
            right.class_name()
        ))),
    }
}
