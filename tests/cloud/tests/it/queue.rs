//! Dispatches through SQS.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use aws::queue::{Message, Queue};
use aws_sdk_sqs::Client;
use cloud::{account, home, sdk};
use engine::id::ExecutionId;
use ports::{
    Answer,
    conformance::queue::Receive,
    queue::{Dispatch, Queue as _},
};

/// The other end of a work queue.
struct Received {
    client: Client,
    url: String,
    came: VecDeque<Dispatch>,
}

impl Receive for Received {
    fn next(&mut self) -> Answer<'_, Option<Dispatch>> {
        Box::pin(async {
            if self.came.is_empty() {
                let receive = self.client.receive_message().queue_url(&self.url).max_number_of_messages(10);
                let received = receive.wait_time_seconds(10).send().await.unwrap();
                for message in received.messages.unwrap_or_default() {
                    let delete = self.client.delete_message().queue_url(&self.url);
                    delete.receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
                    self.came.push_back(Message::decode(message.body().unwrap()).unwrap().0);
                }
            }
            self.came.pop_front()
        })
    }
}

async fn open() -> Option<(Arc<Queue>, Received)> {
    let account = account();
    let environment = home::environment(&account).await;
    let client = Client::new(&sdk::config(&account));
    let queue = home::open(&account, &environment).queue;
    Some((queue, Received { client, url: environment.queue_url, came: VecDeque::new() }))
}

ports::queue_promises!(open);

#[tokio::test]
async fn messages_are_counted_once_they_are_taken() {
    let account = account();
    let environment = home::environment(&account).await;
    let home = home::open(&account, &environment);
    let dispatch =
        || Dispatch { tenant: "main".to_owned(), execution: ExecutionId::from_u128(1), group: None };
    home.queue.send(dispatch()).await.unwrap();
    home.queue.send(dispatch()).await.unwrap();
    let client = Client::new(&sdk::config(&account));
    client.delete_queue().queue_url(environment.queue_url).send().await.unwrap();
    let refused = home.queue.send(dispatch()).await.unwrap_err().to_string();
    assert!(refused.contains("NonExistentQueue: "), "{refused}");
    assert_eq!(home.counts().dispatches, 2);
}

#[tokio::test]
async fn a_queue_that_is_not_reached_refuses_within_its_patience() {
    let mut account = account();
    let environment = home::environment(&account).await;
    // Nobody listens there.
    account.endpoint = "http://127.0.0.1:9".to_owned();
    let queue = home::open(&account, &environment).queue;
    let dispatch = Dispatch { tenant: "main".to_owned(), execution: ExecutionId::from_u128(1), group: None };
    let refused = tokio::time::timeout(Duration::from_secs(10), queue.send(dispatch)).await.unwrap();
    assert!(refused.unwrap_err().to_string().contains("onnect"));
}
