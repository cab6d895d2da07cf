//! The present and new identities, so that tests choose both.

use std::fmt;

use engine::time::Timestamp;

/// The present.
pub trait Clock: Send + Sync + fmt::Debug {
    fn now(&self) -> Timestamp;
}

/// New 128-bit numbers: time-sorted, never twice.
pub trait Ids: Send + Sync + fmt::Debug {
    fn next(&self, now: Timestamp) -> u128;
}
