//! Writing a blob piece by piece, several at a time, without holding any of them in memory.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use ports::blobs::{Blobs, Path};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, JoinSet},
};

/// What is gathered before it is handed to the store.
const PIECE_BYTES: usize = 64 * 1024;
/// Pieces on their way to one blob.
const PIECES_UNDERWAY: usize = 2;
/// Blobs that are being completed at the same time.
const COMPLETED_TOGETHER: usize = 16;
/// Bytes of one blob. More than any store takes.
const BLOB_BYTES_MAX: u64 = 5 << 40;

/// A blob that is being written. Dropped before it is closed, it is not written at all.
pub(crate) struct Bucket {
    gathered: BytesMut,
    /// `None` is the last one.
    pieces: mpsc::Sender<Option<Bytes>>,
    put: JoinHandle<Result<(), String>>,
    pub(super) size: u64,
}

impl Bucket {
    pub(crate) fn open(blobs: &Arc<dyn Blobs>, path: Path) -> Self {
        let (pieces, received) = mpsc::channel(PIECES_UNDERWAY);
        let blobs = Arc::clone(blobs);
        let put = tokio::spawn(async move {
            let content = stream::unfold(Some(received), async |received: Option<mpsc::Receiver<_>>| {
                let mut received = received?;
                match received.recv().await {
                    Some(Some(piece)) => Some((Ok(piece), Some(received))),
                    Some(None) => None,
                    // The writer is gone: what fails is not written at all.
                    None => Some((Err("the file was given up".to_owned()), None)),
                }
            });
            blobs.put(&path, Box::pin(content), BLOB_BYTES_MAX).await.map(|_| ()).map_err(|it| it.to_string())
        });
        Self { gathered: BytesMut::new(), pieces, put, size: 0 }
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= PIECE_BYTES {
            // A store that takes nothing more says why when the bucket is closed.
            let _ = self.pieces.send(Some(self.gathered.split().freeze())).await;
        }
    }

    /// Comes back when the blob is there.
    pub(crate) async fn finish(self) -> Result<(), String> {
        self.close().await.await.unwrap_or_else(|_| Err("a file was not written".to_owned()))
    }

    /// Hands over what is left; the blob is there when the answer has come.
    async fn close(mut self) -> JoinHandle<Result<(), String>> {
        if !self.gathered.is_empty() {
            let _ = self.pieces.send(Some(self.gathered.split().freeze())).await;
        }
        let _ = self.pieces.send(None).await;
        self.put
    }
}

/// Buckets that are closed and not complete yet. Dropping it gives them up.
#[derive(Default)]
pub(super) struct Completing(JoinSet<Result<(), String>>);

impl Completing {
    /// Closes a bucket; waits when too many are on their way.
    pub(super) async fn close(&mut self, bucket: Bucket) -> Result<(), String> {
        while self.0.len() >= COMPLETED_TOGETHER {
            self.next().await?;
        }
        let put = bucket.close().await;
        self.0.spawn(async move { put.await.unwrap_or_else(|_| Err("a file was not written".to_owned())) });
        Ok(())
    }

    /// Comes back when all of them are there.
    pub(super) async fn all(mut self) -> Result<(), String> {
        while !self.0.is_empty() {
            self.next().await?;
        }
        Ok(())
    }

    async fn next(&mut self) -> Result<(), String> {
        match self.0.join_next().await {
            Some(completed) => completed.unwrap_or_else(|_| Err("a file was not written".to_owned())),
            None => Ok(()),
        }
    }
}
