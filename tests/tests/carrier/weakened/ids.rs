//! Ids that are the same again.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use engine::time::Timestamp;
use ports::clock::Ids;

/// Sorted by time, then by count.
#[derive(Debug, Default)]
pub(crate) struct CountedIds(AtomicU64);

impl Ids for CountedIds {
    fn next(&self, now: Timestamp) -> u128 {
        let count = self.0.fetch_add(1, Relaxed);
        u128::try_from(now.as_millis()).unwrap() << 80 | u128::from(count)
    }
}
