//! `io.kestra.plugin.aws.sns.Publish`: messages to a topic, or to a phone.

use aws_sdk_sns::{Client, types::PublishBatchRequestEntry as Message};
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

/// Bytes of the messages of one call, which SNS has.
const BATCH_BYTES_MAX: usize = 256 * 1024;

const PROPERTIES: [PropertyType; 14] =
    connection::with([required("topicArn", Shape::String), required("from", Shape::Any)]);

pub(crate) const PUBLISH: TaskType =
    TaskType { name: "io.kestra.plugin.aws.sns.Publish", aliases: &[], properties: &PROPERTIES };

pub(crate) fn publish(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let topic = properties.required_text("topicArn");
        let from = properties.any("from");
        properties.finish()?;
        let mut entries = Entries::of(work, "from", from).await?;
        let execution = work.attempt.execution.to_string();
        let client = Client::new(&connection.open(work.shared, Patience::SMALL, &execution).await?);
        let (mut batch, mut bytes, mut count) = (Vec::new(), 0, 0);
        while let Some(entry) = entries.next(work).await? {
            let (message, phone) = message(entry, count + batch.len())?;
            // A message to a phone has no topic, and no call with others.
            if let Some(phone) = phone {
                let (body, subject) = (message.message, message.subject);
                let publish = client.publish().phone_number(phone).message(body).set_subject(subject);
                publish.set_message_structure(message.message_structure).send().await.map_err(said)?;
                count += 1;
                continue;
            }
            let size = message.message().len();
            if batch.len() == BATCH_MAX || (bytes + size > BATCH_BYTES_MAX && !batch.is_empty()) {
                count += send(&client, &topic, std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
            bytes += size;
            batch.push(message);
        }
        count += send(&client, &topic, batch).await?;
        let metric = Metric::counter("sns.publish.messages", count).tagged("topic", topic);
        Ok(outputs([("messagesCount", json!(count))]).measured([metric]))
    })
}

/// A message, and the phone that it is for.
fn message(entry: Entry, index: usize) -> Result<(Message, Option<String>), String> {
    let mut fields = Fields::new(entry);
    let message = Message::builder()
        .id(index.to_string())
        .message(fields.content(&["data"])?)
        .set_subject(fields.text(&["subject"])?)
        .set_message_structure(fields.text(&["structure"])?)
        .set_message_group_id(fields.text(&["groupId"])?)
        .set_message_deduplication_id(fields.text(&["deduplicationId"])?);
    let phone = fields.text(&["phoneNumber"])?;
    fields.finish()?;
    Ok((message.build().map_err(|error| error.to_string())?, phone))
}

/// Gives the number of messages the topic took: all of them.
async fn send(client: &Client, topic: &str, batch: Vec<Message>) -> Result<usize, String> {
    if batch.is_empty() {
        return Ok(0);
    }
    let count = batch.len();
    let sent = client.publish_batch().topic_arn(topic).set_publish_batch_request_entries(Some(batch));
    let sent = sent.send().await.map_err(said)?;
    match sent.failed() {
        [] => Ok(count),
        failed @ [first, ..] => {
            let why = first.message().unwrap_or("the topic does not say why");
            Err(format!(
                "the topic did not take {} of {count} messages: {}: {why}",
                failed.len(),
                first.code()
            ))
        }
    }
}
