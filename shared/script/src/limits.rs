//! What one evaluation may use.

use std::sync::{Arc, atomic::AtomicBool};

/// Bytes of a script. Parsing is not counted as work, so this is what bounds it: to some tens of milliseconds.
pub(crate) const SOURCE_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a message that tells why a script failed.
pub(crate) const MESSAGE_BYTES_MAX: usize = 1000;
/// Bytes that everything a script makes may take together.
const MEMORY_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of the caller's stack that calls within calls may take: a quarter of a tokio worker's 2 MiB.
const STACK_BYTES: usize = 512 * 1024;
/// Steps: rounds of loops, calls, and what functions written in C do, measured in such. About a second for what
/// scripts do in a step; a loop with an empty body needs a tenth of it.
const FUEL: u64 = 10_000_000;
/// Bytes of the result as JSON.
const RESULT_BYTES: usize = 1024 * 1024;

/// What one evaluation may use.
///
/// All but `stop` are the same for every run, so a script fails every time or never.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes that everything a script makes may take together, `$` included. At least 1 MiB, or nothing runs.
    pub memory_bytes: usize,
    /// Bytes of the caller's stack; deeper calls throw a `RangeError` inside the script. The caller must have twice as
    /// many left.
    pub stack_bytes: usize,
    /// Steps, rounded up to ten thousands: rounds of loops, calls, steps of regular expressions, and a charge for
    /// functions whose work grows with what they are given.
    pub fuel: u64,
    /// Bytes of the result as JSON.
    pub result_bytes: usize,
    /// Set by a caller with a clock to end the script early, as if its fuel were spent. Looked at every ten thousand
    /// steps: a hostile script, comparing strings of megabytes, makes that seconds, where others take milliseconds.
    pub stop: Option<Arc<AtomicBool>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: MEMORY_BYTES,
            stack_bytes: STACK_BYTES,
            fuel: FUEL,
            result_bytes: RESULT_BYTES,
            stop: None,
        }
    }
}
