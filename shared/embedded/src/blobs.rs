//! Blobs as files of a directory.
//!
//! A blob is written beside its place, made durable, and then moved there in one step: readers see the old file, or the
//! whole new one.
//!
//! # Invariants
//! * No content is held in memory beyond a piece of [`PIECE_BYTES`] a reader and [`WRITE_BYTES`] a writer.
//! * No path leads out of the directory, and no two paths lead to the same file (see `place`).
//! * Nothing blocks the threads that run futures.
//! * No two writes have the same time of modification, which the file system must keep to the nanosecond.

mod delete;
mod get;
mod list;
mod place;
mod put;

use std::{fs, io, ops::Range, path::PathBuf, sync::Arc};

use ports::{
    Answer,
    blobs::{ByteStream, Error, Facts, Listed, Path, Reading},
};

use crate::{home::Lock, store::Durability};

/// What one read from a file gives at most.
pub const PIECE_BYTES: usize = 64 * 1024;
/// What is gathered before it is written to a file.
pub const WRITE_BYTES: usize = 256 * 1024;

/// The blobs of one data directory.
#[derive(Debug, Clone)]
pub struct Blobs {
    folders: Arc<Folders>,
}

#[derive(Debug)]
struct Folders {
    /// Where blobs stand.
    blobs: PathBuf,
    /// Where they are written, and removed.
    tmp: PathBuf,
    durability: Durability,
    /// The directory stays ours while anything works in it.
    _lock: Arc<Lock>,
}

impl Blobs {
    pub(crate) fn open(
        directory: &std::path::Path,
        durability: Durability,
        lock: Arc<Lock>,
    ) -> Result<Self, crate::Error> {
        let folders =
            Folders { blobs: directory.join("blobs"), tmp: directory.join("tmp"), durability, _lock: lock };
        let failed = |path: &PathBuf| {
            let path = path.clone();
            |source| crate::Error::Directory { path, source }
        };
        match fs::remove_dir_all(&folders.tmp) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&folders.tmp)(error)),
        }
        fs::create_dir_all(&folders.tmp).map_err(failed(&folders.tmp))?;
        fs::create_dir_all(&folders.blobs).map_err(failed(&folders.blobs))?;
        Ok(Self { folders: Arc::new(folders) })
    }
}

impl ports::blobs::Blobs for Blobs {
    fn put<'a>(&'a self, path: &'a Path, content: ByteStream, limit: u64) -> Answer<'a, Result<u64, Error>> {
        Box::pin(put::put(Arc::clone(&self.folders), path, content, limit))
    }

    fn get<'a>(&'a self, path: &'a Path, range: Option<Range<u64>>) -> Answer<'a, Result<Reading, Error>> {
        let place = self.folders.place(path);
        Box::pin(get::get(place, path, range))
    }

    fn facts<'a>(&'a self, path: &'a Path) -> Answer<'a, Result<Facts, Error>> {
        let place = self.folders.place(path);
        Box::pin(get::facts(place, path))
    }

    fn list_under<'a>(
        &'a self,
        segments: &'a str,
        after: Option<&'a Path>,
        limit: usize,
    ) -> Answer<'a, Result<Vec<Listed>, Error>> {
        Box::pin(list::list_under(Arc::clone(&self.folders), segments, after.cloned(), limit))
    }

    fn delete_under<'a>(&'a self, segments: &'a str) -> Answer<'a, Result<u64, Error>> {
        Box::pin(delete::delete_under(Arc::clone(&self.folders), segments))
    }
}

impl Folders {
    fn place(&self, path: &Path) -> PathBuf {
        self.blobs.join(place::file(path.as_str()))
    }

    /// Makes what was moved in or out of a directory durable.
    fn sync(&self, directory: &std::path::Path) -> io::Result<()> {
        match self.durability {
            Durability::PowerLoss => fs::File::open(directory)?.sync_all(),
            Durability::ProcessEnd => Ok(()),
        }
    }
}

fn unavailable(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(error.to_string())
}

/// Runs what may wait for the disk on a thread where that disturbs nobody.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(io::Error::other(error)),
    }
}
