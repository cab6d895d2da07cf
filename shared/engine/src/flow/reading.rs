//! From YAML to a [`Flow`]: every property checked, every problem kept.
//!
//! It exists apart from the model because a sound flow is small and what can be wrong with one is not.
//!
//! # Invariants
//! * Nothing stops at the first problem, except where the text is not YAML at all.
//! * Reading never fails by itself: whatever is refused is a problem, and a flow is made only when there is none.

mod bean;
mod catalogued;
mod check;
mod condition;
mod defaults;
mod document;
mod flow_trigger;
mod input;
mod input_kind;
mod label;
mod nearest;
mod own;
mod path;
mod place;
mod policy;
mod problems;
mod rendered;
mod retry;
mod scalar;
mod task;
mod top;
mod trigger;
mod types;

use problems::Problems;

use super::{Catalogue, Flow};
use crate::{
    problem::{Invalid, Reason},
    yaml,
};

/// What every part of the reading shares.
struct Reading<'a> {
    source: &'a str,
    catalogue: &'a Catalogue,
    problems: Problems,
    /// Every id of a task so far, in order.
    task_ids: Vec<(String, crate::problem::Position)>,
    /// Of the flow itself, for what may not call it.
    namespace: &'a str,
    id: &'a str,
}

pub(super) fn parse(source: &str, catalogue: &Catalogue) -> Result<Flow, Invalid> {
    let written = yaml::read(source).map_err(|problems| Invalid { reason: Reason::Yaml, problems })?;
    let text = |key| written.get(key).and_then(yaml::Node::as_str).unwrap_or_default();
    let mut reading = Reading {
        source,
        catalogue,
        problems: Problems::default(),
        task_ids: Vec::new(),
        namespace: text("namespace"),
        id: text("id"),
    };
    let effective = defaults::inject(&mut reading, &written);
    let flow = top::flow(&mut reading, &effective, &written);
    match reading.problems.into_invalid() {
        Some(invalid) => Err(invalid),
        None => Ok(flow.expect("a flow that cannot be made has a problem")),
    }
}
