//! `io.kestra.plugin.core.namespace.DeleteFiles`: removes files of a namespace.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::{Map, Value as Json};

use super::wanted;
use crate::{
    plain::{self, Done, Made, outputs, said},
    properties::{Properties, required},
};

pub(crate) const DELETE: TaskType = TaskType {
    name: "io.kestra.plugin.core.namespace.DeleteFiles",
    aliases: &[],
    properties: &[required("namespace", Shape::String), required("files", Shape::StringsOrString)],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct DeleteFiles;

impl Runnable for DeleteFiles {
    fn task_type(&self) -> &TaskType {
        &DELETE
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), delete(attempt, &surroundings)).await })
    }
}

async fn delete(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let namespace = properties.required_text("namespace");
    let wanted = wanted(&mut properties);
    properties.finish()?;
    let engine = &*surroundings.engine;
    let Some(wanted) = wanted else { return Ok(Made::default()) };
    let mut deleted = Map::new();
    for file in wanted.find(engine, &attempt.tenant, &namespace).await? {
        if engine.remove_file(&attempt.tenant, &namespace, &file.path).await.map_err(said)? {
            deleted.insert(format!("/{}", file.path), Json::String(file.uri));
        }
    }
    Ok(outputs([("files", Json::Object(deleted))]))
}
