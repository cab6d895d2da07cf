//! What the embedded blobs do beyond the promises of the port.

use std::{fs, path::Path};

use bytes::Bytes;
use embedded::Home;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use ports::blobs::{Blobs as _, ByteStream, Path as BlobPath};

fn entries(directory: &Path) -> usize {
    fs::read_dir(directory).unwrap().count()
}

/// A megabyte, and then what is given.
fn megabyte_then(end: impl Future<Output = Result<Bytes, String>> + Send + 'static) -> ByteStream {
    let megabyte = stream::iter((0..16).map(|_| Ok(Bytes::from(vec![1; 64 * 1024]))));
    Box::pin(megabyte.chain(stream::once(end)))
}

#[tokio::test]
async fn a_put_that_does_not_end_well_leaves_no_file_behind() {
    let directory = tempfile::tempdir().unwrap();
    let blobs = Home::open(directory.path()).unwrap().blobs;
    let path = BlobPath::new("a/b").unwrap();
    blobs.put(&path, megabyte_then(async { Err("gone".to_owned()) }), u64::MAX).await.unwrap_err();
    blobs.put(&path, megabyte_then(std::future::pending()), 1_000_000).await.unwrap_err();
    {
        let mut put = blobs.put(&path, megabyte_then(std::future::pending()), u64::MAX);
        // Until its file is there.
        while entries(&directory.path().join("tmp")) == 0 {
            assert!((&mut put).now_or_never().is_none());
            tokio::task::yield_now().await;
        }
    }
    // A thread may still have the last piece in hand.
    ports::conformance::eventually(0, || async { entries(&directory.path().join("tmp")) }).await;
    assert_eq!(entries(&directory.path().join("blobs")), 0);
}

#[tokio::test]
async fn what_a_dead_process_left_is_removed_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let tmp = directory.path().join("tmp");
    fs::create_dir_all(tmp.join("folder/deep")).unwrap();
    fs::write(tmp.join("7"), "half of a blob").unwrap();
    fs::write(tmp.join("folder/deep/8"), "half of a removed folder").unwrap();
    let blobs = Home::open(directory.path()).unwrap().blobs;
    assert_eq!(entries(&tmp), 0);
    let path = BlobPath::new("a/b").unwrap();
    blobs.put(&path, megabyte_then(async { Ok(Bytes::new()) }), u64::MAX).await.unwrap();
    assert_eq!(blobs.delete_under("a").await, Ok(1));
    assert_eq!(entries(&tmp), 0);
}

/// Puts into a folder that is removed again and again: each is done, and what is left is whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn puts_and_removals_of_a_folder_do_not_break_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let blobs = Home::open(directory.path()).unwrap().blobs;
    let writers: Vec<_> = (0..8u8)
        .map(|writer| {
            let blobs = blobs.clone();
            tokio::spawn(async move {
                for _ in 0..20 {
                    let path = BlobPath::new(format!("folder/{}/file", writer % 3)).unwrap();
                    let content = Box::pin(stream::iter([Ok(Bytes::from(vec![writer; 100]))]));
                    assert_eq!(blobs.put(&path, content, 100).await, Ok(100));
                }
            })
        })
        .collect();
    let mut removed = 0;
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        removed += blobs.delete_under("folder").await.unwrap();
    }
    for writer in writers {
        writer.await.unwrap();
    }
    removed += blobs.delete_under("folder").await.unwrap();
    assert!((1..=160).contains(&removed), "{removed}");
    assert_eq!(entries(&directory.path().join("tmp")), 0);
}
