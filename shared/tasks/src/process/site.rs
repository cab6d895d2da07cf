//! The place of one server under the root: its working directories, and a lock that dies with it.
//!
//! ```text
//! <root>/run-4kfJ2x/       locked by the server it belongs to
//! <root>/run-4kfJ2x/17/    the working directory of an attempt
//! ```
//! A directory whose lock is free belonged to a server that is dead: its processes are killed and it is removed.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use rustix::fs::{FlockOperation, flock};

use super::{keeper::Keeper, kin, removal, room::Room};

/// What the names of places start with; whatever else is under the root is not ours.
pub(super) const PREFIX: &str = "run-";

/// A directory under the root, ours as long as this lives.
#[derive(Debug)]
pub(super) struct Site {
    directory: PathBuf,
    next: AtomicU64,
    keeper: OnceLock<Option<Keeper>>,
    _lock: File,
}

impl Site {
    /// Clears up after dead servers and makes a new place.
    pub(super) fn take(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        let root = root.canonicalize()?;
        // One at a time: a directory that was just made and not yet locked looks dead.
        let gate = File::open(&root)?;
        flock(&gate, FlockOperation::LockExclusive)?;
        sweep(&root)?;
        let directory = tempfile::Builder::new().prefix(PREFIX).tempdir_in(&root)?.keep();
        let lock = File::open(&directory)?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Self { directory, next: AtomicU64::new(0), keeper: OnceLock::new(), _lock: lock })
    }

    pub(super) fn room(&self) -> io::Result<Room> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Room::make(self.directory.join(number.to_string()))
    }

    /// Sees to it, from the first child on, that none outlives us.
    pub(super) fn watch(&self) {
        self.keeper.get_or_init(|| match Keeper::start(&self.directory) {
            Ok(keeper) => Some(keeper),
            Err(error) => {
                tracing::warn!(%error, "no shell to watch over child processes: should this process be killed, they live on until the next start");
                None
            }
        });
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // The keeper would clear up as well; not while we do.
        drop(self.keeper.take());
        kin::kill(&self.directory);
        removal::remove(&self.directory);
    }
}

fn sweep(root: &Path) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        let ours = entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes());
        if !ours || !entry.file_type()?.is_dir() {
            continue;
        }
        // Vanished meanwhile: cleared by its own keeper.
        let Ok(lock) = File::open(entry.path()) else {
            continue;
        };
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            let killed = kin::kill(&entry.path());
            removal::remove(&entry.path());
            tracing::info!(directory = %entry.path().display(), killed, "cleared up after a server that died");
        }
    }
    Ok(())
}
