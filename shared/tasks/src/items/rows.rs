//! The rows of a file, read without holding a row in memory.

use futures_util::StreamExt;
use ports::blobs::{Blobs, ByteStream, Path};

/// A part of a row.
pub(crate) enum Part {
    /// Bytes of the piece at hand.
    Bytes(std::ops::Range<usize>),
    /// The row ends.
    End,
}

/// The rows of a file, as they are read. A line ends with a line feed, a carriage return before it belongs to neither.
pub(crate) struct Rows {
    stream: ByteStream,
    piece: Vec<u8>,
    at: usize,
    /// Whether the last row has not ended.
    inside: bool,
    /// Whether a line feed was found at `at`.
    ends: bool,
    over: bool,
}

impl Rows {
    pub(super) async fn open(blobs: &dyn Blobs, source: &Path) -> Result<Self, String> {
        let reading = blobs.get(source, None).await.map_err(|it| it.to_string())?;
        Ok(Self::new(reading.stream))
    }

    pub(crate) fn new(stream: ByteStream) -> Self {
        Self { stream, piece: Vec::new(), at: 0, inside: false, ends: false, over: false }
    }

    /// The bytes of the part that came last.
    pub(crate) fn bytes(&self, range: std::ops::Range<usize>) -> &[u8] {
        &self.piece[range]
    }

    pub(crate) async fn next(&mut self) -> Result<Option<Part>, String> {
        loop {
            if self.ends {
                self.ends = false;
                self.inside = false;
                self.at += 1;
                return Ok(Some(Part::End));
            }
            let rest = &self.piece[self.at..];
            let feed = rest.iter().position(|byte| *byte == b'\n');
            let mut end = feed.unwrap_or(rest.len());
            // At the end of a piece it cannot be told what follows a carriage return.
            let held_back = rest[..end].last() == Some(&b'\r') && (feed.is_some() || !self.over);
            end -= usize::from(held_back);
            let start = self.at;
            if feed.is_some() {
                self.ends = true;
                self.at += feed.unwrap_or_default();
            } else {
                self.at += end;
            }
            if end > 0 {
                self.inside = true;
                return Ok(Some(Part::Bytes(start..start + end)));
            }
            if self.ends {
                continue;
            }
            if self.over {
                return Ok(std::mem::take(&mut self.inside).then_some(Part::End));
            }
            self.piece.drain(..self.at);
            self.at = 0;
            match self.stream.next().await {
                None => self.over = true,
                Some(piece) => self.piece.extend_from_slice(&piece?),
            }
        }
    }
}
