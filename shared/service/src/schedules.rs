//! Schedules: executions that start at certain dates. And what has to be remembered of other triggers: that they
//! stopped themselves.
//!
//! Each Schedule trigger has an item of its own that is due at its next date. It is written in the same commit as the
//! flow, so it always belongs to the newest revision, and is gone when the flow is. Whoever finds it due
//! ([`Service::tick`])
//! 1. starts the execution, under an id made of the trigger and the date, unless there is one already,
//! 2. moves the item on to the next date, under the version it read.
//!
//! Any number may do so at the same time, and each may die in between: the next one finds the item due as before, and
//! the execution there. So a date fires exactly once. While that execution runs, the next date waits; whoever commits its
//! end tells the item and fires what has become due, and where that is lost, a look once a minute finds out.
//!
//! A [`Backfill`] goes before the dates to come, one date after the other in the same way. Other triggers have an item
//! that is never due, when they have `stopAfter`.

mod act;
mod backfill;
mod dates;
mod ended;
mod fire;
mod state;

use engine::{
    flow::{Flow, Schedule, Trigger},
    id::ExecutionId,
    time::Timestamp,
};
use jiff::tz::TimeZone;
use ports::store::{Condition, Content, Item, Version, Write};
use serde::{Deserialize, Serialize};

use crate::{Error, Service, StoredFlow, keys, record};

pub use act::TriggerAction;
pub use backfill::{Backfill, NewBackfill};
pub use state::{TriggerQuery, TriggerState};

/// What is known of a trigger, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Stored {
    /// Of the flow.
    #[serde(rename = "r")]
    revision: u32,
    /// The first date that did not fire yet; none when none ever comes.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    next: Option<Timestamp>,
    /// The last date that fired.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    date: Option<Timestamp>,
    /// What it started and was not seen to end.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    execution: Option<ExecutionId>,
    /// Disabled by somebody, and not by the flow.
    #[serde(rename = "o", default, skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
    /// When somebody enabled it. What ended before does not stop it.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    enabled_at: Option<Timestamp>,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    backfill: Option<Backfill>,
    /// When the expression of its dates was last rendered.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    looked: Option<Timestamp>,
    /// When this was written.
    #[serde(rename = "u")]
    updated: Timestamp,
}

impl Stored {
    /// Of a trigger that did nothing yet.
    fn new(revision: u32, trigger: &Trigger, next: Option<Timestamp>, now: Timestamp) -> Self {
        let has_expression = is_expression(trigger);
        Self {
            revision,
            next,
            date: None,
            execution: None,
            disabled: false,
            enabled_at: None,
            backfill: None,
            looked: Some(now).filter(|_| has_expression),
            updated: now,
        }
    }

    /// The date that fires next: that of a backfill, unless it pauses.
    fn upcoming(&self) -> Option<Timestamp> {
        let backfill = self.backfill.as_ref().filter(|it| !it.paused);
        backfill.map(|it| it.current).or(self.next)
    }

    /// When it has to be looked at: at its next date, and at those of an expression once in a while.
    fn wake_at(&self, flow: &Flow, trigger: &Trigger, now: Timestamp) -> Option<Timestamp> {
        if self.disabled || !may_fire(flow, trigger) {
            return None;
        }
        let look = is_expression(trigger).then(|| now.plus(dates::LOOK_AGAIN));
        self.upcoming().into_iter().chain(look).min()
    }

    fn content(&self, wake_at: Option<Timestamp>) -> Result<Content, Error> {
        Ok(Content { body: record::encode(self)?, wake_at, ..Content::default() })
    }
}

/// The triggers of a flow of which something is kept.
fn kept(flow: &Flow) -> impl Iterator<Item = &Trigger> {
    flow.triggers.iter().filter(|it| it.is_kept())
}

fn kept_of<'f>(flow: &'f Flow, id: &str) -> Option<&'f Trigger> {
    kept(flow).find(|it| it.id == id)
}

fn next_date(trigger: &Trigger, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    trigger.schedule()?.next(after, zone)
}

