//! The item store on `SQLite`.
//!
//! ```text
//! commit ──→ inbox ──→ writer thread (group commit) ──→ roundtrip.db ──→ readers ──→ get, query, list, due
//!                           └──→ ring ──→ feeds
//! ```
//!
//! Stronger than the port promises: `list` and `due` see every acknowledged commit, and a feed has one order for all keys.

mod checkpoint;
mod counts;
mod feed;
mod inbox;
mod range;
mod reader;
mod rows;
mod schema;
mod statements;
mod writer;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering::Relaxed},
    thread::JoinHandle,
    time::Duration,
};

use engine::time::Timestamp;
use ports::{
    Answer,
    store::{Due, Error, Item, Key, Listed, PAGE_ITEMS_MAX, Range, Write, check},
};
use rusqlite::ErrorCode;

pub use counts::Counts;
pub use feed::{Feed, Told};
pub use inbox::GROUP_COMMITS_MAX;
pub use schema::Durability;

use crate::home::Lock;
use counts::Counters;
use feed::Ring;
use inbox::{Inbox, Work};
use range::Bounds;
use reader::Readers;
use writer::Surroundings;

/// When to try again after the database was busy or full.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// The store of one data directory. Dropping it writes what waits, and waits for that.
pub struct Store {
    path: PathBuf,
    readers: Arc<Readers>,
    inbox: Arc<Inbox>,
    ring: Arc<Ring>,
    counters: Arc<Counters>,
    writer: Option<JoinHandle<()>>,
}

impl Store {
    pub(crate) fn open(
        directory: &Path,
        durability: Durability,
        lock: Arc<Lock>,
    ) -> Result<Self, crate::Error> {
        let path = directory.join(schema::FILE);
        let failed = |source| crate::Error::Database { path: path.clone(), source };
        let connection = schema::open_writer(&path, durability)?;
        let last = statements::last_sequence(&connection).map_err(failed)?;
        let surroundings = Surroundings {
            inbox: Arc::new(Inbox::new()),
            ring: Arc::new(Ring::new(last)),
            counters: Arc::default(),
        };
        let readers = Arc::new(Readers::open(&path, lock)?);
        let writer = writer::start(connection, surroundings.clone()).map_err(failed)?;
        let Surroundings { inbox, ring, counters } = surroundings;
        Ok(Self { path, readers, inbox, ring, counters, writer: Some(writer) })
    }

    /// What the store has done since it was opened.
    pub fn counts(&self) -> Counts {
        self.counters.read()
    }

    /// Listens to what is written, from where the feed of this name saved its cursor, or from the beginning.
    pub async fn feed(&self, name: &str) -> Result<Feed, Error> {
        let (ring, readers, inbox) = (&self.ring, &self.readers, &self.inbox);
        Feed::open(name, Arc::clone(ring), Arc::clone(readers), Arc::clone(inbox)).await
    }

    /// The items whose newest put came after this sequence, in that order; removals are not among them.
    pub async fn changes_after(&self, sequence: u64, limit: usize) -> Result<Vec<Told>, Error> {
        let rows = page(limit);
        self.readers.read(limit, move |connection| rows::changes_after(connection, sequence, rows)).await
    }
}

impl ports::store::Store for Store {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Result<Option<Item>, Error>> {
        self.counters.gets.fetch_add(1, Relaxed);
        Box::pin(self.readers.read_here(move |connection| rows::get(connection, key)))
    }

    fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Item>, Error>> {
        self.counters.queries.fetch_add(1, Relaxed);
        let bounds = Bounds::of(&range);
        let partition = partition.to_owned();
        let read = move |connection: &_| rows::query(connection, &partition, &bounds);
        Box::pin(self.readers.read(range.limit, read))
    }

    fn list<'a>(&'a self, list: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Listed>, Error>> {
        self.counters.lists.fetch_add(1, Relaxed);
        let bounds = Bounds::of(&range);
        let list = list.to_owned();
        let read = move |connection: &_| rows::list(connection, &list, &bounds);
        Box::pin(self.readers.read(range.limit, read))
    }

    fn due(&self, now: Timestamp, limit: usize) -> Answer<'_, Result<Vec<Due>, Error>> {
        self.counters.dues.fetch_add(1, Relaxed);
        let rows = page(limit);
        let read = move |connection: &_| rows::due(connection, now, rows);
        Box::pin(self.readers.read(limit, read))
    }

    fn next_due(&self) -> Answer<'_, Result<Option<Timestamp>, Error>> {
        self.counters.dues.fetch_add(1, Relaxed);
        Box::pin(self.readers.read_here(rows::next_due))
    }

    fn commit(&self, writes: Vec<Write>) -> Answer<'_, Result<(), Error>> {
        Box::pin(async move {
            check(&writes)?;
            self.inbox.done(Work::Commit(writes)).await
        })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.inbox.close();
        if let Some(writer) = self.writer.take() {
            // A panic of that thread has been reported where it happened.
            let _ = writer.join();
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

fn page(limit: usize) -> i64 {
    i64::try_from(limit.min(PAGE_ITEMS_MAX)).expect("a page is small")
}

/// `SQLite`'s errors as the port's.
fn fault(error: &rusqlite::Error) -> Error {
    let unreadable = matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..)
    );
    let damaged =
        matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase));
    if unreadable || damaged {
        return Error::Corrupt(error.to_string());
    }
    Error::Unavailable { message: error.to_string(), retry_after: Some(RETRY_AFTER) }
}
