//! Replies to this process, through an SQS queue of its own.
//!
//! # Invariants
//! * A queue's name is chosen before it is made and kept until it is: a call that is dropped or fails half-way makes
//!   the same queue again, not a second one.
//! * Nothing is sent to, and nothing removed, that is not a reply queue of this deployment: an address is read from the
//!   store.
//! * Nothing is awaited between receiving replies and handing them over, so that a dropped `receive` loses none that
//!   has come; one that was on its way comes again when it is visible again.

use std::{str::FromStr as _, time::Duration};

use aws_sdk_sqs::{
    Client,
    operation::{
        delete_queue::DeleteQueueError, receive_message::ReceiveMessageError, send_message::SendMessageError,
    },
    types::{DeleteMessageBatchRequestEntry, Message, QueueAttributeName},
};
use engine::id::ExecutionId;
use ports::{Answer, queue::Refused, replies::Address};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{clients, environment::queue_path, error::reason};

/// How long one receive waits; the most SQS allows.
const WAIT: Duration = Duration::from_secs(20);
/// Replies that come in one receive; the most SQS gives.
const BATCH: i32 = 10;
/// How long a reply waits to be received. Whoever has not asked for it by then has read the execution instead.
const KEPT_SECONDS: u32 = 5 * 60;
/// When a reply comes again that was on its way to a dropped receive.
const HIDDEN_SECONDS: u32 = 5;
/// Names tried when one is not to be had.
const NAMES_MAX: u32 = 3;

/// The reply queue of this process, and the way to those of others.
#[derive(Debug)]
pub struct Replies {
    client: Client,
    /// The account of the work queue, and how names of reply queues start.
    account: String,
    prefix: String,
    own: Mutex<Own>,
}

#[derive(Debug)]
enum Own {
    Named(String),
    Made(Address),
}

impl Replies {
    /// `work` is the URL of the work queue, which is in the same account.
    pub(crate) fn new(client: Client, work: &str, prefix: String) -> Self {
        let account = queue_path(work).map_or("", |(account, _)| account).to_owned();
        let own = Mutex::new(Own::Named(new_name(&prefix)));
        Self { client, account, prefix, own }
    }

    async fn made(&self) -> Result<Address, Refused> {
        // Held while the queue is made: who asks meanwhile gets the same one.
        let mut own = self.own.lock().await;
        for _ in 0..NAMES_MAX {
            let name = match &*own {
                Own::Made(address) => return Ok(address.clone()),
                Own::Named(name) => name.clone(),
            };
            match self.create(&name).await {
                Ok(address) => *own = Own::Made(address),
                Err(Create::Taken) => *own = Own::Named(new_name(&self.prefix)),
                Err(Create::Refused(refused)) => return Err(refused),
            }
        }
        match &*own {
            Own::Made(address) => Ok(address.clone()),
            Own::Named(name) => Err(Refused(format!("the queue {name} cannot be made"))),
        }
    }

    async fn create(&self, name: &str) -> Result<Address, Create> {
        let create = self
            .client
            .create_queue()
            .queue_name(name)
            .attributes(QueueAttributeName::MessageRetentionPeriod, KEPT_SECONDS.to_string())
            .attributes(QueueAttributeName::VisibilityTimeout, HIDDEN_SECONDS.to_string())
            .attributes(QueueAttributeName::ReceiveMessageWaitTimeSeconds, WAIT.as_secs().to_string());
        match create.send().await {
            Ok(made) => {
                let url = made.queue_url.filter(|url| self.is_ours(url));
                url.map(Address).ok_or_else(|| Create::Refused(Refused(format!("{name} got no URL of ours"))))
            }
            Err(error) => match error.as_service_error() {
                Some(taken) if taken.is_queue_deleted_recently() || taken.is_queue_name_exists() => {
                    Err(Create::Taken)
                }
                Some(_) | None => Err(Create::Refused(Refused(reason(&error)))),
            },
        }
    }

    /// Another is made when next asked for.
    async fn forget(&self, gone: &Address) {
        let mut own = self.own.lock().await;
        if matches!(&*own, Own::Made(address) if address == gone) {
            *own = Own::Named(new_name(&self.prefix));
        }
    }

