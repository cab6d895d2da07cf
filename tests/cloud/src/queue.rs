//! The work queue and the queue of its dead letters, as the template describes them.

use std::collections::HashMap;

use aws_sdk_sqs::{Client, types::QueueAttributeName};

/// Receives after which a message is a dead letter.
pub const RECEIVES_MAX: u32 = 3;

/// Where the two are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    pub work: String,
    pub dead: String,
}

/// Makes both.
pub async fn make(client: &Client) -> Urls {
    let dead = one(client, "roundtrip-dead", HashMap::new()).await;
    let arn = QueueAttributeName::QueueArn;
    let asked = client.get_queue_attributes().queue_url(&dead).attribute_names(arn.clone());
    let attributes = asked.send().await.expect("the queue is there").attributes.unwrap_or_default();
    let redrive =
        format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":{RECEIVES_MAX}}}"#, attributes[&arn]);
    let work =
        one(client, "roundtrip-work", HashMap::from([(QueueAttributeName::RedrivePolicy, redrive)])).await;
    Urls { work, dead }
}

async fn one(client: &Client, name: &str, attributes: HashMap<QueueAttributeName, String>) -> String {
    let made = client.create_queue().queue_name(name).set_attributes(Some(attributes)).send().await;
    made.expect("the emulator makes a queue at once").queue_url.expect("a queue has a URL")
}
