//! Writing the rows of a file to many.

use std::sync::Arc;

use engine::machine::CALLS_MAX;
use ports::{
    blobs::{Blobs, Path},
    uri,
};

use super::{
    batch::{Batch, Size},
    bucket::{Bucket, Completing},
    rows::{Part, Rows},
};

/// Partitions that are written in one pass over the source.
const PARTITIONS_TOGETHER: u64 = 16;
/// Files whose URIs are handed back, rather than written to a file: about as many as the outputs of a task hold.
const LISTED_MAX: u32 = 5_000;

/// Where the URIs of the batches go, in their order.
pub(super) enum Listing {
    /// One a line.
    File(Bucket),
    Uris(Vec<String>),
}

/// Splits a file into batches below a folder, and gives their URIs.
///
/// # Errors
/// When it cannot be read, a batch cannot be written, or there are more than [`LISTED_MAX`].
pub(crate) async fn split_file(
    blobs: &Arc<dyn Blobs>,
    folder: &str,
    source: &Path,
    batch: &Batch,
) -> Result<Vec<String>, String> {
    match write(blobs, folder, source, batch, Listing::Uris(Vec::new())).await? {
        Listing::Uris(uris) => Ok(uris),
        Listing::File(_) => Ok(Vec::new()),
    }
}

/// Writes the batches; gives the listing back, with the URI of each.
pub(super) async fn write(
    blobs: &Arc<dyn Blobs>,
    folder: &str,
    source: &Path,
    batch: &Batch,
    listing: Listing,
) -> Result<Listing, String> {
    let ending = match source.file_name().rsplit_once('.') {
        Some((_, ending)) if !ending.is_empty() => ending.to_owned(),
        _ => "tmp".to_owned(),
    };
    let completing = Completing::default();
    let mut writing = Writing { blobs, folder, ending, completing, listing, written: 0 };
    match batch.size {
        Size::Rows(_) | Size::Bytes(_) => writing.in_turn(source, batch).await?,
        Size::Partitions(all) => {
            let mut first = 0;
            while first < all.get() {
                let last = all.get().min(first + PARTITIONS_TOGETHER);
                writing.partitions(source, &batch.separator, (first, last, all.get())).await?;
                first = last;
            }
        }
    }
    let Writing { completing, listing, .. } = writing;
    completing.all().await?;
    Ok(listing)
}

pub(super) fn path(folder: &str, name: &str) -> Result<Path, String> {
    Path::new(format!("{folder}/{name}")).map_err(|it| it.to_string())
}

struct Writing<'a> {
    blobs: &'a Arc<dyn Blobs>,
    folder: &'a str,
    ending: String,
    completing: Completing,
    listing: Listing,
    written: u32,
}

impl Writing<'_> {
    /// A batch, and its place in the listing.
    async fn next_bucket(&mut self) -> Result<Bucket, String> {
        let (most, what) = match self.listing {
            Listing::File(_) => (CALLS_MAX, "batches"),
            Listing::Uris(_) => (LISTED_MAX, "files"),
        };
        if self.written == most {
            return Err(format!("the items make more than {most} {what}; that is the limit"));
        }
        self.written += 1;
        let path = path(self.folder, &format!("bucket-{:06}.{}", self.written, self.ending))?;
        let mut line = uri::from_path(&path).map_err(|it| it.to_string())?;
        match &mut self.listing {
            Listing::File(splits) => {
                line.push('\n');
                splits.write(line.as_bytes()).await;
            }
            Listing::Uris(uris) => uris.push(line),
        }
        Ok(Bucket::open(self.blobs, path))
    }

    /// One batch after another.
    async fn in_turn(&mut self, source: &Path, batch: &Batch) -> Result<(), String> {
        let mut rows = Rows::open(&**self.blobs, source).await?;
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
        let mut rows = Rows::open(&**self.blobs, source).await?;
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
