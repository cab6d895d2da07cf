//! Cron expressions, and the dates they mean in a time zone.
//!
//! Five fields (minute, hour, day of month, month, day of week), six with the seconds first, or a nickname. Sunday is 0
//! and 7. When both the day of month and the day of week are given, either is enough.
//!
//! # Clocks that change
//! * A time that a day does not have (02:30 where the clock goes from 2 to 3) fires once, when the gap ends.
//! * A fixed time that a day has twice fires once, the first time. Kestra: twice.
//! * What has a `*`, range or step in its minutes or hours fires in real time: `*/30 * * * *` every half an hour, also in
//!   the hour that comes twice.

use std::fmt;

use croner::parser::{CronParser, Seconds, Year};
use jiff::{Zoned, tz::TimeZone};

use crate::time::Timestamp;

const SECOND_MILLIS: i64 = 1_000;

/// What a nickname stands for. Kestra's list.
const NICKNAMES: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// A cron expression that can be evaluated.
#[derive(Clone, PartialEq, Eq)]
pub struct Cron {
    pattern: croner::Cron,
}

impl Cron {
    /// Reads five fields, six when there are seconds, or a nickname.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str, with_seconds: bool) -> Result<Self, String> {
        let text = text.trim();
        let nickname = NICKNAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        let fields = match nickname {
            Some((_, fields)) => (*fields).to_owned(),
            None => counted(text, with_seconds)?,
        };
        // `5/15` is every 15 from 5 on, as Kestra's has it.
        let parser =
            CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).sloppy_ranges(true);
        let pattern = parser.build().parse(&fields).map_err(|error| error.to_string())?;
        Ok(Self { pattern })
    }

    /// The first date after a moment; none when there never is one.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let start = in_zone(after, zone);
        let found = self.pattern.find_next_occurrence(&start, false).ok()?;
        Some(found.timestamp().into())
    }

    /// The last date before a moment.
    pub fn previous(&self, before: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        // The pattern knows whole seconds: one that has begun is not before its own start.
        let seconds = before.as_millis().saturating_add(SECOND_MILLIS - 1).div_euclid(SECOND_MILLIS);
        let start = in_zone(Timestamp::from_millis(seconds.saturating_mul(SECOND_MILLIS)), zone);
        let found = self.pattern.find_previous_occurrence(&start, false).ok()?;
        Some(found.timestamp().into())
    }
}

fn counted(text: &str, with_seconds: bool) -> Result<String, String> {
    if text.starts_with('@') {
        let known: Vec<&str> = NICKNAMES.iter().map(|(name, _)| *name).collect();
        return Err(format!("`{text}` is none of {}", known.join(", ")));
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    let (wanted, hint) = if with_seconds { (6, "") } else { (5, "; `withSeconds: true` takes 6") };
    if fields.len() != wanted {
        return Err(format!("{} fields instead of {wanted}{hint}", fields.len()));
    }
    Ok(fields.join(" "))
}

fn in_zone(moment: Timestamp, zone: &TimeZone) -> Zoned {
    moment.to_jiff().to_zoned(zone.clone())
}

impl fmt::Debug for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cron").field(&self.pattern.as_str()).finish()
    }
}

/// A time zone by its name (`Europe/Paris`, `UTC`) or as an offset (`Z`, `+02:00`).
pub fn zone(name: &str) -> Option<TimeZone> {
    if name == "Z" {
        return Some(TimeZone::UTC);
    }
    TimeZone::get(name).ok().or_else(|| {
        let parsed = jiff::fmt::strtime::parse("%:z", name).ok()?;
        Some(TimeZone::fixed(parsed.offset()?))
    })
}

/// `2024-07-12T07:13:42+02:00`, with `Z` for no offset: how Kestra writes the dates of a trigger.
pub fn written(moment: Timestamp, zone: &TimeZone) -> String {
    let zoned = in_zone(moment, zone);
    let format = if zoned.offset().is_zero() { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S%:z" };
    zoned.strftime(format).to_string()
}

#[cfg(test)]
mod tests;
