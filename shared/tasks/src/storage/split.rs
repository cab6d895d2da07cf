//! `io.kestra.plugin.core.storage.Split`: a file of rows becomes many, as a `ForEachItem` splits it.

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
    items::{Batch, split_file},
    plain::{self, Done, outputs},
    properties::{Properties, property, required},
};

pub(crate) const SPLIT: TaskType = TaskType {
    name: "io.kestra.plugin.core.storage.Split",
    aliases: &["io.kestra.core.tasks.storages.Split"],
    properties: &[
        required("from", Shape::String),
        property("bytes", Shape::String),
        property("partitions", Shape::Integer),
        property("rows", Shape::Integer),
        property("separator", Shape::String),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Split;

impl Runnable for Split {
    fn task_type(&self) -> &TaskType {
        &SPLIT
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), split(attempt, &surroundings)).await })
    }
}

async fn split(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let from = properties.required_text("from");
    if !["bytes", "partitions", "rows"].into_iter().any(|size| properties.has(size)) {
        properties
            .problem("one of `bytes`, `partitions` and `rows` must say how the file is split".to_owned());
    }
    properties.finish()?;
    let batch = Batch::of(&attempt.properties, "")?;
    let source = Source::new(attempt, from)?;
    // Whether it is there is asked first: the error of the splitter knows no URI.
    surroundings.blobs.size(&source.path).await.map_err(|error| source.unread(error))?;
    let uris = split_file(&surroundings.blobs, &attempt.folder, &source.path, &batch).await?;
    Ok(outputs([("uris", json!(uris))]))
}
