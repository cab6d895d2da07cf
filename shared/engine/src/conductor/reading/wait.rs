//! How long a WAIT task waits: `duration` and `until`.

use std::time::Duration;

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use super::object::{Object, Problems};

/// Conductor: one of both, or none of them; an expression is looked at when it has a value.
pub(super) fn check(input: &Object<'_>, problems: &mut Problems) {
    let given = |key: &str, problems: &mut Problems| input.some_text(key, problems);
    let (for_long, to) = (given("duration", problems), given("until", problems));
    if for_long.is_some() && to.is_some() {
        let message = "Both 'duration' and 'until' specified. Please provide only one input";
        input.add("until", message, problems);
    }
    if let Some(text) = for_long.filter(|it| !it.contains("${"))
        && duration(&text).is_none()
    {
        let message =
            format!("`{text}` is not a duration such as 1 days 2 hours 3 minutes 4 seconds, or 2h 30m");
        input.add("duration", message, problems);
    }
    if let Some(text) = to.filter(|it| !it.contains("${"))
        && until(&text, &TimeZone::UTC).is_none()
    {
        let message =
            format!("`{text}` is not a time such as 2025-01-31, 2025-01-31 15:30 or 2025-01-31 15:30 GMT+2");
        input.add("until", message, problems);
    }
}

/// Reads `1 days 2 hours 3 minutes 4 seconds`: numbers, each with its unit (also `d`, `h`, `m`, `s`, `2hrs`, `10 mins`).
/// A number alone is seconds. `None` for what is none, nothing at all included.
pub fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, after) = after.split_at(letters);
        let seconds: u64 = match unit.to_ascii_lowercase().as_str() {
            "d" | "day" | "days" => 86_400,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600,
            "m" | "min" | "mins" | "minute" | "minutes" => 60,
            "s" | "sec" | "secs" | "second" | "seconds" => 1,
            "" if after.is_empty() => 1,
            _ => return None,
        };
        total = total.checked_add(Duration::from_secs(number.parse::<u64>().ok()?.checked_mul(seconds)?))?;
        rest = after.trim_start();
    }
    Some(total)
}

/// Reads `2025-01-31`, `2025-01-31 15:30` (seconds, and a `T`, if need be), and one of both with a zone after it
/// (`GMT+2`, `+02:00`, `Europe/Berlin`); in `zone` without one.
pub fn until(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let (date, rest) = text.split_at_checked("2025-01-31".len())?;
    let date: Date = date.parse().ok()?;
    let rest = rest.strip_prefix('T').unwrap_or(rest).trim_start();
    // A time, a zone, or one after the other.
    let (first, second) = rest.split_once(' ').unwrap_or((rest, ""));
    let time = first.parse::<Time>().ok().filter(|_| first.contains(':'));
    let named = if time.is_some() { second } else { rest };
    let zone = match named.trim() {
        "" => zone.clone(),
        name => of_name(name)?,
    };
    let moment: DateTime = time.map_or_else(|| date.at(0, 0, 0, 0), |time| date.to_datetime(time));
    zone.to_timestamp(moment).ok()
}

fn of_name(name: &str) -> Option<TimeZone> {
    if matches!(name, "Z" | "UTC" | "GMT") {
        return Some(TimeZone::UTC);
    }
    let offset = name.strip_prefix("GMT").or_else(|| name.strip_prefix("UTC")).unwrap_or(name);
    if !offset.starts_with(['+', '-']) {
        return TimeZone::get(name).ok();
    }
    let (sign, digits) = (if offset.starts_with('-') { -1 } else { 1 }, &offset[1..]);
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() > 2 => digits.split_at_checked(digits.len() - 2)?,
        None => (digits, "0"),
    };
    let seconds =
        hours.parse::<u8>().ok().map(i32::from)? * 3_600 + minutes.parse::<u8>().ok().map(i32::from)? * 60;
    jiff::tz::Offset::from_seconds(sign * seconds).ok().map(TimeZone::fixed)
}
