//! The queue of executions to carry on, in SQS.
//!
//! One message names one execution. SQS may deliver it twice or late, which whoever carries expects.

use std::{
    collections::BTreeMap,
    env,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use aws_sdk_sqs::{
    Client,
    types::{MessageSystemAttributeNameForSends, MessageSystemAttributeValue},
};
use engine::id::ExecutionId;
use ports::{
    Answer,
    queue::{Dispatch, Refused},
};
use serde::Deserialize;
use serde_json::json;

use crate::{Error, error::reason};

/// Where a Lambda runtime puts the trace of the invocation at hand.
const TRACE: &str = "_X_AMZN_TRACE_ID";
/// Characters of a message that is not ours, as an error shows it.
const SHOWN: usize = 200;

/// Sends to the work queue, and to those of worker groups.
#[derive(Debug)]
pub struct Queue {
    client: Client,
    url: String,
    groups: BTreeMap<String, String>,
    sent: AtomicU64,
}

impl Queue {
    pub(crate) fn new(client: Client, url: String, groups: BTreeMap<String, String>) -> Self {
        Self { client, url, groups, sent: AtomicU64::new(0) }
    }

    /// Messages that SQS took.
    pub fn sent(&self) -> u64 {
        self.sent.load(Relaxed)
    }

    async fn try_send(&self, dispatch: Dispatch) -> Result<(), Refused> {
        let url = match &dispatch.group {
            None => &self.url,
            Some(group) => {
                self.groups.get(group).ok_or_else(|| Refused(format!("no queue of the group {group}")))?
            }
        };
        let send = self.client.send_message().queue_url(url).message_body(Message(dispatch).encode());
        let send = match trace() {
            Some(trace) => {
                send.message_system_attributes(MessageSystemAttributeNameForSends::AwsTraceHeader, trace)
            }
            None => send,
        };
        send.send().await.map_err(|error| Refused(reason(&error)))?;
        self.sent.fetch_add(1, Relaxed);
        Ok(())
    }
}

impl ports::queue::Queue for Queue {
    fn send(&self, dispatch: Dispatch) -> Answer<'_, Result<(), Refused>> {
        Box::pin(self.try_send(dispatch))
    }
}

/// So that the trace of a request goes on in the worker.
fn trace() -> Option<MessageSystemAttributeValue> {
    let header = env::var(TRACE).ok().filter(|header| !header.is_empty())?;
    let value = MessageSystemAttributeValue::builder().data_type("String").string_value(header);
    value.build().ok()
}

/// The body of a message: `{"tenant":"main","execution":"<22 characters>"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message(pub Dispatch);

/// Further fields may come with later versions, and are not looked at.
#[derive(Deserialize)]
struct Body {
    tenant: String,
    execution: ExecutionId,
}

impl Message {
    pub fn encode(&self) -> String {
        json!({ "tenant": self.0.tenant, "execution": self.0.execution }).to_string()
    }

    /// # Errors
    /// [`Error::Message`]: the body is another one's, or broken. It will not get better by being received again.
    pub fn decode(body: &str) -> Result<Self, Error> {
        let decoded = serde_json::from_str::<Body>(body).map_err(|error| Error::Message {
            body: body.chars().take(SHOWN).collect(),
            reason: error.to_string(),
        })?;
        Ok(Self(Dispatch { tenant: decoded.tenant, execution: decoded.execution, group: None }))
    }
}

#[cfg(test)]
mod tests;
