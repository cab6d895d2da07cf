//! Blobs that go up in parts.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use aws::blobs::PART_BYTES;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use ports::blobs::{Blobs as _, ByteStream, Error};

use super::{Bucket, bucket, path, read};

fn pattern(bytes: usize) -> Bytes {
    (0..bytes).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

fn source(bytes: &Bytes, piece: usize) -> ByteStream {
    let bytes = bytes.clone();
    let pieces = (0..bytes.len()).step_by(piece);
    Box::pin(stream::iter(pieces.map(move |at| Ok(bytes.slice(at..bytes.len().min(at + piece))))))
}

impl Bucket {
    async fn unfinished(&self) -> usize {
        let list = self.client.list_multipart_uploads().bucket(&self.name).send().await.unwrap();
        list.uploads().len()
    }

    /// An abort may be on its way.
    async fn until_no_upload_is_left(&self) {
        for _ in 0..500 {
            if self.unfinished().await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} uploads are left", self.unfinished().await);
    }
}

#[tokio::test]
async fn a_large_blob_is_read_as_it_was_written() {
    let bucket = bucket().await;
    for bytes in [PART_BYTES - 1, PART_BYTES, 2 * PART_BYTES + 7] {
        let (path, content) = (path(&format!("file of {bytes}")), pattern(bytes));
        let put = bucket.blobs.put(&path, source(&content, 1_000_000), bytes as u64).await;
        assert_eq!(put, Ok(bytes as u64));
        assert!(read(&bucket.blobs, &path).await == content, "{bytes}");
        let mut part =
            bucket.blobs.get(&path, Some(PART_BYTES as u64 - 2..PART_BYTES as u64 + 2)).await.unwrap();
        assert_eq!(part.facts.size, bytes as u64);
        let expected = content.slice(PART_BYTES - 2..bytes.min(PART_BYTES + 2));
        assert_eq!(part.stream.next().await, Some(Ok(expected)));
    }
    assert_eq!(bucket.unfinished().await, 0);
}

#[tokio::test]
async fn a_large_blob_that_fails_or_is_too_long_leaves_nothing() {
    let bucket = bucket().await;
    let (path, content) = (path("file"), pattern(2 * PART_BYTES));
    let failure = stream::iter([Err("the sender went away".to_owned())]);
    let failing = Box::pin(source(&content, 1_000_000).chain(failure));
    let failed = bucket.blobs.put(&path, failing, u64::MAX).await;
    assert_eq!(failed, Err(Error::Source("the sender went away".to_owned())));
    assert_eq!(bucket.unfinished().await, 0);
    let limit = content.len() as u64 - 1;
    let long = bucket.blobs.put(&path, source(&content, 1_000_000), limit).await;
    assert_eq!(long, Err(Error::TooLarge { limit }));
    assert_eq!(bucket.unfinished().await, 0);
    assert_eq!(bucket.blobs.size(&path).await, Err(Error::NotFound("file".to_owned())));
}

#[tokio::test]
async fn a_large_blob_that_is_dropped_is_aborted() {
    let bucket = bucket().await;
    let (path, content) = (path("file"), pattern(2 * PART_BYTES));
    let silent = Box::pin(source(&content, 1_000_000).chain(stream::pending()));
    let begun = async {
        while bucket.unfinished().await == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        put = bucket.blobs.put(&path, silent, u64::MAX) => panic!("the source has not ended, but {put:?}"),
        () = begun => {}
    }
    bucket.until_no_upload_is_left().await;
    assert_eq!(bucket.blobs.size(&path).await, Err(Error::NotFound("file".to_owned())));
}

/// Counts the bytes of the pieces that are alive.
struct Counted {
    bytes: Vec<u8>,
    alive: Arc<AtomicUsize>,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.alive.fetch_sub(self.bytes.len(), Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_is_held_than_what_is_on_the_way() {
    const PARTS: usize = 5;
    let bucket = bucket().await;
    let alive = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (counted, peak) = (Arc::clone(&alive), Arc::clone(&most));
    // Pieces as large as a part are not copied, so that what lives of them is what is held.
    let pieces = stream::iter(0..PARTS).map(move |_| {
        let bytes = vec![7; PART_BYTES];
        peak.fetch_max(counted.fetch_add(bytes.len(), Relaxed) + bytes.len(), Relaxed);
        Ok(Bytes::from_owner(Counted { bytes, alive: Arc::clone(&counted) }))
    });
    let put = bucket.blobs.put(&path("file"), Box::pin(pieces), u64::MAX).await;
    assert_eq!(put, Ok((PARTS * PART_BYTES) as u64));
    let most = most.load(Relaxed) / PART_BYTES;
    assert!((2..=1 + aws::blobs::PARTS_TOGETHER).contains(&most), "{most} parts at once");
    assert_eq!(alive.load(Relaxed), 0);
}
