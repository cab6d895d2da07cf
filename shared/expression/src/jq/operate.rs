//! What jq's operators give for two values, and how values are ordered.

use std::cmp::Ordering;

use super::{
    run::{Machine, Stop, error},
    syntax::Operator,
};
use crate::{List, Map, Value, compare::as_double};

pub(super) type Made<'e> = Result<Value<'e>, Stop<'e>>;

/// Everything but false and null.
pub(super) fn truth(value: &Value<'_>) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

pub(super) fn kind(value: &Value<'_>) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) | Value::Integer(_) | Value::Double(_) => "number",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    }
}

/// A double as a whole number where it is one, so that `4 / 2` is `2`.
#[allow(clippy::cast_possible_truncation, reason = "bounded before")]
pub(super) fn number<'e>(double: f64) -> Value<'e> {
    if double.fract() == 0.0 && double.abs() < 9_007_199_254_740_992.0 {
        Value::Integer(double as i64)
    } else {
        Value::Double(double)
    }
}

/// Sets a key where it stands already, or at the end.
pub(super) fn insert<'e>(entries: &mut Vec<(String, Value<'e>)>, key: &str, value: Value<'e>) {
    match entries.iter_mut().find(|(known, _)| known == key) {
        Some((_, known)) => *known = value,
        None => entries.push((key.to_owned(), value)),
    }
}

pub(super) fn compute<'e>(
    machine: &mut Machine<'_, 'e>,
    operator: Operator,
    left: &Value<'e>,
    right: &Value<'e>,
) -> Made<'e> {
    let ordered = |machine: &mut Machine<'_, 'e>, holds: fn(Ordering) -> bool| {
        Ok(Value::Bool(holds(order(machine, left, right)?)))
    };
    match operator {
        Operator::Equal => ordered(machine, Ordering::is_eq),
        Operator::Unequal => ordered(machine, Ordering::is_ne),
        Operator::Less => ordered(machine, Ordering::is_lt),
        Operator::LessOrEqual => ordered(machine, Ordering::is_le),
        Operator::Greater => ordered(machine, Ordering::is_gt),
        Operator::GreaterOrEqual => ordered(machine, Ordering::is_ge),
        Operator::And => Ok(Value::Bool(truth(left) && truth(right))),
        Operator::Or => Ok(Value::Bool(truth(left) || truth(right))),
        Operator::Add => add(machine, left, right),
        Operator::Subtract => subtract(machine, left, right),
        Operator::Multiply => multiply(machine, left, right),
        Operator::Divide => divide(machine, left, right),
        Operator::Remainder => match (left.whole(), right.whole(), as_double(left), as_double(right)) {
            (_, Some(0), Some(_), _) => Err(error("cannot be divided because the divisor is zero")),
            (Some(left), Some(right), ..) => Ok(Value::Integer(left.wrapping_rem(right))),
            (_, _, Some(left), Some(right)) => Ok(number(left % right)),
            _ => Err(refused(left, "divided by", right)),
        },
    }
}

fn refused<'e>(left: &Value<'e>, verb: &str, right: &Value<'e>) -> Stop<'e> {
    error(format!("{} and {} cannot be {verb}", kind(left), kind(right)))
}

fn numbers<'e>(
    left: &Value<'e>,
    right: &Value<'e>,
    whole: fn(i64, i64) -> Option<i64>,
    decimal: fn(f64, f64) -> f64,
) -> Option<Value<'e>> {
    if let (Some(left), Some(right)) = (left.whole(), right.whole())
        && let Some(whole) = whole(left, right)
    {
        return Some(Value::Integer(whole));
    }
    Some(Value::Double(decimal(as_double(left)?, as_double(right)?)))
}

fn add<'e>(machine: &mut Machine<'_, 'e>, left: &Value<'e>, right: &Value<'e>) -> Made<'e> {
    match (left, right) {
        (Value::Null, other) | (other, Value::Null) => Ok(other.clone()),
        (Value::String(left), Value::String(right)) => {
            room(machine, left.len() + right.len())?;
            Ok(Value::text(format!("{left}{right}")))
        }
        (Value::List(left), Value::List(right)) => {
            machine.budget.spend_items(left.len() + right.len())?;
            Ok(Value::list(left.iter().chain(right.iter()).collect()))
        }
        (Value::Map(left), Value::Map(right)) => merge(machine, left, right, false),
        _ => numbers(left, right, i64::checked_add, |left, right| left + right)
            .ok_or_else(|| refused(left, "added", right)),
    }
}

