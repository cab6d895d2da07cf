//! `io.kestra.plugin.core.storage.DeduplicateItems`: of all items with the same key the last one.
//!
//! The file is read twice: first for the place of the last item of each key, of which alone something is held; then for
//! the items at these places.

use std::collections::HashMap;

use engine::{
    execution::AttemptOutcome,
    flow::{PropertyType, Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    file::{Source, Target},
    items::{Items, rendered},
};
use crate::{
    plain::{self, Done, outputs},
    properties::{Properties, fixed, required},
};

/// Different keys in one file: 40 bytes are held for each, and a place in a table.
const KEYS_MAX: usize = 400_000;

pub(crate) const DEDUPLICATE_ITEMS: TaskType = TaskType {
    name: "io.kestra.plugin.core.storage.DeduplicateItems",
    aliases: &["io.kestra.core.tasks.storages.DeduplicateItems"],
    properties: &[
        required("from", Shape::String),
        // Rendered for each item.
        PropertyType { required: true, ..fixed("expr", Shape::Expression) },
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct DeduplicateItems;

impl Runnable for DeduplicateItems {
    fn task_type(&self) -> &TaskType {
        &DEDUPLICATE_ITEMS
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(
            async move { plain::run(surroundings.stop.clone(), deduplicate(attempt, &surroundings)).await },
        )
    }
}

async fn deduplicate(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let from = properties.required_text("from");
    let expression = properties.required_text("expr");
    properties.finish()?;
    let source = Source::new(attempt, from)?;
    let (kept, processed) = last_places(&source, &expression, attempt, surroundings).await?;
    let mut target = Target::open(attempt, surroundings, "deduplicated.ion")?;
    let mut items = Items::open(&source, surroundings).await?;
    let mut next = kept.iter().copied().peekable();
    let mut place: u64 = 0;
    while let Some(item) = items.next().await? {
        if next.next_if_eq(&place).is_some() {
            target.write(&item.bytes).await;
            target.write(b"\n").await;
        }
        place += 1;
    }
    if place != processed {
        return Err(format!("{} has changed while it was read", source.uri));
    }
    Ok(outputs([
        ("uri", target.finish().await?),
        ("numKeys", json!(kept.len())),
        ("processedItemsTotal", json!(processed)),
        ("droppedItemsTotal", json!(processed - kept.len() as u64)),
    ]))
}

/// Where the last item of each key stands among all, in order, and how many there are.
async fn last_places(
    source: &Source,
    expression: &str,
    attempt: &Attempt,
    surroundings: &Surroundings,
) -> Result<(Vec<u64>, u64), String> {
    let mut items = Items::open(source, surroundings).await?;
    let mut places: HashMap<[u8; 32], u64> = HashMap::new();
    let mut place: u64 = 0;
    loop {
        let batch = items.batch().await?;
        if batch.is_empty() {
            let mut places: Vec<u64> = places.into_values().collect();
            places.sort_unstable();
            return Ok((places, place));
        }
        for key in rendered(expression, &batch, attempt, surroundings).await? {
            let key = key.map_err(|problem| format!("`expr`: {problem}"))?;
            places.insert(Sha256::digest(key).into(), place);
            place += 1;
        }
        if places.len() > KEYS_MAX {
            return Err(format!(
                "{} has more than {KEYS_MAX} different keys; that is the limit of one file",
                source.uri
            ));
        }
    }
}
