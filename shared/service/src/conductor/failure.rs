//! The workflow that follows one that failed.
//!
//! It is written in the commit that writes the end down: either both are there or none is, whoever dies when. Its id is
//! derived from the execution and the number of the state in which that ended, so that the same end has one follower, and
//! one that fails again after a retry another.

use engine::{
    conductor::{Told, failure_input},
    execution::{Execution, Level, LogEntry},
    flow::label,
    id::ExecutionId,
    input::{Sent, Submitted},
    machine::{self, CallError},
};
use expression::Supplied;
use ports::store::{BODY_BYTES_MAX, Condition, Write};
use serde_json::{Map, Value as Json};

use crate::{
    Class, Error, Service, calls,
    hold::{Held, heard},
    keys,
    record::Record,
    start::{self, Draft, HAND_OVER},
};

/// Failure workflows that follow each other: those of the same name, or in a ring, would do so for ever.
const IN_A_ROW_MAX: u32 = 8;

/// A failure workflow that begins with the next commit.
pub(crate) struct Follower {
    pub(crate) id: ExecutionId,
    pub(crate) write: Write,
}

/// Why there is none.
enum Absent {
    /// It is said in the log.
    Said(String),
    Service(Error),
}

impl Service {
    /// What follows an execution whose end goes with the next commit. Its output says so, or a line why nothing does.
    pub(crate) async fn follower_of(&self, held: &mut Held) -> Result<Option<Follower>, Error> {
        let Ok(flow) = &held.flow.flow else { return Ok(None) };
        let execution = &held.record.execution;
        let entered = heard(execution);
        if entered <= held.heard || !machine::owes_failure_workflow(flow, execution) {
            return Ok(None);
        }
        let number = u64::try_from(entered).unwrap_or(u64::MAX);
        let id = calls::derived(&[b"failure", &execution.id.as_u128().to_be_bytes(), &number.to_be_bytes()]);
        if machine::had_failure_workflow(execution, id) {
            return Ok(None);
        }
        let made = Box::pin(self.made(held, id)).await;
        let execution = &mut held.record.execution;
        match made {
            Ok(None) => Ok(None),
            Ok(Some(write)) => {
                let outputs = execution.outputs.get_or_insert_default();
                outputs.insert(machine::FAILURE_WORKFLOW.to_owned(), id.to_string().into());
                Ok(Some(Follower { id, write }))
            }
            Err(Absent::Service(error)) => Err(error),
            Err(Absent::Said(why)) => {
                execution.logs.push(LogEntry {
                    timestamp: self.now(),
                    level: Level::Warn,
                    task_run: None,
                    task_id: None,
                    attempt: 0,
                    message: format!("no failure workflow was started: {why}"),
                });
                Ok(None)
            }
        }
    }

    /// Has it carried on, now that it is there.
    pub(crate) async fn call_follower(&self, tenant: &str, id: ExecutionId) {
        if let Err(refused) = self.dispatch(tenant, id).await {
            tracing::debug!(%refused, execution = %id, "the tick will find it");
        }
    }

    /// `None` when the definition names none after all.
    async fn made(&self, held: &Held, id: ExecutionId) -> Result<Option<Write>, Absent> {
        let (flow, failed) = (held.flow.sound().map_err(Absent::Service)?, &held.record.execution);
        let named =
            self.with_world(&Supplied::new(), 0, |world| machine::failure_workflow(flow, failed, world));
        let (name, version) = match named {
            Ok(None) => return Ok(None),
            Ok(Some(named)) => named,
            Err(CallError::Failed(why)) => return Err(Absent::Said(why)),
            Err(CallError::Needs(_)) => {
                return Err(Absent::Said("its name may depend on the workflow's input alone".to_owned()));
            }
        };
        if failed.origin.failures >= IN_A_ROW_MAX {
            return Err(Absent::Said(format!("{IN_A_ROW_MAX} have followed each other, which is the limit")));
        }
        let follower = self.workflow(&failed.tenant, &name, version.map(i64::from)).await.map_err(none)?;
        let draft = Draft::derived(&failed.tenant, id, follower);
        for told in Told::ALL {
            let mut record =
                Record::new(self.follower(&draft, failed, failure_input(flow, failed, told)).await?);
            record.handed_over_until = Some(self.now().plus(HAND_OVER));
            let content = record.content(self.settings().plain_bytes_max).map_err(Absent::Service)?;
            if content.body.len() <= BODY_BYTES_MAX {
                let key = keys::execution(&failed.tenant, id);
                return Ok(Some(Write::Put { key, condition: Condition::Absent, content }));
            }
        }
        Err(Absent::Said(format!("its input has more than {BODY_BYTES_MAX} bytes, compressed")))
    }

    async fn follower(
        &self,
        draft: &Draft,
        failed: &Execution,
        input: Map<String, Json>,
    ) -> Result<Execution, Absent> {
        let sent: Submitted = input.into_iter().map(|(id, value)| (id, Sent::Json(value))).collect();
        let inputs = self.check_inputs(draft, &sent).await.map_err(none)?.values();
        let inputs = inputs.map_err(|invalid| Absent::Said(invalid.to_string()))?;
        let correlation: Vec<_> =
            failed.labels.iter().filter(|it| it.key == label::CORRELATION_ID).cloned().collect();
        let labels = start::labels_of_child(draft.flow(), &correlation, draft.id).map_err(none)?;
        let mut execution = start::created(draft, inputs, labels, self.now());
        execution.origin.task_to_domain.clone_from(&failed.origin.task_to_domain);
        execution.origin.failures = failed.origin.failures.saturating_add(1);
        Ok(execution)
    }
}

/// What is wrong with the name or the input is said; the rest is tried again.
fn none(error: Error) -> Absent {
    match error.class() {
        Class::Caller => Absent::Said(error.to_string()),
        Class::Contention | Class::Transient | Class::Bug => Absent::Service(error),
    }
}
