//! `io.kestra.plugin.core.state.Get`: a state as it is.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::json;

use super::{PROPERTIES, missing, named, read};
use crate::{
    plain::{self, Done, outputs},
    properties::{Properties, property},
};

pub(crate) const GET: TaskType = TaskType {
    name: "io.kestra.plugin.core.state.Get",
    aliases: &["io.kestra.core.tasks.states.Get"],
    properties: &{
        let [name, namespace, value] = PROPERTIES;
        [name, namespace, value, property("errorOnMissing", Shape::Boolean)]
    },
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
    let (key, name) = named(&mut properties, attempt);
    let error_on_missing = properties.flag("errorOnMissing", false);
    properties.finish()?;
    let found = read(attempt, surroundings, &key).await?;
    if found.is_none() && error_on_missing {
        return Err(missing(&name));
    }
    let state = found.map(|(state, _)| state).unwrap_or_default();
    Ok(outputs([("count", json!(state.len())), ("data", json!(state))]))
}
