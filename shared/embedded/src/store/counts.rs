//! What the store has done, counted: tests hold budgets against these numbers, never against a clock.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use ports::store::Write;

/// Numbers since the store was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Commits that took place.
    pub commits: u64,
    /// Commits that a condition stopped.
    pub conflicts: u64,
    /// Puts of commits that took place.
    pub puts: u64,
    /// Bytes of the bodies of these puts.
    pub put_bytes: u64,
    /// Deletes of commits that took place, also of what was not there.
    pub deletes: u64,
    pub gets: u64,
    pub queries: u64,
    pub lists: u64,
    /// Reads of what is due, or of when something will be.
    pub dues: u64,
    /// Transactions that wrote something: each is one wait for the disk.
    pub transactions: u64,
}

impl Counts {
    /// What was done since an earlier count.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            commits: self.commits - earlier.commits,
            conflicts: self.conflicts - earlier.conflicts,
            puts: self.puts - earlier.puts,
            put_bytes: self.put_bytes - earlier.put_bytes,
            deletes: self.deletes - earlier.deletes,
            gets: self.gets - earlier.gets,
            queries: self.queries - earlier.queries,
            lists: self.lists - earlier.lists,
            dues: self.dues - earlier.dues,
            transactions: self.transactions - earlier.transactions,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) commits: AtomicU64,
    pub(super) conflicts: AtomicU64,
    pub(super) puts: AtomicU64,
    pub(super) put_bytes: AtomicU64,
    pub(super) deletes: AtomicU64,
    pub(super) gets: AtomicU64,
    pub(super) queries: AtomicU64,
    pub(super) lists: AtomicU64,
    pub(super) dues: AtomicU64,
    pub(super) transactions: AtomicU64,
}

impl Counters {
    pub(super) fn committed(&self, writes: &[Write]) {
        self.commits.fetch_add(1, Relaxed);
        for write in writes {
            match write {
                Write::Put { content, .. } => {
                    self.puts.fetch_add(1, Relaxed);
                    self.put_bytes.fetch_add(content.body.len() as u64, Relaxed);
                }
                Write::Delete { .. } => {
                    self.deletes.fetch_add(1, Relaxed);
                }
            }
        }
    }

    pub(super) fn read(&self) -> Counts {
        Counts {
            commits: self.commits.load(Relaxed),
            conflicts: self.conflicts.load(Relaxed),
            puts: self.puts.load(Relaxed),
            put_bytes: self.put_bytes.load(Relaxed),
            deletes: self.deletes.load(Relaxed),
            gets: self.gets.load(Relaxed),
            queries: self.queries.load(Relaxed),
            lists: self.lists.load(Relaxed),
            dues: self.dues.load(Relaxed),
            transactions: self.transactions.load(Relaxed),
        }
    }
}
