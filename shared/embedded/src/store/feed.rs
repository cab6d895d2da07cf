//! The feed: what has been written, told to those who listen.
//!
//! The newest changes are kept in a ring, for all feeds together. A feed that has fallen behind the ring, or continues
//! from a cursor saved in an earlier life of the process, reads the table instead until it has caught up.
//!
//! # What a feed promises
//! * Changes come after their commit is durable, in the order of commits.
//! * Every item that was put after the cursor and still stands is told at least once, in its newest state.
//! * While a feed keeps up, it is told each put and each removal. While it catches up, it is told neither removals nor
//!   states that have been replaced.
//! * What was told after the last saved cursor is told again after a restart.

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use ports::store::{Change, Content, Error, PAGE_ITEMS_MAX};
use tokio::sync::Notify;

use super::{
    inbox::{Inbox, Work},
    reader::Readers,
    rows,
};

/// Bytes of keys and contents that the ring keeps.
const RING_BYTES_MAX: usize = 1024 * 1024;
/// Changes that the ring keeps.
const RING_CHANGES_MAX: usize = 8 * 1024;
/// Changes that one read of the table gives.
const CAUGHT_UP_AT_A_TIME: usize = 32;

/// A change and its place in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Rises with each change; has gaps.
    pub sequence: u64,
    pub change: Change,
}

/// One listener.
pub struct Feed {
    name: String,
    /// Everything up to here has been told.
    cursor: u64,
    ring: Arc<Ring>,
    readers: Arc<Readers>,
    inbox: Arc<Inbox>,
}

impl Feed {
    /// Continues after the saved cursor of this name, or from the beginning.
    pub(super) async fn open(
        name: &str,
        ring: Arc<Ring>,
        readers: Arc<Readers>,
        inbox: Arc<Inbox>,
    ) -> Result<Self, Error> {
        let cursor = readers.read_here(|connection| rows::cursor(connection, name)).await?;
        ring.listeners.fetch_add(1, Ordering::SeqCst);
        Ok(Self { name: name.to_owned(), cursor: cursor.unwrap_or(0), ring, readers, inbox })
    }

    /// The next changes: at least one, at most `limit` (and [`PAGE_ITEMS_MAX`]). Waits until there is one. Nothing is
    /// skipped when the future is dropped.
    ///
    /// # Errors
    /// [`Error::Unavailable`] once the store is closed.
    pub async fn next(&mut self, limit: usize) -> Result<Vec<Arc<Told>>, Error> {
        let limit = limit.clamp(1, PAGE_ITEMS_MAX);
        loop {
            // Before looking, so that what is published meanwhile wakes.
            let ring = Arc::clone(&self.ring);
            let news = ring.news.notified();
            let changes = match ring.after(self.cursor, limit) {
                Seen::Changes(changes) => changes,
                Seen::Nothing => {
                    news.await;
                    continue;
                }
                Seen::Closed => {
                    return Err(Error::Unavailable {
                        message: "the store has been closed".to_owned(),
                        retry_after: None,
                    });
                }
                Seen::Behind { last } => self.catch_up(limit.min(CAUGHT_UP_AT_A_TIME), last).await?,
            };
            if let Some(newest) = changes.last() {
                self.cursor = newest.sequence;
                return Ok(changes);
            }
        }
    }

    /// Reads the table. `last` was committed before.
    async fn catch_up(&mut self, limit: usize, last: u64) -> Result<Vec<Arc<Told>>, Error> {
        let cursor = self.cursor;
        let rows = i64::try_from(limit).expect("a page is small");
        let changes =
            self.readers.read(limit, move |connection| rows::changes_after(connection, cursor, rows)).await?;
        if changes.is_empty() {
            self.cursor = last;
        }
        Ok(changes.into_iter().map(Arc::new).collect())
    }

    /// Makes durable that everything told so far has been dealt with.
    pub async fn save_cursor(&self) -> Result<(), Error> {
        let (feed, sequence) = (self.name.clone(), self.cursor);
        self.inbox.done(Work::Cursor { feed, sequence }).await
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.ring.listeners.fetch_sub(1, Ordering::SeqCst);
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("name", &self.name).field("cursor", &self.cursor).finish_non_exhaustive()
    }
}

/// The newest changes.
pub(super) struct Ring {
    newest: Mutex<Newest>,
    news: Notify,
    listeners: AtomicUsize,
}

struct Newest {
    /// All changes with a sequence in `after + 1 ..= last`.
    changes: VecDeque<Arc<Told>>,
    bytes: usize,
    after: u64,
    last: u64,
    closed: bool,
}

enum Seen {
    Changes(Vec<Arc<Told>>),
    /// Everything has been told.
    Nothing,
    /// The ring no longer has what follows the cursor.
    Behind {
        last: u64,
    },
    Closed,
}

impl Ring {
    /// A ring that knows nothing of the changes up to `last`.
    pub(super) fn new(last: u64) -> Self {
        Self {
            newest: Mutex::new(Newest {
                changes: VecDeque::new(),
                bytes: 0,
                after: last,
                last,
                closed: false,
            }),
            news: Notify::new(),
            listeners: AtomicUsize::new(0),
        }
    }

    /// Whether it is worth while to publish changes. One who begins to listen later catches up from the table.
    pub(super) fn is_heard(&self) -> bool {
        self.listeners.load(Ordering::SeqCst) > 0
    }

    /// Adds what a transaction changed; `None` when nobody listened as it was gathered. `last` is the newest sequence
    /// that has been committed.
    pub(super) fn publish(&self, changes: Option<Vec<Arc<Told>>>, last: u64) {
        {
            let mut newest = self.lock();
            newest.last = last;
            if let Some(changes) = changes {
                for told in changes {
                    newest.bytes += bytes(&told);
                    newest.changes.push_back(told);
                }
                newest.shorten();
            } else {
                newest.changes.clear();
                newest.bytes = 0;
                newest.after = last;
            }
        }
        self.news.notify_waiters();
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.news.notify_waiters();
    }

    fn after(&self, cursor: u64, limit: usize) -> Seen {
        let newest = self.lock();
        if newest.closed {
            return Seen::Closed;
        }
        if cursor < newest.after {
            return Seen::Behind { last: newest.last };
        }
        let first = newest.changes.partition_point(|told| told.sequence <= cursor);
        let changes: Vec<_> = newest.changes.iter().skip(first).take(limit).cloned().collect();
        if changes.is_empty() { Seen::Nothing } else { Seen::Changes(changes) }
    }

    fn lock(&self) -> MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Newest {
    fn shorten(&mut self) {
        while self.bytes > RING_BYTES_MAX || self.changes.len() > RING_CHANGES_MAX {
            let Some(oldest) = self.changes.pop_front() else {
                break;
            };
            self.bytes -= bytes(&oldest);
            self.after = oldest.sequence;
        }
    }
}

fn bytes(told: &Told) -> usize {
    let key = told.change.key.partition.len() + told.change.key.sort.len();
    let content = |content: &Content| {
        let entry = content.entry.as_ref();
        content.body.len()
            + entry.map_or(0, |entry| entry.list.len() + entry.place.len() + entry.summary.len())
    };
    key + told.change.content.as_ref().map_or(0, content)
}
