//! `ForEachItem$ForEachItemSplit`: a file of rows becomes many.

use std::sync::Arc;

use engine::{
    execution::{AttemptOutcome, Ending},
    flow::{PropertyType, Shape, TaskType},
    machine::CALLS_MAX,
};
use futures_util::StreamExt;
use ports::{
    Answer,
    blobs::{Blobs, Path},
    run::{Attempt, Runnable, Surroundings},
    uri,
};
use serde_json::{Map, Value as Json};

use super::{
    batch::{Batch, Size},
    bucket::{Bucket, Completing},
};
use crate::stop::Stop;

/// Partitions that are written in one pass over the source.
const PARTITIONS_TOGETHER: u64 = 16;

const fn property(name: &'static str, shape: Shape, required: bool) -> PropertyType {
    PropertyType { name, shape, required, dynamic: true }
}

pub(crate) const SPLIT: TaskType = TaskType {
    name: "io.kestra.plugin.core.flow.ForEachItem$ForEachItemSplit",
    aliases: &[],
    properties: &[property("items", Shape::String, true), property("batch", Shape::Any, false)],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Split;

impl Runnable for Split {
    fn task_type(&self) -> &TaskType {
        &SPLIT
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move {
            let mut stop = Stop::new(surroundings.stop.clone());
            tokio::select! {
                biased;
                () = stop.asked() => AttemptOutcome::new(Ending::Killed, Map::new()),
                split = split(attempt, &surroundings.blobs) => match split {
                    Ok(splits) => {
                        let outputs = [("splits".to_owned(), Json::String(splits))].into_iter().collect();
                        AttemptOutcome::new(Ending::Success, outputs)
                    }
                    Err(message) => AttemptOutcome::failed(message),
                },
            }
        })
    }
}

/// Writes the batches, and a file with the URI of each; gives the URI of that one.
async fn split(attempt: &Attempt, blobs: &Arc<dyn Blobs>) -> Result<String, String> {
    let items = attempt.properties.get("items").and_then(Json::as_str).unwrap_or_default();
    let source = uri::to_path(&attempt.tenant, items).map_err(|_| {
        format!("Unable to split the items from {items}, this is not an internal storage URI!")
    })?;
    let batch = Batch::read(attempt.properties.get("batch"))?;
    let ending = match source.file_name().rsplit_once('.') {
        Some((_, ending)) if !ending.is_empty() => ending.to_owned(),
        _ => "tmp".to_owned(),
    };
    let mut writing = Writing {
        blobs,
        folder: &attempt.folder,
        ending,
        completing: Completing::default(),
        splits: Bucket::open(blobs, path(&attempt.folder, "splits.txt")?),
        written: 0,
    };
    match batch.size {
        Size::Rows(_) | Size::Bytes(_) => writing.in_turn(&source, &batch).await?,
        Size::Partitions(all) => {
            let mut first = 0;
            while first < all.get() {
                let last = all.get().min(first + PARTITIONS_TOGETHER);
                writing.partitions(&source, &batch.separator, (first, last, all.get())).await?;
                first = last;
            }
        }
    }
    let Writing { mut completing, splits, .. } = writing;
    completing.close(splits).await?;
    completing.all().await?;
    uri::from_path(&path(&attempt.folder, "splits.txt")?).map_err(|it| it.to_string())
}

fn path(folder: &str, name: &str) -> Result<Path, String> {
    Path::new(format!("{folder}/{name}")).map_err(|it| it.to_string())
}

struct Writing<'a> {
    blobs: &'a Arc<dyn Blobs>,
    folder: &'a str,
    ending: String,
    completing: Completing,
    /// One URI a line, in the order of the batches.
    splits: Bucket,
    written: u32,
}

impl Writing<'_> {
    /// A batch, and its line among the splits.
    async fn next_bucket(&mut self) -> Result<Bucket, String> {
        if self.written == CALLS_MAX {
            return Err(format!("the items make more than {CALLS_MAX} batches; that is the limit"));
        }
        self.written += 1;
        let path = path(self.folder, &format!("bucket-{:06}.{}", self.written, self.ending))?;
        let mut line = uri::from_path(&path).map_err(|it| it.to_string())?;
        line.push('\n');
        self.splits.write(line.as_bytes()).await;
        Ok(Bucket::open(self.blobs, path))
    }

    /// One batch after another.
    async fn in_turn(&mut self, source: &Path, batch: &Batch) -> Result<(), String> {
        let mut rows = Rows::open(self.blobs, source).await?;
        let mut bucket: Option<Bucket> = None;
        let mut count: u64 = 0;
        while let Some(part) = rows.next().await? {
            let mut open = match bucket.take() {
                Some(bucket) => bucket,
                None => self.next_bucket().await?,
            };
            let full = match part {
                Part::Bytes(range) => {
                    open.write(rows.bytes(range)).await;
                    false
                }
                Part::End => {
                    open.write(batch.separator.as_bytes()).await;
                    count += 1;
                    match batch.size {
                        Size::Rows(rows) => count.is_multiple_of(rows.get()),
                        Size::Bytes(bytes) => open.size >= bytes.get(),
                        Size::Partitions(_) => false,
                    }
                }
            };
            if full {
                self.completing.close(open).await?;
            } else {
                bucket = Some(open);
            }
        }
        match bucket {
            Some(bucket) => self.completing.close(bucket).await,
            None => Ok(()),
        }
    }

    /// The partitions from the first up to the last, of all: each row belongs to the next of them.
    async fn partitions(
        &mut self,
        source: &Path,
        separator: &str,
        (first, last, all): (u64, u64, u64),
    ) -> Result<(), String> {
        let mut rows = Rows::open(self.blobs, source).await?;
        let mut buckets: Vec<Bucket> = Vec::new();
        let mut row: u64 = 0;
        while let Some(part) = rows.next().await? {
            let partition = row % all;
            if matches!(part, Part::End) {
                row += 1;
            }
            if !(first..last).contains(&partition) {
                continue;
            }
            // Rows come in the order of the partitions, so the next one to open is the next in the row.
            let place = usize::try_from(partition - first).unwrap_or(usize::MAX);
            if place == buckets.len() {
                buckets.push(self.next_bucket().await?);
            }
            let Some(bucket) = buckets.get_mut(place) else { continue };
            match part {
                Part::Bytes(range) => bucket.write(rows.bytes(range)).await,
                Part::End => bucket.write(separator.as_bytes()).await,
            }
        }
        for bucket in buckets {
            self.completing.close(bucket).await?;
        }
        Ok(())
    }
}

/// A part of a row.
enum Part {
    /// Bytes of the piece at hand.
    Bytes(std::ops::Range<usize>),
    /// The row ends.
    End,
}

/// The rows of a file, as they are read. A line ends with a line feed, a carriage return before it belongs to neither.
struct Rows {
    stream: ports::blobs::ByteStream,
    piece: Vec<u8>,
    at: usize,
    /// Whether the last row has not ended.
    inside: bool,
    /// Whether a line feed was found at `at`.
    ends: bool,
    over: bool,
}

impl Rows {
    async fn open(blobs: &Arc<dyn Blobs>, source: &Path) -> Result<Self, String> {
        let reading = blobs.get(source, None).await.map_err(|it| it.to_string())?;
        let (piece, at) = (Vec::new(), 0);
        Ok(Self { stream: reading.stream, piece, at, inside: false, ends: false, over: false })
    }

    fn bytes(&self, range: std::ops::Range<usize>) -> &[u8] {
        &self.piece[range]
    }

    async fn next(&mut self) -> Result<Option<Part>, String> {
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
