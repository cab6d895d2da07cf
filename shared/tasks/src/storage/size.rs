//! `io.kestra.plugin.core.storage.Size`: how many bytes a file has.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::json;

use super::file::Source;
use crate::{
    plain::{self, Done, outputs},
    properties::{Properties, required},
};

pub(crate) const SIZE: TaskType = TaskType {
    name: "io.kestra.plugin.core.storage.Size",
    aliases: &["io.kestra.core.tasks.storages.Size"],
    properties: &[required("uri", Shape::String)],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Size;

impl Runnable for Size {
    fn task_type(&self) -> &TaskType {
        &SIZE
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), size(attempt, &surroundings)).await })
    }
}

async fn size(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let uri = properties.required_text("uri");
    properties.finish()?;
    let source = Source::new(attempt, uri)?;
    let size = surroundings.blobs.size(&source.path).await.map_err(|error| source.unread(error))?;
    Ok(outputs([("size", json!(size))]))
}
