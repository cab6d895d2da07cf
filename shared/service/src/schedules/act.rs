//! What is done to triggers on demand, to one or to many.

use std::borrow::Cow;

use engine::flow::{Flow, Trigger};
use futures_util::{StreamExt, stream};
use ports::{engine::TriggerName, store::Item};

use super::{NewBackfill, Stored, TriggerQuery, TriggerState, kept_of, next_date};
use crate::{Class, Error, PageRequest, Service, keys, record, settings::BATCH_MAX};

/// Tries against others who move the same trigger at the same time.
pub(super) const TRIES_MAX: usize = 5;
/// Done side by side.
const TOGETHER: usize = 16;

/// What is done to a trigger.
#[derive(Debug, Clone)]
pub enum TriggerAction {
    /// Disables it at run time, or enables it again, whatever its flow says. One that is enabled again goes on with the
    /// next date to come; what it missed is not made up for.
    SetDisabled(bool),
    /// Forgets the execution it waits for, so that the next date fires.
    Unlock,
    /// The same, also when it waits for none.
    Restart,
    /// Forgets everything about it, as if its flow had just been saved for the first time.
    Reset,
    Backfill(NewBackfill),
    PauseBackfill(bool),
    DeleteBackfill,
}

impl Service {
    /// Does something to a trigger.
    ///
    /// # Errors
    /// `NotFound` when the newest revision of the flow has no such trigger, or nothing is kept of it; `IllegalState` when
    /// it is not as the action needs it (`Trigger is not locked`, `No backfill found`); `Invalid` for a backfill
    /// without dates; the store's.
    pub async fn act_on_trigger(
        &self,
        tenant: &str,
        which: &TriggerName,
        action: &TriggerAction,
    ) -> Result<TriggerState, Error> {
        let TriggerName { namespace, flow_id, trigger } = which;
        let key = keys::schedule(tenant, namespace, flow_id, trigger);
        for _ in 0..TRIES_MAX {
            let item = self.store().get(&key).await?.ok_or_else(|| {
                Error::NotFound(format!("Schedule trigger {namespace}.{flow_id}.{trigger} not found"))
            })?;
            let before: Stored = record::decode(&item.content.body)?;
            let flow = self.flow_revision(tenant, namespace, flow_id, before.revision).await?;
            let mut stored = before.clone();
            let wake_at = match flow.sound() {
                Ok(sound) => {
                    let kept = kept_of(sound, trigger).ok_or_else(|| {
                        Error::Internal(format!("{key} is kept of a trigger that its flow does not have"))
                    })?;
                    self.change_trigger(tenant, &mut stored, (sound, kept), action).await?;
                    stored.wake_at(sound, kept, self.now())
                }
                // What cannot be read does not fire, and can be kept from it.
                Err(error) => match action {
                    TriggerAction::SetDisabled(true) => {
                        stored.disabled = true;
                        None
                    }
                    TriggerAction::SetDisabled(false)
                    | TriggerAction::Unlock
                    | TriggerAction::Restart
                    | TriggerAction::Reset
                    | TriggerAction::Backfill(_)
                    | TriggerAction::PauseBackfill(_)
                    | TriggerAction::DeleteBackfill => return Err(error),
                },
            };
            if stored == before {
                return self.state(tenant, &item).await;
            }
            stored.updated = self.now();
            match self.put_schedule(&item, &stored, wake_at).await {
                Ok(version) => {
                    let content = stored.content(wake_at)?;
                    return self.state(tenant, &Item { version, content, ..item }).await;
                }
                Err(error) if error.class() == Class::Contention => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Contention(format!("{namespace}.{flow_id}.{trigger} is being moved by others; try again")))
    }

    async fn change_trigger(
        &self,
        tenant: &str,
        stored: &mut Stored,
        (flow, defined): (&Flow, &Trigger),
        action: &TriggerAction,
    ) -> Result<(), Error> {
        let trigger = &*match action {
            TriggerAction::Backfill(_) => {
                let dated = self.with_dates(tenant, (flow, stored.revision), defined).await?;
                dated.map_err(|why| Error::argument(format!("the trigger has no dates for now: {why}")))?
            }
            TriggerAction::SetDisabled(_) | TriggerAction::Reset => {
                self.with_dates_if_any(tenant, (flow, stored.revision), defined).await?
            }
            TriggerAction::Unlock
            | TriggerAction::Restart
            | TriggerAction::PauseBackfill(_)
            | TriggerAction::DeleteBackfill => Cow::Borrowed(defined),
        };
        let (now, zone) = (self.now(), &self.shared.settings.zone);
        let no_backfill = || Error::IllegalState("No backfill found".to_owned());
        match action {
            TriggerAction::SetDisabled(disabled) => {
                if stored.disabled && !disabled {
                    stored.next = next_date(trigger, now, zone);
                    stored.looked = stored.looked.map(|_| now);
                    stored.enabled_at = Some(now);
                }
                stored.disabled = *disabled;
            }
            TriggerAction::Unlock => {
                let held = stored.execution.take();
                held.ok_or_else(|| Error::IllegalState("Trigger is not locked".to_owned()))?;
            }
            TriggerAction::Restart => stored.execution = None,
            TriggerAction::Reset => {
                let anew = Stored::new(stored.revision, defined, next_date(trigger, now, zone), now);
                *stored = Stored { enabled_at: Some(now), ..anew };
            }
            TriggerAction::Backfill(new) => {
                stored.begin_backfill(new, trigger, (self.new_id(), now, zone))?;
            }
            TriggerAction::PauseBackfill(paused) => {
                stored.backfill.as_mut().ok_or_else(no_backfill)?.paused = *paused;
            }
            TriggerAction::DeleteBackfill => {
                stored.backfill.take().ok_or_else(no_backfill)?;
            }
        }
        Ok(())
    }

    /// Disables a trigger at run time, or enables it again: see [`TriggerAction::SetDisabled`].
    ///
    /// # Errors
    /// As [`Self::act_on_trigger`].
    pub async fn set_trigger_disabled(
        &self,
        tenant: &str,
        namespace: &str,
        flow_id: &str,
        trigger: &str,
        disabled: bool,
    ) -> Result<TriggerState, Error> {
        let which = TriggerName {
            namespace: namespace.to_owned(),
            flow_id: flow_id.to_owned(),
            trigger: trigger.to_owned(),
        };
        self.act_on_trigger(tenant, &which, &TriggerAction::SetDisabled(disabled)).await
    }

    /// Does the same to each of these triggers. Gives how many it was done to: those that are not there, or not as the
    /// action needs them, are passed over.
    ///
    /// # Errors
    /// `Invalid` for more than [`BATCH_MAX`]. The store's: some may have been done then, and the rest can be asked for
    /// again.
    pub async fn act_on_triggers(
        &self,
        tenant: &str,
        which: Vec<TriggerName>,
        action: &TriggerAction,
    ) -> Result<usize, Error> {
        if which.len() > BATCH_MAX {
            return Err(Error::argument(format!(
                "{} triggers; a batch takes {BATCH_MAX} at once",
                which.len()
            )));
        }
        let acts =
            stream::iter(which).map(|one| async move { self.act_on_trigger(tenant, &one, action).await });
        let mut acts = acts.buffer_unordered(TOGETHER);
        let (mut done, mut trouble) = (0, None);
        while let Some(acted) = acts.next().await {
            match acted {
                Ok(_) => done += 1,
                Err(error) => match error.class() {
                    Class::Caller => tracing::debug!(%error, "one of a batch does not fit"),
                    Class::Contention | Class::Transient | Class::Bug => trouble = Some(error),
                },
            }
        }
        trouble.map_or(Ok(done), Err)
    }

    /// Does the same to every trigger that a query finds.
    ///
    /// # Errors
    /// As [`Self::act_on_triggers`].
    pub async fn act_on_found_triggers(
        &self,
        tenant: &str,
        query: TriggerQuery,
        action: &TriggerAction,
    ) -> Result<usize, Error> {
        let page = PageRequest { page: 1, size: BATCH_MAX + 1 };
        let found = self.search_triggers(tenant, query, page).await?.results;
        let which: Vec<TriggerName> = found
            .into_iter()
            .map(|it| TriggerName { namespace: it.namespace, flow_id: it.flow_id, trigger: it.trigger_id })
            .collect();
        self.act_on_triggers(tenant, which, action).await
    }
}
