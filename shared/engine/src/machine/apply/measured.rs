//! What attempts measured, as far as there is room for it.

use super::{log, logged::say};
use crate::{
    execution::{Execution, Level, LogLine, METRIC_BYTES_MAX, METRICS_MAX, Metric},
    flow::Flow,
    id::TaskRunId,
    machine::TASK_OUTPUT_BYTES_MAX,
    time::Timestamp,
};

/// Keeps metrics in the last attempt of a run, which puts out so many bytes besides. The first that is too much is not
/// kept, nor are those after it: a log line says how many.
pub(super) fn keep(
    flow: &Flow,
    execution: &mut Execution,
    (task_run, output_bytes): (TaskRunId, usize),
    mut metrics: Vec<Metric>,
    now: Timestamp,
) {
    if metrics.is_empty() {
        return;
    }
    let Some(mut run) = execution.task_runs.get_mut(task_run) else { return };
    let before: usize = run.attempts.iter().flat_map(|attempt| &attempt.metrics).map(Metric::bytes).sum();
    let mut room =
        METRIC_BYTES_MAX.saturating_sub(before).min(TASK_OUTPUT_BYTES_MAX.saturating_sub(output_bytes));
    let fits = metrics.iter().take(METRICS_MAX).take_while(|metric| {
        let left = room.checked_sub(metric.bytes());
        room = left.unwrap_or(room);
        left.is_some()
    });
    let fits = fits.count();
    let not_kept = metrics.len() - fits;
    metrics.truncate(fits);
    if let Some(attempt) = run.attempts.last_mut() {
        attempt.metrics = metrics;
    }
    drop(run);
    if not_kept > 0 {
        let line = LogLine { level: Level::Warn, ..say(Metric::not_kept(not_kept), now) };
        log(flow, execution, task_run, [line]);
    }
}
