//! Schedules whose dates are an expression: it is rendered when something is done with them, and once an hour, as what it
//! reads may change without the flow.

use std::{borrow::Cow, time::Duration};

use engine::{
    execution::Execution,
    flow::{Flow, Schedule, Trigger, TriggerKind},
    id::ExecutionId,
    machine::scheduled::Scheduled,
    time::Timestamp,
};
use jiff::tz::TimeZone;

use super::Stored;
use crate::{Error, Service};

/// When dates that an expression gives are looked at again.
pub(super) const LOOK_AGAIN: Duration = Duration::from_hours(1);

impl Service {
    /// A trigger with the dates that its expression gives now, or why it gives none. One without an expression is what
    /// it is.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn with_dates<'t>(
        &self,
        tenant: &str,
        (flow, revision): (&Flow, u32),
        trigger: &'t Trigger,
    ) -> Result<Result<Cow<'t, Trigger>, String>, Error> {
        let Some(schedule) = trigger.schedule().filter(|it| it.expression().is_some()) else {
            return Ok(Ok(Cow::Borrowed(trigger)));
        };
        let scheduled = Scheduled { flow, trigger, schedule };
        // Nothing is started: what expressions see of an execution is its flow.
        let id = ExecutionId::from_u128(self.new_id());
        let of = (flow.namespace.as_str(), flow.id.as_str(), revision);
        let nobody = Execution::created(id, tenant, of, self.now());
        let given = self.ask(&nobody, |world| scheduled.dates(&nobody, world)).await?;
        Ok(given.map(|dates| Cow::Owned(on(trigger, schedule, dates.unwrap_or_default()))))
    }

    /// The same, without dates when its expression fails.
    pub(super) async fn with_dates_if_any<'t>(
        &self,
        tenant: &str,
        flow: (&Flow, u32),
        trigger: &'t Trigger,
    ) -> Result<Cow<'t, Trigger>, Error> {
        Ok(self.with_dates(tenant, flow, trigger).await?.unwrap_or_else(|failure| {
            tracing::warn!(
                flow = flow.0.id,
                trigger = trigger.id,
                failure,
                "a schedule has no dates for now"
            );
            Cow::Borrowed(trigger)
        }))
    }
}

fn on(trigger: &Trigger, schedule: &Schedule, dates: Vec<Timestamp>) -> Trigger {
    Trigger { kind: TriggerKind::Schedule(Box::new(schedule.on(dates))), ..trigger.clone() }
}

impl Stored {
    /// Takes over the dates that an expression gives now: what came to be since the last look, and is over, counts as
    /// missed; what is no date any more does not fire.
    pub(super) fn look_at(&mut self, dated: &Trigger, now: Timestamp, zone: &TimeZone) {
        let since = self.looked.unwrap_or(now).plus(Duration::from_millis(1));
        let from = self.next.map_or(since, |next| next.min(since));
        self.next = dated.schedule().and_then(|it| it.first_from(from, zone));
        self.looked = Some(now);
    }
}
