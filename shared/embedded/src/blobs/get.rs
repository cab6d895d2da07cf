//! Reading a blob.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read as _, Seek as _, SeekFrom},
    ops::Range,
    os::unix::fs::MetadataExt as _,
    path::PathBuf,
};

use bytes::Bytes;
use engine::time::Timestamp;
use futures_util::stream;
use ports::blobs::{Error, Facts, Path, Reading};

use super::{PIECE_BYTES, off_thread, unavailable};

pub(super) async fn get(place: PathBuf, path: &Path, range: Option<Range<u64>>) -> Result<Reading, Error> {
    let opened = off_thread(move || {
        let mut file = File::open(place)?;
        let facts = facts_of(&file.metadata()?);
        let size = facts.size;
        let start = range.as_ref().map_or(0, |range| range.start.min(size));
        let end = range.map_or(size, |range| range.end.min(size));
        if start > 0 {
            file.seek(SeekFrom::Start(start))?;
        }
        // The first piece on the same trip: most blobs have no second one.
        let (first, rest) = piece(Rest { file, bytes: end.saturating_sub(start) })?;
        Ok((facts, first, rest))
    });
    let (facts, first, rest) = opened.await.map_err(|error| failed(path, &error))?;
    Ok(Reading { facts, stream: Box::pin(stream::unfold((first, (rest.bytes > 0).then_some(rest)), next)) })
}

pub(super) async fn facts(place: PathBuf, path: &Path) -> Result<Facts, Error> {
    let metadata = off_thread(move || fs::metadata(place)).await;
    metadata.map(|metadata| facts_of(&metadata)).map_err(|error| failed(path, &error))
}

fn facts_of(metadata: &Metadata) -> Facts {
    let tag = format!(
        "{:x}-{:x}-{:x}-{:x}",
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ino(),
        metadata.len()
    );
    Facts { size: metadata.len(), tag, modified_at: modified_at(metadata) }
}

pub(super) fn modified_at(metadata: &Metadata) -> Timestamp {
    Timestamp::from_millis(metadata.mtime() * 1_000 + metadata.mtime_nsec() / 1_000_000)
}

/// What is still to be read.
struct Rest {
    file: File,
    bytes: u64,
}

/// A piece that has been read, and what follows it; without a piece, what follows has to be read first.
type Position = (Option<Bytes>, Option<Rest>);

async fn next((piece, rest): Position) -> Option<(Result<Bytes, String>, Position)> {
    if let Some(piece) = piece {
        return Some((Ok(piece), (None, rest)));
    }
    let rest = rest?;
    match off_thread(move || self::piece(rest)).await {
        Ok((piece, rest)) => piece.map(|piece| (Ok(piece), (None, Some(rest)))),
        // An error is the last that comes.
        Err(error) => Some((Err(error.to_string()), (None, None))),
    }
}

fn piece(mut rest: Rest) -> io::Result<(Option<Bytes>, Rest)> {
    let bytes = usize::try_from(rest.bytes).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
    if bytes == 0 {
        return Ok((None, rest));
    }
    let mut piece = vec![0; bytes];
    rest.file.read_exact(&mut piece)?;
    rest.bytes -= bytes as u64;
    Ok((Some(piece.into()), rest))
}

fn failed(path: &Path, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::NotFound {
        Error::NotFound(path.as_str().to_owned())
    } else {
        unavailable(error)
    }
}
