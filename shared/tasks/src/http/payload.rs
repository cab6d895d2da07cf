//! What is sent in the body of a request, so that it can be sent again where a redirect leads.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use http_body_util::{BodyExt, Empty, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Frame;
use ports::blobs::{Blobs, ByteStream, Path};

/// A body as hyper takes it.
pub(super) type Body = UnsyncBoxBody<Bytes, String>;

#[derive(Debug, Clone)]
pub(super) enum Payload {
    Nothing,
    Text(Bytes),
    /// One after the other.
    Pieces(Vec<Piece>),
}

#[derive(Debug, Clone)]
pub(super) enum Piece {
    Text(Bytes),
    /// A file of internal storage, of that many bytes.
    File(Path, u64),
    /// These bytes of a file of internal storage, all of which it has.
    Part(Path, Range<u64>),
}

impl Piece {
    fn length(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::File(_, size) => *size,
            Self::Part(_, range) => range.end - range.start,
        }
    }

    async fn open(self, blobs: Arc<dyn Blobs>) -> ByteStream {
        match self {
            Self::Text(text) => Box::pin(stream::iter([Ok(text)])),
            Self::File(path, _) => read(&*blobs, &path, None).await,
            Self::Part(path, range) => read(&*blobs, &path, Some(range)).await,
        }
    }
}

async fn read(blobs: &dyn Blobs, path: &Path, range: Option<Range<u64>>) -> ByteStream {
    match blobs.get(path, range).await {
        Ok(reading) => reading.stream,
        Err(error) => Box::pin(stream::iter([Err(error.to_string())])),
    }
}

impl Payload {
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// Bytes of it; `None` when it is nothing.
    pub(super) fn length(&self) -> Option<u64> {
        match self {
            Self::Nothing => None,
            Self::Text(text) => Some(text.len() as u64),
            Self::Pieces(pieces) => Some(pieces.iter().map(Piece::length).sum()),
        }
    }

    /// The start of it, as far as it is text: for the log.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => String::from_utf8_lossy(text).into_owned(),
            Self::Pieces(pieces) => {
                let shown = pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    Piece::File(path, _) | Piece::Part(path, _) => {
                        format!("<{} bytes of {}>", piece.length(), path.file_name())
                    }
                });
                shown.collect()
            }
        }
    }

    /// To be sent; `sent` counts the bytes that were taken of it.
    pub(super) fn body(&self, blobs: &Arc<dyn Blobs>, sent: &Arc<AtomicU64>) -> Body {
        match self {
            Self::Nothing => Empty::new().map_err(|never| match never {}).boxed_unsync(),
            Self::Text(text) => Full::new(text.clone()).map_err(|never| match never {}).boxed_unsync(),
            Self::Pieces(pieces) => {
                let blobs = Arc::clone(blobs);
                let opened = stream::iter(pieces.clone()).then(move |it| it.open(Arc::clone(&blobs)));
                let sent = Arc::clone(sent);
                let counted = opened.flatten().inspect_ok(move |bytes| {
                    sent.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                });
                StreamBody::new(counted.map_ok(Frame::data)).boxed_unsync()
            }
        }
    }
}
