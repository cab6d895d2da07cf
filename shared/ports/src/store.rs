//! The item store: small versioned records under a partition and a sort key, written under conditions.
//!
//! # Promises (and no more)
//! * [`Store::get`] and [`Store::query`] see every commit that was acknowledged before they were called.
//! * [`Store::commit`] is atomic: all writes or none, and durable when it returns.
//! * A write takes place only when its [`Condition`] holds; otherwise the commit fails with [`Error::Conflict`].
//! * [`Store::list`] reads an index, which may lag behind the items.
//! * The feed of [`Change`]s repeats, and is ordered for one key alone.
//! * A commit whose future is dropped may still take place.

mod limits;

use std::{fmt, time::Duration};

use bytes::Bytes;
use engine::time::Timestamp;

use crate::Answer;

pub use limits::check;

/// Bytes an item's body may have. `DynamoDB` allows 400 KB an item, keys and attributes included.
pub const BODY_BYTES_MAX: usize = 380 * 1024;
/// Bytes an entry's summary may have: it is copied into the index.
pub const SUMMARY_BYTES_MAX: usize = 4 * 1024;
/// Bytes each part of a key, the name of a list and a place in it may have; none is empty. `DynamoDB`'s limit for
/// sort keys.
pub const KEY_BYTES_MAX: usize = 1_024;
/// Bytes the bodies and summaries of one commit may have together. `DynamoDB` allows 4 MB a transaction, keys included;
/// this much stays below that even as it is sent, in base64.
pub const COMMIT_BYTES_MAX: usize = 2_900 * 1024;
/// Writes one commit may hold. `DynamoDB`'s limit.
pub const WRITES_MAX: usize = 100;
/// Items one page may hold.
pub const PAGE_ITEMS_MAX: usize = 1_000;

/// Where an item lives. Each part has 1 to [`KEY_BYTES_MAX`] bytes of UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Items of one partition are queried together, in the order of `sort`.
    pub partition: String,
    /// Compared byte by byte.
    pub sort: String,
}

/// Counts the writes of one item: the first has version 1, and so has the first after a removal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u64);

/// A record as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub key: Key,
    pub version: Version,
    pub content: Content,
}

/// What is stored under a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// Opaque, at most [`BODY_BYTES_MAX`].
    pub body: Bytes,
    /// The one moment at which the item needs attention; it puts the item into the index of what is due.
    pub wake_at: Option<Timestamp>,
    /// Where the item stands in the listing index, if it does.
    pub entry: Option<Entry>,
    /// After this moment nobody needs the item, and the store may remove it. It is written, and read back as `None`.
    pub expires_at: Option<Timestamp>,
}

/// An item's place in the listing index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which list.
    pub list: String,
    /// The place in it, compared byte by byte. No two entries of a list should have the same: a page that starts
    /// after a place leaves out all that stand there.
    pub place: String,
    /// Opaque, at most [`SUMMARY_BYTES_MAX`]; what a list can show without reading the items.
    pub summary: Bytes,
}

/// An entry as the listing index gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub key: Key,
    pub place: String,
    pub summary: Bytes,
}

/// What must be true of the stored item for a write to take place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    None,
    /// No item stands under the key.
    Absent,
    /// The item under the key has this version.
    Version(Version),
}

/// One write of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Replaces the item, or makes it. Its version becomes one more than the stored one, or 1.
    Put { key: Key, condition: Condition, content: Content },
    /// Removes the item; an item that is not there is already removed.
    Delete { key: Key, condition: Condition },
}

impl Write {
    pub fn key(&self) -> &Key {
        match self {
            Self::Put { key, .. } | Self::Delete { key, .. } => key,
        }
    }
}

/// A part of a partition or list, in one direction. What comes back is shorter than `limit` only when nothing follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range<'a> {
    /// Only sorts (or places) that start so. Empty for all.
    pub prefix: &'a str,
    /// Only what comes after this one in the direction of reading; from the start when `None`. It starts with `prefix`,
    /// and need not stand there.
    pub after: Option<&'a str>,
    pub direction: Direction,
    /// At most so many, and at most [`PAGE_ITEMS_MAX`].
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

/// An item that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub key: Key,
    pub wake_at: Timestamp,
}

/// One write, as the feed tells it. `content` is `None` when the item was removed, and `version` then the removed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub key: Key,
    pub version: Version,
    pub content: Option<Content>,
}

/// What the store was asked for could not be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A condition did not hold; nothing was written. Names one key whose condition failed.
    #[error("the item {0} is not as expected")]
    Conflict(Key),
    /// The commit or item is over a limit of this module; nothing was written.
    #[error("{0}")]
    TooLarge(String),
    /// The store did not answer. A commit may or may not have happened.
    #[error("the store is not available: {message}")]
    Unavailable { message: String, retry_after: Option<Duration> },
    /// The store will not do it before a person changes something: a right, a setting. Nothing was written.
    #[error("the store refuses: {0}")]
    Refused(String),
    /// What the store holds cannot be read.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
}

/// See the module for what is promised.
pub trait Store: Send + Sync + fmt::Debug {
    /// The item under the key.
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Result<Option<Item>, Error>>;

    /// Items of a partition, in order.
    fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Item>, Error>>;

    /// Entries of a list, in order of their places.
    fn list<'a>(&'a self, list: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Listed>, Error>>;

    /// What is due at `now`, the longest due first, at most `limit`.
    fn due(&self, now: Timestamp, limit: usize) -> Answer<'_, Result<Vec<Due>, Error>>;

    /// When the next item becomes due, if any ever does.
    fn next_due(&self) -> Answer<'_, Result<Option<Timestamp>, Error>>;

    /// Writes all or nothing. At least 1 and at most [`WRITES_MAX`] writes, each of another key, within the limits
    /// that [`check`] knows.
    fn commit(&self, writes: Vec<Write>) -> Answer<'_, Result<(), Error>>;
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.partition, self.sort)
    }
}
