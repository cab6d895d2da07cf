//! The model of a flow: every top-level key and every common property of a task, typed.
//!
//! A [`Flow`] is made from YAML by [`parse`] and is then known to be sound; nothing downstream checks again.

mod catalogue;
mod composing;
pub mod condition;
mod executable;
mod flowable;
mod growing;
pub mod label;
mod pure;
pub(crate) mod reading;
pub mod schedule;
mod task;
mod template;
mod trigger;
mod unbuilt;
pub mod webhook;
mod worker;
mod workflow;

use std::time::Duration;

use expression::Template;
use foldhash::HashMap;
use serde_json::{Map, Value as Json};

pub use catalogue::{Catalogue, Property as PropertyType, Shape, TaskType};
pub use composing::Find;
pub use condition::Condition;
pub use executable::{Executable, Subflow};
pub use flowable::{
    Branch, Chooser, Decision, DoWhile, Flowable, FlowableKind, ForEach, LoopUntil, Pause, PauseBehavior,
    SideBySide,
};
pub use label::Label;
pub use pure::{Messages, PureTask};
pub(crate) use reading::{NESTING_MAX, TASKS_MAX, places};
pub use schedule::Schedule;
pub use task::{Rendered, RunnableTask, Task, TaskKind};
pub use template::{FromTemplate, TaskTemplate, TemplateName};
pub use trigger::{FlowTrigger, Trigger, TriggerKind};
pub use webhook::Webhook;
pub use worker::WorkerTask;
pub use workflow::{FailureWorkflow, Growth, SystemTask, Workflow, WorkflowRequest, WorkflowTask};

use crate::input::Input;

/// A flow of one revision.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Who wrote it: in which language its expressions are, and whose rules it follows.
    pub dialect: Dialect,
    /// What only a workflow of Conductor has; there in its dialect and in no other.
    pub workflow: Option<Box<Workflow>>,
    pub id: String,
    pub namespace: String,
    /// Counted by the store, from 1.
    pub revision: u32,
    pub description: Option<String>,
    /// A disabled flow is not executed.
    pub disabled: bool,
    /// A tombstone.
    pub deleted: bool,
    pub labels: Vec<Label>,
    pub inputs: Vec<Input>,
    pub outputs: Vec<Output>,
    /// `vars` of expressions, unrendered.
    pub variables: Map<String, Json>,
    pub tasks: Vec<Task>,
    pub errors: Vec<Task>,
    pub finally: Vec<Task>,
    pub after_execution: Vec<Task>,
    pub listeners: Vec<Listener>,
    pub triggers: Vec<Trigger>,
    pub plugin_defaults: Vec<PluginDefault>,
    pub concurrency: Option<Concurrency>,
    pub retry: Option<Retry>,
    pub sla: Vec<Sla>,
    pub timeout: Option<Duration>,
    /// The flow as JSON, as Kestra shows it: what was given, with defaults of the model, without nulls.
    pub document: Map<String, Json>,
    /// The templates that its tasks name and that are not in it yet, each once.
    pub templates: Vec<TemplateName>,
    /// Where each task of the flow stands, by its id.
    pub(crate) places: HashMap<String, Place>,
}

/// Whose words a flow is written in. The machine is the same; where the rules differ, it asks for this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// `{{ … }}`; a failure below a flowable task goes up through it.
    #[default]
    Kestra,
    /// `${…}`; a failure ends the workflow, and tasks keep their resolved inputs.
    Conductor,
}

/// A path through the task lists of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) list: TopList,
    /// Index in the top list, then (branch, index) of each level below.
    pub(crate) index: usize,
    pub(crate) below: Vec<(Branch, usize)>,
}

/// The task lists of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopList {
    Tasks,
    Errors,
    Finally,
    AfterExecution,
    Listener(usize),
}

