//! The present and new identities, from the system.

use std::time::{SystemTime, UNIX_EPOCH};

use engine::time::Timestamp;
use ports::clock::{Clock, Ids};
use uuid::{Uuid, timestamp::context::ContextV7};

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// `UUIDv7` numbers, each greater than the one before, also within a millisecond and when the clock steps back.
#[derive(Default)]
pub struct RandomIds {
    context: std::sync::Mutex<ContextV7>,
}

impl Ids for RandomIds {
    fn next(&self, now: Timestamp) -> u128 {
        let millis = u64::try_from(now.as_millis()).unwrap_or(0);
        let nanos = u32::try_from(millis % 1_000 * 1_000_000).expect("less than a second");
        Uuid::new_v7(uuid::Timestamp::from_unix(&self.context, millis / 1_000, nanos)).as_u128()
    }
}

impl std::fmt::Debug for RandomIds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RandomIds")
    }
}

#[cfg(test)]
mod tests;
