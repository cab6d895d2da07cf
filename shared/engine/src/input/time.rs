//! DATETIME, DATE, TIME and DURATION: kept as ISO texts. Bounds are inclusive.

use std::time::Duration;

use jiff::{Timestamp, civil};
use serde_json::Value as Json;

use super::{raw::Raw, refuse::not_a};

pub(super) fn date_time(
    raw: Raw<'_>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
) -> Result<Json, String> {
    let value: Timestamp = raw
        .plain()
        .parse()
        .map_err(|_| not_a("DATETIME", raw, "it must be a moment such as 2024-07-12T05:13:42Z"))?;
    between(value, after, before, instant_text)?;
    Ok(Json::String(instant_text(value)))
}

pub(super) fn date(
    raw: Raw<'_>,
    after: Option<civil::Date>,
    before: Option<civil::Date>,
) -> Result<Json, String> {
    let text = raw.plain();
    // The parser takes other forms of ISO as well, even a date with a time; Java takes this one.
    let value = text.parse().ok().filter(|it: &civil::Date| it.to_string() == *text);
    let value = value.ok_or_else(|| not_a("DATE", raw, "it must be a date such as 2024-07-12"))?;
    between(value, after, before, |it| it.to_string())?;
    Ok(Json::String(value.to_string()))
}

pub(super) fn time(
    raw: Raw<'_>,
    after: Option<civil::Time>,
    before: Option<civil::Time>,
) -> Result<Json, String> {
    let text = raw.plain();
    let is_java =
        text.get(2..3) == Some(":") && text.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.');
    let value = text.parse().ok().filter(|_: &civil::Time| is_java);
    let value = value.ok_or_else(|| not_a("TIME", raw, "it must be a time such as 05:13 or 05:13:42.5"))?;
    between(value, after, before, time_text)?;
    Ok(Json::String(value.to_string()))
}

/// Takes a number of seconds as well, as every duration of a flow does.
pub(super) fn duration(raw: Raw<'_>, min: Option<Duration>, max: Option<Duration>) -> Result<Json, String> {
    let value = crate::duration::parse(&raw.plain())
        .map_err(|_| not_a("DURATION", raw, "it must be a duration such as PT1H30M"))?;
    let text = crate::duration::format;
    match (min, max) {
        (Some(min), _) if value < min => Err(format!("It must be more than `{}`", text(min))),
        (_, Some(max)) if value > max => Err(format!("It must be less than `{}`", text(max))),
        (Some(_) | None, Some(_) | None) => Ok(Json::String(text(value))),
    }
}

fn between<T: PartialOrd + Copy>(
    value: T,
    after: Option<T>,
    before: Option<T>,
    text: impl Fn(T) -> String,
) -> Result<(), String> {
    match (after, before) {
        (Some(after), _) if value < after => Err(format!("it must be after `{}`", text(after))),
        (_, Some(before)) if value > before => Err(format!("it must be before `{}`", text(before))),
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

/// As `java.time.Instant.toString`: the fraction has 0, 3, 6 or 9 digits.
fn instant_text(moment: Timestamp) -> String {
    match moment.subsec_nanosecond() {
        0 => format!("{moment:.0}"),
        nanos if nanos % 1_000_000 == 0 => format!("{moment:.3}"),
        nanos if nanos % 1_000 == 0 => format!("{moment:.6}"),
        _ => format!("{moment:.9}"),
    }
}

/// As `java.time.LocalTime.toString`, which leaves out seconds that are zero.
fn time_text(time: civil::Time) -> String {
    if time.second() == 0 && time.subsec_nanosecond() == 0 {
        format!("{:02}:{:02}", time.hour(), time.minute())
    } else {
        time.to_string()
    }
}
