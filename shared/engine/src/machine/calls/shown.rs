//! What a task shows of the executions it started.

use serde_json::{Map, Value as Json};

use crate::{
    execution::{Calls, State},
    flow::Executable,
};

/// Brings the outputs of the task up to date.
///
/// Kestra: a `Subflow` that does not wait shows CREATED. `Items` count the states of their children; CREATED and RUNNING
/// stay there with nothing in them, and one that does not wait counts those that were begun as SUCCESS.
pub(super) fn of(executable: &Executable, calls: &Calls, outputs: &mut Map<String, Json>) {
    match executable {
        Executable::Subflow(subflow) => {
            if !subflow.wait && calls.begun == calls.total {
                outputs.insert("state".to_owned(), State::Created.name().into());
            }
        }
        Executable::Items { subflow, .. } => {
            let mut iterations = Map::new();
            let mut count = |state: State, number: u32| {
                iterations.insert(state.name().to_owned(), number.into());
            };
            if subflow.wait {
                let ended = calls.ended_count();
                count(State::Created, calls.total - calls.begun.max(ended).min(calls.total));
                count(State::Running, calls.begun.saturating_sub(ended));
                calls.states.iter().for_each(|(state, number)| count(*state, *number));
            } else {
                count(State::Running, 0);
                count(State::Success, calls.begun);
            }
            // The first ones, before what was known from the beginning.
            let known = std::mem::take(outputs);
            outputs.insert("numberOfBatches".to_owned(), calls.total.into());
            outputs.insert("iterations".to_owned(), Json::Object(iterations));
            for (key, value) in known {
                outputs.entry(key).or_insert(value);
            }
        }
    }
}
