//! What the embedded queue does beyond the promises of the port.

use embedded::queue::Queue;
use engine::id::ExecutionId;
use ports::queue::{Dispatch, Queue as _, Refused};

fn dispatch(number: u128) -> Dispatch {
    Dispatch { tenant: "main".to_owned(), execution: ExecutionId::from_u128(number), group: None }
}

#[tokio::test]
async fn a_full_queue_refuses_and_then_takes_again() {
    let (queue, mut receiver) = Queue::with_room_for(2);
    queue.send(dispatch(1)).await.unwrap();
    queue.send(dispatch(2)).await.unwrap();
    assert_eq!(queue.send(dispatch(3)).await, Err(Refused("2 messages wait already".to_owned())));
    assert_eq!(receiver.recv().await.unwrap().execution.as_u128(), 1);
    queue.send(dispatch(4)).await.unwrap();
    drop(queue);
    let mut left = Vec::new();
    while let Some(dispatch) = receiver.recv().await {
        left.push(dispatch.execution.as_u128());
    }
    assert_eq!(left, [2, 4]);
}

#[tokio::test]
async fn a_queue_without_receiver_refuses() {
    let (queue, receiver) = Queue::new();
    drop(receiver);
    let refused = queue.send(dispatch(1)).await.unwrap_err().to_string();
    assert_eq!(refused, "the queue does not take the message: nobody receives any more");
}
