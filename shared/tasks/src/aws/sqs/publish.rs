//! `io.kestra.plugin.aws.sqs.Publish`: messages to a queue.

use aws_sdk_sqs::{Client, types::SendMessageBatchRequestEntry as Message};
use engine::{
    execution::Metric,
    flow::{PropertyType, Shape, TaskType},
};
use ports::Answer;
use serde_json::json;

use crate::{
    aws::{
        Work,
        connection::{self, Connection, Patience},
        entries::{BATCH_MAX, Entries, Entry, Fields},
        said::said,
    },
    plain::{Done, outputs},
    properties::{Properties, required},
};

/// Bytes of the messages of one call; a larger message goes alone.
const BATCH_BYTES_MAX: usize = 256 * 1024;

const PROPERTIES: [PropertyType; 14] =
    connection::with([required("queueUrl", Shape::String), required("from", Shape::Any)]);

pub(crate) const PUBLISH: TaskType =
    TaskType { name: "io.kestra.plugin.aws.sqs.Publish", aliases: &[], properties: &PROPERTIES };

pub(crate) fn publish(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let queue = properties.required_text("queueUrl");
        let from = properties.any("from");
        properties.finish()?;
        let mut entries = Entries::of(work, "from", from).await?;
        let execution = work.attempt.execution.to_string();
        let client = Client::new(&connection.open(work.shared, Patience::SMALL, &execution).await?);
        let (mut batch, mut bytes, mut count) = (Vec::new(), 0, 0);
        while let Some(entry) = entries.next(work).await? {
            let message = message(entry, batch.len())?;
            let size = message.message_body().len();
            if batch.len() == BATCH_MAX || (bytes + size > BATCH_BYTES_MAX && !batch.is_empty()) {
                count += send(&client, &queue, std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
            bytes += size;
            batch.push(message);
        }
        count += send(&client, &queue, batch).await?;
        let metric = Metric::counter("sqs.publish.messages", count).tagged("queue", queue);
        Ok(outputs([("messagesCount", json!(count))]).measured([metric]))
    })
}

fn message(entry: Entry, index: usize) -> Result<Message, String> {
    let mut fields = Fields::new(entry);
    let delay = match fields.text(&["delaySeconds"])? {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| format!("`delaySeconds` cannot be `{text}`"))?),
    };
    let message = Message::builder()
        .id(index.to_string())
        .message_body(fields.content(&["data"])?)
        .set_message_group_id(fields.text(&["groupId"])?)
        .set_message_deduplication_id(fields.text(&["deduplicationId"])?)
        .set_delay_seconds(delay);
    fields.finish()?;
    message.build().map_err(|error| error.to_string())
}

/// Gives the number of messages the queue took: all of them.
pub(super) async fn send(client: &Client, queue: &str, batch: Vec<Message>) -> Result<u64, String> {
    if batch.is_empty() {
        return Ok(0);
    }
    let count = batch.len() as u64;
    let sent = client.send_message_batch().queue_url(queue).set_entries(Some(batch)).send().await;
    let sent = sent.map_err(said)?;
    match sent.failed() {
        [] => Ok(count),
        failed @ [first, ..] => {
            let why = first.message().unwrap_or("the queue does not say why");
            Err(format!(
                "the queue did not take {} of {count} messages: {}: {why}",
                failed.len(),
                first.code()
            ))
        }
    }
}
