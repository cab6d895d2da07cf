//! Durations as Java writes and reads them: `PT1H2M3.5S`, `P1DT1S`, or a number of seconds.

use std::{fmt::Write, time::Duration};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Reads an ISO-8601 duration (any case, days are 24 hours) or a number of seconds. Negative ones are not taken.
///
/// # Errors
/// A message that says what would be right.
pub fn parse(text: &str) -> Result<Duration, String> {
    let trimmed = text.trim();
    let read = match trimmed.strip_prefix(['P', 'p']) {
        Some(rest) => iso(rest),
        None => seconds(trimmed),
    };
    read.ok_or_else(|| {
        let negative = trimmed.contains('-');
        let hint = if negative { ", not negative" } else { "" };
        format!("`{text}` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds{hint}")
    })
}

/// The units after `P`: days, then hours, minutes and seconds after `T`, each at most once and in this order.
fn iso(text: &str) -> Option<Duration> {
    let (days, time) = match text.split_once(['T', 't']) {
        Some((_, "")) => return None,
        Some((days, time)) => (days, time),
        None => (text, ""),
    };
    if days.is_empty() && time.is_empty() {
        return None;
    }
    let mut total = Duration::ZERO;
    if !days.is_empty() {
        total = units(whole(days.strip_suffix(['D', 'd'])?)?, DAY)?;
    }
    let mut rest = time;
    for (unit, size) in [('h', HOUR), ('m', MINUTE)] {
        if let Some(end) = rest.find([unit, unit.to_ascii_uppercase()]) {
            total = total.checked_add(units(whole(&rest[..end])?, size)?)?;
            rest = &rest[end + 1..];
        }
    }
    if !rest.is_empty() {
        total = total.checked_add(seconds(rest.strip_suffix(['S', 's'])?)?)?;
    }
    Some(total)
}

fn units(count: u64, size: u64) -> Option<Duration> {
    count.checked_mul(size).map(Duration::from_secs)
}

fn whole(text: &str) -> Option<u64> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    all_digits.then(|| digits.parse().ok()).flatten()
}

/// Seconds with at most nine digits of fraction.
fn seconds(text: &str) -> Option<Duration> {
    let (whole_text, fraction) = match text.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    if fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanos = format!("{fraction:0<9}").parse().ok()?;
    Some(Duration::new(whole(whole_text)?, nanos))
}

/// Writes a duration as `java.time.Duration.toString` does: hours, minutes and seconds, never days; `PT0S` for none.
pub fn format(duration: Duration) -> String {
    if duration.is_zero() {
        return "PT0S".to_owned();
    }
    let total = duration.as_secs();
    let mut text = "PT".to_owned();
    let mut unit = |count: u64, name: char| {
        if count > 0 {
            write!(text, "{count}{name}").expect("a String takes everything");
        }
    };
    unit(total / HOUR, 'H');
    unit(total % HOUR / MINUTE, 'M');
    let (seconds, nanos) = (total % MINUTE, duration.subsec_nanos());
    if nanos == 0 {
        unit(seconds, 'S');
    } else {
        let fraction = format!("{nanos:09}");
        write!(text, "{seconds}.{}S", fraction.trim_end_matches('0')).expect("a String takes everything");
    }
    text
}

#[cfg(test)]
mod tests;
