//! What a caller may ask of an execution that has not ended.

use engine::{
    execution::{Execution, State},
    id::ExecutionId,
};

use super::Signal;
use crate::{Error, Service};

impl Service {
    /// Asks for the end of an execution. Kestra: asking again, or after the end, changes nothing.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when it has ended and `cascade` is false.
    pub async fn kill(&self, tenant: &str, id: ExecutionId, cascade: bool) -> Result<Execution, Error> {
        let execution = self.execution(tenant, id).await?;
        if !execution.state.is_terminal() {
            return self.signal(tenant, id, &Signal::Kill).await;
        }
        if cascade {
            self.kill_called(&execution).await?;
            return Ok(execution);
        }
        Err(Error::IllegalState("Execution is already finished, can't kill it".to_owned()))
    }

    /// Asks that nothing new begins until it is resumed. What runs goes on to its end.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when it is not RUNNING.
    pub async fn pause(&self, tenant: &str, id: ExecutionId) -> Result<Execution, Error> {
        match self.execution(tenant, id).await?.state.current() {
            State::Running => self.signal(tenant, id, &Signal::Pause).await,
            State::Created
            | State::Paused
            | State::Restarted
            | State::Killing
            | State::Success
            | State::Warning
            | State::Failed
            | State::Killed
            | State::Cancelled
            | State::Queued
            | State::Retrying
            | State::Retried
            | State::Skipped => Err(Error::IllegalState("The execution is not running".to_owned())),
        }
    }

    /// Takes an execution out of the queue of its flow: it runs, though there is no place for it, or ends in `state`.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when it is not QUEUED; `Invalid` for a state that is neither RUNNING nor one in which
    /// an execution ends before it began.
    pub async fn unqueue(
        &self,
        tenant: &str,
        id: ExecutionId,
        state: Option<State>,
    ) -> Result<Execution, Error> {
        let signal = unqueued_to(state)?;
        let current = self.execution(tenant, id).await?.state.current();
        if current == State::Queued {
            return self.signal(tenant, id, &signal).await;
        }
        Err(Error::IllegalState(format!(
            "Only QUEUED execution can be unqueued, current state is '{}'",
            current.name()
        )))
    }

    /// Has an execution go on, whatever it waits for: a date, a place, somebody who resumes it. One that runs is looked
    /// after again.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when it has ended.
    pub async fn force_run(&self, tenant: &str, id: ExecutionId) -> Result<Execution, Error> {
        let execution = self.execution(tenant, id).await?;
        let signal = match execution.state.current() {
            State::Created | State::Queued => Signal::Proceed { force: true },
            State::Paused => match self.resumption_of(execution).await? {
                // It waits for a round of its own; that comes.
                None => Signal::Proceed { force: true },
                Some(resumption) => {
                    Signal::Resume { task_run: resumption.task_run(), outputs: resumption.unanswered() }
                }
            },
            State::Running | State::Restarted | State::Killing | State::Retrying => {
                Signal::Proceed { force: true }
            }
            State::Success
            | State::Warning
            | State::Failed
            | State::Killed
            | State::Cancelled
            | State::Retried
            | State::Skipped => {
                let message = "Only non terminated executions can be forced run.";
                return Err(Error::IllegalState(message.to_owned()));
            }
        };
        self.signal(tenant, id, &signal).await
    }
}

/// What an execution is told that is unqueued to this state.
///
/// # Errors
/// `Invalid` for a state that is neither RUNNING nor one in which an execution ends before it began.
pub(crate) fn unqueued_to(state: Option<State>) -> Result<Signal, Error> {
    match state {
        None | Some(State::Running) => Ok(Signal::Proceed { force: false }),
        Some(State::Killed) => Ok(Signal::Kill),
        Some(state @ (State::Cancelled | State::Failed)) => Ok(Signal::Stop { state }),
        Some(
            other @ (State::Created
            | State::Paused
            | State::Restarted
            | State::Killing
            | State::Success
            | State::Warning
            | State::Queued
            | State::Retrying
            | State::Retried
            | State::Skipped),
        ) => Err(Error::argument(format!(
            "an execution is unqueued to RUNNING, CANCELLED, FAILED or KILLED, not to {}",
            other.name()
        ))),
    }
}
