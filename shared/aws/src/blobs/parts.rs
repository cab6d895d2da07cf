//! Cutting a stream into parts.
//!
//! S3 takes 10,000 parts of one object, each of 5 MiB at least but for the last. Parts grow with their number, so that
//! small blobs are held in little memory and the largest still fit.

use std::mem;

use bytes::Bytes;
use futures_util::StreamExt as _;
use ports::blobs::{ByteStream, Error};

/// Bytes of the first parts. A blob that fits into one is sent as it is.
pub const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts on their way at the same time.
pub const PARTS_TOGETHER: usize = 2;
/// So many parts have the same size; those after them twice that.
const PARTS_OF_A_SIZE: usize = 1_000;
/// What S3 keeps in one object.
pub(super) const OBJECT_BYTES_MAX: u64 = 5 * 1024 * 1024 * 1024 * 1024;

/// Bytes of the part of this number, from 0: 8 MiB up to 8 GB of a blob, 16 MiB up to 25 GB, and so on.
pub(super) fn part_bytes(number: usize) -> usize {
    PART_BYTES << (number / PARTS_OF_A_SIZE).min(9)
}

/// A stream as parts, of which one is held at a time.
pub(super) struct Parts {
    content: ByteStream,
    limit: u64,
    /// Bytes that have come.
    pub(super) size: u64,
    /// Of the last piece, what did not fit into its part.
    rest: Bytes,
    number: usize,
}

impl Parts {
    pub(super) fn of(content: ByteStream, limit: u64) -> Self {
        let limit = limit.min(OBJECT_BYTES_MAX);
        Self { content, limit, size: 0, rest: Bytes::new(), number: 0 }
    }

    /// The next part and whether it is full; one that is not is the last.
    pub(super) async fn next(&mut self) -> Result<(Bytes, bool), Error> {
        let bytes = part_bytes(self.number);
        // Most blobs are small: only what follows a full part is likely to fill one.
        let mut part = if self.number == 0 { Vec::new() } else { Vec::with_capacity(bytes) };
        self.number += 1;
        loop {
            let now = self.rest.split_to(self.rest.len().min(bytes - part.len()));
            // A piece that is all of a part is not copied.
            if part.is_empty() && now.len() == bytes {
                return Ok((now, true));
            }
            part.extend_from_slice(&now);
            if part.len() == bytes {
                return Ok((part.into(), true));
            }
            match self.content.next().await {
                None => return Ok((mem::take(&mut part).into(), false)),
                Some(piece) => {
                    self.rest = piece.map_err(Error::Source)?;
                    self.size = self.size.saturating_add(self.rest.len() as u64);
                    if self.size > self.limit {
                        return Err(Error::TooLarge { limit: self.limit });
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
