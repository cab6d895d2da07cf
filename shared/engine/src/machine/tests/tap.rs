//! What folds applied, in its order: the facts that nobody outside told.

use std::cell::RefCell;

use crate::machine::Event;

thread_local! { static APPLIED: RefCell<Vec<Event>> = const { RefCell::new(Vec::new()) }; }

pub(in crate::machine) fn record(event: &Event) {
    APPLIED.with_borrow_mut(|applied| applied.push(event.clone()));
}

/// Since the last call, on the tests' own thread.
pub(super) fn taken() -> Vec<Event> {
    APPLIED.take()
}
