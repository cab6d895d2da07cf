//! Starting an execution by its webhook.

use engine::execution::Execution;
use serde_json::{Map, Value as Json};

use crate::{Error, Service};

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
    /// fails to render is passed over.
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
        let _ = (tenant, namespace, flow_id, key, call);
        unimplemented!()
    }
}
