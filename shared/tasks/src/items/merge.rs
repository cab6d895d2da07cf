//! `ForEachItem$ForEachItemMergeOutputs`: the outputs of all batches in one file, one line each, in their order.

use std::sync::Arc;

use engine::{
    execution::{AttemptOutcome, Ending},
    flow::{PropertyType, Shape, TaskType},
    machine::CALLS_MAX,
};
use futures_util::{StreamExt, stream};
use ports::{
    Answer,
    blobs::{self, Blobs, ByteStream, Path},
    run::{Attempt, Runnable, Surroundings},
    uri,
};
use serde_json::{Map, Value as Json};

use super::bucket::{Bucket, Completing};
use crate::stop::Stop;

/// Files that are opened ahead.
const OPENED_AHEAD: usize = 8;

const fn property(name: &'static str, shape: Shape) -> PropertyType {
    PropertyType { name, shape, required: false, dynamic: true }
}

pub(crate) const MERGE: TaskType = TaskType {
    name: "io.kestra.plugin.core.flow.ForEachItem$ForEachItemMergeOutputs",
    aliases: &[],
    properties: &[
        property("subflowOutputsBaseUri", Shape::String),
        property("numberOfBatches", Shape::Integer),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Merge;

impl Runnable for Merge {
    fn task_type(&self) -> &TaskType {
        &MERGE
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move {
            let mut stop = Stop::new(surroundings.stop.clone());
            tokio::select! {
                biased;
                () = stop.asked() => AttemptOutcome::new(Ending::Killed, Map::new()),
                merged = merge(attempt, &surroundings.blobs) => match merged {
                    Ok(uri) => {
                        let outputs = uri.map(|uri| ("subflowOutputs".to_owned(), Json::String(uri)));
                        AttemptOutcome::new(Ending::Success, outputs.into_iter().collect())
                    }
                    Err(message) => AttemptOutcome::failed(message),
                },
            }
        })
    }
}

/// Gives the URI of the merged file; `None` when no batch has outputs.
async fn merge(attempt: &Attempt, blobs: &Arc<dyn Blobs>) -> Result<Option<String>, String> {
    let base = attempt.properties.get("subflowOutputsBaseUri").and_then(Json::as_str).unwrap_or_default();
    if base.is_empty() {
        return Ok(None);
    }
    let base = uri::to_path(&attempt.tenant, base).map_err(|it| it.to_string())?;
    let batches = number(attempt.properties.get("numberOfBatches"))?;
    let path = Path::new(format!("{}/outputs.ion", attempt.folder)).map_err(|it| it.to_string())?;
    let opened = |batch| open(Arc::clone(blobs), format!("{}/{batch}/outputs.ion", base.as_str()));
    let mut opened = stream::iter((1..=batches).map(opened)).buffered(OPENED_AHEAD);
    let mut merged: Option<Bucket> = None;
    while let Some(outputs) = opened.next().await {
        let Some(mut outputs) = outputs? else { continue };
        let bucket = merged.get_or_insert_with(|| Bucket::open(blobs, path.clone()));
        while let Some(piece) = outputs.next().await {
            bucket.write(&piece?).await;
        }
    }
    let Some(bucket) = merged else { return Ok(None) };
    let mut completing = Completing::default();
    completing.close(bucket).await?;
    completing.all().await?;
    uri::from_path(&path).map(Some).map_err(|it| it.to_string())
}

/// The outputs of a batch, if it has some.
async fn open(blobs: Arc<dyn Blobs>, path: String) -> Result<Option<ByteStream>, String> {
    let path = Path::new(path).map_err(|it| it.to_string())?;
    match blobs.get(&path, None).await {
        Ok(reading) => Ok(Some(reading.stream)),
        Err(blobs::Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// How many batches there were.
fn number(value: Option<&Json>) -> Result<u32, String> {
    let number = match value {
        None | Some(Json::Null) => Some(0),
        Some(Json::Number(number)) => number.as_u64().and_then(|it| u32::try_from(it).ok()),
        Some(Json::String(text)) => text.trim().parse().ok(),
        Some(Json::Bool(_) | Json::Array(_) | Json::Object(_)) => None,
    };
    number
        .filter(|it| *it <= CALLS_MAX)
        .ok_or_else(|| format!("`numberOfBatches` must be a number up to {CALLS_MAX}"))
}