/// Pays for a text, and refuses what is too long.
fn room<'e>(machine: &mut Machine<'_, 'e>, bytes: usize) -> Result<(), Stop<'e>> {
    if bytes > machine.bytes_max {
        return Err(crate::eval::Halt::failed(format!("Text longer than {} bytes", machine.bytes_max)).into());
    }
    Ok(machine.budget.spend_bytes(bytes)?)
}

fn merge<'e>(machine: &mut Machine<'_, 'e>, left: &Map<'e>, right: &Map<'e>, deep: bool) -> Made<'e> {
    machine.budget.enter()?;
    machine.budget.spend_items(left.len() + right.len())?;
    let mut entries: Vec<_> = left.iter().map(|(key, value)| (key.into_owned(), value)).collect();
    for (key, value) in right.iter() {
        machine.budget.spend_walk(entries.len())?;
        let known = entries.iter().find(|(known, _)| *known == key).map(|(_, value)| value.clone());
        let value = match (known, &value) {
            (Some(Value::Map(known)), Value::Map(new)) if deep => merge(machine, &known, new, true)?,
            _ => value,
        };
        insert(&mut entries, &key, value);
    }
    machine.budget.leave();
    Ok(Value::map(entries))
}

fn subtract<'e>(machine: &mut Machine<'_, 'e>, left: &Value<'e>, right: &Value<'e>) -> Made<'e> {
    let (Value::List(items), Value::List(removed)) = (left, right) else {
        return numbers(left, right, i64::checked_sub, |left, right| left - right)
            .ok_or_else(|| refused(left, "subtracted", right));
    };
    let mut kept = Vec::new();
    'items: for item in items.iter() {
        for removed in removed.iter() {
            if order(machine, &item, &removed)?.is_eq() {
                continue 'items;
            }
        }
        machine.budget.spend(1)?;
        kept.push(item);
    }
    Ok(Value::list(kept))
}

fn multiply<'e>(machine: &mut Machine<'_, 'e>, left: &Value<'e>, right: &Value<'e>) -> Made<'e> {
    match (left, right) {
        (Value::Map(left), Value::Map(right)) => merge(machine, left, right, true),
        (Value::String(text), times) | (times, Value::String(text)) => {
            let times = as_double(times).ok_or_else(|| refused(left, "multiplied", right))?;
            if times <= 0.0 {
                return Ok(Value::Null);
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
            let times = times.ceil() as usize;
            room(machine, text.len().saturating_mul(times))?;
            Ok(Value::text(text.repeat(times)))
        }
        _ => numbers(left, right, i64::checked_mul, |left, right| left * right)
            .ok_or_else(|| refused(left, "multiplied", right)),
    }
}

fn divide<'e>(machine: &mut Machine<'_, 'e>, left: &Value<'e>, right: &Value<'e>) -> Made<'e> {
    match (left, right) {
        (Value::String(text), Value::String(by)) => split(machine, text, by),
        _ => match (as_double(left), as_double(right)) {
            (Some(_), Some(0.0)) => Err(error("cannot be divided because the divisor is zero")),
            (Some(left), Some(right)) => Ok(number(left / right)),
            _ => Err(refused(left, "divided", right)),
        },
    }
}

pub(super) fn split<'e>(machine: &mut Machine<'_, 'e>, text: &str, by: &str) -> Made<'e> {
    machine.budget.spend_items(text.len() / by.len().max(1))?;
    let pieces: Vec<Value<'e>> = if text.is_empty() {
        Vec::new()
    } else if by.is_empty() {
        text.chars().map(|letter| Value::text(letter.to_string())).collect()
    } else {
        text.split(by).map(|piece| Value::text(piece.to_owned())).collect()
    };
    Ok(Value::list(pieces))
}

/// Null, false, true, numbers, texts, arrays, objects.
pub(super) fn order<'e>(
    machine: &mut Machine<'_, 'e>,
    left: &Value<'e>,
    right: &Value<'e>,
) -> Result<Ordering, Stop<'e>> {
    machine.budget.spend(1)?;
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Ok(left.cmp(right)),
        (Value::String(left), Value::String(right)) => {
            machine.budget.spend_bytes(left.len().min(right.len()))?;
            Ok(left.cmp(right))
        }
        (Value::List(left), Value::List(right)) => {
            for (left, right) in left.iter().zip(right.iter()) {
                let ordering = order(machine, &left, &right)?;
                if ordering.is_ne() {
                    return Ok(ordering);
                }
            }
            Ok(left.len().cmp(&right.len()))
        }
        (Value::Map(left), Value::Map(right)) => {
            machine.budget.spend_items(left.len() + right.len())?;
            let (mut keys, mut others) = (left.keys(), right.keys());
            keys.sort();
            others.sort();
            let ordering = keys.cmp(&others);
            if ordering.is_ne() {
                return Ok(ordering);
            }
            for key in keys {
                machine.budget.spend_search(left)?;
                machine.budget.spend_search(right)?;
                let (left, right) = (left.get(&key), right.get(&key));
                let ordering = order(machine, &left.unwrap_or(Value::Null), &right.unwrap_or(Value::Null))?;
                if ordering.is_ne() {
                    return Ok(ordering);
                }
            }
            Ok(Ordering::Equal)
        }
        _ => Ok(crate::compare::numbers(left, right).unwrap_or_else(|| rank(left).cmp(&rank(right)))),
    }
}

