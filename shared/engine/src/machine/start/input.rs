//! The input of a task of Conductor: resolved once when its turn comes, kept with its run, and then worked with.

use std::borrow::Cow;

use expression::Error;
use serde_json::{Map, Value as Json};

use super::{Renderer, Site, refuse};
use crate::{
    flow::Rendered,
    machine::{TASK_OUTPUT_BYTES_MAX, weight},
};

/// Resolves it. What is kept has no secrets in it.
pub(super) fn resolve(input: &Rendered, renderer: &Renderer<'_>) -> Result<Map<String, Json>, Error> {
    let input = map(renderer.value(input)?);
    check_size(&input)?;
    Ok(input)
}

/// Refuses one that is too large to be kept.
pub(super) fn check_size(input: &Map<String, Json>) -> Result<(), Error> {
    let bytes = weight(input.values());
    if bytes > TASK_OUTPUT_BYTES_MAX {
        return Err(refuse(format!("the input is {bytes} bytes, {TASK_OUTPUT_BYTES_MAX} are allowed")));
    }
    Ok(())
}

/// What the task works with: what was kept, and, when anything was asked of the outside, with its secrets.
pub(super) fn of<'s>(site: &Site<'s>) -> Result<Cow<'s, Map<String, Json>>, Error> {
    match (&site.run.input, &site.task.workflow) {
        (Some(input), _) if site.world.supplied.is_empty() => Ok(Cow::Borrowed(input)),
        (_, Some(workflow)) => resolve(&workflow.input, site.renderer).map(Cow::Owned),
        (Some(input), None) => Ok(Cow::Borrowed(input)),
        (None, None) => Ok(Cow::Owned(Map::new())),
    }
}

fn map(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}
