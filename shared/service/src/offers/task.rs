//! One task, as those see it who know its id.

use std::sync::Arc;

use engine::{
    conductor::{self, TaskId},
    execution::{Execution, TaskRun},
    id::{ExecutionId, TaskRunId},
    machine,
};

use super::{Delivery, report::is_paused};
use crate::{Error, Service, StoredFlow, conductor::waits_for_somebody, templates::with_past};

/// Workflows within each other through which a signal looks for a task that waits.
const DEPTH_MAX: usize = 32;

/// A try of a task run, with what belongs to it.
#[derive(Debug, Clone)]
pub struct SeenTask {
    pub execution: Execution,
    pub flow: Arc<StoredFlow>,
    pub task: TaskId,
    /// While it is offered to workers.
    pub delivery: Option<Delivery>,
}

impl Service {
    /// A task.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn task(&self, tenant: &str, task: TaskId) -> Result<SeenTask, Error> {
        let unknown = || Error::NotFound(format!("Task not found for taskId: {task}"));
        let (record, _) = self.read_record(tenant, task.execution).await?.ok_or_else(unknown)?;
        let execution = record.execution;
        let run = execution.task_runs.get(task.task_run).ok_or_else(unknown)?;
        let delivery = match machine::open_offer(run) {
            Some((number, _)) if number == task.number => self.delivery(&execution, run).await?,
            _ => None,
        };
        let flow = with_past(self.flow_of(&execution).await?, &execution);
        Ok(SeenTask { execution, flow, task, delivery })
    }

    /// The task of a reference that somebody may update now; the last one, in a loop. `None` when none waits.
    ///
    /// # Errors
    /// `NotFound` for an execution that is not there.
    pub async fn task_of_reference(
        &self,
        tenant: &str,
        id: ExecutionId,
        reference: &str,
    ) -> Result<Option<TaskId>, Error> {
        let execution = self.execution(tenant, id).await?;
        let runs = &execution.task_runs;
        let named = |run: &&TaskRun| run.task_id == reference || conductor::reference(run, runs) == reference;
        let waits = |run: &&TaskRun| is_paused(run) || machine::open_report(run).is_some();
        let found = runs.open().rev().filter(named).find(waits);
        Ok(found.map(|run| id_of(&execution, run)))
    }

    /// The first task that waits for somebody: of the execution, or of one that it waits for. `None` when none does.
    ///
    /// # Errors
    /// `NotFound` for an execution that is not there.
    pub async fn task_that_waits(&self, tenant: &str, id: ExecutionId) -> Result<Option<TaskId>, Error> {
        let mut executions = vec![(self.execution(tenant, id).await?, 0)];
        while let Some((execution, depth)) = executions.pop() {
            let flow = self.flow_of(&execution).await.ok();
            let flow = flow.as_ref().and_then(|it| it.flow.as_ref().ok());
            let signal = |run: &&TaskRun| waits_for_somebody(run, flow);
            if let Some(run) = execution.task_runs.open().find(signal) {
                return Ok(Some(id_of(&execution, run)));
            }
            let children: Vec<TaskRunId> = machine::open_calls(&execution).map(|(run, _)| run.id).collect();
            for run in children.into_iter().rev().filter(|_| depth < DEPTH_MAX) {
                let outputs = execution.task_runs.get(run).map(|run| &run.outputs);
                let child = outputs.and_then(|it| it.get("subWorkflowId").or_else(|| it.get("executionId")));
                let Some(child) = child.and_then(|it| it.as_str()).and_then(|it| it.parse().ok()) else {
                    continue;
                };
                if let Some((record, _)) = self.read_record(tenant, child).await? {
                    executions.push((record.execution, depth + 1));
                }
            }
        }
        Ok(None)
    }
}

fn id_of(execution: &Execution, run: &TaskRun) -> TaskId {
    let number = u32::try_from(run.attempts.len()).unwrap_or(u32::MAX).max(1);
    TaskId { execution: execution.id, task_run: run.id, number }
}
