//! The promises of [`Queue`]: few, since a queue only makes things fast.

use std::collections::HashSet;

use engine::id::ExecutionId;
use futures_util::future::join_all;

use crate::{
    Answer,
    queue::{Dispatch, Queue},
};

/// The other end of a queue.
pub trait Receive: Send {
    /// The next message; `None` once none has come for as long as one may take.
    fn next(&mut self) -> Answer<'_, Option<Dispatch>>;
}

/// One test for each promise of [`Queue`]. `open: async fn() -> Option<(impl Deref<Target: Queue>, impl Receive)>`.
#[macro_export]
macro_rules! queue_promises {
    ($open:path) => {
        #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn what_arrives_was_sent() {
            match $open().await {
                Some((queue, mut receive)) => {
                    $crate::conformance::queue::what_arrives_was_sent(&*queue, &mut receive).await;
                }
                None => ::std::eprintln!("skipped: there is nothing to test against"),
            }
        }
    };
}

/// And, when nothing goes wrong, what was taken arrives.
pub async fn what_arrives_was_sent(queue: &dyn Queue, receive: &mut dyn Receive) {
    let dispatch = |number: u128| Dispatch {
        tenant: if number.is_multiple_of(2) { "main" } else { "zweiter Mandant" }.to_owned(),
        execution: ExecutionId::from_u128(u128::MAX - number),
        group: None,
    };
    let taken =
        join_all((0..100).map(|number| async move { queue.send(dispatch(number)).await.map(|()| number) }));
    let mut missing: HashSet<u128> = taken.await.into_iter().flatten().collect();
    assert!(!missing.is_empty(), "the queue takes nothing");
    while !missing.is_empty() {
        let arrived = receive.next().await.unwrap_or_else(|| panic!("{missing:?} do not arrive"));
        let number = u128::MAX - arrived.execution.as_u128();
        assert!(number < 100, "{number} was never sent");
        assert_eq!(arrived, dispatch(number));
        missing.remove(&number);
    }
}
