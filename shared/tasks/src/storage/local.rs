//! `io.kestra.plugin.core.storage.LocalFiles`: files into a working directory and out of it.

use std::sync::Arc;

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::{Map, Value as Json};

use crate::{
    directories::{Directories, Place},
    files::{Globs, collect, write_input},
    plain::{self, Done, outputs},
    properties::{Properties, property},
    registry::Parts,
};

pub(crate) const LOCAL_FILES: TaskType = TaskType {
    name: "io.kestra.plugin.core.storage.LocalFiles",
    aliases: &["io.kestra.core.tasks.storages.LocalFiles"],
    properties: &[property("inputs", Shape::StringMapOrString), property("outputs", Shape::Strings)],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct LocalFiles {
    directories: Arc<Directories>,
}

impl LocalFiles {
    pub(crate) fn new(parts: &Parts) -> Self {
        Self { directories: Arc::clone(&parts.directories) }
    }

    async fn bring(&self, attempt: &Attempt, surroundings: &Surroundings) -> Done {
        let mut properties = Properties::new(&attempt.properties);
        let inputs = properties.texts_by_name("inputs");
        let globs = Globs::new(&properties.strings("outputs")).unwrap_or_else(|problem| {
            properties.problem(format!("`outputs`: {problem}"));
            Globs::default()
        });
        properties.finish()?;
        let place = self.directories.enter(attempt)?;
        let done = bring_in(&place, inputs, globs, attempt, surroundings).await;
        place.leave().await;
        Ok(outputs([("uris", Json::Object(done?))]))
    }
}

impl Runnable for LocalFiles {
    fn task_type(&self) -> &TaskType {
        &LOCAL_FILES
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(
            async move { plain::run(surroundings.stop.clone(), self.bring(attempt, &surroundings)).await },
        )
    }
}

async fn bring_in(
    place: &Place,
    inputs: Vec<(String, String)>,
    globs: Globs,
    attempt: &Attempt,
    surroundings: &Surroundings,
) -> Result<Map<String, Json>, String> {
    let mut fetch = place.fetch(&*surroundings.blobs, attempt);
    for (name, value) in inputs {
        write_input(&mut fetch, place.path(), &name, &value).await?;
    }
    if globs.is_empty() {
        return Ok(Map::new());
    }
    collect(globs, place.path(), &*surroundings.blobs, &attempt.folder).await
}
