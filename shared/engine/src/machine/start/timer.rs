//! How long a `WAIT` waits.

use std::time::Duration;

use serde_json::{Map, Value as Json};

use crate::{machine::World, time::Timestamp};

/// Longest unit first: its names, and its seconds.
const UNITS: [(&[&str], u64); 4] = [
    (&["days", "day", "d"], 86_400),
    (&["hours", "hour", "hrs", "hr", "h"], 3_600),
    (&["minutes", "minute", "mins", "min", "m"], 60),
    (&["seconds", "second", "secs", "sec", "s"], 1),
];

/// The moment at which it is over; `None` when somebody has to say so.
///
/// # Errors
/// What is wrong with `duration` or `until`.
pub(super) fn until(input: &Map<String, Json>, world: &World<'_>) -> Result<Option<Timestamp>, String> {
    let text = |name: &str| match input.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.trim().to_owned())),
        // A number is of seconds.
        Some(Json::Number(number)) => Ok(Some(format!("{number} seconds"))),
        Some(other) => Err(format!("`{name}` is {other}, a text is expected")),
    };
    match (text("duration")?, text("until")?) {
        (Some(_), Some(_)) => Err("a wait has `duration` or `until`, not both".to_owned()),
        (Some(text), None) => duration(&text).map(|length| Some(world.now.plus(length))),
        (None, Some(text)) => moment(&text, world).map(Some),
        (None, None) => Ok(None),
    }
}

/// `1 days 2 hours 3 minutes 4 seconds`, `1d 2h 3m 4s`, or some of it.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || {
        format!(
            "`duration` is `{text}`; what would be right is like `1 days 2 hours 3 minutes 4 seconds` or `90s`"
        )
    };
    let mut rest = text;
    let mut seconds = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, behind) = rest.split_at(digits);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let behind = behind.trim_start();
        let end = behind.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(end);
        let unit = unit.to_ascii_lowercase();
        let (_, each) = UNITS.iter().find(|(names, _)| names.contains(&&*unit)).ok_or_else(wrong)?;
        seconds = number.checked_mul(*each).and_then(|it| seconds.checked_add(it)).ok_or_else(wrong)?;
        rest = behind.trim_start();
    }
    Ok(Duration::from_secs(seconds))
}

/// `2026-12-31`, `2026-12-31 10:30`, with a zone behind it or in that of the server.
fn moment(text: &str, world: &World<'_>) -> Result<Timestamp, String> {
    let wrong = || {
        format!(
            "`until` is `{text}`; what would be right is like `2026-12-31`, `2026-12-31 10:30` or `2026-12-31 10:30 GMT+2`"
        )
    };
    let mut words = text.split_whitespace();
    let date: jiff::civil::Date = words.next().and_then(|it| it.parse().ok()).ok_or_else(wrong)?;
    let rest: Vec<&str> = words.collect();
    let (time, zone) = match rest[..] {
        [] => (jiff::civil::Time::midnight(), None),
        [time] => (time.parse().map_err(|_| wrong())?, None),
        [time, zone] => (time.parse().map_err(|_| wrong())?, Some(zone)),
        _ => return Err(wrong()),
    };
    let zone = match zone {
        None => world.zone.clone(),
        Some(name) => self::zone(name).ok_or_else(wrong)?,
    };
    let at = date.to_datetime(time).to_zoned(zone).map_err(|_| wrong())?;
    Ok(Timestamp::from_millis(at.timestamp().as_millisecond()))
}

/// `Europe/Berlin`, `GMT+02:00`, `+2`, `UTC`.
fn zone(name: &str) -> Option<jiff::tz::TimeZone> {
    let offset = ["GMT", "UTC"].iter().find_map(|it| name.strip_prefix(it)).unwrap_or(name);
    if offset.is_empty() || offset == "Z" {
        return Some(jiff::tz::TimeZone::UTC);
    }
    let (sign, digits) = match offset.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return jiff::tz::TimeZone::get(name).ok(),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() == 4 => digits.split_at(2),
        None => (digits, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let offset = jiff::tz::Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()?;
    Some(jiff::tz::TimeZone::fixed(offset))
}
