//! Starting over: the same execution from its beginning.

use serde_json::Map;

use super::{Refused, gone_on, next_attempt};
use crate::{
    execution::{Execution, State, TaskRuns, Templates},
    time::Timestamp,
};

/// The same execution as it was when it was created, with this revision of its flow: what its tasks did is gone. Its
/// inputs, labels and log lines stay. Conductor: `restart`.
///
/// # Errors
/// [`Refused::NotEnded`].
pub fn start_over(
    execution: &Execution,
    (revision, templates): (u32, &Templates),
    now: Timestamp,
) -> Result<Execution, Refused> {
    let state = execution.state.current();
    if !execution.is_over() {
        return Err(Refused::NotEnded(state));
    }
    let mut next = gone_on(execution, TaskRuns::default(), now);
    // It takes its place and its times as a new one does.
    next.state.enter(State::Created, now);
    next.flow_revision = revision;
    next.templates = templates.found();
    next.variables = Map::new();
    next.course.skips = Vec::new();
    next.metadata = next_attempt(execution);
    Ok(next)
}
