//! Executable tasks: what they start, and how they end.

use serde_json::{Map, Value as Json};

use super::Rejected;
use crate::{
    execution::{Execution, State},
    flow::Flow,
    id::TaskRunId,
    time::Timestamp,
};

pub(super) fn planned(
    _: &Flow,
    _: &mut Execution,
    task_run: TaskRunId,
    _: u32,
    _: u32,
    _: Timestamp,
) -> Result<(), Rejected> {
    Err(Rejected::Impossible(format!("task run {task_run} cannot start executions yet")))
}

pub(super) fn begun(
    _: &Flow,
    _: &mut Execution,
    task_run: TaskRunId,
    _: u32,
    _: u32,
    _: Timestamp,
) -> Result<(), Rejected> {
    Err(Rejected::Impossible(format!("task run {task_run} cannot start executions yet")))
}

pub(super) fn ended(
    _: &Flow,
    _: &mut Execution,
    (task_run, _): (TaskRunId, u32),
    _: u32,
    _: (State, Map<String, Json>),
    _: Timestamp,
) -> Result<(), Rejected> {
    Err(Rejected::Impossible(format!("task run {task_run} cannot start executions yet")))
}
