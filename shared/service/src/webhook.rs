//! Starting an execution by its webhook.

mod signature;

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use engine::{
    execution::{Execution, ExecutionTrigger, State},
    flow::{
        Flow, Label, Trigger, TriggerKind, Webhook,
        webhook::{Reply, Signature},
    },
    id::ExecutionId,
    input::{Sent, Submitted},
    machine::{
        self,
        condition::{About, Unclear},
        triggered,
    },
};
use expression::Template;
use ports::store::BODY_BYTES_MAX;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::{
    Draft, Error, Service, Started, StoredFlow,
    start::{self, id_of},
};

/// Credentials of the caller, meant for us or for what stands before us. Conditions and `inputs` of the trigger see
/// them; they are neither stored nor shown.
const WITHHELD: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];
/// What `responseCode` may render to.
const CODES: RangeInclusive<u16> = 200..=599;

/// The request that came to a webhook.
#[derive(Debug, Clone, Default)]
pub struct WebhookCall {
    /// The body as it came: what is signed.
    pub raw: Vec<u8>,
    /// `trigger.body`; `None` when there was none.
    pub body: Option<Json>,
    /// Names in lower case, each with a list of values.
    pub headers: Map<String, Json>,
    /// Name to list of values.
    pub parameters: Map<String, Json>,
    /// Values for inputs. Those of the trigger come first.
    pub inputs: Map<String, Json>,
    /// How long the caller is kept waiting at most, where the trigger says `wait`.
    pub wait_max: Duration,
}

/// What a webhook has started, and what its caller is to be told.
#[derive(Debug, Clone)]
pub struct Called {
    pub execution: Execution,
    /// Whether it was waited for, and has ended.
    pub ended: bool,
    pub reply: Reply,
    /// The HTTP status. 202 when a wait was over before the execution.
    pub status: u16,
}

impl Service {
    /// Starts an execution when a webhook trigger of the flow has this key; `None` when its conditions do not hold.
    ///
    /// Kestra: each trigger's `key` is rendered and trimmed, and the first that equals `key` is taken; one that
    /// fails to render is passed over. Labels are the flow's and the trigger's. Inputs are their defaults when neither trigger
    /// nor caller gives some, and are checked as any caller's otherwise.
    ///
    /// # Errors
    /// `NotFound` (`Flow not found`) for whoever knows no key, whether there is such a flow or not; `IllegalState`
    /// (`Cannot execute a disabled flow`); `Unauthorized` without the signature that the trigger asks for; `Invalid`
    /// when inputs cannot be rendered or read.
    pub async fn start_webhook(
        &self,
        tenant: &str,
        namespace: &str,
        flow_id: &str,
        key: &str,
        call: WebhookCall,
    ) -> Result<Option<Called>, Error> {
        let stored = self.called_flow(tenant, namespace, flow_id).await?;
        let flow = stored.sound()?;
        let mut draft = Draft::of(Arc::clone(&stored), ExecutionId::from_u128(self.new_id()));
        let bare = start::created(&draft, Map::new(), Vec::new(), self.now());
        let (trigger, webhook) = self.webhook_of(flow, &bare, key).await?.ok_or_else(nobody)?;
        if flow.disabled {
            return Err(Error::IllegalState("Cannot execute a disabled flow".to_owned()));
        }
        if self.has_stopped((tenant, namespace, flow_id), trigger).await? {
            return Err(Error::IllegalState("Cannot execute a disabled trigger".to_owned()));
        }
        if let Some(signature) = &webhook.signature {
            self.check_signature(flow, &bare, signature, &call).await?;
        }
        let defaults = self.check_inputs(&draft, &Submitted::new()).await?.defaults();
        let labels: Vec<Label> = flow.labels.iter().filter(|it| !it.is_system()).cloned().collect();
        let WebhookCall { body, headers, parameters, inputs, wait_max, .. } = call;
        let called = ExecutionTrigger {
            id: trigger.id.clone(),
            type_name: trigger.type_name.clone(),
            variables: variables(body, headers, parameters),
        };
        let seen = Execution { inputs: defaults, labels, trigger: Some(called), ..bare };
        if !self.all_hold(trigger, About { flow, execution: &seen }).await? {
            return Ok(None);
        }
        if let Some(template) = &webhook.idempotency_key {
            let text = self.said_by(flow, &seen, template).await?;
            let text = text.map_err(|why| Error::argument(format!("the idempotencyKey fails: {why}")))?;
            if !text.trim().is_empty() {
                draft.id = id_of(&[tenant, "webhook", namespace, flow_id, &trigger.id, text.trim()]);
            }
        }
        let inputs = self.called_with(&draft, webhook, &seen, inputs).await?;
        let mut execution = start::created(&draft, inputs, seen.labels, self.now());
        execution.trigger = seen.trigger.map(without_credentials);
        self.label(&draft, trigger, &mut execution).await?;
        let wait = webhook.reply.wait.then_some(wait_max);
        let started = self.start_created(&draft, execution, wait).await;
        let Started { execution, ended } = started.map_err(too_large)?;
        let status = match (wait, ended) {
            (None, _) => 200,
            (Some(_), false) => 202,
            (Some(_), true) => self.status_of(flow, &execution, &webhook.reply).await?,
        };
        Ok(Some(Called { execution, ended, reply: webhook.reply.clone(), status }))
    }

