//! Reads, on connections of their own: the writer never waits for them, nor they for it.
//!
//! A look at a few rows happens on the thread that asks: it takes some ten microseconds, which is less than the way to
//! another thread and back. Long pages go to the runtime's blocking threads, on connections that short reads never wait
//! for.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use ports::store::Error;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{fault, schema};
use crate::home::Lock;

/// Rows up to which a read happens on the thread that asks.
const SHORT_ROWS_MAX: usize = 32;
/// Connections for short reads: at most one per thread that runs futures.
const SHORT_READERS_MAX: usize = 8;
/// Connections for long reads, and so how many take place at a time.
const LONG_READERS: usize = 2;

pub(super) struct Readers {
    short: Vec<Mutex<Connection>>,
    next_short: AtomicUsize,
    long: Arc<Vec<Mutex<Connection>>>,
    long_turns: Arc<Semaphore>,
    /// The directory stays ours while anything reads in it.
    _lock: Arc<Lock>,
}

impl Readers {
    pub(super) fn open(path: &Path, lock: Arc<Lock>) -> Result<Self, crate::Error> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let open = |number| (0..number).map(|_| schema::open_reader(path).map(Mutex::new)).collect();
        let short: Result<_, _> = open(threads.clamp(2, SHORT_READERS_MAX));
        let long: Result<_, _> = open(LONG_READERS);
        Ok(Self {
            short: short?,
            next_short: AtomicUsize::new(0),
            long: Arc::new(long?),
            long_turns: Arc::new(Semaphore::new(LONG_READERS)),
            _lock: lock,
        })
    }

    /// Reads at most `rows` rows.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        rows: usize,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        if rows <= SHORT_ROWS_MAX {
            return self.read_here(read).await;
        }
        let turn = Arc::clone(&self.long_turns).acquire_owned().await.expect("never closed");
        let long = Arc::clone(&self.long);
        let reading = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            read(&free(&long, 0))
        });
        match reading.await {
            Ok(read) => read.map_err(|error| fault(&error)),
            Err(error) => Err(Error::Unavailable { message: error.to_string(), retry_after: None }),
        }
    }

    /// Reads a few rows on this thread.
    pub(super) async fn read_here<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        // Without this, a task that only reads would never let others run.
        tokio::task::coop::consume_budget().await;
        let first = self.next_short.fetch_add(1, Relaxed);
        read(&free(&self.short, first)).map_err(|error| fault(&error))
    }
}

/// A connection that nobody uses, or the next one that becomes free.
fn free(connections: &[Mutex<Connection>], first: usize) -> MutexGuard<'_, Connection> {
    let number = connections.len();
    for step in 0..number {
        match connections[(first + step) % number].try_lock() {
            Ok(connection) => return connection,
            Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {}
        }
    }
    connections[first % number].lock().unwrap_or_else(PoisonError::into_inner)
}
