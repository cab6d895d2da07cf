//! `io.kestra.plugin.core.execution.PurgeExecutions`: removes executions that have ended, or parts of them.

use engine::{
    execution::{AttemptOutcome, State},
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    engine::Purge,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::json;

use crate::{
    plain::{self, Done, outputs, said},
    properties::{Properties, property, required},
};

pub(crate) const PURGE: TaskType = TaskType {
    name: "io.kestra.plugin.core.execution.PurgeExecutions",
    aliases: &["io.kestra.core.tasks.storages.Purge", "io.kestra.plugin.core.storage.Purge"],
    properties: &[
        property("namespace", Shape::String),
        property("flowId", Shape::String),
        property("startDate", Shape::String),
        required("endDate", Shape::String),
        property("states", Shape::Strings),
        property("purgeExecution", Shape::Boolean),
        property("purgeLog", Shape::Boolean),
        property("purgeMetric", Shape::Boolean),
        property("purgeStorage", Shape::Boolean),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct PurgeExecutions;

impl Runnable for PurgeExecutions {
    fn task_type(&self) -> &TaskType {
        &PURGE
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), purge(attempt, &surroundings)).await })
    }
}

async fn purge(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let which = Purge {
        namespace: properties.text("namespace"),
        flow_id: properties.text("flowId"),
        states: properties.words("states", State::from_name),
        start: properties.moment("startDate"),
        end: properties.required_moment("endDate"),
        execution: properties.flag("purgeExecution", true),
        logs: properties.flag("purgeLog", true),
        metrics: properties.flag("purgeMetric", true),
        files: properties.flag("purgeStorage", true),
    };
    properties.finish()?;
    let purged = surroundings.engine.purge(&attempt.tenant, &which).await.map_err(said)?;
    Ok(outputs([
        ("executionsCount", json!(purged.executions)),
        ("logsCount", json!(purged.logs)),
        ("metricsCount", json!(purged.metrics)),
        ("storagesCount", json!(purged.files)),
    ]))
}
