//! Dates as Kestra's filters read and write them: Java's patterns, in English, on `jiff`.

mod named;
mod pattern;
mod print;
mod read;

#[cfg(test)]
mod tests;

pub(crate) use read::{read, zone};

use jiff::{Span, Zoned};

use crate::{eval::Halt, hint};
use pattern::Pattern;

/// Writes a moment by a named format (`iso` when none is given) or a pattern.
pub(crate) fn format(moment: &Zoned, format: Option<&str>) -> Result<String, Halt> {
    let format = format.unwrap_or("iso");
    match named::find(format) {
        Some(named) => named.print(moment),
        None => print::print(&Pattern::parse(format)?, moment),
    }
}

/// Texts are in English.
pub(crate) fn check_locale(locale: Option<&str>) -> Result<(), Halt> {
    match locale {
        None => Ok(()),
        Some(locale) if locale.starts_with("en") => Ok(()),
        Some(locale) => Err(Halt::failed(format!(
            "Locale `{locale}` is refused, as names are in English alone: write numbers, or `replace` the names"
        ))),
    }
}

const UNITS: [&str; 13] = [
    "NANOS",
    "MICROS",
    "MILLIS",
    "SECONDS",
    "MINUTES",
    "HOURS",
    "HALF_DAYS",
    "DAYS",
    "WEEKS",
    "MONTHS",
    "YEARS",
    "DECADES",
    "CENTURIES",
];

/// Moves a moment by so many of Java's `ChronoUnit`.
pub(crate) fn add(moment: &Zoned, amount: i64, unit: &str) -> Result<Zoned, Halt> {
    let span = Span::new();
    let times = |factor: i64| amount.checked_mul(factor).unwrap_or(i64::MAX);
    let span = match unit {
        "NANOS" => span.try_nanoseconds(amount),
        "MICROS" => span.try_microseconds(amount),
        "MILLIS" => span.try_milliseconds(amount),
        "SECONDS" => span.try_seconds(amount),
        "MINUTES" => span.try_minutes(amount),
        "HOURS" => span.try_hours(amount),
        "HALF_DAYS" => span.try_hours(times(12)),
        "DAYS" => span.try_days(amount),
        "WEEKS" => span.try_weeks(amount),
        "MONTHS" => span.try_months(amount),
        "YEARS" => span.try_years(amount),
        "DECADES" => span.try_years(times(10)),
        "CENTURIES" => span.try_years(times(100)),
        other => {
            let hint = hint::did_you_mean(other, UNITS);
            return Err(Halt::failed(format!(
                "No enum constant java.time.temporal.ChronoUnit.{other}{hint}"
            )));
        }
    };
    span.and_then(|span| moment.checked_add(span))
        .map_err(|_| Halt::failed(format!("{amount} {unit} lead out of the years that dates know")))
}
