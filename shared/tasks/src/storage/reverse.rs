//! `io.kestra.plugin.core.storage.Reverse`: the lines of a file, the last one first.
//!
//! The file is read in blocks from its end; a line that goes beyond its block is read once more by itself. So neither a
//! disk nor memory for a whole line is needed.

use std::ops::Range;

use encoding_rs::{Encoding, UTF_8};
use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use futures_util::StreamExt;
use ports::{
    Answer,
    blobs::Blobs,
    run::{Attempt, Runnable, Surroundings},
};

use super::file::{Source, Target};
use crate::{
    plain::{self, Done, outputs},
    properties::{Properties, property, required},
};

/// Bytes that are read at once, and held.
const BLOCK_BYTES: u64 = 4 << 20;

pub(crate) const REVERSE: TaskType = TaskType {
    name: "io.kestra.plugin.core.storage.Reverse",
    aliases: &["io.kestra.core.tasks.storages.Reverse"],
    properties: &[
        required("from", Shape::String),
        property("separator", Shape::String),
        property("charset", Shape::String),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Reverse;

impl Runnable for Reverse {
    fn task_type(&self) -> &TaskType {
        &REVERSE
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), reverse(attempt, &surroundings)).await })
    }
}

async fn reverse(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let from = properties.required_text("from");
    let separator = properties.text("separator").unwrap_or_else(|| "\n".to_owned());
    let charset = properties.word("charset", |name| {
        // In the others a line feed is not the byte of that number, or not always.
        Encoding::for_label(name.as_bytes()).filter(|it| it.is_ascii_compatible())
    });
    properties.finish()?;
    let source = Source::new(attempt, from)?;
    let blobs = &*surroundings.blobs;
    let size = blobs.size(&source.path).await.map_err(|error| source.unread(error))?;
    let (separator, _, _) = charset.unwrap_or(UTF_8).encode(&separator);
    let name = match source.path.file_name().rsplit_once('.') {
        Some((_, ending)) if !ending.is_empty() => format!("reversed.{ending}"),
        Some(_) | None => "reversed.tmp".to_owned(),
    };
    let target = Target::open(attempt, surroundings, &name)?;
    let mut reversing = Reversing { source: &source, size, blobs, separator: &separator, target };
    reversing.lines().await?;
    Ok(outputs([("uri", reversing.target.finish().await?)]))
}

struct Reversing<'a> {
    source: &'a Source,
    size: u64,
    blobs: &'a dyn Blobs,
    separator: &'a [u8],
    target: Target,
}

impl Reversing<'_> {
    async fn lines(&mut self) -> Result<(), String> {
        // Where the line ends that is looked for: a line feed stands there, or the file ends.
        let mut line_end = self.size;
        let mut block_end = self.size;
        while block_end > 0 {
            let start = block_end.saturating_sub(BLOCK_BYTES);
            let block = self.block(start..block_end).await?;
            for (at, _) in block.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n') {
                let feed = start + at as u64;
                // Behind the last line feed there is no line.
                if feed + 1 < self.size {
                    self.line(feed + 1..line_end, (start, &block)).await?;
                }
                line_end = feed;
            }
            if start == 0 {
                self.line(0..line_end, (start, &block)).await?;
            }
            block_end = start;
        }
        Ok(())
    }

    async fn block(&self, range: Range<u64>) -> Result<Vec<u8>, String> {
        let length = range.end - range.start;
        let mut block = Vec::new();
        let mut content = self.open(range).await?;
        while let Some(piece) = content.next().await {
            block.extend_from_slice(&piece.map_err(|error| self.unread(&error))?);
        }
        if block.len() as u64 == length { Ok(block) } else { Err(self.unread("it has changed meanwhile")) }
    }

    /// Writes a line, from the block at hand if the whole of it is there. A carriage return before the line feed
    /// belongs to neither.
    async fn line(&mut self, line: Range<u64>, (start, block): (u64, &[u8])) -> Result<(), String> {
        let has_feed = line.end < self.size;
        let place = |at: u64| at.checked_sub(start).and_then(|at| usize::try_from(at).ok());
        let within = place(line.start).zip(place(line.end)).and_then(|(from, to)| block.get(from..to));
        if let Some(bytes) = within {
            let bytes = bytes.strip_suffix(b"\r").filter(|_| has_feed).unwrap_or(bytes);
            self.target.write(bytes).await;
        } else {
            let mut content = self.open(line).await?;
            let mut held_back = false;
            while let Some(piece) = content.next().await {
                let piece = piece.map_err(|error| self.unread(&error))?;
                if piece.is_empty() {
                    continue;
                }
                if held_back {
                    self.target.write(b"\r").await;
                }
                let rest = piece.strip_suffix(b"\r");
                held_back = rest.is_some();
                self.target.write(rest.unwrap_or(&piece)).await;
            }
            if held_back && !has_feed {
                self.target.write(b"\r").await;
            }
        }
        self.target.write(self.separator).await;
        Ok(())
    }

    /// A file of a namespace may be replaced meanwhile: another size shows it.
    async fn open(&self, range: Range<u64>) -> Result<ports::blobs::ByteStream, String> {
        let reading = self.source.open(self.blobs, Some(range)).await?;
        if reading.facts.size == self.size {
            Ok(reading.stream)
        } else {
            Err(self.unread("it has changed meanwhile"))
        }
    }

    fn unread(&self, why: &str) -> String {
        format!("{} cannot be read: {why}", self.source.uri)
    }
}
