//! What a definition of Conductor may name wherever it is registered, in a build that has no tasks of AWS.

use engine::{conductor, execution::AttemptOutcome, flow::TaskType};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};

pub(super) const EVENT: TaskType = TaskType { name: conductor::EVENT, aliases: &[], properties: &[] };

/// An `EVENT` to a queue of SQS: it fails, and says why.
#[derive(Debug)]
pub(super) struct Event;

impl Runnable for Event {
    fn task_type(&self) -> &TaskType {
        &EVENT
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, _surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        let sink = attempt.properties.get("sink").and_then(serde_json::Value::as_str).unwrap_or_default();
        let why = format!("`{sink}`: this server was built without the feature `aws`, and reaches no queue");
        Box::pin(std::future::ready(AttemptOutcome::failed(why)))
    }
}
