//! Replies through SQS.

use std::{sync::Arc, time::Duration};

use aws::replies::Replies;
use aws_sdk_sqs::Client;
use cloud::{account, home, sdk};
use engine::id::ExecutionId;
use ports::replies::{Address, Replies as _};

async fn open() -> Option<(Arc<Replies>, Arc<Replies>)> {
    let account = account();
    let environment = home::environment(&account).await;
    Some((home::open(&account, &environment).replies, home::open(&account, &environment).replies))
}

ports::replies_promises!(open);

#[tokio::test]
async fn only_reply_queues_of_the_deployment_are_touched() {
    let account = account();
    let environment = home::environment(&account).await;
    let replies = home::open(&account, &environment).replies;
    let client = Client::new(&sdk::config(&account));
    let (base, _) = environment.queue_url.rsplit_once('/').unwrap();
    let (host, _) = base.rsplit_once('/').unwrap();
    let strangers = [
        environment.queue_url.clone(),
        format!("{base}/roundtrip-dead"),
        format!("{base}/other-{}", home::REPLY_PREFIX),
        format!("{host}/999999999999/{}1", home::REPLY_PREFIX),
        home::REPLY_PREFIX.to_owned(),
        String::new(),
    ];
    for stranger in strangers.map(Address) {
        let refused = replies.send(&stranger, ExecutionId::from_u128(1)).await.unwrap_err().to_string();
        assert!(refused.contains("is no reply queue of this deployment"), "{refused}");
        replies.remove(&stranger).await.unwrap_err();
    }
    let left = client.list_queues().send().await.unwrap().queue_urls.unwrap();
    assert!(left.contains(&environment.queue_url), "{left:?}");
}

#[tokio::test]
async fn a_broken_reply_is_dropped() {
    let account = account();
    let environment = home::environment(&account).await;
    let replies = home::open(&account, &environment).replies;
    let client = Client::new(&sdk::config(&account));
    let address = replies.address().await.unwrap();
    for body in ["hello", "{}"] {
        client.send_message().queue_url(&address.0).message_body(body).send().await.unwrap();
    }
    let ended = ExecutionId::from_u128(7);
    replies.send(&address, ended).await.unwrap();
    let mut received = Vec::new();
    while received.is_empty() {
        received = replies.receive().await.unwrap();
    }
    assert_eq!(received, [ended]);
    // Deleted as well, by a task that may still be at it.
    until_empty(&client, &address).await;
}

/// Until nothing is in the queue, neither visible nor hidden.
async fn until_empty(client: &Client, address: &Address) {
    use aws_sdk_sqs::types::QueueAttributeName::{
        ApproximateNumberOfMessages as Visible, ApproximateNumberOfMessagesNotVisible as Hidden,
    };
    for _ in 0..500 {
        let asked = client.get_queue_attributes().queue_url(&address.0);
        let asked = asked.attribute_names(Visible).attribute_names(Hidden);
        let counts = asked.send().await.unwrap().attributes.unwrap();
        if counts.values().all(|count| count == "0") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("replies stay in the queue");
}

#[tokio::test]
async fn a_reply_wakes_who_waits() {
    let Some((one, other)) = open().await else { return };
    let address = one.address().await.unwrap();
    let begun = tokio::time::Instant::now();
    let (received, sent) = tokio::join!(one.receive(), other.send(&address, ExecutionId::from_u128(7)));
    sent.unwrap();
    assert_eq!(received, Ok(vec![ExecutionId::from_u128(7)]));
    assert!(begun.elapsed() < Duration::from_secs(10), "a receive waits 20 seconds when nothing comes");
}
