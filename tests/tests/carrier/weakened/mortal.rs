//! A process that dies: from one moment on nothing it asked for is answered, and what it was doing never ends.
//!
//! A call that was under way may have taken place, or not.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use engine::{execution::AttemptOutcome, flow::TaskType, id::ExecutionId, time::Timestamp};
use ports::{
    Answer,
    queue::{Dispatch, Queue, Refused},
    replies::{Address, Replies},
    run::{Attempt, Runnable, Surroundings},
    store::{Due, Error, Item, Key, Listed, Range, Store, Write},
};
use tokio::sync::Notify;

/// Whether a process lives.
#[derive(Debug, Clone, Default)]
pub(crate) struct Life(Arc<Ending>);

#[derive(Debug, Default)]
struct Ending {
    over: AtomicBool,
    /// Wakes in the order of asking, which a `watch` channel does not: a seed must do the same again.
    ended: Notify,
}

impl Life {
    pub(crate) fn end(&self) {
        self.0.over.store(true, Relaxed);
        self.0.ended.notify_waiters();
    }

    /// What it does, as long as it lives.
    pub(crate) async fn doing<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let ended = self.0.ended.notified();
        if self.0.over.load(Relaxed) {
            return None;
        }
        tokio::select! {
            biased;
            () = ended => None,
            done = work => Some(done),
        }
    }

    fn asks<'a, T: Send + 'a>(&'a self, answer: Answer<'a, T>) -> Answer<'a, T> {
        Box::pin(async move {
            match self.doing(answer).await {
                Some(answer) => answer,
                None => std::future::pending().await,
            }
        })
    }
}

/// An adapter as a process has it.
#[derive(Debug)]
pub(crate) struct Mortal<T: ?Sized> {
    pub(crate) life: Life,
    pub(crate) inner: Arc<T>,
}

impl<T: Store + ?Sized> Store for Mortal<T> {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Result<Option<Item>, Error>> {
        self.life.asks(self.inner.get(key))
    }

    fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Item>, Error>> {
        self.life.asks(self.inner.query(partition, range))
    }

    fn list<'a>(&'a self, list: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Listed>, Error>> {
        self.life.asks(self.inner.list(list, range))
    }

    fn due(&self, now: Timestamp, limit: usize) -> Answer<'_, Result<Vec<Due>, Error>> {
        self.life.asks(self.inner.due(now, limit))
    }

    fn next_due(&self) -> Answer<'_, Result<Option<Timestamp>, Error>> {
        self.life.asks(self.inner.next_due())
    }

    fn commit(&self, writes: Vec<Write>) -> Answer<'_, Result<(), Error>> {
        self.life.asks(self.inner.commit(writes))
    }
}

impl<T: Queue + ?Sized> Queue for Mortal<T> {
    fn send(&self, dispatch: Dispatch) -> Answer<'_, Result<(), Refused>> {
        self.life.asks(self.inner.send(dispatch))
    }
}

impl<T: Replies + ?Sized> Replies for Mortal<T> {
    fn address(&self) -> Answer<'_, Result<Address, Refused>> {
        self.life.asks(self.inner.address())
    }

    fn send<'a>(&'a self, to: &'a Address, ended: ExecutionId) -> Answer<'a, Result<(), Refused>> {
        self.life.asks(self.inner.send(to, ended))
    }

    fn receive(&self) -> Answer<'_, Result<Vec<ExecutionId>, Refused>> {
        self.life.asks(self.inner.receive())
    }

    fn remove<'a>(&'a self, address: &'a Address) -> Answer<'a, Result<(), Refused>> {
        self.life.asks(self.inner.remove(address))
    }
}

impl<T: Runnable + ?Sized> Runnable for Mortal<T> {
    fn task_type(&self) -> &TaskType {
        self.inner.task_type()
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        self.life.asks(self.inner.run(attempt, surroundings))
    }
}