fn rank(value: &Value<'_>) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Int(_) | Value::Integer(_) | Value::Double(_) => 2,
        Value::String(_) => 3,
        Value::List(_) => 4,
        Value::Map(_) => 5,
    }
}

/// `.[index]`
pub(super) fn index<'e>(machine: &mut Machine<'_, 'e>, value: &Value<'e>, index: &Value<'e>) -> Made<'e> {
    match (value, index) {
        (Value::Null, Value::Null | Value::String(_)) => Ok(Value::Null),
        (Value::Null, at) if as_double(at).is_some() => Ok(Value::Null),
        (Value::Map(map), Value::String(key)) => {
            machine.budget.spend_search(map)?;
            Ok(map.get(key).unwrap_or(Value::Null))
        }
        (Value::List(list), at) if as_double(at).is_some() => {
            Ok(place(at, list).and_then(|at| list.get(at)).unwrap_or(Value::Null))
        }
        (Value::List(_), Value::List(_)) => super::search::indices(machine, value, index),
        (Value::List(_) | Value::Null, Value::Map(bounds)) => {
            let bound = |name: &str| bounds.get(name).unwrap_or(Value::Null);
            slice(machine, value, &bound("start"), &bound("end"))
        }
        _ => Err(match index {
            Value::String(key) => error(format!("Cannot index {} with \"{key}\"", kind(value))),
            _ => error(format!("Cannot index {} with {}", kind(value), kind(index))),
        }),
    }
}

/// Where a number points to; below zero it counts from the end.
#[allow(clippy::cast_possible_truncation, reason = "saturates")]
pub(super) fn place(at: &Value<'_>, list: &List<'_>) -> Option<usize> {
    let at = as_double(at)?.floor() as i64;
    let at = if at < 0 { at.checked_add(i64::try_from(list.len()).ok()?)? } else { at };
    usize::try_from(at).ok()
}

/// Where a slice starts, and how many it takes.
#[allow(clippy::cast_possible_truncation, reason = "saturates")]
pub(super) fn bounds<'e>(
    length: usize,
    start: &Value<'e>,
    end: &Value<'e>,
) -> Result<(usize, usize), Stop<'e>> {
    let bound = |bound: &Value<'e>, length: usize, default: usize, round: fn(f64) -> f64| match bound {
        Value::Null => Ok::<usize, Stop<'e>>(default),
        bound => {
            let at = as_double(bound).ok_or_else(|| error("Start and end indices must be numbers"))?;
            let at = round(at) as i64;
            let length_signed = i64::try_from(length).unwrap_or(i64::MAX);
            let at = if at < 0 { at.saturating_add(length_signed) } else { at };
            Ok(usize::try_from(at).unwrap_or(0).min(length))
        }
    };
    let from = bound(start, length, 0, f64::floor)?;
    Ok((from, bound(end, length, length, f64::ceil)?.saturating_sub(from)))
}

/// `.[start:end]`
pub(super) fn slice<'e>(
    machine: &mut Machine<'_, 'e>,
    value: &Value<'e>,
    start: &Value<'e>,
    end: &Value<'e>,
) -> Made<'e> {
    let length = match value {
        Value::Null => return Ok(Value::Null),
        Value::List(list) => list.len(),
        Value::String(text) => text.chars().count(),
        _ => return Err(error(format!("Cannot index {} with object", kind(value)))),
    };
    let (from, count) = bounds(length, start, end)?;
    match value {
        Value::String(text) => {
            machine.budget.spend_bytes(text.len())?;
            Ok(Value::text(text.chars().skip(from).take(count).collect::<String>()))
        }
        Value::List(list) => {
            machine.budget.spend_items(count)?;
            Ok(Value::list((from..from + count).filter_map(|at| list.get(at)).collect()))
        }
        _ => Ok(Value::Null),
    }
}
