//! A task that somebody wants skipped.

use engine::{
    conductor::WorkflowStatus,
    execution::{Execution, Skip, State},
    id::ExecutionId,
    machine::SKIPS_MAX,
};

use super::Signal;
use crate::{Error, Service};

impl Service {
    /// Has a task skipped when its turn comes, with this input and these outputs.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when the workflow has ended, or the task was scheduled already; `Invalid` for a task
    /// that it has not.
    pub async fn skip_task(&self, tenant: &str, id: ExecutionId, skip: Skip) -> Result<Execution, Error> {
        let reference = skip.task_id.clone();
        let execution = self.execution(tenant, id).await?;
        let status = WorkflowStatus::of(&execution);
        if status.is_terminal() {
            return Err(Error::IllegalState(format!(
                "Workflow: {id} is {}, so no task of it can be skipped any more",
                status.name()
            )));
        }
        let flow = self.flow_of(&execution).await?;
        if flow.sound()?.task(&reference).is_none() {
            return Err(Error::argument(format!(
                "the task {reference} is none of the workflow {id}, so it cannot be skipped"
            )));
        }
        if execution.course.skips.len() >= SKIPS_MAX && execution.course.skip(&reference).is_none() {
            return Err(Error::IllegalState(format!("Workflow: {id} skips {SKIPS_MAX} tasks already")));
        }
        let scheduled = || {
            Error::IllegalState(format!(
                "the task {reference} of the workflow {id} was scheduled already, so it cannot be skipped"
            ))
        };
        if has_run(&execution, &reference) {
            return Err(scheduled());
        }
        let told = self.signal(tenant, id, &Signal::Skip(skip)).await?;
        // Its turn may have come meanwhile.
        if has_run(&told, &reference) { Err(scheduled()) } else { Ok(told) }
    }
}

fn has_run(execution: &Execution, reference: &str) -> bool {
    execution.task_runs.of_task(reference).any(|run| run.state.current() != State::Skipped)
}
