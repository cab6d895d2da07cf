//! Operators of numbers and booleans.

use std::cmp::Ordering;

use super::{Halt, Outcome};
use crate::{
    Value,
    compare::{as_double, numbers},
    syntax::Unary,
};

pub(super) fn unary(operator: Unary, operand: &Value<'_>) -> Outcome<'static> {
    match (operator, operand) {
        (Unary::Not, value) => Ok(Value::Bool(!truth(value, "not()")?)),
        (Unary::Minus, Value::Int(integer)) => Ok(Value::Int(integer.wrapping_neg())),
        (Unary::Plus, Value::Int(integer)) => Ok(Value::Int(*integer)),
        (Unary::Minus, Value::Integer(integer)) => Ok(Value::Integer(integer.wrapping_neg())),
        (Unary::Minus, Value::Double(double)) => Ok(Value::Double(-double)),
        (Unary::Plus, Value::Integer(integer)) => Ok(Value::Integer(*integer)),
        (Unary::Plus, Value::Double(double)) => Ok(Value::Double(*double)),
        (Unary::Minus | Unary::Plus, value) => {
            Err(Halt::failed(format!("A sign needs a number. Actual type was: {}", value.class_name())))
        }
    }
}

/// Pebble: booleans, texts that are not empty, numbers that are not zero.
pub(super) fn truth(value: &Value<'_>, asked_by: &str) -> Result<bool, Halt> {
    match value {
        Value::Bool(bool) => Ok(*bool),
        Value::String(text) => Ok(!text.is_empty()),
        Value::Int(integer) => Ok(*integer != 0),
        Value::Integer(integer) => Ok(*integer != 0),
        Value::Double(double) => Ok(*double != 0.0),
        Value::Null => {
            Err(Halt::failed(format!("null value given to {asked_by} and strict variables is set to true")))
        }
        Value::List(_) | Value::Map(_) => Err(Halt::failed(format!(
            "Unsupported value type {}. Expected Boolean, String, Number in {asked_by}",
            value.class_name().trim_start_matches("java.util.")
        ))),
    }
}

pub(super) fn compare(
    left: &Value<'_>,
    right: &Value<'_>,
    name: &str,
    holds: fn(Ordering) -> bool,
) -> Outcome<'static> {
    if left.is_null() || right.is_null() {
        return Ok(Value::Bool(false));
    }
    let (Some(_), Some(_)) = (as_double(left), as_double(right)) else {
        return Err(Halt::failed(format!("invalid operands for mathematical comparison [{name}]")));
    };
    Ok(Value::Bool(numbers(left, right).is_some_and(holds)))
}

/// Long arithmetic between whole numbers (it wraps, as in Java), double arithmetic otherwise.
pub(super) fn arithmetic(
    left: &Value<'_>,
    right: &Value<'_>,
    name: &str,
    whole: fn(i64, i64) -> Option<i64>,
    decimal: fn(f64, f64) -> f64,
) -> Outcome<'static> {
    if let (Some(left), Some(right)) = (left.whole(), right.whole()) {
        return whole(left, right).map(Value::Integer).ok_or_else(|| Halt::failed("/ by zero"));
    }
    match (as_double(left), as_double(right)) {
        (Some(left), Some(right)) => Ok(Value::Double(decimal(left, right))),
        _ => Err(Halt::failed(format!("invalid operands for mathematical operation [{name}]"))),
    }
}

pub(super) fn divide(left: i64, right: i64) -> Option<i64> {
    (right != 0).then(|| left.wrapping_div(right))
}

pub(super) fn remainder(left: i64, right: i64) -> Option<i64> {
    (right != 0).then(|| left.wrapping_rem(right))
}
