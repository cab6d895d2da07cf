//! Filters of maps, and of what a list has in common with them.

use std::collections::{HashMap, hash_map::Entry};

use crate::{
    Value,
    eval::{Halt, Outcome},
    invocation::Invocation,
};

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
            call.budget().spend_items(left.len() + right.len())?;
            let mut entries: Vec<(String, Value<'e>)> = Vec::with_capacity(left.len() + right.len());
            let mut places: HashMap<String, usize> = HashMap::with_capacity(left.len() + right.len());
            for (key, value) in left.iter().chain(right.iter()) {
                match places.entry(key.into_owned()) {
                    Entry::Occupied(place) => entries[*place.get()].1 = value,
                    Entry::Vacant(place) => {
                        entries.push((place.key().clone(), value));
                        place.insert(entries.len() - 1);
                    }
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
