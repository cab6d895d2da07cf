//! What starts executions at certain dates.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::Rendered;
use crate::{cron::Cron, execution::State, time::Timestamp};

/// Schedule triggers one flow may have: they are stored in one commit with it.
pub const SCHEDULES_MAX: usize = 20;

/// How late a date may be and still not be missed ([`Recover::None`]). Clocks look once a minute.
const ON_TIME: Duration = Duration::from_mins(2);

/// `io.kestra.plugin.core.trigger.Schedule`.
#[derive(Debug, Clone)]
pub struct Schedule {
    pub cron: Cron,
    /// `None` is the server's.
    pub timezone: Option<TimeZone>,
    /// A map; rendered, then read as a caller's.
    pub inputs: Option<Rendered>,
    /// A map or a list of `{key, value}`; what cannot be rendered is left out.
    pub labels: Option<Rendered>,
    /// A date that is later than this is skipped.
    pub late_maximum_delay: Option<Duration>,
    pub recover: Recover,
    /// After an execution of it that ended so, the trigger is disabled.
    pub stop_after: Vec<State>,
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

    /// Whether another one has the same dates.
    pub fn same_dates(&self, other: &Self) -> bool {
        self.cron == other.cron && self.timezone == other.timezone
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
            Recover::All => self.cron.next(oldest.minus(Duration::from_millis(1)), zone),
            Recover::Last => self.cron.previous(just_after, zone),
            Recover::None => self.cron.previous(just_after, zone).filter(|date| now.since(*date) <= ON_TIME),
        };
        date.filter(|date| (oldest..=now).contains(date))
    }

    /// The first date after a moment.
    pub fn next(&self, after: Timestamp, server: &TimeZone) -> Option<Timestamp> {
        self.cron.next(after, self.zone(server))
    }
}
