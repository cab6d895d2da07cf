//! The promises of [`Replies`], among processes of one deployment.

use std::{collections::BTreeSet, time::Duration};

use engine::id::ExecutionId;
use futures_util::future::join_all;

use crate::replies::{Address, Replies};

/// When nothing goes wrong, a reply has come by then.
const ARRIVAL_MAX: Duration = Duration::from_mins(1);

/// One test for each promise of [`Replies`], of two processes that know each other's addresses.
/// `open: async fn() -> Option<(impl Deref<Target: Replies>, impl Deref<Target: Replies>)>`.
#[macro_export]
macro_rules! replies_promises {
    ($open:path) => {
        $crate::replies_promises!(
            $open,
            [
                what_was_sent_is_received,
                each_process_receives_its_own,
                a_process_has_one_address,
                a_receive_that_is_dropped_loses_nothing,
                nobody_is_told_at_an_address_that_is_gone,
                a_removed_address_is_followed_by_another,
            ]
        );
    };
    ($open:path, [$($promise:ident),* $(,)?]) => {
        $(
            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                match $open().await {
                    Some((one, other)) => $crate::conformance::replies::$promise(&*one, &*other).await,
                    None => ::std::eprintln!("skipped: there is nothing to test against"),
                }
            }
        )*
    };
}

fn id(number: u128) -> ExecutionId {
    ExecutionId::from_u128(u128::MAX - number)
}

async fn send(from: &dyn Replies, to: &Address, numbers: impl IntoIterator<Item = u128>) {
    let sent = join_all(numbers.into_iter().map(|number| from.send(to, id(number)))).await;
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
}

/// Receives until all of these have come, in any order and perhaps more than once. Nothing else may come.
async fn receive_all(replies: &dyn Replies, numbers: impl IntoIterator<Item = u128>) {
    let expected: BTreeSet<ExecutionId> = numbers.into_iter().map(id).collect();
    let mut missing = expected.clone();
    let begun = tokio::time::Instant::now();
    while !missing.is_empty() {
        assert!(begun.elapsed() < ARRIVAL_MAX, "{missing:?} do not come");
        for ended in replies.receive().await.unwrap() {
            assert!(expected.contains(&ended), "{ended} was never sent here");
            missing.remove(&ended);
        }
    }
}

/// When nothing goes wrong, whoever sends it.
pub async fn what_was_sent_is_received(one: &dyn Replies, other: &dyn Replies) {
    let address = one.address().await.unwrap();
    let sending = async {
        send(other, &address, 0..25).await;
        send(one, &address, 25..30).await;
    };
    tokio::join!(sending, receive_all(one, 0..30));
}

pub async fn each_process_receives_its_own(one: &dyn Replies, other: &dyn Replies) {
    let (at_one, at_other) = (one.address().await.unwrap(), other.address().await.unwrap());
    assert_ne!(at_one, at_other);
    send(other, &at_one, 0..5).await;
    send(one, &at_other, 5..10).await;
    tokio::join!(receive_all(one, 0..5), receive_all(other, 5..10));
}

/// Even when it is asked for many times at once.
pub async fn a_process_has_one_address(one: &dyn Replies, _other: &dyn Replies) {
    let asked = join_all((0..8).map(|_| one.address())).await;
    let addresses: BTreeSet<Address> = asked.into_iter().map(Result::unwrap).collect();
    assert_eq!(addresses.len(), 1, "{addresses:?}");
    assert!(addresses.contains(&one.address().await.unwrap()));
}

pub async fn a_receive_that_is_dropped_loses_nothing(one: &dyn Replies, other: &dyn Replies) {
    let address = one.address().await.unwrap();
    let mut missing: BTreeSet<u128> = (0..10).collect();
    for number in 0..10 {
        // Whichever is first drops the other; a reply that was not sent is sent again, as it may come twice.
        tokio::select! {
            received = one.receive() => for ended in received.unwrap() {
                missing.remove(&(u128::MAX - ended.as_u128()));
            },
            () = send(other, &address, [number]) => continue,
        }
        send(other, &address, [number]).await;
    }
    let begun = tokio::time::Instant::now();
    while !missing.is_empty() {
        assert!(begun.elapsed() < ARRIVAL_MAX, "{missing:?} do not come");
        for ended in one.receive().await.unwrap() {
            missing.remove(&(u128::MAX - ended.as_u128()));
        }
    }
}

/// And that is no error.
pub async fn nobody_is_told_at_an_address_that_is_gone(one: &dyn Replies, other: &dyn Replies) {
    let address = one.address().await.unwrap();
    other.remove(&address).await.unwrap();
    send(other, &address, 0..3).await;
    other.remove(&address).await.unwrap();
    one.remove(&address).await.unwrap();
    send(one, &address, 0..3).await;
}

/// Which the process takes by itself, whoever removed the first one.
pub async fn a_removed_address_is_followed_by_another(one: &dyn Replies, other: &dyn Replies) {
    for remover in [one, other] {
        let gone = one.address().await.unwrap();
        remover.remove(&gone).await.unwrap();
        // It may learn of it only by receiving.
        let begun = tokio::time::Instant::now();
        let mut address = one.address().await.unwrap();
        while address == gone {
            assert!(begun.elapsed() < ARRIVAL_MAX, "{gone:?} is still given");
            assert_eq!(one.receive().await, Ok(Vec::new()));
            address = one.address().await.unwrap();
        }
        send(other, &address, 0..3).await;
        receive_all(one, 0..3).await;
    }
}
