//! What the store has asked of the table, counted: tests hold budgets against these numbers, never against a clock.

use std::sync::{Mutex, PoisonError};

use aws_sdk_dynamodb::types::ConsumedCapacity;

use super::units::Units;

/// Numbers since the store was opened. A request counts each time the store sends it; what the SDK repeats by itself
/// counts once.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Counts {
    pub gets: u64,
    /// Pages of partitions.
    pub queries: u64,
    /// Pages of shards of lists.
    pub lists: u64,
    /// Pages of shards of what is due, or of when something will be.
    pub dues: u64,
    /// Single writes whose condition names what stands there.
    pub puts: u64,
    /// Single puts without condition.
    pub updates: u64,
    pub deletes: u64,
    /// Commits of several writes.
    pub transactions: u64,
    /// Writes that a condition stopped.
    pub conflicts: u64,
    /// Writes that were turned away because the table was busy.
    pub busy: u64,
    /// What all this cost, by our own arithmetic. Of a put over an item that is not known it is an estimate, unless the
    /// store is [checked](super::Store::checked).
    pub units: Units,
    /// What the service said it cost; nothing unless the store is checked.
    pub told: Units,
}

impl Counts {
    /// What was done since an earlier count.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            gets: self.gets - earlier.gets,
            queries: self.queries - earlier.queries,
            lists: self.lists - earlier.lists,
            dues: self.dues - earlier.dues,
            puts: self.puts - earlier.puts,
            updates: self.updates - earlier.updates,
            deletes: self.deletes - earlier.deletes,
            transactions: self.transactions - earlier.transactions,
            conflicts: self.conflicts - earlier.conflicts,
            busy: self.busy - earlier.busy,
            units: self.units - earlier.units,
            told: self.told - earlier.told,
        }
    }

    /// Requests that read.
    pub fn reads(&self) -> u64 {
        self.gets + self.queries + self.lists + self.dues
    }

    /// Requests that write.
    pub fn writes(&self) -> u64 {
        self.puts + self.updates + self.deletes + self.transactions
    }
}

#[derive(Debug, Default)]
pub(super) struct Counters(Mutex<Counts>);

impl Counters {
    pub(super) fn add(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn read(&self) -> Counts {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The service's account of a read.
pub(super) fn told_of_read(capacity: &ConsumedCapacity) -> Units {
    let [due, list, table] = split(capacity);
    Units { reads: table, index_reads: due + list, ..Units::default() }
}

/// The service's account of a write.
pub(super) fn told_of_write(capacity: &ConsumedCapacity) -> Units {
    let [due_writes, list_writes, writes] = split(capacity);
    Units { writes, due_writes, list_writes, ..Units::default() }
}

/// Of `due`, of `list`, and the rest, which is the table's.
fn split(capacity: &ConsumedCapacity) -> [f64; 3] {
    let of_index = |name| {
        let indexes = capacity.global_secondary_indexes();
        indexes
            .and_then(|indexes| indexes.get(name))
            .and_then(|index| index.capacity_units)
            .unwrap_or_default()
    };
    let [due, list] = [super::DUE, super::LIST].map(of_index);
    [due, list, capacity.capacity_units.unwrap_or_default() - due - list]
}
