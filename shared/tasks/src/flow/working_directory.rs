//! `io.kestra.plugin.core.flow.WorkingDirectory`: opens the directory that the tasks below share, and closes it.
//!
//! To a flow it is a flowable task: the engine asks for these two attempts around its tasks.

use std::{sync::Arc, time::Duration};

use engine::{
    duration,
    execution::{AttemptOutcome, Ending},
    flow::TaskType,
    id::{ExecutionId, TaskRunId},
    machine::{Directory, DirectoryStep},
};
use ports::{
    Answer,
    blobs::Path,
    clock::Clock,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::{
    directories::{Directories, Place, Shared},
    files::{Globs, NamespaceFiles, collect, restore, store, write_input},
    plain::{self, Done, Made, outputs, said},
    properties::Properties,
    registry::Parts,
};

pub(crate) const WORKING_DIRECTORY: TaskType =
    TaskType { name: "io.kestra.plugin.core.flow.WorkingDirectory", aliases: &[], properties: &[] };

/// The task type.
#[derive(Debug)]
pub(crate) struct WorkingDirectory {
    directories: Arc<Directories>,
    clock: Arc<dyn Clock>,
}

/// What is kept from one execution to the next.
#[derive(Debug)]
struct Cache {
    ttl: Option<Duration>,
    globs: Globs,
}

impl WorkingDirectory {
    pub(crate) fn new(parts: &Parts) -> Self {
        Self { directories: Arc::clone(&parts.directories), clock: Arc::clone(&parts.clock) }
    }

    async fn open(&self, group: TaskRunId, attempt: &Attempt, surroundings: &Surroundings) -> Done {
        let mut properties = Properties::new(&attempt.properties);
        let inputs = properties.texts_by_name("inputFiles");
        let cache = cache(&mut properties);
        let namespace_files = NamespaceFiles::read(&mut properties);
        properties.finish()?;
        let shared = self.directories.make(attempt.execution, group)?;
        let place = Place::Shared(Arc::clone(&shared));
        let filled = async {
            if let Some(cache) = cache {
                let from = kept_at(attempt)?;
                let fresh = (self.clock.now(), cache.ttl);
                shared.remember(restore(&*surroundings.blobs, &from, shared.path(), fresh).await?);
            }
            let mut fetch = place.fetch(&*surroundings.blobs, attempt);
            if let Some(files) = namespace_files {
                files.bring(&mut fetch, &*surroundings.engine, attempt, place.path()).await?;
            }
            for (name, value) in inputs {
                write_input(&mut fetch, place.path(), &name, &value).await?;
            }
            Ok(Made::default())
        };
        let filled = filled.await;
        if filled.is_err() {
            drop(self.directories.take(attempt.execution, group));
        }
        filled
    }

    async fn close(&self, shared: &Shared, attempt: &Attempt, surroundings: &Surroundings) -> Done {
        let mut properties = Properties::new(&attempt.properties);
        let patterns = properties.strings("outputFiles");
        let globs = Globs::new(&patterns).unwrap_or_else(|problem| {
            properties.problem(format!("`outputFiles`: {problem}"));
            Globs::default()
        });
        let cache = cache(&mut properties);
        properties.finish()?;
        let mut done = Made::default();
        if !globs.is_empty() {
            let uris = collect(globs, shared.path(), &*surroundings.blobs, &attempt.folder).await?;
            done = outputs([("outputFiles", Json::Object(uris))]);
        }
        if let Some(cache) = cache {
            let to = (&*surroundings.blobs, &kept_at(attempt)?);
            store(cache.globs, shared.path(), to, &shared.restored(), self.clock.now()).await?;
        }
        Ok(done)
    }
}

impl Runnable for WorkingDirectory {
    fn task_type(&self) -> &TaskType {
        &WORKING_DIRECTORY
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move {
            let stop = surroundings.stop.clone();
            match attempt.directory {
                Some(Directory { of: group, step: DirectoryStep::Open }) => {
                    let opened = plain::run(stop, self.open(group, attempt, &surroundings)).await;
                    if opened.ending == Ending::Killed
                        && let Some(shared) = self.directories.take(attempt.execution, group)
                    {
                        shared.leave().await;
                    }
                    opened
                }
                Some(Directory { of: group, step: DirectoryStep::Close }) => {
                    let Some(shared) = self.directories.take(attempt.execution, group) else {
                        return AttemptOutcome::failed("the working directory of these tasks is gone");
                    };
                    let closed = plain::run(stop, self.close(&shared, attempt, &surroundings)).await;
                    shared.leave().await;
                    closed
                }
                Some(Directory { step: DirectoryStep::Use, .. }) | None => {
                    AttemptOutcome::failed("a WorkingDirectory only opens and closes its own directory")
                }
            }
        })
    }

    fn let_go(&self, execution: ExecutionId) {
        self.directories.let_go(execution);
    }
}

fn cache(properties: &mut Properties<'_>) -> Option<Cache> {
    let Json::Object(given) = properties.any("cache")? else {
        properties.problem("`cache` must be a map".to_owned());
        return None;
    };
    let mut inner = Properties::new(given);
    let patterns = inner.strings("patterns");
    let ttl = inner.text("ttl").and_then(|text| {
        duration::parse(&text).map_err(|problem| inner.problem(format!("`ttl`: {problem}"))).ok()
    });
    if patterns.is_empty() && inner.are_sound() {
        inner.problem("`patterns` must have at least one pattern".to_owned());
    }
    let globs = Globs::new(&patterns).unwrap_or_else(|problem| {
        inner.problem(format!("`patterns`: {problem}"));
        Globs::default()
    });
    if let Err(problem) = inner.finish() {
        properties.problem(format!("`cache`: {problem}"));
        return None;
    }
    Some(Cache { ttl, globs })
}

/// Where the files are kept: for each task, and for each value of a `ForEach` around it.
fn kept_at(attempt: &Attempt) -> Result<Path, String> {
    let of_value = attempt.value.as_ref().map_or_else(String::new, |value| {
        let digest = Sha256::digest(value);
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).chain(["/".to_owned()]).collect()
    });
    Path::new(format!("{}/cache/{of_value}cache", attempt.task_folder)).map_err(said)
}
