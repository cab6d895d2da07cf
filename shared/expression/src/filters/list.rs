//! Filters of lists; `first`, `last` and `slice` take texts too.

use std::cmp::Ordering;

use crate::{
    List, Value,
    compare::order,
    eval::{Halt, Outcome},
    invocation::Invocation,
};

pub(super) fn first<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    match input {
        Value::List(list) => Ok(list.get(0).unwrap_or(Value::Null)),
        other => Ok(letter(call.input_text(other)?.chars().next())),
    }
}

pub(super) fn last<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    match input {
        Value::List(list) => Ok(list.iter().next_back().unwrap_or(Value::Null)),
        other => Ok(letter(call.input_text(other)?.chars().next_back())),
    }
}

fn letter(letter: Option<char>) -> Value<'static> {
    letter.map_or(Value::Null, |letter| Value::text(letter.to_string()))
}

pub(super) fn join<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let list = list(input, call)?;
    let separator = call.optional_text(0)?.unwrap_or_default();
    let mut text = call.output();
    for (index, item) in list.iter().enumerate() {
        if index > 0 {
            text.push(&separator)?;
        }
        text.print(&item)?;
    }
    call.made(text)
}

pub(super) fn reverse<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let list = list(input, call)?;
    call.list(list.iter().rev())
}

pub(super) fn sort<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    sorted(input, call, |ordering| ordering)
}

pub(super) fn rsort<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    sorted(input, call, Ordering::reverse)
}

fn sorted<'e>(
    input: &Value<'e>,
    call: &mut Invocation<'_, 'e>,
    direction: fn(Ordering) -> Ordering,
) -> Outcome<'e> {
    let list = list(input, call)?;
    let mut items: Vec<Value<'e>> = Vec::new();
    for item in list.iter() {
        call.budget().spend_copy(&item)?;
        if let Some(first) = items.first().filter(|first| order(first, &item).is_none()) {
            let (first, other) = (first.class_name(), item.class_name());
            return Err(Halt::failed(format!("'{}' cannot compare {first} with {other}", call.name)));
        }
        items.push(item);
    }
    items.sort_by(|left, right| direction(order(left, right).unwrap_or(Ordering::Equal)));
    Ok(Value::list(items))
}

/// Lists of at most `size` items.
pub(super) fn chunk<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let list = list(input, call)?;
    let size = call.count(0)?;
    if size == 0 {
        return Err(Halt::failed("Argument `size` must be at least 1"));
    }
    let items: Vec<Value<'e>> = list.iter().collect();
    let chunks = Value::list(items.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect());
    call.budget().check_nesting(&chunks)?;
    Ok(chunks)
}

/// The items of the lists in a list, one level.
pub(super) fn flatten<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let Value::List(list) = input else {
        return Err(Halt::failed("The 'flatten' filter can only be applied to lists."));
    };
    let mut items = Vec::new();
    for item in list.iter() {
        match item {
            Value::List(inner) => {
                call.budget().spend_items(inner.len())?;
                items.extend(inner.iter());
            }
            other => items.push(other),
        }
    }
    call.list(items)
}

/// From one index up to but without another.
pub(super) fn slice<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let length = match input {
        Value::List(list) => list.len(),
        other => call.input_text(other)?.chars().count(),
    };
    let from = if call.get(0).is_some() { call.count(0)? } else { 0 };
    let to = if call.get(1).is_some() { call.count(1)? } else { length };
    if from > to || to > length {
        return Err(Halt::failed(format!("slice from {from} to {to} is outside of 0 to {length}")));
    }
    match input {
        Value::List(list) => call.list(list.iter().skip(from).take(to - from)),
        other => {
            let text = call.input_text(other)?;
            Ok(Value::text(text.chars().skip(from).take(to - from).collect::<String>()))
        }
    }
}

fn list<'v, 'e>(input: &'v Value<'e>, call: &Invocation<'_, 'e>) -> Result<&'v List<'e>, Halt> {
    match input {
        Value::List(list) => Ok(list),
        other => Err(call.wrong_input("List", other)),
    }
}
