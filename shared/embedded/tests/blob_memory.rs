//! Blobs of any size in little memory. Alone in its process: it reads how much that has ever had.

use std::fs;

use bytes::Bytes;
use embedded::Home;
use futures_util::{StreamExt as _, stream};
use ports::blobs::{Blobs as _, Path};

const PIECE: usize = 64 * 1024;
const PIECES: usize = 128 * 1024 * 1024 / PIECE;

/// The most memory the process has had, in KiB; Linux tells.
fn peak_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blob_of_128_mb_is_written_and_read_within_8_mb() {
    let directory = tempfile::tempdir().unwrap();
    let blobs = Home::open(directory.path()).unwrap().blobs;
    let path = Path::new("large").unwrap();
    let Some(before) = peak_kib() else { return };
    let content = stream::iter(
        (0..PIECES).map(|number| Ok(Bytes::from(vec![u8::try_from(number % 256).unwrap(); PIECE]))),
    );
    blobs.put(&path, Box::pin(content), u64::MAX).await.unwrap();
    let mut reading = blobs.get(&path, None).await.unwrap();
    let mut number = 0;
    while let Some(piece) = reading.stream.next().await {
        let piece = piece.unwrap();
        assert!(piece.len() == PIECE && piece.iter().all(|byte| usize::from(*byte) == number % 256));
        number += 1;
    }
    assert_eq!((number, reading.facts.size), (PIECES, (PIECE * PIECES) as u64));
    let grown = peak_kib().unwrap() - before;
    assert!(grown < 8 * 1024, "{grown} KiB");
}