    /// Whether a URL is that of a reply queue of this deployment.
    fn is_ours(&self, url: &str) -> bool {
        queue_path(url)
            .is_some_and(|(account, name)| account == self.account && name.starts_with(&self.prefix))
    }

    fn ours(&self, address: &Address) -> Result<(), Refused> {
        if self.is_ours(&address.0) {
            Ok(())
        } else {
            Err(Refused(format!("`{}` is no reply queue of this deployment", address.0)))
        }
    }

    async fn try_send(&self, to: &Address, ended: ExecutionId) -> Result<(), Refused> {
        self.ours(to)?;
        let send = self.client.send_message().queue_url(&to.0).message_body(ended.to_string());
        match send.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(SendMessageError::is_queue_does_not_exist) => {
                Ok(())
            }
            Err(error) => Err(Refused(reason(&error))),
        }
    }

    async fn try_receive(&self) -> Result<Vec<ExecutionId>, Refused> {
        let own = self.made().await?;
        let receive = self.client.receive_message().queue_url(&own.0).max_number_of_messages(BATCH);
        let receive = receive.wait_time_seconds(seconds(WAIT));
        let received = receive.customize().config_override(clients::waiting(WAIT)).send().await;
        match received {
            Ok(received) => {
                let messages = received.messages.unwrap_or_default();
                let replies = messages.iter().filter_map(decode).collect();
                self.delete(own, messages);
                Ok(replies)
            }
            Err(error)
                if error.as_service_error().is_some_and(ReceiveMessageError::is_queue_does_not_exist) =>
            {
                self.forget(&own).await;
                Ok(Vec::new())
            }
            Err(error) => Err(Refused(reason(&error))),
        }
    }

    /// On a task of its own: the replies are handed over at once, and one that is not deleted only comes again.
    fn delete(&self, from: Address, messages: Vec<Message>) {
        let receipts = messages.into_iter().filter_map(|message| message.receipt_handle).enumerate();
        let entry = |(number, receipt): (usize, String)| {
            let entry =
                DeleteMessageBatchRequestEntry::builder().id(number.to_string()).receipt_handle(receipt);
            entry.build().ok()
        };
        let entries: Vec<_> = receipts.filter_map(entry).collect();
        if entries.is_empty() {
            return;
        }
        let delete = self.client.delete_message_batch().queue_url(from.0).set_entries(Some(entries));
        tokio::spawn(async move {
            if let Err(error) = delete.send().await {
                tracing::debug!(error = reason(&error), "replies will come again");
            }
        });
    }

    async fn try_remove(&self, address: &Address) -> Result<(), Refused> {
        self.ours(address)?;
        match self.client.delete_queue().queue_url(&address.0).send().await {
            Ok(_) => {}
            Err(error) if error.as_service_error().is_some_and(DeleteQueueError::is_queue_does_not_exist) => {
            }
            Err(error) => return Err(Refused(reason(&error))),
        }
        self.forget(address).await;
        Ok(())
    }
}

/// Why a queue is not made.
enum Create {
    /// The name is another's, or was until a moment ago.
    Taken,
    Refused(Refused),
}

fn new_name(prefix: &str) -> String {
    format!("{prefix}{}", ExecutionId::from_u128(Uuid::now_v7().as_u128()))
}

fn decode(message: &Message) -> Option<ExecutionId> {
    let body = message.body().unwrap_or_default();
    let decoded = ExecutionId::from_str(body);
    if let Err(error) = &decoded {
        tracing::warn!(message_id = message.message_id(), %error, "a reply is broken, and dropped");
    }
    decoded.ok()
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}

impl ports::replies::Replies for Replies {
    fn address(&self) -> Answer<'_, Result<Address, Refused>> {
        Box::pin(self.made())
    }

    fn send<'a>(&'a self, to: &'a Address, ended: ExecutionId) -> Answer<'a, Result<(), Refused>> {
        Box::pin(self.try_send(to, ended))
    }

    fn receive(&self) -> Answer<'_, Result<Vec<ExecutionId>, Refused>> {
        Box::pin(self.try_receive())
    }

    fn remove<'a>(&'a self, address: &'a Address) -> Answer<'a, Result<(), Refused>> {
        Box::pin(self.try_remove(address))
    }
}
