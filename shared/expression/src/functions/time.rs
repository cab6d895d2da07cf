//! `now()`.

use jiff::tz::TimeZone;

use crate::{Value, date, eval::Outcome, invocation::Invocation};

pub(super) fn now<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let zone = match call.optional_text(1)? {
        Some(name) => date::zone(&name)?,
        None => TimeZone::clone(call.evaluator.environment.zone),
    };
    date::check_locale(call.optional_text(3)?.as_deref())?;
    let now = call.evaluator.environment.now.to_zoned(zone);
    Ok(Value::text(date::format(&now, call.optional_text(0)?.as_deref())?))
}
