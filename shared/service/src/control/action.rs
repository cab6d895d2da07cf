//! What can be done to many executions at once.

use engine::{
    execution::{Execution, State},
    flow::Label,
    id::ExecutionId,
    machine::control,
};

use crate::{
    Error, Service,
    signal::unqueued_to,
    start::{check_key, check_length},
};

/// Something that is done to each execution of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Restart,
    /// From the start; with the newest revision of the flow, or the one it had.
    Replay {
        newest: bool,
    },
    /// To this terminal state.
    ChangeStatus(State),
    /// Without those that it started.
    Kill,
    Pause,
    /// Unanswered, whatever the pause asks for.
    Resume,
    /// Without a place, or to a state in which it ends before it began.
    Unqueue(Option<State>),
    ForceRun,
    SetLabels(Vec<Label>),
    /// With the files, or without.
    Delete {
        storage: bool,
    },
}

impl Action {
    /// As Kestra names it where it refuses a batch.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Replay { .. } => "replay",
            Self::ChangeStatus(_) => "change execution status",
            Self::Kill => "kill",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Unqueue(_) => "unqueue",
            Self::ForceRun => "force run",
            Self::SetLabels(_) => "set labels",
            Self::Delete { .. } => "delete",
        }
    }

    /// That it can be done at all.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self {
            Self::ChangeStatus(state) if !state.is_terminal() => {
                Err(control::Refused::StatusNotTerminal.into())
            }
            Self::SetLabels(labels) => labels.iter().try_for_each(|label| {
                check_key(label)?;
                check_length(label)
            }),
            Self::Unqueue(state) => unqueued_to(*state).map(drop),
            Self::Restart
            | Self::Replay { .. }
            | Self::ChangeStatus(_)
            | Self::Kill
            | Self::Pause
            | Self::Resume
            | Self::ForceRun
            | Self::Delete { .. } => Ok(()),
        }
    }
}

impl Service {
    /// Why an action does not fit an execution as it is; `None` when it does. In Kestra's words.
    pub(super) async fn misfit(
        &self,
        action: &Action,
        execution: &Execution,
    ) -> Result<Option<String>, Error> {
        let is = |state| execution.state.current() == state;
        let (fits, otherwise) = match action {
            Action::Restart if is(State::Failed) => {
                let flow = self.flow_of(execution).await?;
                let tried = control::restart(flow.sound()?, execution, self.now());
                return Ok(tried.err().map(|refused| refused.to_string()));
            }
            Action::Restart => (false, "execution not in state FAILED"),
            Action::Replay { .. } => (true, ""),
            Action::ChangeStatus(_) => (execution.state.is_terminal(), "execution not in a terminated state"),
            Action::Kill => (!execution.state.is_terminal(), "execution already finished"),
            Action::Pause => (is(State::Running), "execution not in state RUNNING"),
            Action::Resume => (is(State::Paused), "execution not in state PAUSED"),
            Action::Unqueue(_) => (is(State::Queued), "execution not in state QUEUED"),
            Action::ForceRun => (!execution.state.is_terminal(), "execution in a terminated state"),
            Action::SetLabels(_) => (execution.state.is_terminal(), "execution is not terminated"),
            // Kestra says no more of one that has not ended.
            Action::Delete { .. } => (execution.is_over(), super::batch::NOT_FOUND),
        };
        Ok((!fits).then(|| otherwise.to_owned()))
    }

    pub(super) async fn act(&self, tenant: &str, id: ExecutionId, action: &Action) -> Result<(), Error> {
        match action {
            Action::Restart => self.restart(tenant, id, None).await.map(drop),
            Action::Replay { newest: false } => self.replay(tenant, id, None, None).await.map(drop),
            Action::Replay { newest: true } => {
                let Execution { namespace, flow_id, .. } = self.execution(tenant, id).await?;
                let newest = self.flow(tenant, &namespace, &flow_id, None, false).await?;
                self.replay(tenant, id, None, Some(newest.revision)).await.map(drop)
            }
            Action::ChangeStatus(state) => self.change_status(tenant, id, *state).await.map(drop),
            Action::Kill => self.kill(tenant, id, false).await.map(drop),
            Action::Pause => self.pause(tenant, id).await.map(drop),
            Action::Resume => self.resume_unanswered(tenant, id).await.map(drop),
            Action::Unqueue(state) => self.unqueue(tenant, id, *state).await.map(drop),
            Action::ForceRun => self.force_run(tenant, id).await.map(drop),
            Action::SetLabels(labels) => self.set_labels(tenant, id, labels).await.map(drop),
            Action::Delete { storage } => self.delete_execution(tenant, id, *storage).await,
        }
    }
}
