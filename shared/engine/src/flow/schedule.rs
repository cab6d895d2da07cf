//! What starts executions at certain dates.

use std::time::Duration;

use jiff::{fmt::temporal::Pieces, tz::TimeZone};
use serde_json::Value as Json;

use super::Rendered;
use crate::{cron::Cron, time::Timestamp};

/// Schedule triggers, and others of which something is kept, one flow may have: they are stored in one commit with it.
pub const SCHEDULES_MAX: usize = 20;

/// How late a date may be and still not be missed ([`Recover::None`]). Clocks look once a minute.
const ON_TIME: Duration = Duration::from_mins(2);

/// Dates that a `ScheduleOnDates` may name.
pub const DATES_MAX: usize = 1_000;

/// `io.kestra.plugin.core.trigger.Schedule`, and `ScheduleOnDates`.
#[derive(Debug, Clone)]
pub struct Schedule {
    pub dates: Dates,
    /// `None` is the server's.
    pub timezone: Option<TimeZone>,
    /// A map; rendered, then read as a caller's.
    pub inputs: Option<Rendered>,
    /// A date that is later than this is skipped.
    pub late_maximum_delay: Option<Duration>,
    pub recover: Recover,
}

/// When it fires.
#[derive(Debug, Clone, PartialEq)]
pub enum Dates {
    Cron(Box<Cron>),
    /// In order, each once.
    On(Vec<Timestamp>),
    /// What a list with expressions in it renders to, or a text that renders to one in JSON. No dates until it did.
    Expression(Box<Expression>),
}

/// Dates that have to be rendered.
#[derive(Debug, Clone)]
pub struct Expression {
    pub(crate) rendered: Rendered,
    /// As the flow has it.
    pub(crate) written: Json,
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Dates {
    /// The first after a moment; none when there never is one.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Cron(cron) => cron.next(after, zone),
            Self::On(dates) => dates.iter().copied().find(|it| *it > after),
            Self::Expression(_) => None,
        }
    }

    /// The last before a moment.
    pub fn previous(&self, before: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Cron(cron) => cron.previous(before, zone),
            Self::On(dates) => dates.iter().copied().rev().find(|it| *it < before),
            Self::Expression(_) => None,
        }
    }
}

/// A date-time with an offset, or as clocks of a zone show it.
pub(crate) fn date(text: &str, zone: Option<&TimeZone>) -> Result<Timestamp, String> {
    if let Ok(date) = text.parse() {
        return Ok(date);
    }
    let shown =
        Pieces::parse(text.trim()).map_err(|error| format!("`{text}` is not a date-time ({error})"))?;
    let zone = zone.ok_or_else(|| format!("`{text}` has no offset, and there is no `timezone`"))?;
    let zoned = shown.date().to_datetime(shown.time().unwrap_or_default()).to_zoned(zone.clone());
    zoned.map(|it| it.timestamp().into()).map_err(|error| format!("`{text}` is not a date-time ({error})"))
}

/// Which dates are made up for when their time passed without them. Kestra: `recoverMissedSchedules`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recover {
    All,
    /// The newest.
    Last,
    None,
}

impl Schedule {
    pub fn zone<'a>(&'a self, server: &'a TimeZone) -> &'a TimeZone {
        self.timezone.as_ref().unwrap_or(server)
    }

    /// What has to be rendered before there are dates.
    pub fn expression(&self) -> Option<&Expression> {
        match &self.dates {
            Dates::Expression(expression) => Some(expression),
            Dates::Cron(_) | Dates::On(_) => None,
        }
    }

    /// The same with these dates, in any order.
    #[must_use]
    pub fn on(&self, mut dates: Vec<Timestamp>) -> Self {
        dates.sort_unstable();
        dates.dedup();
        Self { dates: Dates::On(dates), ..self.clone() }
    }

    /// Whether another one has the same dates.
    pub fn same_dates(&self, other: &Self) -> bool {
        self.dates == other.dates && self.timezone == other.timezone
    }

    /// The date to fire now, where `due` is the first that did not fire yet. `None` when all that are due are passed
    /// over.
    pub fn date_to_fire(&self, due: Timestamp, now: Timestamp, server: &TimeZone) -> Option<Timestamp> {
        let zone = self.zone(server);
        let just_after = now.plus(Duration::from_millis(1));
        let oldest = match self.late_maximum_delay {
            Some(delay) => due.max(now.minus(delay)),
            None => due,
        };
        let date = match self.recover {
            Recover::All if oldest == due => Some(due),
            Recover::All => self.dates.next(oldest.minus(Duration::from_millis(1)), zone),
            Recover::Last => self.dates.previous(just_after, zone),
            Recover::None => self.dates.previous(just_after, zone).filter(|date| now.since(*date) <= ON_TIME),
        };
        date.filter(|date| (oldest..=now).contains(date))
    }

    /// The first date at a moment or after it.
    pub fn first_from(&self, moment: Timestamp, server: &TimeZone) -> Option<Timestamp> {
        self.next(moment.minus(Duration::from_millis(1)), server)
    }

    /// The first date after a moment.
    pub fn next(&self, after: Timestamp, server: &TimeZone) -> Option<Timestamp> {
        self.dates.next(after, self.zone(server))
    }
}
