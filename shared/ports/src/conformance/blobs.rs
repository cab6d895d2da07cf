//! The promises of [`Blobs`].

mod listing;
mod reading;
mod removing;
mod writing;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};

pub use listing::*;
pub use reading::*;
pub use removing::*;
pub use writing::*;

use crate::blobs::{Blobs, ByteStream, Error, Path};

/// One test for each promise of [`Blobs`]. `open: async fn() -> Option<(impl Deref<Target: Blobs>, K)>`.
#[macro_export]
macro_rules! blobs_promises {
    ($open:path) => {
        $crate::promise_tests!(
            $open,
            blobs,
            [
                a_blob_is_read_as_it_was_written,
                what_was_never_put_is_not_found,
                a_range_is_a_part_of_the_blob,
                a_reader_reads_to_the_end_what_it_began,
                writes_that_differ_have_different_tags,
                a_put_replaces,
                a_put_that_fails_leaves_nothing,
                a_put_that_is_dropped_leaves_nothing,
                a_blob_is_taken_up_to_the_limit,
                of_many_puts_one_is_left_whole,
                each_path_is_a_blob_of_its_own,
                a_folder_is_listed_page_by_page,
                a_list_has_every_path_as_it_was_written,
                a_folder_is_removed_and_its_neighbours_stay,
                what_was_removed_can_be_put_again,
            ]
        );
    };
}

fn path(text: &str) -> Path {
    Path::new(text).unwrap()
}

/// Bytes that differ from place to place.
fn pattern(bytes: usize) -> Bytes {
    (0..bytes).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

/// The bytes in pieces of this size.
fn source(bytes: &Bytes, piece: usize) -> ByteStream {
    let bytes = bytes.clone();
    let pieces =
        (0..bytes.len()).step_by(piece).map(move |at| Ok(bytes.slice(at..bytes.len().min(at + piece))));
    Box::pin(stream::iter(pieces))
}

async fn write(blobs: &dyn Blobs, path: &Path, bytes: &Bytes) {
    let written = blobs.put(path, source(bytes, 10_000), u64::MAX).await;
    assert_eq!(written, Ok(bytes.len() as u64), "{}", path.as_str());
}

async fn read(blobs: &dyn Blobs, path: &Path) -> Result<Bytes, Error> {
    let reading = blobs.get(path, None).await?;
    let size = reading.facts.size;
    let bytes = rest(reading.stream).await;
    assert_eq!(size, bytes.len() as u64, "{}", path.as_str());
    Ok(bytes)
}

async fn rest(mut stream: ByteStream) -> Bytes {
    let mut bytes = Vec::new();
    while let Some(piece) = stream.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    bytes.into()
}

fn not_found<T>(path: &Path) -> Result<T, Error> {
    Err(Error::NotFound(path.as_str().to_owned()))
}
