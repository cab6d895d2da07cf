//! `io.kestra.plugin.core.storage.PurgeCurrentExecutionFiles`: removes every file of this execution, its inputs and what
//! its tasks have written.

use engine::{execution::AttemptOutcome, flow::TaskType};
use ports::{
    Answer,
    blobs::Path,
    run::{Attempt, Runnable, Surroundings},
    uri,
};
use serde_json::{Value as Json, json};

use super::file::execution_folder;
use crate::{
    plain::{self, Done, outputs, said},
    properties::Properties,
};

/// Files that are listed at once.
const PAGE_FILES_MAX: usize = 1_000;
/// Files of an execution whose files are purged by itself: their URIs are an output.
const FILES_MAX: usize = 5_000;
/// Bytes of their URIs. The outputs of a task have 1 MiB at most.
const URIS_BYTES_MAX: usize = 900 * 1024;

pub(crate) const PURGE: TaskType = TaskType {
    name: "io.kestra.plugin.core.storage.PurgeCurrentExecutionFiles",
    aliases: &[
        "io.kestra.core.tasks.storages.PurgeExecution",
        "io.kestra.plugin.core.storage.PurgeExecution",
    ],
    properties: &[],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct PurgeCurrentExecutionFiles;

impl Runnable for PurgeCurrentExecutionFiles {
    fn task_type(&self) -> &TaskType {
        &PURGE
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), purge(attempt, &surroundings)).await })
    }
}

async fn purge(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    Properties::new(&attempt.properties).finish()?;
    let Some(folder) = execution_folder(attempt) else {
        return Err("this task has no folder among those of its execution".to_owned());
    };
    let mut uris = Vec::new();
    let mut bytes = 0;
    let mut after: Option<Path> = None;
    loop {
        let page = surroundings.blobs.list_under(folder, after.as_ref(), PAGE_FILES_MAX).await;
        let page = page.map_err(said)?;
        let is_full = page.len() == PAGE_FILES_MAX;
        for listed in &page {
            let uri = uri::from_path(&listed.path).map_err(said)?;
            bytes += uri.len();
            uris.push(Json::String(uri));
        }
        if uris.len() > FILES_MAX || bytes > URIS_BYTES_MAX {
            return Err(format!(
                "the execution has more files than can be told: {FILES_MAX} at most, with {URIS_BYTES_MAX} bytes of \
                 URIs; `io.kestra.plugin.core.execution.PurgeExecutions` removes them when it has ended"
            ));
        }
        after = page.into_iter().next_back().map(|listed| listed.path);
        if !is_full {
            break;
        }
    }
    surroundings.blobs.delete_under(folder).await.map_err(said)?;
    Ok(outputs([("uris", json!(uris))]))
}
