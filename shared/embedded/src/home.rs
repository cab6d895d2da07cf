//! The data directory: its lock, its store and its blobs.
//!
//! ```text
//! <data>/lock           held while the process lives
//! <data>/roundtrip.db   items; -wal and -shm beside it
//! <data>/blobs/…        files
//! <data>/tmp/…          files that are being written; emptied at each start
//! ```

use std::{
    fs::{DirBuilder, File, TryLockError},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use crate::{
    Error,
    blobs::Blobs,
    store::{Durability, Store},
};

/// How often a lock that is held is asked for again, as it may outlive its holder: a server that is killed while it
/// starts a process leaves a copy of the lock with that process, until it runs its program.
const LOCK_TRIES_MAX: usize = 100;
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// All that a data directory holds, opened.
#[derive(Debug)]
pub struct Home {
    pub store: Arc<Store>,
    pub blobs: Arc<Blobs>,
}

impl Home {
    /// Opens the directory, or makes it. What is acknowledged survives the loss of power.
    ///
    /// # Errors
    /// Another process has it, it cannot be used, or a newer program wrote it.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::open_with(directory, Durability::PowerLoss)
    }

    /// The same with a weaker promise, for tests that count something else.
    pub fn open_with(directory: impl Into<PathBuf>, durability: Durability) -> Result<Self, Error> {
        let directory = directory.into();
        let lock = Arc::new(Lock::take(&directory)?);
        let home = Self {
            store: Arc::new(Store::open(&directory, durability, Arc::clone(&lock))?),
            blobs: Arc::new(Blobs::open(&directory, durability, lock)?),
        };
        match durability {
            Durability::PowerLoss => {
                sync(&directory).map_err(|source| Error::Directory { path: directory, source })?;
            }
            Durability::ProcessEnd => {}
        }
        Ok(home)
    }
}

/// Makes the directory durable, and what has been made in it.
fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()?;
    // Which may belong to somebody else, and then it was there before.
    let above = directory.canonicalize()?.parent().map(File::open);
    match above {
        Some(Ok(above)) => above.sync_all(),
        Some(Err(_)) | None => Ok(()),
    }
}

/// Held by everything that works in the directory; the last to go lets it go.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Lock {
    fn take(directory: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Directory { path: directory.to_owned(), source };
        // What users give to their flows is nobody else's business.
        let mut folders = DirBuilder::new();
        folders.recursive(true).mode(0o700).create(directory).map_err(failed)?;
        let file = File::create(directory.join("lock")).map_err(failed)?;
        for _ in 0..LOCK_TRIES_MAX {
            match file.try_lock() {
                Ok(()) => return Ok(Self { file }),
                Err(TryLockError::WouldBlock) => thread::sleep(BETWEEN_TRIES),
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
        Err(Error::InUse(directory.to_owned()))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that is just being started has a copy of it until it runs its
        // program. A failure leaves it to the end of this process.
        let _ = self.file.unlock();
    }
}
