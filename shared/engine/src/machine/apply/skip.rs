//! Somebody wants a task skipped, and its turn comes.

use super::{Rejected, waiting_run};
use crate::{
    execution::{Execution, Skip, State},
    flow::Flow,
    id::TaskRunId,
    machine::{SKIPS_MAX, TASK_OUTPUT_BYTES_MAX, weight},
    time::Timestamp,
};

pub(super) fn requested(flow: &Flow, execution: &mut Execution, skip: Skip) -> Result<(), Rejected> {
    let id = &skip.task_id;
    let bytes = weight(skip.input.values().chain(skip.outputs.values()));
    if flow.task(id).is_none() {
        return Err(Rejected::Impossible(format!("the flow has no task `{id}`")));
    }
    if bytes > TASK_OUTPUT_BYTES_MAX || execution.course.skips.len() >= SKIPS_MAX {
        return Err(Rejected::Impossible(format!(
            "an execution skips {SKIPS_MAX} tasks at most, of {TASK_OUTPUT_BYTES_MAX} bytes each"
        )));
    }
    let has_run = execution.task_runs.of_task(id).next().is_some();
    if has_run || execution.course.skips.iter().any(|it| it.task_id == *id) {
        return Err(Rejected::Stale(format!("task `{id}` has a run already, or is going to be skipped")));
    }
    execution.course.skips.push(skip);
    Ok(())
}

pub(super) fn skipped(
    execution: &mut Execution,
    task_run: TaskRunId,
    now: Timestamp,
) -> Result<(), Rejected> {
    let asked =
        execution.task_runs.get(task_run).and_then(|run| execution.course.skip(&run.task_id)).cloned();
    let mut run = waiting_run(execution, task_run)?;
    if let Some(Skip { input, outputs, .. }) = asked {
        run.input = Some(input);
        run.outputs = outputs;
    }
    run.state.enter(State::Skipped, now);
    Ok(())
}
