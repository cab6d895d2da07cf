//! A schedule that is due.

use std::{sync::Arc, time::Duration};

use engine::{
    execution::{Execution, State},
    flow::Trigger,
    id::ExecutionId,
    input::{Sent, Submitted},
    machine::{
        self, Event,
        scheduled::{Fired, Scheduled},
    },
};
use ports::store::Key;

use super::{Backfill, Stored, backfill::Turn, dates, is_expression, kept_of};
use crate::{
    Class, Draft, Error, Service, StoredFlow,
    hold::impossible,
    keys, record,
    start::{self, id_of},
};

/// When it is looked again whether an execution, whose end nobody told, has ended.
const LOOK_AGAIN: Duration = Duration::from_mins(1);
/// Dates whose conditions do not hold that are passed over in one go.
const PASSED_OVER_MAX: usize = 100;
/// When it is looked again whether this version can read the flow.
const UNREADABLE: Duration = Duration::from_hours(1);

impl Service {
    /// Fires a schedule that is due, and moves it on to its next date. False when somebody else has moved it.
    ///
    /// # Errors
    /// The store's; it stays due then.
    pub(crate) async fn fire_schedule(&self, key: &Key) -> Result<bool, Error> {
        let Some((tenant, namespace, flow_id, trigger_id)) = keys::as_schedule(key) else {
            return Ok(false);
        };
        let Some(item) = self.store().get(key).await? else {
            return Ok(false);
        };
        if item.content.wake_at.is_none_or(|at| at > self.now()) {
            return Ok(false);
        }
        let mut stored: Stored = record::decode(&item.content.body)?;
        let flow = self.flow_revision(tenant, namespace, flow_id, stored.revision).await?;
        let found = flow.sound().ok().and_then(|read| {
            let trigger = kept_of(read, trigger_id)?;
            Some(Scheduled { flow: read, trigger, schedule: trigger.schedule()? })
        });
        let Some(scheduled) = found else {
            tracing::warn!(%key, "this version cannot read the flow of a schedule");
            let wake_at = self.now().plus(UNREADABLE);
            return self.moved(self.put_schedule(&item, &stored, Some(wake_at)).await);
        };
        let trigger = scheduled.trigger;
        if !self.has_ended(tenant, &mut stored, trigger).await? {
            let wake_at = self.now().plus(LOOK_AGAIN);
            return self.moved(self.put_schedule(&item, &stored, Some(wake_at)).await);
        }
        let read = (scheduled.flow, stored.revision);
        let dated = match self.with_dates(tenant, read, trigger).await? {
            Ok(dated) => dated,
            Err(failure) => {
                tracing::warn!(%key, failure, "a schedule has no dates for now");
                let wake_at = self.now().plus(dates::LOOK_AGAIN);
                return self.moved(self.put_schedule(&item, &stored, Some(wake_at)).await);
            }
        };
        if is_expression(trigger) {
            stored.look_at(&dated, self.now(), &self.shared.settings.zone);
        }
        let schedule = dated.schedule().unwrap_or(scheduled.schedule);
        let scheduled = Scheduled { trigger: &dated, schedule, ..scheduled };
        for _ in 0..PASSED_OVER_MAX {
            let Some(turn) = stored.take_turn(&dated, self.now(), &self.shared.settings.zone) else { break };
            match self.start_scheduled(&flow, scheduled, &turn).await {
                Ok(Some(started)) => {
                    (stored.execution, stored.date) = (Some(started), Some(turn.date));
                    break;
                }
                Ok(None) => {}
                Err(error) if matches!(error.class(), Class::Contention | Class::Transient) => {
                    return Err(error);
                }
                // The next try would end as this one.
                Err(error) => tracing::error!(%error, %key, "a date is passed over"),
            }
        }
        stored.updated = self.now();
        let wake_at = stored.wake_at(scheduled.flow, trigger, self.now());
        self.moved(self.put_schedule(&item, &stored, wake_at).await)
    }

    /// Whether nothing runs that it started before. What ended as `stopAfter` says disables it.
    async fn has_ended(&self, tenant: &str, stored: &mut Stored, trigger: &Trigger) -> Result<bool, Error> {
        let Some(id) = stored.execution else {
            return Ok(true);
        };
        if let Some((record, _)) = self.read_record(tenant, id).await? {
            if !record.execution.is_over() {
                return Ok(false);
            }
            stored.disabled |= trigger.stop_after.contains(&record.execution.state.current());
        }
        stored.execution = None;
        Ok(true)
    }

    /// Starts the execution of a date, or finds it started; `None` when the conditions do not hold.
    async fn start_scheduled(
        &self,
        flow: &Arc<StoredFlow>,
        scheduled: Scheduled<'_>,
        turn: &Turn,
    ) -> Result<Option<ExecutionId>, Error> {
        let Scheduled { flow: read, trigger, .. } = scheduled;
        let date = turn.date;
        let millis = date.as_millis().to_string();
        let mut starter = vec![
            flow.tenant.as_str(),
            "schedule",
            flow.namespace.as_str(),
            flow.id.as_str(),
            trigger.id.as_str(),
            &millis,
        ];
        starter.extend(turn.of.iter().map(|backfill| backfill.id.as_str()));
        let draft = Draft::of(Arc::clone(flow), id_of(&starter));
        let defaults = self.check_inputs(&draft, &Submitted::new()).await?.defaults();
        let labels = read.labels.iter().filter(|it| !it.is_system()).cloned().collect();
        let created = start::created(&draft, defaults, labels, self.now());
        let own = turn.of.as_ref().map(Backfill::sent);
        let execution = match self.ask(&created, |world| scheduled.fire(&created, date, own, world)).await? {
            Ok(None) => return Ok(None),
            Ok(Some(Fired { execution, inputs })) => {
                let sent = inputs.into_iter().map(|(name, value)| (name, Sent::Json(value))).collect();
                match self.check_inputs(&draft, &sent).await?.values() {
                    Ok(inputs) => Execution { inputs, ..execution },
                    Err(invalid) => self.failed(read, execution, invalid.to_string())?,
                }
            }
            Err(why) => {
                let dated = self.ask(&created, |world| Ok(scheduled.dated(&created, date, world))).await?;
                self.failed(read, dated.unwrap_or(created), why)?
            }
        };
        let id = execution.id;
        match self.start_and_leave(start::held(&draft, execution)).await {
            Ok(_) => Ok(Some(id)),
            // It was started before.
            Err(error) if error.class() == Class::Contention => Ok(Some(id)),
            Err(error) => Err(error),
        }
    }

    /// Kestra: a date whose conditions or inputs fail leaves an execution that says so.
    fn failed(
        &self,
        flow: &engine::flow::Flow,
        mut execution: Execution,
        message: String,
    ) -> Result<Execution, Error> {
        let event = Event::Refused { state: State::Failed, message };
        machine::apply(flow, &mut execution, event, self.now()).map_err(impossible)?;
        Ok(execution)
    }

    /// Somebody who was faster has moved it as well.
    #[allow(clippy::unused_self, reason = "reads as what it is about")]
    pub(super) fn moved<T>(&self, put: Result<T, Error>) -> Result<bool, Error> {
        match put {
            Ok(_) => Ok(true),
            Err(error) if error.class() == Class::Contention => Ok(false),
            Err(error) => Err(error),
        }
    }
}
