//! Filters of numbers.

use super::decimal;
use crate::{
    Value,
    compare::as_double,
    eval::{Halt, Outcome},
    invocation::Invocation,
};

pub(super) fn abs<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    match input {
        Value::Int(integer) => Ok(Value::Int(integer.wrapping_abs())),
        Value::Integer(integer) => Ok(Value::Integer(integer.wrapping_abs())),
        Value::Double(double) => Ok(Value::Double(double.abs())),
        other => Err(call.wrong_input("Number", other)),
    }
}

/// The number that a text spells; without a type whichever it looks like.
pub(super) fn number<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let kind = call.optional_text(0)?;
    let text = match input {
        Value::String(text) => text.trim(),
        Value::Int(_) | Value::Integer(_) | Value::Double(_) => return Ok(input.clone()),
        other => return Err(call.wrong_input("String", other)),
    };
    let whole = || text.parse().ok().map(Value::Integer);
    let decimal = || text.parse().ok().filter(|double: &f64| double.is_finite()).map(Value::Double);
    let number = match kind.as_deref() {
        None => whole().or_else(decimal),
        Some("INT") => text.parse().ok().map(Value::Int),
        Some("LONG" | "BIGINTEGER") => whole(),
        Some("FLOAT" | "DOUBLE" | "BIGDECIMAL") => decimal(),
        Some(other) => {
            let expected = "INT, FLOAT, LONG, DOUBLE, BIGDECIMAL or BIGINTEGER";
            return Err(Halt::failed(format!("Argument `type` must be {expected}, not `{other}`")));
        }
    };
    number.ok_or_else(|| Halt::failed(format!("{text} is not a valid number.")))
}

/// Java's `DecimalFormat`: `#,##0.00`.
pub(super) fn number_format<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let format = call.optional_text(0)?.unwrap_or("#,##0.###".into());
    let number = as_double(input).ok_or_else(|| call.wrong_input("Number", input))?;
    decimal::format(input, number, &format).map(Value::text).map_err(Halt::failed)
}