/// A flow-level output.
#[derive(Debug, Clone)]
pub struct Output {
    pub id: String,
    pub kind: crate::input::Kind,
    pub value: Rendered,
    pub description: Option<String>,
    pub display_name: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Listener {
    /// All have to hold.
    pub conditions: Vec<Condition>,
    pub tasks: Vec<Task>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PluginDefault {
    pub type_name: String,
    pub forced: bool,
    pub values: Map<String, Json>,
}

/// Which workers run a task.
#[derive(Debug, Clone)]
pub struct WorkerGroup {
    pub key: Template,
    pub fallback: WorkerFallback,
}

/// What becomes of a task whose workers there are none of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerFallback {
    /// It waits until there are some.
    Wait,
    /// Its attempt fails.
    Fail,
    /// Its attempt is killed.
    Cancel,
}

/// Executions that a `concurrency` may let run at the same time: one item names them all. Kestra has no limit.
pub const CONCURRENCY_MAX: u32 = 4_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concurrency {
    /// From 1 to [`CONCURRENCY_MAX`].
    pub limit: u32,
    pub behavior: ConcurrencyBehavior,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConcurrencyBehavior {
    Queue,
    Cancel,
    Fail,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    pub kind: RetryKind,
    /// Of all attempts, the first included.
    pub attempts_max: Option<u32>,
    pub duration_max: Option<Duration>,
    pub warning_on_retry: bool,
    pub behavior: RetryBehavior,
}

#[derive(Debug, Clone, PartialEq)]
pub enum RetryKind {
    Constant { interval: Duration },
    Exponential { interval: Duration, interval_max: Duration, delay_factor: Option<f64> },
    Random { interval_min: Duration, interval_max: Duration },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryBehavior {
    RetryFailedTask,
    CreateNewExecution,
}

#[derive(Debug, Clone)]
pub struct Sla {
    pub id: String,
    pub kind: SlaKind,
    pub behavior: SlaBehavior,
    pub labels: Vec<Label>,
}

#[derive(Debug, Clone)]
pub enum SlaKind {
    MaxDuration(Duration),
    ExecutionAssertion(Template),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlaBehavior {
    Fail,
    Cancel,
    None,
}

impl Flow {
    /// The branch of its parent in which a task stands; `None` for one at the top.
    pub fn branch_of(&self, task_id: &str) -> Option<Branch> {
        self.places.get(task_id)?.below.last().map(|(branch, _)| *branch)
    }

    /// The top list under which a task stands.
    pub fn list_of(&self, task_id: &str) -> Option<TopList> {
        self.places.get(task_id).map(|place| place.list)
    }

    /// The task of that id, wherever it stands.
    pub fn task(&self, id: &str) -> Option<&Task> {
        let place = self.places.get(id)?;
        let mut task = self.top(place.list).get(place.index)?;
        for (branch, index) in &place.below {
            task = task.branch(*branch).get(*index)?;
        }
        Some(task)
    }

    /// The tasks of a list of the flow.
    pub fn top(&self, list: TopList) -> &[Task] {
        match list {
            TopList::Tasks => &self.tasks,
            TopList::Errors => &self.errors,
            TopList::Finally => &self.finally,
            TopList::AfterExecution => &self.after_execution,
            TopList::Listener(index) => self.listeners.get(index).map_or(&[], |listener| &listener.tasks),
        }
    }
}

/// Reads a flow. All problems at once, each with its path, line and column.
///
/// A line `revision: N` is accepted and means nothing: the store counts. The flow has revision 1 until then.
pub fn parse(source: &str, catalogue: &Catalogue) -> Result<Flow, crate::problem::Invalid> {
    reading::parse(source, catalogue)
}

/// Reads a template. All problems at once, as with [`parse`]; `pluginDefaults` of a flow mean nothing to it.
///
/// # Errors
/// All problems at once, with their places in this text.
pub fn parse_template(source: &str, catalogue: &Catalogue) -> Result<TaskTemplate, crate::problem::Invalid> {
    reading::parse_template(source, catalogue)
}

/// Reads one task, as a `TemplatedTask` renders it: a runnable or pure one, with or without an id.
///
/// # Errors
/// All problems at once, with their places in this text.
pub fn parse_task(source: &str, catalogue: &Catalogue) -> Result<Task, crate::problem::Invalid> {
    reading::parse_task(source, catalogue)
}

#[cfg(test)]
mod tests;
