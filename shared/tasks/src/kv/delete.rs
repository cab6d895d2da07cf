//! `io.kestra.plugin.core.kv.Delete`: removes a key.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::json;

use super::missing;
use crate::{
    plain::{self, Done, outputs, said},
    properties::{Properties, property, required},
};

pub(crate) const DELETE: TaskType = TaskType {
    name: "io.kestra.plugin.core.kv.Delete",
    aliases: &[],
    properties: &[
        required("key", Shape::String),
        property("namespace", Shape::String),
        property("errorOnMissing", Shape::Boolean),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Delete;

impl Runnable for Delete {
    fn task_type(&self) -> &TaskType {
        &DELETE
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), delete(attempt, &surroundings)).await })
    }
}

async fn delete(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let key = properties.required_text("key");
    let namespace = properties.text("namespace").unwrap_or_else(|| attempt.namespace.clone());
    let error_on_missing = properties.flag("errorOnMissing", false);
    properties.finish()?;
    let deleted = surroundings.engine.remove_value(&attempt.tenant, &namespace, &key).await.map_err(said)?;
    if !deleted && error_on_missing {
        return Err(missing(&key, &namespace));
    }
    Ok(outputs([("deleted", json!(deleted))]))
}
