//! The working directory of one attempt.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use super::removal;

/// A directory of its own, removed when it is left or dropped.
#[derive(Debug)]
pub(crate) struct Room {
    directory: PathBuf,
    left: bool,
}

impl Room {
    /// Makes the directory, for us alone.
    pub(super) fn make(directory: PathBuf) -> io::Result<Self> {
        fs::DirBuilder::new().mode(0o700).create(&directory)?;
        Ok(Self { directory, left: false })
    }

    /// Absolute, without links.
    pub(crate) fn path(&self) -> &Path {
        &self.directory
    }

    /// Removes it, off this thread when there is anything in it.
    pub(crate) async fn leave(mut self) {
        self.left = true;
        if fs::remove_dir(&self.directory).is_err() {
            let directory = std::mem::take(&mut self.directory);
            // Fails only when the runtime shuts down; the next start clears up then.
            let _ = tokio::task::spawn_blocking(move || removal::remove(&directory)).await;
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if !self.left {
            removal::remove(&self.directory);
        }
    }
}
