//! `io.kestra.plugin.core.storage.FilterItems`: the items of a file for which an expression is true, or is not.

use engine::{
    execution::AttemptOutcome,
    flow::{PropertyType, Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::json;

use super::{
    file::{Source, Target},
    items::{Items, rendered},
};
use crate::{
    plain::{self, Done, outputs},
    properties::{Properties, fixed, property, required},
};

pub(crate) const FILTER_ITEMS: TaskType = TaskType {
    name: "io.kestra.plugin.core.storage.FilterItems",
    aliases: &["io.kestra.core.tasks.storages.FilterItems"],
    properties: &[
        required("from", Shape::String),
        // Rendered for each item.
        PropertyType { required: true, ..fixed("filterCondition", Shape::Expression) },
        property("filterType", Shape::OneOf(&["INCLUDE", "EXCLUDE"])),
        property("errorOrNullBehavior", Shape::OneOf(&["FAIL", "INCLUDE", "EXCLUDE"])),
    ],
};

/// What becomes of an item whose expression fails.
#[derive(Debug, Clone, Copy)]
enum OnError {
    Fail,
    Include,
    Exclude,
}

/// The task type.
#[derive(Debug)]
pub(crate) struct FilterItems;

impl Runnable for FilterItems {
    fn task_type(&self) -> &TaskType {
        &FILTER_ITEMS
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), filter(attempt, &surroundings)).await })
    }
}

async fn filter(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let from = properties.required_text("from");
    let condition = properties.required_text("filterCondition");
    let kept_when = properties.word("filterType", |word| match word {
        "INCLUDE" => Some(true),
        "EXCLUDE" => Some(false),
        _ => None,
    });
    let on_error = properties.word("errorOrNullBehavior", |word| match word {
        "FAIL" => Some(OnError::Fail),
        "INCLUDE" => Some(OnError::Include),
        "EXCLUDE" => Some(OnError::Exclude),
        _ => None,
    });
    properties.finish()?;
    let (kept_when, on_error) = (kept_when.unwrap_or(true), on_error.unwrap_or(OnError::Fail));
    let mut items = Items::open(&Source::new(attempt, from)?, surroundings).await?;
    let mut target = Target::open(attempt, surroundings, "filtered.ion")?;
    let (mut processed, mut dropped): (u64, u64) = (0, 0);
    loop {
        let batch = items.batch().await?;
        if batch.is_empty() {
            break;
        }
        let answers = rendered(&condition, &batch, attempt, surroundings).await?;
        for (item, answer) in batch.iter().zip(answers) {
            let keeps = match (answer, on_error) {
                (Ok(text), _) => is_true(&text) == kept_when,
                (Err(_), OnError::Include) => true,
                (Err(_), OnError::Exclude) => false,
                (Err(problem), OnError::Fail) => return Err(format!("`filterCondition`: {problem}")),
            };
            processed += 1;
            if keeps {
                target.write(&item.bytes).await;
                target.write(b"\n").await;
            } else {
                dropped += 1;
            }
        }
    }
    Ok(outputs([
        ("uri", target.finish().await?),
        ("processedItemsTotal", json!(processed)),
        ("droppedItemsTotal", json!(dropped)),
    ]))
}

/// Kestra: as a condition of a flow. What is `null` is rendered as nothing, and is false.
fn is_true(text: &str) -> bool {
    !matches!(text.trim(), "" | "false" | "0" | "-0")
}
