//! What starts executions by itself.

use super::{
    Rendered,
    condition::{Condition, Gathering},
    schedule::Schedule,
    webhook::Webhook,
};
use crate::execution::State;

/// Something that starts executions by itself.
#[derive(Debug, Clone)]
pub struct Trigger {
    pub id: String,
    pub type_name: String,
    pub description: Option<String>,
    pub disabled: bool,
    /// All have to hold.
    pub conditions: Vec<Condition>,
    /// Of the executions that it starts. A map or a list of `{key, value}`; what cannot be rendered is left out.
    pub labels: Option<Rendered>,
    /// After an execution of it that ended so, it is disabled.
    pub stop_after: Vec<State>,
    pub kind: TriggerKind,
}

impl Trigger {
    /// Its dates, when it has some.
    pub fn schedule(&self) -> Option<&Schedule> {
        match &self.kind {
            TriggerKind::Schedule(schedule) => Some(schedule),
            TriggerKind::Webhook { .. } | TriggerKind::Flow(_) => None,
        }
    }

    /// Whether something has to be remembered of it: when it fires next, and whether it stopped itself.
    pub fn is_kept(&self) -> bool {
        match self.kind {
            TriggerKind::Schedule(_) => true,
            TriggerKind::Webhook { .. } | TriggerKind::Flow(_) => !self.stop_after.is_empty(),
        }
    }
}

#[derive(Debug, Clone)]
pub enum TriggerKind {
    /// Started by a request that knows the key.
    Webhook(Box<Webhook>),
    /// Started by executions of other flows.
    Flow(FlowTrigger),
    /// Started at certain dates.
    Schedule(Box<Schedule>),
}

/// `io.kestra.plugin.core.trigger.Flow`.
#[derive(Debug, Clone)]
pub struct FlowTrigger {
    /// Every time an execution enters one of these.
    pub states: Vec<State>,
    /// By name. Rendered with the variables of the execution that started it.
    pub inputs: Vec<(String, Rendered)>,
    /// Each has to be complete.
    pub gatherings: Vec<Gathering>,
}

impl FlowTrigger {
    /// The states it listens to when it names none: every one in which an execution ends.
    pub const STATES: [State; 7] = [
        State::Failed,
        State::Warning,
        State::Success,
        State::Killed,
        State::Cancelled,
        State::Retried,
        State::Skipped,
    ];
}
