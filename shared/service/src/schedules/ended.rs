//! The end of an execution, as the trigger that started it hears it.

use engine::{execution::Execution, flow::Trigger, machine::scheduled::VARIABLE};

use super::{Stored, act::TRIES_MAX, kept_of};
use crate::{Class, Error, Service, keys, record};

impl Service {
    /// Tells the trigger that started an execution of its end: a schedule fires what has become due meanwhile, and one
    /// that stops after such an end is disabled.
    ///
    /// # Errors
    /// The store's; a later look finds out, or a later telling.
    pub(crate) async fn trigger_ended(&self, execution: &Execution) -> Result<(), Error> {
        let Some(by) = &execution.trigger else { return Ok(()) };
        let (tenant, namespace, flow_id) = (&execution.tenant, &execution.namespace, &execution.flow_id);
        if !execution.variables.contains_key(VARIABLE) {
            // Started by a schedule whose dates failed, by another trigger, or by another execution.
            let flow = self.flow_revision(tenant, namespace, flow_id, execution.flow_revision).await?;
            let flow = flow.flow.as_ref().ok();
            if flow.and_then(|it| kept_of(it, &by.id)).is_none_or(|it| it.type_name != by.type_name) {
                return Ok(());
            }
        }
        let key = keys::schedule(tenant, namespace, flow_id, &by.id);
        for _ in 0..TRIES_MAX {
            let Some(item) = self.store().get(&key).await? else {
                return Ok(());
            };
            let mut stored: Stored = record::decode(&item.content.body)?;
            let flow = self.flow_revision(tenant, namespace, flow_id, stored.revision).await?;
            let Some(trigger) = kept_of(flow.sound()?, &by.id) else {
                return Ok(());
            };
            if !stored.hears_end(trigger, execution) {
                return Ok(());
            }
            stored.updated = self.now();
            let wake_at = stored.wake_at(flow.sound()?, trigger, self.now());
            match self.put_schedule(&item, &stored, wake_at).await {
                Ok(_) if wake_at.is_some_and(|at| at <= self.now()) => {
                    // Otherwise the next one would wait for the next tick.
                    if let Err(error) = Box::pin(self.fire_schedule(&key)).await {
                        tracing::debug!(%error, %key, "left to the next tick");
                    }
                    return Ok(());
                }
                Ok(_) => return Ok(()),
                Err(error) if error.class() == Class::Contention => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Contention(format!("{key} is being moved by others")))
    }

    /// Whether a trigger stopped itself, or somebody disabled it at run time; asked of those with `stopAfter` alone.
    pub(crate) async fn has_stopped(
        &self,
        (tenant, namespace, flow_id): (&str, &str, &str),
        trigger: &Trigger,
    ) -> Result<bool, Error> {
        if !trigger.is_kept() {
            return Ok(false);
        }
        let key = keys::schedule(tenant, namespace, flow_id, &trigger.id);
        let Some(item) = self.store().get(&key).await? else { return Ok(false) };
        Ok(record::decode::<Stored>(&item.content.body)?.disabled)
    }
}

impl Stored {
    /// Whether the end of an execution changes anything.
    fn hears_end(&mut self, trigger: &Trigger, execution: &Execution) -> bool {
        let waited_for = self.execution == Some(execution.id);
        if waited_for {
            self.execution = None;
        }
        // An end that is told again does not undo what somebody did since.
        let is_new = self.enabled_at.is_none_or(|at| at <= execution.state.last().date);
        let stops = !self.disabled && is_new && trigger.stop_after.contains(&execution.state.current());
        self.disabled |= stops;
        waited_for || stops
    }
}
