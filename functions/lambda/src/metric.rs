//! Metrics as `CloudWatch` reads them out of the log: one JSON object a line, in the embedded metric format.
//!
//! The dimensions are the stage and the function, and nothing else: what tells more apart (end states) is a metric of
//! its own name, so that the number of series does not grow with what users do.

use engine::{execution::State, time::Timestamp};
use serde_json::{Map, Value as Json, json};

/// Where all of them stand in `CloudWatch`.
pub const NAMESPACE: &str = "Roundtrip";

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Executions that ended with a write of this function, by their state.
    Ended(State),
    /// How long the oldest message of a batch had waited when it was received, in milliseconds.
    QueueAge,
    /// Messages and changes that will be delivered again, or go to the dead-letter queue.
    RecordsFailed,
    /// Messages and changes that nobody can read.
    RecordsPoisoned,
    /// Writes that the store refused because somebody else had written.
    StoreConflicts,
    /// Requests that the store did not take for the time being.
    StoreThrottles,
    /// Environments that began with this invocation.
    ColdStarts,
    /// From the event to the answer, in milliseconds.
    Duration,
}

impl Metric {
    /// Its name in `CloudWatch`, and the unit.
    pub const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Ended(State::Success) => ("ExecutionsSuccess", "Count"),
            Self::Ended(State::Warning) => ("ExecutionsWarning", "Count"),
            Self::Ended(State::Failed) => ("ExecutionsFailed", "Count"),
            Self::Ended(State::Killed) => ("ExecutionsKilled", "Count"),
            Self::Ended(State::Cancelled) => ("ExecutionsCancelled", "Count"),
            // None of these ends an execution today.
            Self::Ended(
                State::Created
                | State::Running
                | State::Paused
                | State::Restarted
                | State::Killing
                | State::Queued
                | State::Retrying
                | State::Retried
                | State::Skipped,
            ) => ("ExecutionsOther", "Count"),
            Self::QueueAge => ("QueueAge", "Milliseconds"),
            Self::RecordsFailed => ("RecordsFailed", "Count"),
            Self::RecordsPoisoned => ("RecordsPoisoned", "Count"),
            Self::StoreConflicts => ("StoreConflicts", "Count"),
            Self::StoreThrottles => ("StoreThrottles", "Count"),
            Self::ColdStarts => ("ColdStarts", "Count"),
            Self::Duration => ("Duration", "Milliseconds"),
        }
    }
}

/// What is said about one invocation.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    pub at: Timestamp,
    /// The first dimension, e.g. `dev`.
    pub stage: &'a str,
    /// The second, e.g. `api`.
    pub function: &'a str,
    pub values: &'a [(Metric, u64)],
    /// Beside the metrics, for whoever reads the log; they make no series.
    pub properties: &'a [(&'a str, String)],
}

impl Report<'_> {
    /// The line, without its end.
    pub fn line(&self) -> String {
        let directive = json!({
            "Namespace": NAMESPACE,
            "Dimensions": [["Stage", "Function"]],
            "Metrics": self.values.iter().map(|(metric, _)| {
                let (name, unit) = metric.name();
                json!({ "Name": name, "Unit": unit })
            }).collect::<Vec<_>>(),
        });
        let mut line = Map::new();
        let about = json!({ "Timestamp": self.at.as_millis(), "CloudWatchMetrics": [directive] });
        line.insert("_aws".to_owned(), about);
        line.insert("Stage".to_owned(), self.stage.into());
        line.insert("Function".to_owned(), self.function.into());
        for (metric, value) in self.values {
            line.insert(metric.name().0.to_owned(), Json::from(*value));
        }
        for (name, value) in self.properties {
            line.insert((*name).to_owned(), value.as_str().into());
        }
        Json::Object(line).to_string()
    }
}

#[cfg(test)]
mod tests;
