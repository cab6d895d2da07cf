//! Which writes end an execution, for those who watch the store and count.

use engine::execution::State;
use ports::store::{Content, Key};

use crate::{keys, record};

/// The state in which this write leaves an execution that has ended with it; `None` for every other write.
pub fn ended(key: &Key, content: &Content) -> Option<State> {
    keys::as_execution(key)?;
    let entry = content.entry.as_ref()?;
    let fate = record::fate(entry).ok()?;
    fate.is_over().then_some(fate.state)
}
