//! `io.kestra.plugin.core.kv.Get`: the value of a key.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};

use super::missing;
use crate::{
    plain::{self, Done, Made, outputs, said},
    properties::{Properties, property, required},
};

pub(crate) const GET: TaskType = TaskType {
    name: "io.kestra.plugin.core.kv.Get",
    aliases: &[],
    properties: &[
        required("key", Shape::String),
        property("namespace", Shape::String),
        property("errorOnMissing", Shape::Boolean),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Get;

impl Runnable for Get {
    fn task_type(&self) -> &TaskType {
        &GET
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), get(attempt, &surroundings)).await })
    }
}

async fn get(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let key = properties.required_text("key");
    let namespace = properties.text("namespace").unwrap_or_else(|| attempt.namespace.clone());
    let error_on_missing = properties.flag("errorOnMissing", false);
    properties.finish()?;
    match surroundings.engine.value(&attempt.tenant, &namespace, &key).await.map_err(said)? {
        Some(stored) if stored.expired => Err("The requested value has expired".to_owned()),
        Some(stored) => Ok(outputs([("value", stored.value.json)])),
        None if error_on_missing => Err(missing(&key, &namespace)),
        None => Ok(Made::default()),
    }
}
