//! Commits on their way to the writer.
//!
//! A list under a lock, taken whole: while the writer waits for the disk, commits gather here without waking anybody,
//! and the next transaction takes them all.

use std::{
    mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use ports::store::{Error, Write};
use tokio::sync::{Semaphore, oneshot};

/// Commits that may wait, and so the most that one transaction takes; the others wait for room.
pub const GROUP_COMMITS_MAX: u32 = 1_024;
/// KiB that waiting commits may hold together.
const ROOM_KIB: u32 = 16 * 1024;
/// What a commit takes of the room at least.
const COMMIT_KIB_MIN: u32 = ROOM_KIB / GROUP_COMMITS_MAX;

pub(super) enum Work {
    Commit(Vec<Write>),
    /// The feed of this name has told everything up to this sequence.
    Cursor {
        feed: String,
        sequence: u64,
    },
}

impl Work {
    /// Bytes it writes, without keys.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Commit(writes) => writes.iter().map(body_bytes).sum(),
            Self::Cursor { .. } => 0,
        }
    }
}

fn body_bytes(write: &Write) -> usize {
    match write {
        Write::Put { content, .. } => content.body.len(),
        Write::Delete { .. } => 0,
    }
}

pub(super) struct Pending {
    pub(super) work: Work,
    pub(super) reply: oneshot::Sender<Result<(), Error>>,
    room_kib: u32,
}

pub(super) struct Inbox {
    state: Mutex<State>,
    arrived: Condvar,
    room: Semaphore,
}

#[derive(Default)]
struct State {
    pending: Vec<Pending>,
    writer_sleeps: bool,
    closed: bool,
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self { state: Mutex::default(), arrived: Condvar::new(), room: Semaphore::new(ROOM_KIB as usize) }
    }

    /// Gives work to the writer and waits until it is durable.
    pub(super) async fn done(&self, work: Work) -> Result<(), Error> {
        let room_kib = room_kib(&work);
        let room = self.room.acquire_many(room_kib).await.map_err(|_| stopped())?;
        let (reply, answer) = oneshot::channel();
        {
            let mut state = self.lock();
            if state.closed {
                return Err(stopped());
            }
            // From here the writer gives the room back, in `answered`.
            room.forget();
            state.pending.push(Pending { work, reply, room_kib });
            if mem::take(&mut state.writer_sleeps) {
                self.arrived.notify_one();
            }
        }
        answer.await.map_err(|_| stopped())?
    }

    /// Everything that waits, as soon as anything does, in place of the empty `group`. `false`: closed, and nothing is
    /// left.
    pub(super) fn take(&self, group: &mut Vec<Pending>) -> bool {
        let mut state = self.lock();
        while state.pending.is_empty() {
            if state.closed {
                return false;
            }
            state.writer_sleeps = true;
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.writer_sleeps = false;
        mem::swap(&mut state.pending, group);
        true
    }

    /// Answers, and makes room for others.
    pub(super) fn answer(&self, pending: Pending, answer: Result<(), Error>) {
        self.room.add_permits(pending.room_kib as usize);
        // Whoever asked may have stopped waiting.
        let _ = pending.reply.send(answer);
    }

    /// Refuses new work; what waits is still written.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.room.close();
        self.arrived.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn room_kib(work: &Work) -> u32 {
    let bytes: usize = match work {
        Work::Commit(writes) => writes.iter().map(bytes).sum(),
        Work::Cursor { .. } => 0,
    };
    u32::try_from(bytes / 1024).unwrap_or(ROOM_KIB).clamp(COMMIT_KIB_MIN, ROOM_KIB)
}

fn bytes(write: &Write) -> usize {
    let content = match write {
        Write::Put { content, .. } => content,
        Write::Delete { .. } => return 0,
    };
    content.body.len() + content.entry.as_ref().map_or(0, |entry| entry.summary.len())
}

fn stopped() -> Error {
    Error::Unavailable { message: "the store has been closed".to_owned(), retry_after: None }
}
