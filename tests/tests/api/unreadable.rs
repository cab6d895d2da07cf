//! A store that cannot read one execution.

use std::sync::{Arc, OnceLock};

use engine::time::Timestamp;
use ports::{
    Answer,
    store::{Due, Error, Item, Key, Listed, Range, Store, Write},
};

/// Which execution, once that is said.
#[derive(Debug, Default)]
pub(crate) struct Unreadable(OnceLock<String>);

#[derive(Debug)]
struct Before {
    store: Arc<dyn Store>,
    of: Arc<Unreadable>,
}

impl Unreadable {
    pub(crate) fn before(self: &Arc<Self>, store: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Before { store, of: Arc::clone(self) })
    }

    pub(crate) fn breaks(&self, id: &str) {
        self.0.set(id.to_owned()).unwrap();
    }

    fn is(&self, partition: &str) -> bool {
        self.0.get().is_some_and(|id| partition.ends_with(id))
    }
}

impl Store for Before {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Result<Option<Item>, Error>> {
        if self.of.is(&key.partition) {
            return Box::pin(async { Err(Error::Corrupt("broken".to_owned())) });
        }
        self.store.get(key)
    }

    fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Item>, Error>> {
        if self.of.is(partition) {
            return Box::pin(async { Err(Error::Corrupt("broken".to_owned())) });
        }
        self.store.query(partition, range)
    }

    fn list<'a>(&'a self, list: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Listed>, Error>> {
        self.store.list(list, range)
    }

    fn due(&self, now: Timestamp, limit: usize) -> Answer<'_, Result<Vec<Due>, Error>> {
        self.store.due(now, limit)
    }

    fn next_due(&self) -> Answer<'_, Result<Option<Timestamp>, Error>> {
        self.store.next_due()
    }

    fn commit(&self, writes: Vec<Write>) -> Answer<'_, Result<(), Error>> {
        self.store.commit(writes)
    }
}
