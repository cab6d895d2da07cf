//! `io.kestra.plugin.core.namespace.DownloadFiles`: copies files of a namespace for this execution, as they are now.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    blobs::{self, Path},
    run::{Attempt, Runnable, Surroundings},
    uri,
};
use serde_json::{Map, Value as Json};

use super::wanted;
use crate::{
    files::{FILES_BYTES_MAX, FILES_MAX},
    plain::{self, Done, Made, outputs, said},
    properties::{Properties, property, required},
};

pub(crate) const DOWNLOAD: TaskType = TaskType {
    name: "io.kestra.plugin.core.namespace.DownloadFiles",
    aliases: &[],
    properties: &[
        required("namespace", Shape::String),
        required("files", Shape::StringsOrString),
        property("destination", Shape::String),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct DownloadFiles;

impl Runnable for DownloadFiles {
    fn task_type(&self) -> &TaskType {
        &DOWNLOAD
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), download(attempt, &surroundings)).await })
    }
}

async fn download(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let namespace = properties.required_text("namespace");
    let destination = properties.text("destination").unwrap_or_default();
    let wanted = wanted(&mut properties);
    properties.finish()?;
    let Some(wanted) = wanted else { return Ok(Made::default()) };
    let files = wanted.find(&*surroundings.engine, &attempt.tenant, &namespace).await?;
    if files.len() > FILES_MAX {
        return Err(format!("the patterns name {} files, of {FILES_MAX} at most", files.len()));
    }
    let folder = match destination.trim_matches('/') {
        "" => attempt.folder.clone(),
        below => format!("{}/{below}", attempt.folder),
    };
    let (blobs, mut left) = (&*surroundings.blobs, FILES_BYTES_MAX);
    let mut downloaded = Map::new();
    for file in files {
        let refused = |why: String| format!("file `{}` cannot be copied: {why}", file.path);
        let from = uri::to_path(&attempt.tenant, &file.uri).map_err(said)?;
        let to = Path::new(format!("{folder}/{}", file.path)).map_err(|error| refused(error.to_string()))?;
        let content = match blobs.get(&from, None).await {
            Ok(reading) => reading.stream,
            // It was removed since it was found.
            Err(blobs::Error::NotFound(_)) => continue,
            Err(error) => return Err(refused(error.to_string())),
        };
        left -= blobs.put(&to, content, left).await.map_err(|error| match error {
            blobs::Error::TooLarge { .. } => {
                format!("the files have more than {FILES_BYTES_MAX} bytes in all")
            }
            blobs::Error::NotFound(_) | blobs::Error::Source(_) | blobs::Error::Unavailable(_) => {
                refused(error.to_string())
            }
        })?;
        let uri = uri::from_path(&to).map_err(said)?;
        downloaded.insert(format!("/{}", file.path), Json::String(uri));
    }
    Ok(outputs([("files", Json::Object(downloaded))]))
}
