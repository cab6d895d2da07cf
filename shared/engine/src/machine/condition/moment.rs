//! Dates as conditions look at them: where they were written, not in UTC.

use jiff::{
    civil::{DateTime, Weekday as Day},
    fmt::temporal::Pieces,
    tz::{Offset, TimeZone},
};

use super::{Unclear, World};
use crate::{
    flow::condition::{DayInMonth, TimeOfDay, Weekday},
    time::Timestamp,
};

/// A moment, and what clocks showed there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) instant: Timestamp,
    pub(super) shown: DateTime,
    offset: Offset,
}

/// Reads an ISO date-time, with an offset or in the world's zone; a date alone is its midnight.
pub(super) fn read(text: &str, world: &World<'_>) -> Result<Moment, Unclear> {
    let failed = |why: String| Unclear::Failed(format!("`{text}` is not a date-time ({why})"));
    let pieces = Pieces::parse(text.trim()).map_err(|error| failed(error.to_string()))?;
    let shown = pieces.date().to_datetime(pieces.time().unwrap_or_default());
    let zone = match pieces.to_numeric_offset() {
        Some(offset) => TimeZone::fixed(offset),
        None => world.zone.clone(),
    };
    let zoned = shown.to_zoned(zone).map_err(|error| failed(error.to_string()))?;
    Ok(Moment::of(&zoned))
}

impl Moment {
    pub(super) fn of(zoned: &jiff::Zoned) -> Self {
        Self { instant: zoned.timestamp().into(), shown: zoned.datetime(), offset: zoned.offset() }
    }

    pub(super) fn is_on(&self, day: Weekday) -> bool {
        self.shown.weekday()
            == match day {
                Weekday::Monday => Day::Monday,
                Weekday::Tuesday => Day::Tuesday,
                Weekday::Wednesday => Day::Wednesday,
                Weekday::Thursday => Day::Thursday,
                Weekday::Friday => Day::Friday,
                Weekday::Saturday => Day::Saturday,
                Weekday::Sunday => Day::Sunday,
            }
    }

    pub(super) fn is_weekend(&self) -> bool {
        matches!(self.shown.weekday(), Day::Saturday | Day::Sunday)
    }

    /// Whether it is this one among the days of its name in its month.
    pub(super) fn is_the(&self, which: DayInMonth) -> bool {
        let before = (self.shown.day() - 1) / 7;
        match which {
            DayInMonth::First => before == 0,
            DayInMonth::Second => before == 1,
            DayInMonth::Third => before == 2,
            DayInMonth::Fourth => before == 3,
            DayInMonth::Last => self.shown.day() + 7 > self.shown.days_in_month(),
        }
    }

    /// How long after a time of day its own is; negative before it. As Java compares them: both as times of one day of
    /// UTC, which need not lie within it.
    pub(super) fn millis_past(&self, time: TimeOfDay) -> i64 {
        let offset = time.offset_seconds.unwrap_or(self.offset.seconds());
        let shown = millis_of_day(self.shown);
        (shown - i64::from(self.offset.seconds()) * 1_000) - (time.millis - i64::from(offset) * 1_000)
    }
}

fn millis_of_day(shown: DateTime) -> i64 {
    let seconds =
        i64::from(shown.hour()) * 3_600 + i64::from(shown.minute()) * 60 + i64::from(shown.second());
    seconds * 1_000 + i64::from(shown.millisecond())
}
