//! jq's functions that look for something in a value.

use super::{
    operate::{self, Made, kind},
    run::{Machine, Stop, error},
};
use crate::{Value, compare::as_double};

pub(super) fn has<'e>(machine: &mut Machine<'_, 'e>, input: &Value<'e>, key: &Value<'e>) -> Made<'e> {
    match (input, key) {
        (Value::Map(map), Value::String(key)) => {
            machine.budget.spend_search(map)?;
            Ok(Value::Bool(map.get(key).is_some()))
        }
        (Value::List(list), at) if as_double(at).is_some() => Ok(Value::Bool(
            as_double(at) >= Some(0.0) && operate::place(at, list).is_some_and(|at| at < list.len()),
        )),
        _ => Err(error(format!("Cannot check whether {} has a {} key", kind(input), kind(key)))),
    }
}

pub(super) fn contains<'e>(
    machine: &mut Machine<'_, 'e>,
    whole: &Value<'e>,
    part: &Value<'e>,
) -> Result<bool, Stop<'e>> {
    machine.budget.spend(1)?;
    match (whole, part) {
        (Value::String(whole), Value::String(part)) => {
            machine.budget.spend_bytes(whole.len())?;
            Ok(whole.contains(&**part))
        }
        (Value::List(whole), Value::List(part)) => {
            'parts: for part in part.iter() {
                for whole in whole.iter() {
                    if contains(machine, &whole, &part)? {
                        continue 'parts;
                    }
                }
                return Ok(false);
            }
            Ok(true)
        }
        (Value::Map(whole), Value::Map(part)) => {
            for (key, part) in part.iter() {
                machine.budget.spend_search(whole)?;
                match whole.get(&key) {
                    Some(whole) if contains(machine, &whole, &part)? => {}
                    _ => return Ok(false),
                }
            }
            Ok(true)
        }
        _ if kind(whole) == kind(part) => Ok(operate::order(machine, whole, part)?.is_eq()),
        _ => Err(error(format!("{} cannot have its containment checked in {}", kind(part), kind(whole)))),
    }
}

/// Where a part stands: offsets in letters, or places in an array.
pub(super) fn indices<'e>(machine: &mut Machine<'_, 'e>, whole: &Value<'e>, part: &Value<'e>) -> Made<'e> {
    let mut found = Vec::new();
    match (whole, part) {
        (Value::Null, _) => return Ok(Value::Null),
        (Value::String(whole), Value::String(part)) => {
            // Every letter may be the first of a part that is nearly there.
            machine.budget.spend_items(whole.len() / 16 + whole.len().saturating_mul(part.len()) / 4_096)?;
            let starts = whole.char_indices().enumerate().filter(|_| !part.is_empty());
            found.extend(
                starts.filter(|(_, (at, _))| whole[*at..].starts_with(&**part)).map(|(place, _)| place),
            );
        }
        (Value::List(whole), Value::List(part)) => {
            machine.budget.spend_walk(whole.len())?;
            let last = if part.len() == 0 { 0 } else { (whole.len() + 1).saturating_sub(part.len()) };
            'starts: for start in 0..last {
                for (at, item) in part.iter().enumerate() {
                    let here = whole.get(start + at).unwrap_or(Value::Null);
                    if operate::order(machine, &here, &item)?.is_ne() {
                        continue 'starts;
                    }
                }
                found.push(start);
            }
        }
        (Value::List(whole), item) => {
            for (place, here) in whole.iter().enumerate() {
                if operate::order(machine, &here, item)?.is_eq() {
                    found.push(place);
                }
            }
        }
        _ => return Err(error(format!("Cannot determine indices of {} in {}", kind(part), kind(whole)))),
    }
    machine.budget.spend_items(found.len())?;
    Ok(Value::list(found.into_iter().map(super::simple::count).collect()))
}

/// Where a value stands in a sorted array; below zero, where it would be inserted: -1 for the first place.
pub(super) fn bsearch<'e>(machine: &mut Machine<'_, 'e>, input: &Value<'e>, target: &Value<'e>) -> Made<'e> {
    let Value::List(list) = input else {
        return Err(error(format!("{} cannot be searched from", kind(input))));
    };
    let (mut from, mut to) = (0, list.len());
    while from < to {
        let middle = usize::midpoint(from, to);
        let here = list.get(middle).unwrap_or(Value::Null);
        match operate::order(machine, &here, target)? {
            std::cmp::Ordering::Equal => return Ok(super::simple::count(middle)),
            std::cmp::Ordering::Less => from = middle + 1,
            std::cmp::Ordering::Greater => to = middle,
        }
    }
    Ok(Value::Integer(-1 - i64::try_from(from).unwrap_or(i64::MAX)))
}
