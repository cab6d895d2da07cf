//! A schedule that is due.

use std::{sync::Arc, time::Duration};

use engine::{
    execution::{Execution, State},
    flow::{Label, Schedule},
    id::ExecutionId,
    input::{Sent, Submitted},
    machine::{
        self, Event,
        scheduled::{Fired, Scheduled, VARIABLE},
    },
    time::Timestamp,
};
use ports::store::Key;

use super::{Stored, may_fire, schedule_of};
use crate::{
    Class, Draft, Error, Service, StoredFlow,
    hold::impossible,
    keys, record,
    start::{self, id_of},
};

/// When it is looked again whether an execution, whose end nobody told, has ended.
const LOOK_AGAIN: Duration = Duration::from_mins(1);
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
        let found = flow.sound().ok().and_then(|it| Some((it, schedule_of(it, trigger_id)?)));
        let Some((read, (trigger, schedule))) = found else {
            tracing::warn!(%key, "this version cannot read the flow of a schedule");
            let wake_at = self.now().plus(UNREADABLE);
            return self.moved(self.put_schedule(&item, &stored, Some(wake_at)).await);
        };
        if !self.has_ended(tenant, &mut stored, schedule).await? {
            let wake_at = self.now().plus(LOOK_AGAIN);
            return self.moved(self.put_schedule(&item, &stored, Some(wake_at)).await);
        }
        if !stored.disabled
            && let Some(due) = stored.next
        {
            let (now, zone) = (self.now(), &self.shared.settings.zone);
            let date = schedule.date_to_fire(due, now, zone);
            stored.next = schedule.next(date.unwrap_or(now), zone);
            if let Some(date) = date {
                let scheduled = Scheduled { flow: read, trigger, schedule };
                match self.start_scheduled(&flow, scheduled, date).await {
                    Ok(Some(started)) => (stored.execution, stored.date) = (Some(started), Some(date)),
                    Ok(None) => {}
                    Err(error) if matches!(error.class(), Class::Contention | Class::Transient) => {
                        return Err(error);
                    }
                    // The next try would end as this one.
                    Err(error) => tracing::error!(%error, %key, "a date is passed over"),
                }
            }
        }
        stored.updated = self.now();
        let wake_at = stored.wake_at(may_fire(read, trigger));
        self.moved(self.put_schedule(&item, &stored, wake_at).await)
    }

    /// Whether nothing runs that it started before. What ended as `stopAfter` says disables it.
    async fn has_ended(&self, tenant: &str, stored: &mut Stored, schedule: &Schedule) -> Result<bool, Error> {
        let Some(id) = stored.execution else {
            return Ok(true);
        };
        if let Some((record, _)) = self.read_record(tenant, id).await? {
            if !record.execution.is_over() {
                return Ok(false);
            }
            stored.ended(schedule, record.execution.state.current());
        }
        stored.execution = None;
        Ok(true)
    }

    /// Starts the execution of a date, or finds it started; `None` when the conditions do not hold.
    async fn start_scheduled(
        &self,
        flow: &Arc<StoredFlow>,
        scheduled: Scheduled<'_>,
        date: Timestamp,
    ) -> Result<Option<ExecutionId>, Error> {
        let Scheduled { flow: read, trigger, .. } = scheduled;
        let starter = [
            flow.tenant.as_str(),
            "schedule",
            flow.namespace.as_str(),
            flow.id.as_str(),
            trigger.id.as_str(),
            &date.as_millis().to_string(),
        ];
        let draft = Draft::of(Arc::clone(flow), id_of(&starter));
        let defaults = self.check_inputs(&draft, &Submitted::new()).await?.defaults();
        let labels: Vec<Label> = read.labels.iter().filter(|it| !it.is_system()).cloned().collect();
        let created = start::created(&draft, defaults, labels, self.now());
        let execution = match self.ask(&created, |world| scheduled.fire(&created, date, world)).await? {
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

    /// Tells the schedule that started an execution of its end, so that the next date need not wait any longer.
    ///
    /// # Errors
    /// The store's; a later look finds out.
    pub(crate) async fn schedule_ended(&self, execution: &Execution) -> Result<(), Error> {
        let Some(trigger) = execution.trigger.as_ref().filter(|_| execution.variables.contains_key(VARIABLE))
        else {
            return Ok(());
        };
        let (tenant, namespace, flow_id) = (&execution.tenant, &execution.namespace, &execution.flow_id);
        let key = keys::schedule(tenant, namespace, flow_id, &trigger.id);
        let Some(item) = self.store().get(&key).await? else {
            return Ok(());
        };
        let mut stored: Stored = record::decode(&item.content.body)?;
        if stored.execution != Some(execution.id) {
            return Ok(());
        }
        let flow = self.flow_revision(tenant, namespace, flow_id, stored.revision).await?;
        let Some((trigger, schedule)) = schedule_of(flow.sound()?, &trigger.id) else {
            return Ok(());
        };
        stored.execution = None;
        stored.ended(schedule, execution.state.current());
        stored.updated = self.now();
        let wake_at = stored.wake_at(may_fire(flow.sound()?, trigger));
        self.moved(self.put_schedule(&item, &stored, wake_at).await).map(drop)
    }

    /// Somebody who was faster has moved it as well.
    #[allow(clippy::unused_self, reason = "reads as what it is about")]
    fn moved<T>(&self, put: Result<T, Error>) -> Result<bool, Error> {
        match put {
            Ok(_) => Ok(true),
            Err(error) if error.class() == Class::Contention => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Stored {
    fn ended(&mut self, schedule: &Schedule, state: State) {
        self.disabled |= schedule.stop_after.contains(&state);
    }
}
