//! Looking again until something is there, a bounded number of times.

use std::{thread, time::Duration};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);
/// A minute of looks: far beyond what anything here takes, so that only a defect uses it up.
const LOOKS_MAX: usize = 3_000;

/// What `look` finds.
///
/// # Panics
/// When it never finds anything. `what` completes "waited in vain for".
#[track_caller]
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    at_most(LOOKS_MAX, what, look)
}

/// As [`until`], with a bound of one's own.
#[track_caller]
pub fn at_most<T>(looks: usize, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..looks {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(PAUSE);
    }
    panic!("waited in vain for {what}");
}
