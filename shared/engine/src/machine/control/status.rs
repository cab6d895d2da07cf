//! Another end for an execution that has ended.

use super::Refused;
use crate::{
    execution::{Execution, State},
    time::Timestamp,
};

/// The execution in another terminal state; its task runs are as they were. Kestra: `change-status`.
///
/// # Errors
/// [`Refused::StatusNotTerminal`], [`Refused::NotTerminal`].
pub fn change_status(execution: &Execution, state: State, now: Timestamp) -> Result<Execution, Refused> {
    if !state.is_terminal() {
        return Err(Refused::StatusNotTerminal);
    }
    if !execution.state.is_terminal() {
        return Err(Refused::NotTerminal);
    }
    let mut changed = execution.clone();
    changed.state.enter(state, now);
    // Nobody tries again what is no longer RETRIED, nor what was not by itself.
    changed.course.retried_at = None;
    Ok(changed)
}
