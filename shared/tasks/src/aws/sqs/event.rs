//! Conductor's `EVENT` whose sink is a queue of SQS, by its name or its URL.

use aws_sdk_sqs::{Client, types::SendMessageBatchRequestEntry as Message};
use engine::{conductor::EVENT, flow::TaskType};
use ports::Answer;
use serde_json::Value as Json;

use super::publish::send;
use crate::{
    aws::{
        Work,
        connection::{Connection, Patience},
        said::said,
    },
    plain::{Done, Made},
};

const SINK: &str = "sqs:";
/// What a queue takes. AWS: 1 MiB.
const MESSAGE_BYTES_MAX: usize = 1 << 20;

pub(crate) const TASK: TaskType = TaskType { name: EVENT, aliases: &[], properties: &[] };

pub(crate) fn event(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let properties = &work.attempt.properties;
        let sink = properties.get("sink").and_then(Json::as_str).unwrap_or_default();
        let queue = sink.strip_prefix(SINK).map(str::trim).filter(|it| !it.is_empty());
        let queue = queue.ok_or_else(|| format!("the sink is `{sink}`; `sqs:` and a queue is expected"))?;
        let Some(Json::Object(message)) = properties.get("message") else {
            return Err("the event has no message".to_owned());
        };
        let body = Json::Object(message.clone()).to_string();
        if body.len() > MESSAGE_BYTES_MAX {
            let count = body.len();
            return Err(format!("the message has {count} bytes; a queue takes {MESSAGE_BYTES_MAX}"));
        }
        if work.shared.given.is_none() {
            let why =
                "events are published as the role that ROUNDTRIP_TASK_ROLE names, and this server has none";
            return Err(format!("`{sink}`: {why}"));
        }
        let execution = work.attempt.execution.to_string();
        let config = Connection::default().open(work.shared, Patience::SMALL, &execution).await?;
        let client = Client::new(&config);
        let url = if queue.starts_with("http://") || queue.starts_with("https://") {
            queue.to_owned()
        } else {
            let found = client.get_queue_url().queue_name(queue).send().await.map_err(said)?;
            found.queue_url.ok_or_else(|| format!("the queue `{queue}` has no URL"))?
        };
        let mut entry = Message::builder().id("0").message_body(body);
        if url.rsplit_once('.').is_some_and(|(_, end)| end == "fifo") {
            // In the order of the workflow, and once, whoever sends it again after a crash.
            let once = work.attempt.task_run.to_string();
            entry = entry.message_group_id(&execution).message_deduplication_id(once);
        }
        send(&client, &url, vec![entry.build().map_err(|error| error.to_string())?]).await?;
        Ok(Made { outputs: message.clone(), ..Made::default() })
    })
}
