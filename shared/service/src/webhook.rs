//! Starting an execution by its webhook.

use engine::{
    execution::{Execution, ExecutionTrigger},
    flow::{Label, Trigger, TriggerKind},
    input::Submitted,
    machine::{self, condition::About},
};
use expression::Supplied;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::{Begun, Draft, Error, Service, start};

/// The request that came to a webhook, as expressions see it under `trigger`.
#[derive(Debug, Clone, Default)]
pub struct WebhookCall {
    /// JSON when it was an object or a list, a string otherwise; `None` when there was no body.
    pub body: Option<Json>,
    /// Name to list of values.
    pub headers: Map<String, Json>,
    /// Name to list of values.
    pub parameters: Map<String, Json>,
}

impl Service {
    /// Starts an execution when a webhook trigger of the flow has this key; `None` when its conditions do not hold.
    ///
    /// Kestra: each trigger's `key` is rendered and trimmed, and the first that equals `key` is taken; one that
    /// fails to render is passed over. Labels are the flow's alone, and inputs their defaults.
    ///
    /// # Errors
    /// `NotFound` (`Flow not found`, `Webhook not found`), `IllegalState` (`Cannot execute a disabled flow`,
    /// `Cannot execute an invalid flow: …`).
    pub async fn start_webhook(
        &self,
        tenant: &str,
        namespace: &str,
        flow_id: &str,
        key: &str,
        call: WebhookCall,
    ) -> Result<Option<Execution>, Error> {
        let draft = match self.begin(tenant, namespace, flow_id, None, None).await {
            Ok(Begun::New(draft)) => draft,
            Ok(Begun::Existing(id)) => return self.execution(tenant, id).await.map(Some),
            Err(Error::NotFound(_)) => return Err(Error::NotFound("Flow not found".to_owned())),
            Err(Error::IllegalState(message)) if message.contains("disabled") => {
                return Err(Error::IllegalState("Cannot execute a disabled flow".to_owned()));
            }
            Err(Error::IllegalState(message)) => {
                return Err(Error::IllegalState(format!("Cannot execute an invalid flow: {message}")));
            }
            Err(other) => return Err(other),
        };
        let inputs = self.check_inputs(&draft, &Submitted::new()).await?.defaults();
        let labels: Vec<Label> = draft.flow().labels.iter().filter(|it| !it.is_system()).cloned().collect();
        let mut execution = start::created(&draft, inputs, labels, self.now());
        let trigger = self
            .webhook_of(&draft, &execution, key)
            .ok_or_else(|| Error::NotFound("Webhook not found".to_owned()))?;
        let (id, type_name) = (trigger.id.clone(), trigger.type_name.clone());
        let mut variables = Map::new();
        if let Some(body) = call.body {
            variables.insert("body".to_owned(), body);
        }
        variables.insert("headers".to_owned(), Json::Object(call.headers));
        variables.insert("parameters".to_owned(), Json::Object(call.parameters));
        execution.trigger = Some(ExecutionTrigger { id, type_name, variables });
        if !self.all_hold(trigger, About { flow: draft.flow(), execution: &execution }).await? {
            return Ok(None);
        }
        let started = self.start_and_leave(start::held(&draft, execution)).await?;
        Ok(Some(started.execution))
    }

    /// The webhook trigger that has this key.
    fn webhook_of<'d>(&self, draft: &'d Draft, execution: &Execution, key: &str) -> Option<&'d Trigger> {
        let supplied = Supplied::new();
        draft.flow().triggers.iter().find(|trigger| {
            let template = match &trigger.kind {
                TriggerKind::Webhook { key } => key,
                TriggerKind::Flow(_) | TriggerKind::Schedule(_) => return false,
            };
            let rendered = self
                .with_world(&supplied, 0, |world| machine::render(draft.flow(), execution, template, world));
            // Digests are compared, so that the time it takes tells nothing about the key.
            rendered.is_ok_and(|rendered| Sha256::digest(rendered.trim()) == Sha256::digest(key))
        })
    }
}
