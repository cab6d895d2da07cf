//! What Conductor's callers ask of a workflow that has not ended.

use engine::{
    conductor::WorkflowStatus,
    execution::{Execution, State},
    flow::Dialect,
    id::ExecutionId,
};
use serde_json::{Map, Value as Json};

use super::Signal;
use crate::{Error, Service};

/// Tries to hold back what has not quite begun, or is just going on.
const HOLD_TRIES_MAX: u32 = 3;

impl Service {
    /// Asks that nothing new begins until [`Self::go_on`], also while a task of it waits. Asking again changes nothing.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when it has ended, is being ended, or waits for a place among those its flow may run.
    pub async fn hold_back(&self, tenant: &str, id: ExecutionId) -> Result<Execution, Error> {
        let mut execution = self.execution(tenant, id).await?;
        for _ in 0..HOLD_TRIES_MAX {
            if execution.course.held_back {
                return Ok(execution);
            }
            match execution.state.current() {
                // One that has not begun begins with this, and is held back by the next try.
                State::Created | State::Restarted | State::Running | State::Paused | State::Retrying => {
                    execution = self.signal(tenant, id, &Signal::Pause).await?;
                }
                State::Queued
                | State::Killing
                | State::Success
                | State::Warning
                | State::Failed
                | State::Killed
                | State::Cancelled
                | State::Retried
                | State::Skipped => break,
            }
        }
        if execution.course.held_back {
            return Ok(execution);
        }
        let status = WorkflowStatus::of(&execution);
        Err(Error::IllegalState(if status.is_terminal() {
            format!("Workflow: {id} is not running, status: {}", status.name())
        } else {
            format!(
                "Workflow: {id} cannot be paused now: its execution is {}",
                execution.state.current().name()
            )
        }))
    }

    /// Ends what [`Self::hold_back`] began. A task that waits goes on waiting.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when nobody holds it back.
    pub async fn go_on(&self, tenant: &str, id: ExecutionId) -> Result<Execution, Error> {
        let execution = self.execution(tenant, id).await?;
        if !execution.course.held_back {
            let status = WorkflowStatus::of(&execution).name();
            return Err(Error::IllegalState(format!(
                "The workflow {id} is {status} and not PAUSED, so it cannot be resumed"
            )));
        }
        self.signal(tenant, id, &Signal::Resume { task_run: None, outputs: Map::new() }).await
    }

    /// Asks for the end of a workflow, and says why. One that has failed is TERMINATED from then on. With `failure` the
    /// workflow follows that its definition names for that.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when it has completed.
    pub async fn terminate(
        &self,
        tenant: &str,
        id: ExecutionId,
        reason: Option<String>,
        failure: bool,
    ) -> Result<Execution, Error> {
        let execution = self.execution(tenant, id).await?;
        // No other flow names one.
        let failure = failure && self.flow_of(&execution).await?.dialect() == Dialect::Conductor;
        match WorkflowStatus::of(&execution) {
            WorkflowStatus::Running | WorkflowStatus::Paused => {
                self.signal(tenant, id, &Signal::Terminate { reason, failure }).await
            }
            WorkflowStatus::Terminated => Ok(execution),
            WorkflowStatus::Completed => {
                Err(Error::IllegalState("Cannot terminate a COMPLETED workflow.".to_owned()))
            }
            WorkflowStatus::Failed | WorkflowStatus::TimedOut => {
                self.change_status(tenant, id, State::Killed).await
            }
        }
    }

    /// Sets variables, each in place of one of the same name.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when it has ended.
    pub async fn set_variables(
        &self,
        tenant: &str,
        id: ExecutionId,
        variables: Map<String, Json>,
    ) -> Result<Execution, Error> {
        let execution = self.execution(tenant, id).await?;
        if execution.state.is_terminal() {
            return Err(Error::IllegalState(format!(
                "Workflow: {id} is {}, so its variables cannot be set any more",
                WorkflowStatus::of(&execution).name()
            )));
        }
        self.signal(tenant, id, &Signal::Variables(variables)).await
    }

    /// Has somebody look at an execution that has not ended: nothing new comes of it that would not come by itself.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn look_after(&self, tenant: &str, id: ExecutionId) -> Result<(), Error> {
        let execution = self.execution(tenant, id).await?;
        if execution.is_over() {
            return Ok(());
        }
        self.shared.carried.poke(id);
        Ok(self.dispatch(tenant, id).await?)
    }
}
