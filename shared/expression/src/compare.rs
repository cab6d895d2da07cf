//! When two values are the same, and which comes first.

use std::cmp::Ordering;

use crate::{
    Value,
    eval::{Budget, Halt},
};

/// Numbers are equal by value, whole or not; everything else only to its own kind.
/// (In Java an `Integer` in a list differs from a `Long`; here a number is a number.)
pub(crate) fn equal(left: &Value<'_>, right: &Value<'_>, budget: &mut Budget) -> Result<bool, Halt> {
    match (left, right) {
        (Value::Null, Value::Null) => Ok(true),
        (Value::Bool(left), Value::Bool(right)) => Ok(left == right),
        (Value::String(left), Value::String(right)) => {
            budget.spend_bytes(left.len().min(right.len()))?;
            Ok(left == right)
        }
        (Value::List(left), Value::List(right)) => {
            budget.spend(1)?;
            if left.len() != right.len() {
                return Ok(false);
            }
            budget.spend_walk(left.len())?;
            for (left, right) in left.iter().zip(right.iter()) {
                if !equal(&left, &right, budget)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Map(left), Value::Map(right)) => {
            budget.spend(1)?;
            if left.len() != right.len() {
                return Ok(false);
            }
            budget.spend_walk(left.len())?;
            for (key, left) in left.iter() {
                budget.spend_search(right)?;
                let Some(right) = right.get(&key) else {
                    return Ok(false);
                };
                if !equal(&left, &right, budget)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        _ => Ok(numbers(left, right) == Some(Ordering::Equal)),
    }
}

/// The order of two numbers; nothing when one of them is none.
pub(crate) fn numbers(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left.whole(), right.whole()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => as_double(left)?.partial_cmp(&as_double(right)?),
    }
}

/// The order in which `sort` puts them: texts among texts, numbers among numbers.
pub(crate) fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        _ => numbers(left, right),
    }
}

#[allow(clippy::cast_precision_loss, reason = "Java widens long to double the same way")]
pub(crate) fn as_double(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Int(integer) => Some(f64::from(*integer)),
        Value::Integer(integer) => Some(*integer as f64),
        Value::Double(double) => Some(*double),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::List(_) | Value::Map(_) => None,
    }
}