fn same_dates(one: &Trigger, other: &Trigger) -> bool {
    match (one.schedule(), other.schedule()) {
        (Some(one), Some(other)) => Schedule::same_dates(one, other),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn is_expression(trigger: &Trigger) -> bool {
    trigger.schedule().is_some_and(|it| it.expression().is_some())
}

/// Whether the flow lets a trigger of its own fire.
fn may_fire(flow: &Flow, trigger: &Trigger) -> bool {
    !flow.disabled && !trigger.disabled
}

impl Service {
    /// What a commit that saves a flow has to write, so that its schedules fire, and those that it had before do no
    /// more. `new` is `None` for a tombstone.
    pub(crate) async fn schedule_writes(
        &self,
        (tenant, namespace, id): (&str, &str, &str),
        old: Option<&StoredFlow>,
        new: Option<&Flow>,
        revision: u32,
    ) -> Result<Vec<Write>, Error> {
        let old = old.filter(|it| !it.deleted).and_then(|it| it.flow.as_ref().ok());
        let mut writes = Vec::new();
        if let Some(flow) = new {
            for trigger in kept(flow) {
                writes.push(self.schedule_write(tenant, old, (flow, revision), trigger).await?);
            }
        }
        let stays = |id: &str| new.is_some_and(|flow| kept_of(flow, id).is_some());
        for trigger in old.into_iter().flat_map(kept).filter(|it| !stays(&it.id)) {
            let key = keys::schedule(tenant, namespace, id, &trigger.id);
            writes.push(Write::Delete { key, condition: Condition::None });
        }
        Ok(writes)
    }

    /// The same for one trigger that the flow has.
    async fn schedule_write(
        &self,
        tenant: &str,
        old: Option<&Flow>,
        (flow, revision): (&Flow, u32),
        trigger: &Trigger,
    ) -> Result<Write, Error> {
        let zone = &self.shared.settings.zone;
        let key = keys::schedule(tenant, &flow.namespace, &flow.id, &trigger.id);
        let dated = self.with_dates_if_any(tenant, (flow, revision), trigger).await?;
        let before = old.and_then(|flow| Some((flow, kept_of(flow, &trigger.id)?)));
        let item = self.store().get(&key).await?;
        let now = self.now();
        let anew = || next_date(&dated, now, zone);
        let (condition, stored) = match item {
            None => (Condition::Absent, Stored::new(revision, trigger, anew(), now)),
            Some(item) => {
                let known: Stored = record::decode(&item.content.body)?;
                // What is still to come stays, unless it is another schedule now, or did not fire until now.
                let same_dates = before.is_some_and(|(_, before)| same_dates(before, trigger));
                let goes_on = same_dates && before.is_some_and(|(flow, it)| may_fire(flow, it));
                let next = if goes_on { known.next } else { anew() };
                let backfill = match known.backfill {
                    Some(backfill) if !same_dates => backfill.with_dates_of(&dated, zone),
                    other => other,
                };
                let looked = if goes_on { known.looked } else { is_expression(trigger).then_some(now) };
                let mut stored = Stored { revision, next, backfill, looked, updated: now, ..known };
                if is_expression(trigger) && !is_expression(&dated) {
                    stored.look_at(&dated, now, zone);
                }
                (Condition::Version(item.version), stored)
            }
        };
        let content = stored.content(stored.wake_at(flow, trigger, now))?;
        Ok(Write::Put { key, condition, content })
    }

    /// Writes what is known of a schedule, if it is as it was read.
    async fn put_schedule(
        &self,
        item: &Item,
        stored: &Stored,
        wake_at: Option<Timestamp>,
    ) -> Result<Version, Error> {
        let content = stored.content(wake_at)?;
        let body = content.body.clone();
        let condition = Condition::Version(item.version);
        let put = Write::Put { key: item.key.clone(), condition, content };
        self.write(&item.key, &body, vec![put]).await?;
        Ok(Version(item.version.0 + 1))
    }
}
