//! Whole or absent.

use bytes::Bytes;
use futures_util::{StreamExt as _, future::join_all, stream};
use tokio::sync::oneshot;

use super::{not_found, path, pattern, read, source, write};
use crate::blobs::{Blobs, ByteStream, Error};

pub async fn a_put_replaces(blobs: &dyn Blobs) {
    let path = path("file");
    for bytes in [100_000, 10, 0, 500_000] {
        write(blobs, &path, &pattern(bytes)).await;
        assert!(read(blobs, &path).await == Ok(pattern(bytes)));
    }
}

/// A source that gives these bytes and then fails.
fn failing(bytes: usize) -> ByteStream {
    let failure = stream::iter([Err("the sender went away".to_owned())]);
    Box::pin(source(&pattern(bytes), 10_000).chain(failure))
}

pub async fn a_put_that_fails_leaves_nothing(blobs: &dyn Blobs) {
    let (new, old) = (path("a/new"), path("a/old"));
    write(blobs, &old, &pattern(20)).await;
    for bytes in [0, 1, 2_000_000] {
        for path in [&new, &old] {
            let failed = blobs.put(path, failing(bytes), u64::MAX).await;
            assert_eq!(failed, Err(Error::Source("the sender went away".to_owned())));
        }
        assert_eq!(read(blobs, &new).await, not_found(&new));
        assert_eq!(read(blobs, &old).await, Ok(pattern(20)));
    }
}

pub async fn a_put_that_is_dropped_leaves_nothing(blobs: &dyn Blobs) {
    let (new, old) = (path("a/new"), path("a/old"));
    write(blobs, &old, &pattern(20)).await;
    for bytes in [0, 1, 2_000_000] {
        for path in [&new, &old] {
            // Gives its bytes, tells that they were taken, and never ends.
            let (taken, all_taken) = oneshot::channel();
            let silence = stream::once(async move {
                taken.send(()).unwrap();
                std::future::pending().await
            });
            let content = Box::pin(source(&pattern(bytes), 10_000).chain(silence));
            tokio::select! {
                put = blobs.put(path, content, u64::MAX) => panic!("the source has not ended, but {put:?}"),
                taken = all_taken => taken.unwrap(),
            }
        }
        assert_eq!(read(blobs, &new).await, not_found(&new));
        assert_eq!(read(blobs, &old).await, Ok(pattern(20)));
    }
}

pub async fn a_blob_is_taken_up_to_the_limit(blobs: &dyn Blobs) {
    for limit in [0, 1, 25_000, 1_000_000] {
        let path = path(&format!("limit {limit}"));
        let bytes = usize::try_from(limit).unwrap();
        let refused = blobs.put(&path, source(&pattern(bytes + 1), 10_000), limit).await;
        assert_eq!(refused, Err(Error::TooLarge { limit }));
        assert_eq!(blobs.size(&path).await, not_found(&path));
        assert_eq!(blobs.put(&path, source(&pattern(bytes), 10_000), limit).await, Ok(limit));
        assert_eq!(blobs.size(&path).await, Ok(limit));
    }
}

pub async fn of_many_puts_one_is_left_whole(blobs: &dyn Blobs) {
    let path = &path("folder/file");
    let content = |writer: u8| Bytes::from(vec![writer; 100_000 + usize::from(writer)]);
    join_all((0..16).map(|writer| async move { write(blobs, path, &content(writer)).await })).await;
    let left = read(blobs, path).await.unwrap();
    assert!(left == content(left[0]), "{} bytes of {}", left.len(), left[0]);
}
