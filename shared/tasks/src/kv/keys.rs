//! `io.kestra.plugin.core.kv.GetKeys`: the keys that start so.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::json;

use crate::{
    plain::{self, Done, outputs, said},
    properties::{Properties, property},
};

pub(crate) const GET_KEYS: TaskType = TaskType {
    name: "io.kestra.plugin.core.kv.GetKeys",
    aliases: &[],
    properties: &[property("prefix", Shape::String), property("namespace", Shape::String)],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct GetKeys;

impl Runnable for GetKeys {
    fn task_type(&self) -> &TaskType {
        &GET_KEYS
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), keys(attempt, &surroundings)).await })
    }
}

async fn keys(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let prefix = properties.text("prefix").unwrap_or_default();
    let namespace = properties.text("namespace").unwrap_or_else(|| attempt.namespace.clone());
    properties.finish()?;
    let keys = surroundings.engine.keys(&attempt.tenant, &namespace, &prefix).await.map_err(said)?;
    Ok(outputs([("keys", json!(keys))]))
}
