//! Other states for a task run, and for an execution that has ended.

use engine::{
    execution::{Execution, State},
    id::{ExecutionId, TaskRunId},
    machine::control,
};

use crate::{Error, Service};

impl Service {
    /// Says that a task run ended in another state, or goes on; its execution goes on from there.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for an unknown task run, or a state it cannot be set to; `IllegalState` while the
    /// execution runs, and where the state would not fit what is there.
    pub async fn change_task_run_state(
        &self,
        tenant: &str,
        id: ExecutionId,
        task_run: TaskRunId,
        state: State,
    ) -> Result<Execution, Error> {
        let change = |flow: &_, record: &crate::record::Record| {
            Ok(control::change_task_run_state(flow, &record.execution, task_run, state, self.now())?)
        };
        self.change(tenant, id, change).await
    }

    /// Gives an execution that has ended another end. Its task runs are as they were.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` unless both states are terminal.
    pub async fn change_status(
        &self,
        tenant: &str,
        id: ExecutionId,
        state: State,
    ) -> Result<Execution, Error> {
        self.change(tenant, id, |_, record| Ok(control::change_status(&record.execution, state, self.now())?))
            .await
    }
}
