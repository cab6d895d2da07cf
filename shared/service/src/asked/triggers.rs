//! Enabling and disabling triggers while their flow stays as it is.

use ports::engine::TriggerName;

use crate::{Error, Service};

impl Service {
    /// Says whether a Schedule trigger may start executions.
    ///
    /// # Errors
    /// `NotFound` when the newest revision of the flow has no such trigger; `Invalid` when it has one of another kind,
    /// which nothing but its flow can disable.
    pub(super) async fn toggle_trigger(
        &self,
        tenant: &str,
        which: &TriggerName,
        enabled: bool,
    ) -> Result<(), Error> {
        let TriggerName { namespace, flow_id, trigger } = which;
        let flow = self.newest(tenant, namespace, flow_id).await?.filter(|flow| !flow.deleted);
        let found = match &flow {
            Some(stored) => stored.sound()?.triggers.iter().find(|it| it.id == *trigger),
            None => None,
        };
        match found {
            None => Err(Error::NotFound(format!(
                "Unable to find trigger '{trigger}' of the flow {namespace}.{flow_id}"
            ))),
            Some(found) if found.is_kept() => {
                self.set_trigger_disabled(tenant, namespace, flow_id, trigger, !enabled).await.map(drop)
            }
            Some(_) => Err(Error::argument(format!(
                "the trigger '{trigger}' of the flow {namespace}.{flow_id} is no Schedule, and only its flow disables it"
            ))),
        }
    }
}
