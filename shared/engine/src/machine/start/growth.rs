//! Tasks that take their shape from their input: whether they may have it.

use std::{cell::RefCell, collections::HashSet};

use expression::Error;
use serde_json::{Map, Value as Json};

use super::{Site, input, refuse};
use crate::{
    conductor::dynamic,
    flow::{Growth, TASKS_MAX, WorkflowTask},
};

/// The ids of tasks that were shaped since the flow has grown last.
#[derive(Debug, Default)]
pub(in crate::machine) struct Claimed(RefCell<HashSet<String>>);

impl Claimed {
    /// Whether there are any.
    pub(in crate::machine) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// The flow has them.
    pub(in crate::machine) fn clear(&mut self) {
        self.0.get_mut().clear();
    }
}

/// The input that is kept: for one that shapes its task, after it was found to be one that can.
pub(super) fn shaping(
    workflow: &WorkflowTask,
    given: Map<String, Json>,
    site: &Site<'_>,
) -> Result<Map<String, Json>, Error> {
    let Some(growth) = &workflow.growth else { return Ok(given) };
    let Site { flow, task, .. } = *site;
    let depth = flow.places.get(&task.id).map_or(0, |place| place.below.len());
    let what = match &**growth {
        Growth::Forks(_) => "FORK_JOIN_DYNAMIC",
        Growth::Becomes { .. } => "DYNAMIC",
    };
    let refused = |why: String| refuse(format!("{what} `{}`: {why}", task.id));
    match &**growth {
        Growth::Forks(form) => {
            let input = dynamic::forked(form, (&task.id, task.allow_failure), given).map_err(refused)?;
            input::check_size(&input)?;
            let branches = dynamic::branches(form, &input, (&flow.namespace, depth + 1)).map_err(refused)?;
            let mut claimed = site.claimed.0.borrow_mut();
            let is_there = |id: &str| flow.places.contains_key(id) || claimed.contains(id);
            let ids = dynamic::check(&branches, &is_there).map_err(refused)?;
            if flow.places.len() + claimed.len() + ids.len() > TASKS_MAX {
                return Err(refused(format!(
                    "with its branches the workflow has more than {TASKS_MAX} tasks"
                )));
            }
            // The fork itself has its place: what is claimed is never empty for one that has no branches.
            claimed.extend(ids.into_iter().chain([task.id.clone()]));
            Ok(input)
        }
        Growth::Becomes { name_from, step } => {
            let named = dynamic::named(step, name_from, &given, &flow.namespace, depth);
            named.map_err(refused)?;
            site.claimed.0.borrow_mut().insert(task.id.clone());
            Ok(given)
        }
    }
}
