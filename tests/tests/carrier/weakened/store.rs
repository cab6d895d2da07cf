//! A store that throttles, fails without saying whether it wrote, writes late, and whose indexes lag.

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake},
    thread::{self, Thread},
};

use engine::time::Timestamp;
use ports::{
    Answer,
    store::{Change, Due, Error, Item, Key, Listed, Range, Store, Version, Write},
};

use super::{Feed, Weather, index::Index};

/// A write that comes late comes before so many more calls.
const LATE_CALLS_MAX: usize = 6;

/// Over a store that keeps more than is promised.
#[derive(Debug)]
pub(crate) struct Weakened {
    inner: Arc<dyn Store>,
    pub(crate) weather: Arc<Weather>,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    index: Index,
    feed: Feed,
    /// A commit that was told to have failed, and so many calls it still waits. At most one.
    late: Option<(u64, Vec<Write>)>,
}

impl Weakened {
    /// Over an empty store.
    pub(crate) fn over(inner: Arc<dyn Store>, weather: Arc<Weather>) -> Self {
        Self { inner, weather, memory: Mutex::default() }
    }

    /// Looks into the feed of everything written so far.
    pub(crate) fn feed<T>(&self, look: impl FnOnce(&mut Feed) -> T) -> T {
        look(&mut self.memory.lock().unwrap().feed)
    }

    /// What goes before each call.
    async fn arrive(&self) -> Result<(), Error> {
        self.weather.way().await;
        let late = {
            let mut memory = self.memory.lock().unwrap();
            match memory.late.take() {
                Some((calls, writes)) if calls > 0 && !self.weather.is_calm() => {
                    memory.late = Some((calls - 1, writes));
                    None
                }
                other => other,
            }
        };
        if let Some((_, writes)) = late {
            // Whoever sent it has been told that it failed; what became of it is nobody's business any more.
            let _ = self.write(writes);
        }
        if self.weather.strikes(|climate| climate.throttled) { Err(unavailable("throttled")) } else { Ok(()) }
    }

    fn write(&self, writes: Vec<Write>) -> Result<(), Error> {
        let before: Vec<_> = writes.iter().map(|write| at_once(self.inner.get(write.key()))).collect();
        at_once(self.inner.commit(writes.clone()))?;
        let mut memory = self.memory.lock().unwrap();
        for (write, before) in writes.into_iter().zip(before) {
            let before = before?.map(|item| item.version);
            let change = match (write, before) {
                (Write::Put { key, content, .. }, before) => {
                    Change { key, version: Version(before.map_or(1, |it| it.0 + 1)), content: Some(content) }
                }
                (Write::Delete { key, .. }, Some(version)) => Change { key, version, content: None },
                (Write::Delete { .. }, None) => continue,
            };
            memory.index.write(change.key.clone(), change.content.as_ref());
            memory.feed.write(change);
        }
        Ok(())
    }
}

impl Store for Weakened {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Result<Option<Item>, Error>> {
        Box::pin(async move {
            self.arrive().await?;
            let item = at_once(self.inner.get(key));
            self.weather.way().await;
            item
        })
    }

    fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Item>, Error>> {
        Box::pin(async move {
            self.arrive().await?;
            let items = at_once(self.inner.query(partition, range));
            self.weather.way().await;
            items
        })
    }

    fn list<'a>(&'a self, list: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Listed>, Error>> {
        Box::pin(async move {
            self.arrive().await?;
            Ok(self.memory.lock().unwrap().index.list(&self.weather, list, range))
        })
    }

    fn due(&self, now: Timestamp, limit: usize) -> Answer<'_, Result<Vec<Due>, Error>> {
        Box::pin(async move {
            self.arrive().await?;
            Ok(self.memory.lock().unwrap().index.due(&self.weather, now, limit))
        })
    }

    fn next_due(&self) -> Answer<'_, Result<Option<Timestamp>, Error>> {
        Box::pin(async move {
            self.arrive().await?;
            Ok(self.memory.lock().unwrap().index.next_due(&self.weather))
        })
    }

    fn commit(&self, writes: Vec<Write>) -> Answer<'_, Result<(), Error>> {
        Box::pin(async move {
            self.arrive().await?;
            if self.weather.strikes(|climate| climate.late) {
                let calls = self.weather.below(LATE_CALLS_MAX);
                let earlier = self.memory.lock().unwrap().late.replace((calls, writes));
                if let Some((_, writes)) = earlier {
                    let _ = self.write(writes);
                }
                return Err(unavailable("it may have happened, or will"));
            }
            let written = self.write(writes);
            self.weather.way().await;
            match written {
                Ok(()) if self.weather.strikes(|climate| climate.ambiguous) => {
                    Err(unavailable("it has happened"))
                }
                written => written,
            }
        })
    }
}

fn unavailable(message: &str) -> Error {
    Error::Unavailable { message: format!("on purpose: {message}"), retry_after: None }
}

/// Waits on this thread. No other task runs meanwhile, and the paused time stands still.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    // A budget that is used up would be renewed by the runtime alone.
    let mut future = pin!(tokio::task::unconstrained(future));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}
