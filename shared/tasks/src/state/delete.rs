//! `io.kestra.plugin.core.state.Delete`: forgets a state.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::json;

use super::{PROPERTIES, missing, named};
use crate::{
    plain::{self, Done, outputs, said},
    properties::{Properties, property},
};

pub(crate) const DELETE: TaskType = TaskType {
    name: "io.kestra.plugin.core.state.Delete",
    aliases: &["io.kestra.core.tasks.states.Delete"],
    properties: &{
        let [name, namespace, value] = PROPERTIES;
        [name, namespace, value, property("errorOnMissing", Shape::Boolean)]
    },
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
    let (key, name) = named(&mut properties, attempt);
    let error_on_missing = properties.flag("errorOnMissing", false);
    properties.finish()?;
    let removed = surroundings.engine.remove_value(&attempt.tenant, &attempt.namespace, &key).await;
    let deleted = removed.map_err(said)?;
    if !deleted && error_on_missing {
        return Err(missing(&name));
    }
    Ok(outputs([("deleted", json!(deleted))]))
}
