//! Enabling and disabling triggers while their flow stays as it is.
//!
//! What somebody said of a trigger is an item of its own, so that a new revision of the flow keeps it.

use ports::{
    engine::TriggerName,
    store::{Condition, Content, Write},
};
use serde::{Deserialize, Serialize};

use crate::{Error, Service, keys, record};

/// What was said of a trigger.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Said {
    #[serde(rename = "d")]
    disabled: bool,
}

impl Service {
    /// Whether somebody disabled this trigger of a flow (its own `disabled` is another matter).
    pub async fn trigger_is_disabled(&self, tenant: &str, which: &TriggerName) -> Result<bool, Error> {
        let item = self.store().get(&keys::trigger(tenant, which)).await?;
        let said = item.map(|item| record::decode::<Said>(&item.content.body)).transpose()?;
        Ok(said.is_some_and(|said| said.disabled))
    }

    /// Says whether a trigger may start executions.
    ///
    /// # Errors
    /// `NotFound` when the newest revision of the flow has no such trigger.
    pub(super) async fn toggle_trigger(
        &self,
        tenant: &str,
        which: &TriggerName,
        enabled: bool,
    ) -> Result<(), Error> {
        let TriggerName { namespace, flow_id, trigger } = which;
        let flow = self.newest(tenant, namespace, flow_id).await?.filter(|flow| !flow.deleted);
        let has = match &flow {
            Some(stored) => stored.sound()?.triggers.iter().any(|it| it.id == *trigger),
            None => false,
        };
        if !has {
            let message = format!("Unable to find trigger '{trigger}' of the flow {namespace}.{flow_id}");
            return Err(Error::NotFound(message));
        }
        let key = keys::trigger(tenant, which);
        let content = Content { body: record::encode(&Said { disabled: !enabled })?, ..Content::default() };
        let body = content.body.clone();
        self.write(&key, &body, vec![Write::Put { key: key.clone(), condition: Condition::None, content }])
            .await
    }
}
