//! `io.kestra.plugin.core.storage.Concat`: files one behind the other.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use futures_util::StreamExt;
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};

use super::file::{Source, Target, extension};
use crate::{
    plain::{self, Done, outputs},
    properties::{Properties, property, required},
};

/// Files that one task puts together.
const FILES_MAX: usize = 10_000;

pub(crate) const CONCAT: TaskType = TaskType {
    name: "io.kestra.plugin.core.storage.Concat",
    aliases: &["io.kestra.core.tasks.storages.Concat"],
    properties: &[
        required("files", Shape::StringsOrString),
        property("separator", Shape::String),
        property("extension", Shape::String),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Concat;

impl Runnable for Concat {
    fn task_type(&self) -> &TaskType {
        &CONCAT
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), concat(attempt, &surroundings)).await })
    }
}

async fn concat(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    if !properties.has("files") {
        properties.problem("`files` must not be null".to_owned());
    }
    let files = properties.strings("files");
    if files.len() > FILES_MAX {
        properties.problem(format!("`files` has {} files, of {FILES_MAX} at most", files.len()));
    }
    let separator = properties.text("separator").unwrap_or_default();
    let extension = extension(&mut properties);
    properties.finish()?;
    let sources = files.into_iter().map(|uri| Source::new(attempt, uri));
    let sources = sources.collect::<Result<Vec<_>, _>>()?;
    let mut target = Target::open(attempt, surroundings, &format!("concat{extension}"))?;
    for source in sources {
        let mut content = source.open(&*surroundings.blobs, None).await?.stream;
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(|error| format!("{} cannot be read: {error}", source.uri))?;
            target.write(&piece).await;
        }
        // Kestra: behind the last one, too.
        target.write(separator.as_bytes()).await;
    }
    Ok(outputs([("uri", target.finish().await?)]))
}
