//! Filters of dates; how dates are read and written is in `crate::date`.

use jiff::{Zoned, tz::TimeZone};

use crate::{
    Value, date,
    eval::{Halt, Outcome},
    invocation::Invocation,
};

pub(super) fn date<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let moment = moment(input, call, 1, 2)?;
    date::check_locale(call.optional_text(3)?.as_deref())?;
    Ok(Value::text(date::format(&moment, call.optional_text(0)?.as_deref())?))
}

pub(super) fn date_add<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let moment = moment(input, call, 3, 4)?;
    date::check_locale(call.optional_text(5)?.as_deref())?;
    let moved = date::add(&moment, call.integer(0)?, &call.text(1)?)?;
    Ok(Value::text(date::format(&moved, call.optional_text(2)?.as_deref())?))
}

/// Seconds since 1970.
pub(super) fn timestamp<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    Ok(Value::Integer(moment(input, call, 0, 1)?.timestamp().as_second()))
}

/// Microseconds since 1970, as text.
pub(super) fn timestamp_micro<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    Ok(Value::text(moment(input, call, 0, 1)?.timestamp().as_microsecond().to_string()))
}

/// Nanoseconds since 1970, as text.
pub(super) fn timestamp_nano<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    Ok(Value::text(moment(input, call, 0, 1)?.timestamp().as_nanosecond().to_string()))
}

/// The input in the zone and by the format that the arguments at these places name.
fn moment<'e>(
    input: &Value<'e>,
    call: &Invocation<'_, 'e>,
    zone: usize,
    existing_format: usize,
) -> Result<Zoned, Halt> {
    let zone = match call.optional_text(zone)? {
        Some(name) => date::zone(&name)?,
        None => TimeZone::clone(call.evaluator.environment.zone),
    };
    date::read(input, call.optional_text(existing_format)?.as_deref(), &zone)
}
