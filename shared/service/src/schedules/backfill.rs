//! Dates of a time that is over, fired on demand.

use engine::{
    flow::{Label, Trigger},
    machine::sent::Sent,
    time::Timestamp,
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::Stored;
use crate::Error;

/// Which dates are to be fired, and what their executions get.
#[derive(Debug, Clone)]
pub struct NewBackfill {
    /// The first date that counts.
    pub start: Timestamp,
    /// The last one; `None` for now.
    pub end: Option<Timestamp>,
    /// In place of those of the trigger, by name; rendered as those are.
    pub inputs: Map<String, Json>,
    /// Beside those of the trigger. Their values are rendered.
    pub labels: Vec<Label>,
}

/// A backfill that is not over: one execution for each date between start and end, one after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backfill {
    /// Distinguishes its executions from those of other backfills of the same dates.
    #[serde(rename = "i")]
    pub(super) id: String,
    #[serde(rename = "s")]
    pub start: Timestamp,
    #[serde(rename = "e")]
    pub end: Timestamp,
    /// The date that it fires next.
    #[serde(rename = "c")]
    pub current: Timestamp,
    #[serde(rename = "p", default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
    #[serde(rename = "v", default, skip_serializing_if = "Map::is_empty")]
    pub inputs: Map<String, Json>,
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
}

impl Backfill {
    /// What its executions get.
    pub(super) fn sent(&self) -> Sent<'_> {
        Sent { inputs: &self.inputs, labels: &self.labels }
    }

    /// The same time with the dates that a trigger has now; `None` when none is left.
    pub(super) fn with_dates_of(self, trigger: &Trigger, zone: &TimeZone) -> Option<Self> {
        let current = trigger.schedule()?.first_from(self.current, zone)?;
        (current <= self.end).then_some(Self { current, ..self })
    }

    /// What is left of it after its date.
    fn after(self, trigger: &Trigger, zone: &TimeZone) -> Option<Self> {
        let current = trigger.schedule()?.next(self.current, zone)?;
        (current <= self.end).then_some(Self { current, ..self })
    }
}

/// A date that fires now, and the backfill that it belongs to.
pub(super) struct Turn {
    pub(super) date: Timestamp,
    pub(super) of: Option<Backfill>,
}

impl Stored {
    /// Takes the date that is to fire now, and moves on to the next one. `None` when none is.
    pub(super) fn take_turn(&mut self, trigger: &Trigger, now: Timestamp, zone: &TimeZone) -> Option<Turn> {
        let schedule = trigger.schedule().filter(|_| !self.disabled)?;
        if let Some(backfill) = self.backfill.take_if(|it| !it.paused && it.current <= now) {
            self.backfill = backfill.clone().after(trigger, zone);
            return Some(Turn { date: backfill.current, of: Some(backfill) });
        }
        let due = self.upcoming().filter(|it| *it <= now)?;
        let date = schedule.date_to_fire(due, now, zone);
        self.next = schedule.next(date.unwrap_or(now), zone);
        date.map(|date| Turn { date, of: None })
    }

    /// Begins a backfill under a new id. One of the same time that is not over is this one.
    ///
    /// # Errors
    /// `IllegalState` while there is another; `Invalid` for a time without dates, and for an expression that cannot be parsed.
    pub(super) fn begin_backfill(
        &mut self,
        new: &NewBackfill,
        trigger: &Trigger,
        (id, now, zone): (u128, Timestamp, &TimeZone),
    ) -> Result<(), Error> {
        if let Some(there) = &self.backfill {
            if there.start == new.start && new.end.is_none_or(|end| end == there.end) {
                return Ok(());
            }
            let message = "the trigger has a backfill that is not over; delete it before you begin another";
            return Err(Error::IllegalState(message.to_owned()));
        }
        let sent = Sent { inputs: &new.inputs, labels: &new.labels };
        sent.check().map_err(|why| Error::argument(format!("backfill.{why}")))?;
        let (start, end) = (new.start, new.end.unwrap_or(now));
        let first = trigger
            .schedule()
            .ok_or_else(|| Error::argument("a backfill needs a trigger that has dates"))?
            .first_from(start, zone)
            .filter(|first| *first <= end)
            .ok_or_else(|| Error::argument(format!("the trigger has no date from {start} to {end}")))?;
        self.backfill = Some(Backfill {
            id: format!("{id:x}"),
            start,
            end,
            current: first,
            paused: false,
            inputs: new.inputs.clone(),
            labels: new.labels.clone(),
        });
        Ok(())
    }
}
