//! Where attempts work: in a directory of their own, or in one that tasks of a group share.
//!
//! # Invariants
//! * A shared directory is open from the attempt that opens it to the one that closes it, or until the carrier of its
//!   execution lets go, or this process ends. It is never found again by another process.
//! * A directory is removed when nobody works in it any more.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use engine::{
    id::{ExecutionId, TaskRunId},
    machine::{Directory, DirectoryStep},
};
use ports::{blobs::Blobs, run::Attempt};

use crate::{
    files::{Fetch, Marks, RESERVED},
    process::{Room, Runner, remove},
};

/// Those that are open, by execution and by the run of the group.
#[derive(Debug)]
pub(crate) struct Directories {
    runner: Arc<Runner>,
    open: Mutex<HashMap<(ExecutionId, TaskRunId), Arc<Shared>>>,
}

/// A directory that tasks share.
#[derive(Debug)]
pub(crate) struct Shared {
    room: Room,
    /// What was restored from the cache.
    restored: Mutex<Marks>,
}

/// Where one attempt works.
#[derive(Debug)]
pub(crate) enum Place {
    Own(Room),
    Shared(Arc<Shared>),
}

impl Directories {
    pub(crate) fn new(runner: Arc<Runner>) -> Self {
        Self { runner, open: Mutex::default() }
    }

    /// The place of an attempt that works in a directory.
    ///
    /// # Errors
    /// When none can be made, or the shared one is not here.
    pub(crate) fn enter(&self, attempt: &Attempt) -> Result<Place, String> {
        match attempt.directory {
            None => self.runner.room().map(Place::Own).map_err(unmade),
            Some(Directory { of, step: DirectoryStep::Use }) => {
                let found = self.open().get(&(attempt.execution, of)).cloned();
                found.map(Place::Shared).ok_or_else(|| {
                    "the working directory that this task shares with others is gone".to_owned()
                })
            }
            Some(Directory { step: DirectoryStep::Open | DirectoryStep::Close, .. }) => {
                Err("only a WorkingDirectory opens and closes directories".to_owned())
            }
        }
    }

    /// Makes the directory of a group; one that an earlier attempt opened goes.
    pub(crate) fn make(&self, execution: ExecutionId, group: TaskRunId) -> Result<Arc<Shared>, String> {
        let room = self.runner.room().map_err(unmade)?;
        let shared = Arc::new(Shared { room, restored: Mutex::default() });
        let earlier = self.open().insert((execution, group), Arc::clone(&shared));
        // Not under the lock: there may be much to remove.
        drop(earlier);
        Ok(shared)
    }

    /// The directory of a group, which nobody enters any more.
    pub(crate) fn take(&self, execution: ExecutionId, group: TaskRunId) -> Option<Arc<Shared>> {
        self.open().remove(&(execution, group))
    }

    /// Removes the directories of an execution. One that is being opened at this very moment, by an attempt that nobody
    /// waits for any more, stays until this process ends.
    pub(crate) fn let_go(&self, execution: ExecutionId) {
        let mut open = self.open();
        let gone: Vec<_> = open.keys().filter(|(of, _)| *of == execution).copied().collect();
        let gone: Vec<_> = gone.iter().filter_map(|key| open.remove(key)).collect();
        drop(open);
        if !gone.is_empty() {
            // Whoever lets go may be a task of the runtime, which must not wait for the disk.
            std::thread::spawn(move || drop(gone));
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<(ExecutionId, TaskRunId), Arc<Shared>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    pub(crate) fn path(&self) -> &Path {
        self.room.path()
    }

    pub(crate) fn remember(&self, marks: Marks) {
        *self.restored.lock().unwrap_or_else(PoisonError::into_inner) = marks;
    }

    pub(crate) fn restored(&self) -> Marks {
        self.restored.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Removes it, unless somebody still works in it: then they do.
    pub(crate) async fn leave(self: Arc<Self>) {
        if let Some(shared) = Arc::into_inner(self) {
            shared.room.leave().await;
        }
    }
}

impl Place {
    pub(crate) fn room(&self) -> &Room {
        match self {
            Self::Own(room) => room,
            Self::Shared(shared) => &shared.room,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.room().path()
    }

    /// What brings files in. Tasks that share a directory replace the files of each other.
    pub(crate) fn fetch<'a>(&self, blobs: &'a dyn Blobs, attempt: &'a Attempt) -> Fetch<'a> {
        match self {
            Self::Own(_) => Fetch::new(blobs, attempt),
            Self::Shared(shared) => Fetch::replacing(blobs, attempt, shared.path().to_owned()),
        }
    }

    /// As [`Self::fetch`], where what comes later replaces what came before.
    pub(crate) fn fetch_replacing<'a>(&self, blobs: &'a dyn Blobs, attempt: &'a Attempt) -> Fetch<'a> {
        Fetch::replacing(blobs, attempt, self.path().to_owned())
    }

    /// Removes what an earlier task left in our own corner.
    pub(crate) async fn clear_corner(&self) {
        if let Self::Shared(shared) = self {
            let corner = shared.path().join(RESERVED);
            // Fails only when the runtime shuts down, and nothing begins then.
            let _ = tokio::task::spawn_blocking(move || remove(&corner)).await;
        }
    }

    pub(crate) async fn leave(self) {
        match self {
            Self::Own(room) => room.leave().await,
            Self::Shared(shared) => shared.leave().await,
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "the form `map_err` wants")]
fn unmade(error: std::io::Error) -> String {
    format!("no working directory can be made: {error}")
}
