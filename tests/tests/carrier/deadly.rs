//! A store that kills those who use it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use engine::time::Timestamp;
use ports::{
    Answer,
    store::{Due, Error, Item, Key, Listed, Range, Store, Write},
};
use service::Service;
use tokio::sync::Notify;

/// Kills whoever asks the store: from one of its answers on, nothing is answered any more.
#[derive(Debug)]
pub(crate) struct Deadly {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) hand: Arc<Hand>,
}

/// The hand that kills.
#[derive(Debug)]
pub(crate) struct Hand {
    /// Questions that are still answered, and one more; 0 for all.
    left: AtomicUsize,
    /// Whether what kills takes place.
    after: bool,
    killed: Notify,
}

impl Hand {
    /// `after`: whether what kills takes place.
    pub(crate) fn new(after: bool) -> Self {
        Self { left: AtomicUsize::new(0), after, killed: Notify::new() }
    }
}

impl Hand {
    /// Kills at that question from now on, 1 for the next.
    pub(crate) fn kills_at(&self, question: usize) {
        self.left.store(question, Ordering::Relaxed);
    }
}

/// Has a scheduler tick that is killed by its `at`th question, if it asks so many; says whether it was.
pub(crate) async fn killed(hand: &Hand, at: usize, doomed: Service) -> bool {
    killed_while(hand, at, doomed.tick()).await
}

/// As [`killed`], while it does anything.
pub(crate) async fn killed_while(hand: &Hand, at: usize, doing: impl Future) -> bool {
    hand.left.store(at, Ordering::Relaxed);
    let died = tokio::select! {
        biased;
        () = hand.killed.notified() => true,
        // A weak store may say no before that.
        _ = doing => false,
    };
    hand.left.store(0, Ordering::Relaxed);
    died
}

impl Deadly {
    fn asks<'a, T: Send + 'a>(&'a self, answer: Answer<'a, T>) -> Answer<'a, T> {
        Box::pin(async move {
            let left = self.hand.left.load(Ordering::Relaxed);
            match left {
                0 => return answer.await,
                1 => {
                    if self.hand.after {
                        answer.await;
                    }
                    self.hand.killed.notify_one();
                    return std::future::pending().await;
                }
                _ => self.hand.left.store(left - 1, Ordering::Relaxed),
            }
            answer.await
        })
    }
}

impl Store for Deadly {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Result<Option<Item>, Error>> {
        self.asks(self.inner.get(key))
    }

    fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Item>, Error>> {
        self.asks(self.inner.query(partition, range))
    }

    fn list<'a>(&'a self, list: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Listed>, Error>> {
        self.asks(self.inner.list(list, range))
    }

    fn due(&self, now: Timestamp, limit: usize) -> Answer<'_, Result<Vec<Due>, Error>> {
        self.asks(self.inner.due(now, limit))
    }

    fn next_due(&self) -> Answer<'_, Result<Option<Timestamp>, Error>> {
        self.asks(self.inner.next_due())
    }

    fn commit(&self, writes: Vec<Write>) -> Answer<'_, Result<(), Error>> {
        self.asks(self.inner.commit(writes))
    }
}
