//! `io.kestra.plugin.core.log.PurgeLogs`: removes log lines of executions that stay.

use engine::{
    execution::{AttemptOutcome, Level},
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    engine::LogPurge,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::json;

use crate::{
    plain::{self, Done, outputs, said},
    properties::{Properties, property, required},
};

pub(crate) const PURGE: TaskType = TaskType {
    name: "io.kestra.plugin.core.log.PurgeLogs",
    aliases: &[],
    properties: &[
        property("namespace", Shape::String),
        property("flowId", Shape::String),
        property("logLevels", Shape::Strings),
        property("startDate", Shape::String),
        required("endDate", Shape::String),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct PurgeLogs;

impl Runnable for PurgeLogs {
    fn task_type(&self) -> &TaskType {
        &PURGE
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), purge(attempt, &surroundings)).await })
    }
}

async fn purge(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let which = LogPurge {
        namespace: properties.text("namespace"),
        flow_id: properties.text("flowId"),
        levels: properties.words("logLevels", Level::from_name),
        start: properties.moment("startDate"),
        end: properties.required_moment("endDate"),
    };
    properties.finish()?;
    let count = surroundings.engine.purge_logs(&attempt.tenant, &which).await.map_err(said)?;
    Ok(outputs([("count", json!(count))]))
}
