//! `io.kestra.plugin.core.storage.Delete`: removes a file of this execution.
//!
//! Of this one alone: what another execution reads, or a namespace keeps, does not vanish under it.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer, blobs,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::json;

use super::file::{Source, execution_folder};
use crate::{
    plain::{self, Done, outputs, said},
    properties::{Properties, property, required},
};

pub(crate) const DELETE: TaskType = TaskType {
    name: "io.kestra.plugin.core.storage.Delete",
    aliases: &["io.kestra.core.tasks.storages.Delete"],
    properties: &[required("uri", Shape::String), property("errorOnMissing", Shape::Boolean)],
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
    let uri = properties.required_text("uri");
    let fails = properties.flag("errorOnMissing", false);
    properties.finish()?;
    let source = Source::new(attempt, uri)?;
    let is_ours = execution_folder(attempt)
        .and_then(|folder| source.path.as_str().strip_prefix(folder))
        .is_some_and(|rest| rest.starts_with('/'));
    if !is_ours {
        return Err(format!(
            "{} is not a file of this execution, and only those can be deleted; files of a namespace are deleted with \
             `io.kestra.plugin.core.namespace.DeleteFiles`",
            source.uri
        ));
    }
    // A folder is no file: what stands below one is not asked for.
    let deleted = match surroundings.blobs.size(&source.path).await {
        Ok(_) => surroundings.blobs.delete_under(source.path.as_str()).await.map_err(said)? > 0,
        Err(blobs::Error::NotFound(_)) => false,
        Err(error) => return Err(source.unread(error)),
    };
    if fails && !deleted {
        return Err(format!("Unable to find the file '{}'", source.uri));
    }
    Ok(outputs([("uri", json!(source.uri)), ("deleted", json!(deleted))]))
}
