//! Keeps the write-ahead log short.
//!
//! Commits go to the log; a checkpoint carries them into the database file, and the log starts anew once all is carried
//! over and no reader needs it. The writer does that itself, after it has answered: beside a busy writer, a checkpoint
//! in the background never reaches the end. A reader that holds on to an old state only delays it, until the log is
//! four times as long as it should be: then the writer waits for the reader (at most the busy timeout).

use rusqlite::{Connection, Statement};

/// Pages of 4 KiB in the log from which it is carried over. 16 MB: a page that changes often is carried over once.
const LOG_PAGES: i64 = 4_000;
/// Pages from which the writer waits for readers.
const LOG_PAGES_AT_MOST: i64 = 4 * LOG_PAGES;
/// Transactions between two looks at the log: asking for its length costs a thirtieth of an execution.
const LOOK_EVERY: u32 = 16;
/// Bytes after which it is looked at sooner.
const LOOK_EVERY_BYTES: usize = 4 << 20;

pub(super) struct Checkpoint<'c> {
    log_pages: Statement<'c>,
    carry_over: Statement<'c>,
    wait_and_carry_over: Statement<'c>,
    /// Not before the log has so many pages.
    next_at: i64,
    /// Transactions since the last look, and what they wrote.
    unseen: u32,
    unseen_bytes: usize,
}

impl<'c> Checkpoint<'c> {
    pub(super) fn prepare(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            log_pages: connection.prepare("PRAGMA wal_checkpoint(NOOP)")?,
            carry_over: connection.prepare("PRAGMA wal_checkpoint(PASSIVE)")?,
            wait_and_carry_over: connection.prepare("PRAGMA wal_checkpoint(TRUNCATE)")?,
            next_at: LOG_PAGES,
            unseen: 0,
            unseen_bytes: 0,
        })
    }

    /// A failed checkpoint costs nothing but length: the log has everything, and the next one tries again.
    pub(super) fn after_transaction(&mut self, bytes: usize) {
        self.unseen += 1;
        self.unseen_bytes += bytes;
        if self.unseen < LOOK_EVERY && self.unseen_bytes < LOOK_EVERY_BYTES {
            return;
        }
        self.unseen = 0;
        self.unseen_bytes = 0;
        if let Err(error) = self.try_it() {
            tracing::warn!(%error, "the store's log could not be carried over");
        }
    }

    fn try_it(&mut self) -> rusqlite::Result<()> {
        let pages = pages(&mut self.log_pages)?;
        if pages < LOG_PAGES {
            self.next_at = LOG_PAGES;
        }
        if pages < self.next_at {
            return Ok(());
        }
        // If a reader is in the way, or the log goes on because of one, again after a quarter more.
        self.next_at = pages + LOG_PAGES / 4;
        if pages < LOG_PAGES_AT_MOST {
            self::pages(&mut self.carry_over)?;
        } else {
            self::pages(&mut self.wait_and_carry_over)?;
        }
        Ok(())
    }
}

/// Runs a checkpoint and gives the pages in the log.
fn pages(statement: &mut Statement<'_>) -> rusqlite::Result<i64> {
    statement.query_row([], |row| row.get(1))
}
