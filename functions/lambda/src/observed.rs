//! A store that counts what passes through it.

use std::sync::Arc;

use engine::time::Timestamp;
use ports::{
    Answer,
    store::{Due, Error, Item, Key, Listed, Range, Store, Write},
};

use crate::meter::Tally;

/// Does as the store behind it, and counts what comes back: executions that ended, conflicts, throttled requests.
///
/// An end counts when the store acknowledges it. One whose acknowledgement was lost ends all the same and is not
/// counted.
#[derive(Debug)]
pub(crate) struct Observed {
    inner: Arc<dyn Store>,
    tally: Arc<Tally>,
}

impl Observed {
    pub(crate) fn new(inner: Arc<dyn Store>, tally: Arc<Tally>) -> Self {
        Self { inner, tally }
    }

    fn seen<'a, T: 'a>(&'a self, answer: Answer<'a, Result<T, Error>>) -> Answer<'a, Result<T, Error>> {
        Box::pin(async move {
            let result = answer.await;
            if let Err(error) = &result {
                self.tally.refused(error);
            }
            result
        })
    }
}

impl Store for Observed {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Result<Option<Item>, Error>> {
        self.seen(self.inner.get(key))
    }

    fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Item>, Error>> {
        self.seen(self.inner.query(partition, range))
    }

    fn list<'a>(&'a self, list: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Listed>, Error>> {
        self.seen(self.inner.list(list, range))
    }

    fn due(&self, now: Timestamp, limit: usize) -> Answer<'_, Result<Vec<Due>, Error>> {
        self.seen(self.inner.due(now, limit))
    }

    fn next_due(&self) -> Answer<'_, Result<Option<Timestamp>, Error>> {
        self.seen(self.inner.next_due())
    }

    fn commit(&self, writes: Vec<Write>) -> Answer<'_, Result<(), Error>> {
        let ended = writes.iter().find_map(|write| match write {
            Write::Put { key, content, .. } => service::ended(key, content),
            Write::Delete { .. } => None,
        });
        let commit = self.seen(self.inner.commit(writes));
        Box::pin(async move {
            commit.await?;
            if let Some(state) = ended {
                self.tally.ended(state);
            }
            Ok(())
        })
    }
}
