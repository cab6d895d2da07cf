//! `ForEachItem$ForEachItemSplit`: a file of rows becomes many.

use std::sync::Arc;

use engine::{
    execution::{AttemptOutcome, Ending},
    flow::{PropertyType, Shape, TaskType},
};
use ports::{
    Answer,
    blobs::Blobs,
    run::{Attempt, Runnable, Surroundings},
    uri,
};
use serde_json::{Map, Value as Json};

use super::{
    batch::Batch,
    bucket::Bucket,
    writing::{self, Listing, path},
};
use crate::stop::Stop;

const fn property(name: &'static str, shape: Shape, required: bool) -> PropertyType {
    PropertyType { name, shape, required, dynamic: true }
}

pub(crate) const SPLIT: TaskType = TaskType {
    name: "io.kestra.plugin.core.flow.ForEachItem$ForEachItemSplit",
    aliases: &[],
    properties: &[property("items", Shape::String, true), property("batch", Shape::Any, false)],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Split;

impl Runnable for Split {
    fn task_type(&self) -> &TaskType {
        &SPLIT
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move {
            let mut stop = Stop::new(surroundings.stop.clone());
            tokio::select! {
                biased;
                () = stop.asked() => AttemptOutcome::new(Ending::Killed, Map::new()),
                split = split(attempt, &surroundings.blobs) => match split {
                    Ok(splits) => {
                        let outputs = [("splits".to_owned(), Json::String(splits))].into_iter().collect();
                        AttemptOutcome::new(Ending::Success, outputs)
                    }
                    Err(message) => AttemptOutcome::failed(message),
                },
            }
        })
    }
}

/// Writes the batches, and a file with the URI of each; gives the URI of that one.
async fn split(attempt: &Attempt, blobs: &Arc<dyn Blobs>) -> Result<String, String> {
    let items = attempt.properties.get("items").and_then(Json::as_str).unwrap_or_default();
    let source = attempt.path_of(items).map_err(|_| {
        format!("Unable to split the items from {items}, this is not an internal storage URI!")
    })?;
    let batch = Batch::read(attempt.properties.get("batch"))?;
    let listed = path(&attempt.folder, "splits.txt")?;
    let listing = Listing::File(Bucket::open(blobs, listed.clone()));
    match writing::write(blobs, &attempt.folder, &source, &batch, listing).await? {
        Listing::File(splits) => splits.finish().await?,
        Listing::Uris(_) => {}
    }
    uri::from_path(&listed).map_err(|it| it.to_string())
}
