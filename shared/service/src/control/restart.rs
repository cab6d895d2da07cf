//! Restart and replay.

use std::sync::Arc;

use engine::{
    execution::{Execution, Templates},
    id::{ExecutionId, TaskRunId},
    machine::control::{self, Anew, Refused},
};

use super::not_found;
use crate::{
    Error, Service, StoredFlow,
    hold::{Held, heard},
    record::Record,
    templates::grown,
};

impl Service {
    /// Runs what failed again: in the same execution, or in a new one of that revision.
    ///
    /// # Errors
    /// `NotFound` for the execution or the revision; `IllegalState` while it has not ended; `Invalid`
    /// (`No task found to restart execution from!`) when nothing failed.
    pub async fn restart(
        &self,
        tenant: &str,
        id: ExecutionId,
        revision: Option<u32>,
    ) -> Result<Execution, Error> {
        if revision.is_none() {
            return self
                .change(tenant, id, |flow, record| Ok(control::restart(flow, &record.execution, self.now())?))
                .await;
        }
        self.make(tenant, id, revision, |anew, execution| control::restart_onto(anew, execution, self.now()))
            .await
    }

    /// Makes a new execution that repeats one, whatever the state of that one: from the start, or from a task run.
    ///
    /// # Errors
    /// `NotFound` for the execution or the revision; `Invalid` (`No task found …`) for an unknown task run.
    pub async fn replay(
        &self,
        tenant: &str,
        id: ExecutionId,
        task_run: Option<TaskRunId>,
        revision: Option<u32>,
    ) -> Result<Execution, Error> {
        self.make(tenant, id, revision, |anew, execution| {
            control::replay(anew, execution, task_run, self.now())
        })
        .await
    }

    /// Starts an execution made out of another.
    async fn make(
        &self,
        tenant: &str,
        id: ExecutionId,
        revision: Option<u32>,
        make: impl FnOnce(&Anew<'_>, &Execution) -> Result<Execution, Refused>,
    ) -> Result<Execution, Error> {
        let Some((record, _)) = self.read_record(tenant, id).await? else {
            return Err(not_found());
        };
        let (flow, templates) = self.flow_for(&record.execution, revision).await?;
        let flow = grown(flow, &record.execution);
        let mut execution = {
            let ids = || self.new_id();
            let anew =
                Anew { flow: flow.sound()?, revision: flow.revision, templates: &templates, ids: &ids };
            make(&anew, &record.execution)?
        };
        execution.origin.definition = flow.inline;
        // What happened to the one it was made of was told of that one.
        let heard = heard(&execution);
        let record = Record::new(execution);
        let held = Held {
            flow: grown(flow, &record.execution),
            record,
            version: None,
            drained: Vec::new(),
            offered: std::collections::BTreeMap::new(),
            heard,
            writer: None,
        };
        Ok(self.start_and_leave(held).await?.execution)
    }

    /// The flow of a new execution. Without a revision it is the one of the old execution, templates included; with
    /// one, templates are as they are now.
    async fn flow_for(
        &self,
        execution: &Execution,
        revision: Option<u32>,
    ) -> Result<(Arc<StoredFlow>, Templates), Error> {
        let (flow, mut templates) = match revision {
            None => (self.flow_begun_with(execution).await?, execution.templates.found()),
            Some(revision) => (self.flow_to_repeat(execution, revision).await?, Templates::default()),
        };
        let flow = self.with_templates(flow, &mut templates).await?;
        Ok((flow, templates))
    }

    async fn flow_to_repeat(&self, execution: &Execution, revision: u32) -> Result<Arc<StoredFlow>, Error> {
        let Execution { tenant, namespace, flow_id, .. } = execution;
        match self.flow_revision(tenant, namespace, flow_id, revision).await {
            Ok(flow) if !flow.deleted => Ok(flow),
            Ok(_) | Err(Error::NotFound(_)) => Err(Error::NotFound(format!(
                "Unable to find revision {revision} on flow {namespace}.{flow_id}"
            ))),
            Err(error) => Err(error),
        }
    }
}
