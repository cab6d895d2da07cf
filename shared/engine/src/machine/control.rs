//! Control that leaves a terminal state, or makes a new execution out of an old one.
//!
//! Functions from an execution to an execution, beside [`apply`](super::apply()): no event leaves an end, so what does
//! is a decision about the whole of it, taken by somebody who holds its version.
//!
//! # Invariants
//! * Histories only grow, and attempts are kept; a task run is as it was, begins again, or is gone with all below it.
//! * What is left is something the machine could have come to: no run without the one above it, none after one that
//!   is still to come.

mod again;
mod labels;
mod over;
mod place;
mod replay;
mod restart;
mod status;
mod task_run_state;

use std::fmt;

pub use labels::set_labels;
pub use over::start_over;
pub use replay::{replay, rerun};
pub use restart::{restart, restart_onto, retry};
pub use status::change_status;
pub use task_run_state::change_task_run_state;

use crate::{
    execution::{Course, Execution, Metadata, State, TaskRun, TaskRuns, Templates},
    flow::Flow,
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};

/// What a new execution runs with.
#[derive(Clone, Copy)]
pub struct Anew<'a> {
    pub flow: &'a Flow,
    /// As the store counts.
    pub revision: u32,
    /// Those that are in the flow.
    pub templates: &'a Templates,
    /// Gives a number that was never given before.
    pub ids: &'a dyn Fn() -> u128,
}

/// Why nothing was done. In Kestra's words where it has some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing failed or waits, or there is no such task run.
    #[error("No task found to restart execution from!")]
    NoTask,
    #[error("Execution must be terminated to be restarted, current state is '{}' !", .0.name())]
    NotEnded(State),
    #[error("tasks of the execution are still running, so it cannot be changed; kill it, or wait for them")]
    Running,
    #[error("You can only change the status of an execution to a terminal state.")]
    StatusNotTerminal,
    #[error("You can only change the status of a terminated execution.")]
    NotTerminal,
    /// Of a task run.
    #[error("a task run cannot be set to {}: it can be set to SUCCESS, WARNING, FAILED, KILLED, CANCELLED or SKIPPED, and one of a flowable task to RUNNING", .0.name())]
    NoStateToSet(State),
    #[error("the task run has ended, and the execution has not; its state can be changed after the end")]
    RunEnded,
    #[error("tasks below the task run have not ended")]
    OpenBelow,
    #[error(
        "the tasks of a WorkingDirectory share a directory that is gone; change the state of the WorkingDirectory, or restart"
    )]
    Directory,
}

impl fmt::Debug for Anew<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Anew")
            .field("flow", &self.flow.id)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// The same execution, about to go on with these task runs.
fn gone_on(execution: &Execution, task_runs: TaskRuns, now: Timestamp) -> Execution {
    let templates = execution.templates.found();
    let mut next = Execution { task_runs, outputs: None, templates, ..execution.clone() };
    next.course = if execution.state.is_terminal() {
        // It gave back its place, and every rule looks at it anew. What somebody wants skipped stays so.
        Course { skips: std::mem::take(&mut next.course.skips), ..Course::default() }
    } else {
        Course {
            held_back: false,
            stopping: None,
            timed_out: false,
            trailing: false,
            retried_at: None,
            ..std::mem::take(&mut next.course)
        }
    };
    next.state.enter(State::Restarted, now);
    next
}

/// A new execution made out of an old one, about to go on with these task runs, which get new ids and
/// measured nothing.
fn copied(execution: &Execution, anew: &Anew<'_>, task_runs: Vec<TaskRun>, now: Timestamp) -> Execution {
    let mut copy = blank(execution, anew, now);
    copy.variables.clone_from(&execution.variables);
    copy.state = execution.state.clone();
    copy.state.enter(State::Restarted, now);
    copy.task_runs = renamed(task_runs, anew.ids);
    copy
}

/// A new execution that was called as an old one was.
fn blank(execution: &Execution, anew: &Anew<'_>, now: Timestamp) -> Execution {
    let id = ExecutionId::from_u128((anew.ids)());
    let of = (execution.namespace.as_str(), execution.flow_id.as_str(), anew.revision);
    Execution {
        templates: anew.templates.clone(),
        inputs: execution.inputs.clone(),
        labels: execution.labels.clone(),
        trigger: execution.trigger.clone(),
        parent_id: Some(execution.id),
        original_id: execution.original_id,
        metadata: next_attempt(execution),
        origin: Box::new(execution.origin.of_another()),
        ..Execution::created(id, execution.tenant.as_str(), of, now)
    }
}

fn next_attempt(execution: &Execution) -> Metadata {
    let Metadata { attempt_number, original_created_date } = execution.metadata;
    Metadata { attempt_number: attempt_number.saturating_add(1), original_created_date }
}

fn renamed(task_runs: Vec<TaskRun>, ids: &dyn Fn() -> u128) -> TaskRuns {
    let mut names = std::collections::HashMap::with_capacity(task_runs.len());
    let mut renamed = TaskRuns::default();
    for mut run in task_runs {
        let name = TaskRunId::from_u128(ids());
        names.insert(run.id, name);
        run.id = name;
        // Else what the old execution measured would count twice.
        run.attempts.iter_mut().for_each(|attempt| attempt.metrics.clear());
        // Who is below comes after whom it is below.
        run.parent = run.parent.and_then(|parent| names.get(&parent).copied());
        renamed.push(run);
    }
    renamed
}
