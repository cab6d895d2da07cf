//! Values of a time, put together step by step. Kestra: how long a step is follows from how long the time is.

use std::ops::RangeInclusive;

use engine::time::Timestamp;
use jiff::{Span, ToSpan, civil::Date, tz::TimeZone};

use crate::settings::METRIC_STEPS_MAX;

/// How long a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    Minute,
    Hour,
    Day,
    /// From Monday.
    Week,
    Month,
}

/// What becomes of the values of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregation {
    Sum,
    Avg,
    Min,
    Max,
}

/// What came of a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregated {
    pub group_by: GroupBy,
    /// Where each step begins, and its value; 0 when nothing was measured in it, as in Kestra.
    pub values: Vec<(Timestamp, f64)>,
}

impl GroupBy {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// By whole days and hours.
    fn of(time: &RangeInclusive<Timestamp>) -> Self {
        let hours = time.end().since(*time.start()).as_secs() / 3_600;
        let days = hours / 24;
        match days {
            366.. => Self::Month,
            181.. => Self::Week,
            2.. => Self::Day,
            _ if hours > 6 => Self::Hour,
            _ => Self::Minute,
        }
    }
}

impl Aggregation {
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "sum" => Self::Sum,
            "avg" => Self::Avg,
            "min" => Self::Min,
            "max" => Self::Max,
            _ => return None,
        })
    }
}

/// The steps of a time, and what is in each.
#[derive(Debug)]
pub(super) struct Steps {
    group_by: GroupBy,
    /// In order; the first begins before the time does, or with it.
    starts: Vec<Timestamp>,
    tallies: Vec<Tally>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    count: u32,
    sum: f64,
    min: f64,
    max: f64,
}

impl Steps {
    /// # Errors
    /// When there are more than [`METRIC_STEPS_MAX`]; in words.
    pub(super) fn of(time: &RangeInclusive<Timestamp>, zone: &TimeZone) -> Result<Self, String> {
        let group_by = GroupBy::of(time);
        let starts = starts(group_by, time, zone).ok_or_else(|| {
            format!(
                "the time has more than {METRIC_STEPS_MAX} steps of a {}; choose a later `startDate` or an earlier `endDate`",
                group_by.name()
            )
        })?;
        let tallies = vec![Tally::default(); starts.len()];
        Ok(Self { group_by, starts, tallies })
    }

    pub(super) fn add(&mut self, at: Timestamp, value: f64) {
        let begun = self.starts.partition_point(|start| *start <= at);
        if let Some(tally) = begun.checked_sub(1).and_then(|step| self.tallies.get_mut(step)) {
            let first = tally.count == 0;
            tally.count += 1;
            tally.sum += value;
            tally.min = if first { value } else { tally.min.min(value) };
            tally.max = if first { value } else { tally.max.max(value) };
        }
    }

    pub(super) fn aggregated(self, aggregation: Aggregation) -> Aggregated {
        let value = |tally: Tally| match aggregation {
            Aggregation::Avg => tally.sum / f64::from(tally.count.max(1)),
            Aggregation::Sum => tally.sum,
            Aggregation::Min => tally.min,
            Aggregation::Max => tally.max,
        };
        let values = self.starts.into_iter().zip(self.tallies.into_iter().map(value)).collect();
        Aggregated { group_by: self.group_by, values }
    }
}

/// Where the steps begin, as clocks of the zone show it; `None` when there are too many.
fn starts(group_by: GroupBy, time: &RangeInclusive<Timestamp>, zone: &TimeZone) -> Option<Vec<Timestamp>> {
    let start = zone.to_datetime(time.start().to_jiff()).date();
    match group_by {
        GroupBy::Minute => of_clock(60_000, time, zone),
        GroupBy::Hour => of_clock(3_600_000, time, zone),
        GroupBy::Day => of_calendar(start, 1.day(), *time.end(), zone),
        GroupBy::Week => {
            let since_monday = i64::from(start.weekday().to_monday_zero_offset());
            of_calendar(start.checked_sub(since_monday.days()).ok()?, 1.week(), *time.end(), zone)
        }
        GroupBy::Month => of_calendar(start.first_of_month(), 1.month(), *time.end(), zone),
    }
}

fn of_calendar(mut date: Date, step: Span, end: Timestamp, zone: &TimeZone) -> Option<Vec<Timestamp>> {
    let mut starts = Vec::new();
    loop {
        let start = Timestamp::from(date.to_zoned(zone.clone()).ok()?.timestamp());
        if start > end {
            return Some(starts);
        }
        if starts.len() == METRIC_STEPS_MAX {
            return None;
        }
        starts.push(start);
        date = date.checked_add(step).ok()?;
    }
}

fn of_clock(step_millis: i64, time: &RangeInclusive<Timestamp>, zone: &TimeZone) -> Option<Vec<Timestamp>> {
    let offset = i64::from(zone.to_offset(time.start().to_jiff()).seconds()) * 1_000;
    let (start, end) = (time.start().as_millis(), time.end().as_millis());
    let mut at = start - (start.checked_add(offset)?).rem_euclid(step_millis);
    let mut starts = Vec::new();
    while at <= end {
        if starts.len() == METRIC_STEPS_MAX {
            return None;
        }
        starts.push(Timestamp::from_millis(at));
        at = at.checked_add(step_millis)?;
    }
    Some(starts)
}

#[cfg(test)]
mod tests;