    /// The flow, also when it is disabled. One that cannot be read has no key that anybody could know.
    async fn called_flow(
        &self,
        tenant: &str,
        namespace: &str,
        flow_id: &str,
    ) -> Result<Arc<StoredFlow>, Error> {
        let stored = match self.newest(tenant, namespace, flow_id).await {
            Ok(stored) => stored.filter(|it| !it.deleted).ok_or_else(nobody)?,
            Err(Error::NotFound(_)) => return Err(nobody()),
            Err(other) => return Err(other),
        };
        if let Err(error) = stored.sound() {
            tracing::warn!(%error, namespace, flow_id, "a webhook of a flow that cannot be read is called");
            return Err(nobody());
        }
        Ok(stored)
    }

    /// The webhook that has this key. All keys are compared, as digests, so that the time it takes tells nothing.
    async fn webhook_of<'f>(
        &self,
        flow: &'f Flow,
        bare: &Execution,
        key: &str,
    ) -> Result<Option<(&'f Trigger, &'f Webhook)>, Error> {
        let given = Sha256::digest(key);
        let mut found = None;
        for trigger in flow.triggers.iter().filter(|it| !it.disabled) {
            let webhook = match &trigger.kind {
                TriggerKind::Webhook(webhook) => webhook,
                TriggerKind::Flow(_) | TriggerKind::Schedule(_) => continue,
            };
            match self.said_by(flow, bare, &webhook.key).await? {
                Ok(text) => {
                    let is_it = verify_slices_are_equal(&Sha256::digest(text.trim()), &given).is_ok();
                    found = found.or(is_it.then_some((trigger, &**webhook)));
                }
                Err(failure) => {
                    tracing::warn!(trigger = trigger.id, flow = flow.id, failure, "a key cannot be rendered");
                }
            }
        }
        Ok(found)
    }

    async fn check_signature(
        &self,
        flow: &Flow,
        bare: &Execution,
        wanted: &Signature,
        call: &WebhookCall,
    ) -> Result<(), Error> {
        let secret = self.said_by(flow, bare, &wanted.secret).await?;
        let secret = secret.and_then(|it| if it.is_empty() { Err("it is empty".to_owned()) } else { Ok(it) });
        let secret = secret.map_err(|failure| {
            tracing::warn!(flow = flow.id, failure, "the secret of a signature cannot be had");
            Error::Unauthorized("the secret of the signature cannot be had here".to_owned())
        })?;
        signature::verify(&wanted.scheme, &secret, &call.headers, &call.raw, self.now())
            .map_err(Error::Unauthorized)?;
        // Whoever repeats a request within the window must not bend it.
        if !call.inputs.is_empty() {
            return Err(Error::argument(
                "the query parameter `inputs` is not taken here: the signature does not cover it",
            ));
        }
        Ok(())
    }

    async fn called_with(
        &self,
        draft: &Draft,
        webhook: &Webhook,
        seen: &Execution,
        given: Map<String, Json>,
    ) -> Result<Map<String, Json>, Error> {
        let mut inputs = given;
        if let Some(of_trigger) = &webhook.inputs {
            let rendered = self.ask(seen, |world| {
                triggered::called_with(draft.flow(), seen, of_trigger, world).map_err(Unclear::from)
            });
            let rendered = rendered.await?;
            inputs.extend(rendered.map_err(|why| Error::argument(format!("the trigger's inputs: {why}")))?);
        }
        if inputs.is_empty() {
            return Ok(seen.inputs.clone());
        }
        let sent: Submitted = inputs.into_iter().map(|(id, value)| (id, Sent::Json(value))).collect();
        if self.uploaded(draft, &sent).await?.is_some() {
            return Err(Error::argument("a webhook takes no files that were uploaded before"));
        }
        Ok(self.check_inputs(draft, &sent).await?.values()?)
    }

    async fn status_of(&self, flow: &Flow, ended: &Execution, reply: &Reply) -> Result<u16, Error> {
        let Some(code) = &reply.code else {
            return Ok(if ended.state.current() == State::Failed { 500 } else { 200 });
        };
        let text = self.said_by(flow, ended, code).await?;
        let text = text.map_err(|why| Error::Internal(format!("the webhook's responseCode fails: {why}")))?;
        text.trim().parse().ok().filter(|it| CODES.contains(it)).ok_or_else(|| {
            let (first, last) = (CODES.start(), CODES.end());
            Error::Internal(format!("the webhook's responseCode is no number between {first} and {last}"))
        })
    }

    /// What a template of the flow renders to. The inner error is why it does not.
    async fn said_by(
        &self,
        flow: &Flow,
        seen: &Execution,
        template: &Template,
    ) -> Result<Result<String, String>, Error> {
        self.ask(seen, |world| machine::render(flow, seen, template, world).map_err(Unclear::from)).await
    }
}

/// The same for a wrong key and for no such flow: nobody learns which flows there are.
fn nobody() -> Error {
    Error::NotFound("Flow not found".to_owned())
}

/// The store's words name its items.
fn too_large(error: Error) -> Error {
    if let Error::TooLarge(_) = error {
        return Error::TooLarge(format!(
            "what this request starts is too large to be stored: compressed, it may have at most {BODY_BYTES_MAX} bytes"
        ));
    }
    error
}

fn variables(
    body: Option<Json>,
    headers: Map<String, Json>,
    parameters: Map<String, Json>,
) -> Map<String, Json> {
    let mut variables = Map::new();
    if let Some(body) = body {
        variables.insert("body".to_owned(), body);
    }
    variables.insert("headers".to_owned(), Json::Object(headers));
    variables.insert("parameters".to_owned(), Json::Object(parameters));
    variables
}

fn without_credentials(mut trigger: ExecutionTrigger) -> ExecutionTrigger {
    if let Some(Json::Object(headers)) = trigger.variables.get_mut("headers") {
        headers.retain(|name, _| !WITHHELD.contains(&name.as_str()));
    }
    trigger
}
