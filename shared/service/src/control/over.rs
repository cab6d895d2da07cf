//! A workflow again: from its beginning, from one of its tasks, or what failed of it. Always the same execution.

use std::time::Duration;

use engine::{
    conductor::WorkflowStatus,
    execution::{Execution, Templates},
    flow::Flow,
    id::{ExecutionId, TaskRunId},
    machine::control::{self, Refused},
};
use serde_json::{Map, Value as Json};

use crate::{Error, Service};

/// How long somebody who removes an execution that runs waits for its end.
const ENDED_WITHIN: Duration = Duration::from_secs(10);

impl Service {
    /// The same execution from its beginning, with the flow it had or with the newest revision.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` while it has not ended; `NotRestartable`.
    pub async fn start_over(&self, tenant: &str, id: ExecutionId, newest: bool) -> Result<Execution, Error> {
        self.start_over_with(tenant, id, newest, None).await
    }

    /// As [`Self::start_over`], with other inputs: only where the flow declares none, for nobody checks them.
    ///
    /// # Errors
    /// As [`Self::start_over`]; `Invalid` where the flow declares inputs.
    pub async fn start_over_with(
        &self,
        tenant: &str,
        id: ExecutionId,
        newest: bool,
        inputs: Option<Map<String, Json>>,
    ) -> Result<Execution, Error> {
        let execution = self.execution(tenant, id).await?;
        // One that came with its own definition keeps it.
        let newest = if newest && execution.origin.definition.is_none() {
            let Execution { namespace, flow_id, .. } = &execution;
            Some(self.flow(tenant, namespace, flow_id, None, false).await?.revision)
        } else {
            None
        };
        self.change(tenant, id, |flow, record| {
            let execution = &record.execution;
            may_start_over(flow, execution)?;
            let same = (execution.flow_revision, &execution.templates);
            let none = Templates::default();
            // Another revision looks for its templates anew.
            let onto = newest.map_or(same, |revision| (revision, &none));
            let mut over = control::start_over(execution, onto, self.now()).map_err(in_its_words)?;
            if let Some(inputs) = &inputs {
                if !flow.inputs.is_empty() {
                    return Err(Error::argument(
                        "the inputs of this workflow have types, so it is started anew with others instead",
                    ));
                }
                over.inputs.clone_from(inputs);
            }
            Ok(over)
        })
        .await
    }

    /// What failed or was killed runs again; what succeeded stays.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` while it has not ended, and when there is nothing of the kind.
    pub async fn retry(&self, tenant: &str, id: ExecutionId) -> Result<Execution, Error> {
        let retried = |flow: &_, record: &crate::record::Record| {
            control::retry(flow, &record.execution, self.now()).map_err(in_its_words)
        };
        self.change(tenant, id, retried).await
    }

    /// From one of its task runs on; what came after it is gone.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` while it has not ended; `Invalid` when there is no such task run.
    pub async fn rerun(
        &self,
        tenant: &str,
        id: ExecutionId,
        task_run: TaskRunId,
    ) -> Result<Execution, Error> {
        let rerun = |flow: &_, record: &crate::record::Record| {
            control::rerun(flow, &record.execution, task_run, self.now()).map_err(|refused| match refused {
                Refused::NoTask => Error::argument("there is no such task in this workflow"),
                other => in_its_words(other),
            })
        };
        self.change(tenant, id, rerun).await
    }

    /// Removes an execution, with its files. One that has not ended is ended first.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when it does not end within 10 seconds.
    pub async fn remove_execution(
        &self,
        tenant: &str,
        id: ExecutionId,
        reason: Option<String>,
    ) -> Result<(), Error> {
        let execution = self.execution(tenant, id).await?;
        if !execution.state.is_terminal() {
            self.terminate(tenant, id, reason, false).await?;
        }
        if !execution.is_over() {
            self.wait(tenant, id, ENDED_WITHIN).await?;
        }
        self.delete_execution(tenant, id, true).await
    }
}

/// Conductor: one that has completed is started over only where its definition allows that.
fn may_start_over(flow: &Flow, execution: &Execution) -> Result<(), Error> {
    let forbidden = flow.workflow.as_ref().is_some_and(|it| !it.restartable);
    if forbidden && WorkflowStatus::of(execution) == WorkflowStatus::Completed {
        return Err(Error::NotRestartable(execution.id));
    }
    Ok(())
}

fn in_its_words(refused: Refused) -> Error {
    match refused {
        Refused::NoTask => Error::IllegalState(
            "There are no retryable tasks! Use restart if you want to attempt entire workflow execution again."
                .to_owned(),
        ),
        Refused::NotEnded(_) => {
            Error::IllegalState("the workflow has not ended; it can be terminated first".to_owned())
        }
        other @ (Refused::Running
        | Refused::StatusNotTerminal
        | Refused::NotTerminal
        | Refused::NoStateToSet(_)
        | Refused::RunEnded
        | Refused::OpenBelow
        | Refused::Directory) => other.into(),
    }
}
