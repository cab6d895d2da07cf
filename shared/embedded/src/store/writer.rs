//! The one thread that writes.
//!
//! ```text
//! commits → inbox → [ BEGIN  each commit: conditions, rows  COMMIT (fsync) ] → feed → answers → checkpoint if long
//!              ↑ what arrives meanwhile forms the next group
//! ```
//!
//! # Invariants
//! * Nothing is answered or told before COMMIT has returned.
//! * A commit whose condition fails writes nothing and does not disturb the others of its group.
//! * A group whose transaction fails is answered [`Error::Unavailable`] as a whole: what its members saw of each other
//!   is gone.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed, mpsc},
    thread::{self, JoinHandle},
};

use ports::store::{Change, Error, Key, Write};
use rusqlite::Connection;

use super::{
    checkpoint::Checkpoint,
    counts::Counters,
    fault,
    feed::{Ring, Told},
    inbox::{Inbox, Pending, Work},
    statements::{Applied, Statements},
};

/// What the thread needs besides its connection.
#[derive(Clone)]
pub(super) struct Surroundings {
    pub(super) inbox: Arc<Inbox>,
    pub(super) ring: Arc<Ring>,
    pub(super) counters: Arc<Counters>,
}

/// Starts the thread; `Err` when the statements do not fit the database.
pub(super) fn start(connection: Connection, surroundings: Surroundings) -> rusqlite::Result<JoinHandle<()>> {
    let (ready, started) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("store-writer".to_owned()).spawn(move || {
        // Also when this thread panics, callers get an answer.
        let _closing = Closing(&surroundings);
        let statements = Statements::prepare(&connection)
            .and_then(|statements| Ok((statements, Checkpoint::prepare(&connection)?)));
        match statements {
            Err(error) => drop(ready.send(Err(error))),
            Ok((statements, checkpoint)) => {
                drop(ready.send(Ok(())));
                let mut writer = Writer {
                    connection: &connection,
                    statements,
                    checkpoint,
                    surroundings: &surroundings,
                    outcomes: Vec::new(),
                    applied: Vec::new(),
                };
                writer.run();
            }
        }
    });
    let thread = thread.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    started.recv().expect("the thread answers before it does anything else").map(|()| thread)
}

struct Closing<'a>(&'a Surroundings);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.inbox.close();
        self.0.ring.close();
    }
}

struct Writer<'c> {
    connection: &'c Connection,
    statements: Statements<'c>,
    checkpoint: Checkpoint<'c>,
    surroundings: &'c Surroundings,
    /// What becomes of each commit of the group, if the transaction succeeds.
    outcomes: Vec<Result<(), Key>>,
    /// The rows the group wrote and removed, in order.
    applied: Vec<Applied>,
}

impl Writer<'_> {
    fn run(&mut self) {
        let mut group = Vec::new();
        while self.surroundings.inbox.take(&mut group) {
            self.outcomes.clear();
            self.applied.clear();
            let bytes = group.iter().map(|pending| pending.work.bytes()).sum();
            match self.transaction(&group) {
                Ok(()) => self.acknowledge(&mut group),
                Err(error) => self.give_up(&mut group, &error),
            }
            self.checkpoint.after_transaction(bytes);
        }
    }

    fn transaction(&mut self, group: &[Pending]) -> rusqlite::Result<()> {
        self.statements.begin()?;
        let mut changed = false;
        for pending in group {
            let outcome = match &pending.work {
                Work::Commit(writes) => self.commit(writes)?,
                Work::Cursor { feed, sequence } => {
                    self.statements.save_cursor(feed, *sequence)?;
                    changed = true;
                    Ok(())
                }
            };
            self.outcomes.push(outcome);
        }
        self.statements.commit()?;
        changed |= self.applied.iter().any(|applied| *applied != Applied::Nothing);
        if changed {
            self.surroundings.counters.transactions.fetch_add(1, Relaxed);
        }
        Ok(())
    }

    /// One commit: its writes, or the key whose condition fails and no write.
    fn commit(&mut self, writes: &[Write]) -> rusqlite::Result<Result<(), Key>> {
        // A single write checks its condition in the statement that writes. Several are checked before the first is
        // made: that is cheaper than a savepoint.
        if let [_, _, ..] = writes {
            for write in writes {
                if !self.statements.holds(write)? {
                    return Ok(Err(write.key().clone()));
                }
            }
        }
        let before = self.applied.len();
        for write in writes {
            match self.statements.apply(write)? {
                Some(applied) => self.applied.push(applied),
                None if self.applied.len() == before => return Ok(Err(write.key().clone())),
                // Rolls everything back: the condition held a moment ago, in this very transaction.
                None => return Err(rusqlite::Error::StatementChangedRows(0)),
            }
        }
        Ok(Ok(()))
    }

    fn acknowledge(&mut self, group: &mut Vec<Pending>) {
        let Surroundings { inbox, ring, counters } = self.surroundings;
        let mut told = ring.is_heard().then(Vec::new);
        let mut applied = self.applied.iter().copied();
        for (pending, outcome) in group.iter_mut().zip(&self.outcomes) {
            let Work::Commit(writes) = &mut pending.work else {
                continue;
            };
            if outcome.is_err() {
                counters.conflicts.fetch_add(1, Relaxed);
                continue;
            }
            counters.committed(writes);
            if let Some(told) = &mut told {
                let changes = std::mem::take(writes).into_iter().zip(applied.by_ref());
                told.extend(changes.filter_map(|(write, applied)| told_of(write, applied)));
            }
        }
        // Before the answers: whoever was answered finds the change in the feed.
        ring.publish(told, self.statements.last_sequence());
        for (pending, outcome) in group.drain(..).zip(self.outcomes.drain(..)) {
            inbox.answer(pending, outcome.map_err(Error::Conflict));
        }
    }

    fn give_up(&mut self, group: &mut Vec<Pending>, error: &rusqlite::Error) {
        tracing::error!(%error, commits = group.len(), "a transaction of the store failed");
        self.statements.forget_reserved();
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "the failed transaction could not be rolled back");
        }
        for pending in group.drain(..) {
            self.surroundings.inbox.answer(pending, Err(fault(error)));
        }
    }
}

fn told_of(write: Write, applied: Applied) -> Option<Arc<Told>> {
    let (Applied::Put { sequence, version } | Applied::Removed { sequence, version }) = applied else {
        return None;
    };
    let (key, content) = match write {
        Write::Put { key, content, .. } => (key, Some(content)),
        Write::Delete { key, .. } => (key, None),
    };
    let change = Change { key, version, content };
    Some(Arc::new(Told { sequence, change }))
}
