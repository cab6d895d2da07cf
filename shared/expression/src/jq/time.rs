//! jq's dates: seconds since 1970, and the parts of a moment in UTC as an array.

use jiff::{
    Timestamp, Zoned,
    civil::{Date, DateTime},
    fmt::strtime,
    tz::TimeZone,
};

use super::{
    operate::{Made, kind, number},
    run::{Machine, Stop, error},
    simple::text_of,
};
use crate::{Value, compare::as_double};

/// Of a number of seconds: year, month from 0, day, hour, minute, second with its fraction, weekday from Sunday, day of
/// the year from 0.
pub(super) fn gmtime<'e>(input: &Value<'e>) -> Made<'e> {
    let seconds = as_double(input).ok_or_else(|| error("gmtime() requires a number"))?;
    // A double holds about microseconds of it.
    let fraction = ((seconds - seconds.floor()) * 1e6).round() / 1e6;
    Ok(parts(&moment(seconds)?, fraction))
}

/// The other way round, in whole seconds.
pub(super) fn mktime<'e>(input: &Value<'e>) -> Made<'e> {
    Ok(Value::Integer(of_parts(input, "mktime")?.timestamp().as_second()))
}

pub(super) fn strftime<'e>(machine: &mut Machine<'_, 'e>, input: &Value<'e>, format: &Value<'e>) -> Made<'e> {
    let format = text_of(format)?;
    machine.budget.spend_items(format.len())?;
    let moment = match as_double(input) {
        Some(seconds) => moment(seconds)?,
        None => of_parts(input, "strftime/1")?,
    };
    let text = strtime::format(format, &moment).map_err(|why| error(format!("strftime/1: {why}")))?;
    machine.budget.spend_bytes(text.len())?;
    Ok(Value::text(text))
}

/// An offset in the text counts, unlike in jq, whose result depends on the system there.
pub(super) fn strptime<'e>(machine: &mut Machine<'_, 'e>, input: &Value<'e>, format: &Value<'e>) -> Made<'e> {
    let (Value::String(text), format) = (input, text_of(format)?) else {
        return Err(error(format!("strptime/1 requires string inputs and arguments, not {}", kind(input))));
    };
    machine.budget.spend_items(text.len() + format.len())?;
    let read = strtime::parse(format, &**text).and_then(|read| match read.offset() {
        Some(_) => Ok(read.to_timestamp()?.to_zoned(TimeZone::UTC)),
        None => match read.to_datetime() {
            Ok(moment) => moment.to_zoned(TimeZone::UTC),
            Err(_) => read.to_date()?.to_zoned(TimeZone::UTC),
        },
    });
    let moment = read.map_err(|_| error(format!("date \"{text}\" does not match format \"{format}\"")))?;
    Ok(parts(&moment, 0.0))
}

#[allow(clippy::cast_possible_truncation, reason = "saturates, and what is too far is refused")]
fn moment<'e>(seconds: f64) -> Result<Zoned, Stop<'e>> {
    let moment = Timestamp::from_second(seconds.floor() as i64);
    let moment = moment.map_err(|_| error("the date is out of the years that dates know"))?;
    Ok(moment.to_zoned(TimeZone::UTC))
}

fn parts<'e>(moment: &Zoned, fraction: f64) -> Value<'e> {
    let whole = |part: i16| Value::Integer(i64::from(part));
    Value::list(vec![
        whole(moment.year()),
        whole(i16::from(moment.month()) - 1),
        whole(moment.day().into()),
        whole(moment.hour().into()),
        whole(moment.minute().into()),
        number(f64::from(moment.second()) + fraction),
        whole(moment.weekday().to_sunday_zero_offset().into()),
        whole(moment.day_of_year() - 1),
    ])
}

#[allow(clippy::cast_possible_truncation, reason = "saturates, and what is too far is refused")]
fn of_parts<'e>(input: &Value<'e>, function: &str) -> Result<Zoned, Stop<'e>> {
    let wrong = || {
        error(format!(
            "{function} requires an array of at least 6 numbers: year, month from 0, day, hour, minute, second"
        ))
    };
    let Value::List(list) = input else { return Err(wrong()) };
    let parts: Option<Vec<i64>> =
        list.iter().take(6).map(|part| Some(as_double(&part)?.floor() as i64)).collect();
    let Some([year, month, day, hour, minute, second]) = parts.as_deref() else { return Err(wrong()) };
    let made = || {
        let date =
            Date::new(i16::try_from(*year).ok()?, i8::try_from(month + 1).ok()?, i8::try_from(*day).ok()?)
                .ok()?;
        let [hour, minute, second] = [*hour, *minute, *second].map(i8::try_from);
        let moment: DateTime =
            date.to_datetime(jiff::civil::Time::new(hour.ok()?, minute.ok()?, second.ok()?, 0).ok()?);
        moment.to_zoned(TimeZone::UTC).ok()
    };
    made().ok_or_else(|| error(format!("{function} requires parts that make a date")))
}
