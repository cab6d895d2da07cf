//! Files of any size, written and read as streams, under a path.
//!
//! # Promises (and no more)
//! * A blob is whole or absent: a write that ends in an error, or is dropped, leaves nothing behind.
//! * Writing again replaces; a reader that began before reads the old one to its end.
//! * A blob is durable when `put` returns.
//! * Writes of a path that differ have different tags; the tag of a reading is that of the bytes it gives.

use std::{fmt, ops::Range, pin::Pin, time::Duration};

use bytes::Bytes;
use engine::time::Timestamp;
use futures_util::Stream;

use crate::Answer;

/// Bytes as they come. The error is a message for the log or for the sender.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, String>> + Send>>;

/// A path of `/`-separated segments without `.` or `..` or empty ones, at most 1,024 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path(String);

/// A text that is not a blob path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a path of an internal-storage file")]
pub struct NotAPath(pub String);

impl Path {
    pub fn new(text: impl Into<String>) -> Result<Self, NotAPath> {
        let text = text.into();
        let sound = !text.is_empty()
            && text.len() <= 1_024
            && text.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
            && !text.contains(|c: char| c.is_control() || c == '\\');
        if sound { Ok(Self(text)) } else { Err(NotAPath(text)) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

/// What is known of a blob without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Bytes.
    pub size: u64,
    /// Says which write it is, without quotes: letters, digits and `-`.
    pub tag: String,
    /// When it was written; of a large one, perhaps when its writing began.
    pub modified_at: Timestamp,
}

/// A blob that is being read.
#[allow(missing_debug_implementations, reason = "a stream has nothing to show")]
pub struct Reading {
    /// Of the whole blob.
    pub facts: Facts,
    /// The part that was asked for.
    pub stream: ByteStream,
}

/// One blob of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub path: Path,
    /// As in [`Facts`].
    pub modified_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("there is no file {0}")]
    NotFound(String),
    /// The stream that was to be written failed, with its own message.
    #[error("{0}")]
    Source(String),
    /// The stream was longer than allowed.
    #[error("a file may have at most {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the file store is not available: {0}")]
    Unavailable(String),
}

pub trait Blobs: Send + Sync + fmt::Debug {
    /// Writes a whole blob of at most `limit` bytes; gives its size.
    fn put<'a>(&'a self, path: &'a Path, content: ByteStream, limit: u64) -> Answer<'a, Result<u64, Error>>;

    /// Reads a blob, or a part of it (bytes beyond the end are not there).
    fn get<'a>(&'a self, path: &'a Path, range: Option<Range<u64>>) -> Answer<'a, Result<Reading, Error>>;

    /// What is known of a blob.
    fn facts<'a>(&'a self, path: &'a Path) -> Answer<'a, Result<Facts, Error>>;

    /// Bytes of a blob.
    fn size<'a>(&'a self, path: &'a Path) -> Answer<'a, Result<u64, Error>> {
        Box::pin(async move { Ok(self.facts(path).await?.size) })
    }

    /// At most `limit` of the blobs whose path starts with these whole segments, in an order of the adapter's own; those
    /// that follow `after` in it, when it is given: the last one of the page before. A page that is not full is the last.
    /// A blob that is written or removed meanwhile may be listed or not; every other is, once.
    fn list_under<'a>(
        &'a self,
        segments: &'a str,
        after: Option<&'a Path>,
        limit: usize,
    ) -> Answer<'a, Result<Vec<Listed>, Error>>;

    /// A URL to which whoever has it may `PUT` this blob until it is no longer valid, past this process. The body must
    /// have exactly `size` bytes. `None` when this adapter has no door of its own.
    fn upload_url<'a>(
        &'a self,
        path: &'a Path,
        size: u64,
        valid: Duration,
    ) -> Answer<'a, Result<Option<String>, Error>> {
        let _ = (path, size, valid);
        Box::pin(std::future::ready(Ok(None)))
    }

    /// A URL from which whoever has it may `GET` this blob, or a range of it, until it is no longer valid. The answer
    /// names the file as `path` does. `None` when this adapter has no door of its own.
    fn download_url<'a>(
        &'a self,
        path: &'a Path,
        valid: Duration,
    ) -> Answer<'a, Result<Option<String>, Error>> {
        let _ = (path, valid);
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Removes every blob whose path starts with these whole segments; gives their number.
    fn delete_under<'a>(&'a self, segments: &'a str) -> Answer<'a, Result<u64, Error>>;
}
