//! The model of a flow: every top-level key and every common property of a task, typed.
//!
//! A [`Flow`] is made from YAML by [`parse`] and is then known to be sound; nothing downstream checks again.

mod catalogue;
pub mod label;
mod reading;
mod unbuilt;

use std::{collections::HashMap, time::Duration};

use expression::Template;
use serde_json::{Map, Value as Json};

pub use catalogue::{Catalogue, Property as PropertyType, Shape, TaskType};
pub use label::Label;

use crate::{
    execution::{Level, State},
    input::Input,
};

/// A flow of one revision.
#[derive(Debug, Clone)]
pub struct Flow {
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
    /// Where each task of the flow stands, by its id.
    pub(crate) places: HashMap<String, Place>,
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

/// The task lists of a flowable task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Branch {
    Tasks,
    Then,
    Else,
    Errors,
    Finally,
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

/// A step of a flow.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "Kestra's properties, each on its own")]
pub struct Task {
    pub id: String,
    /// As written; may be an alias.
    pub type_name: String,
    pub description: Option<String>,
    /// As if the task were not there.
    pub disabled: bool,
    /// Whether to run, decided when its turn comes; `None` is yes.
    pub run_if: Option<Template>,
    /// FAILED becomes WARNING.
    pub allow_failure: bool,
    /// WARNING becomes SUCCESS.
    pub allow_warning: bool,
    /// Of one attempt: a duration, or an expression that renders to one.
    pub timeout: Option<Template>,
    pub retry: Option<Retry>,
    /// The least level that is recorded.
    pub log_level: Option<Level>,
    pub log_to_file: bool,
    pub worker_group: Option<WorkerGroup>,
    pub kind: TaskKind,
}

/// What a task is.
#[derive(Debug, Clone)]
pub enum TaskKind {
    /// Decides which tasks run; moved by the engine.
    Flowable(Flowable),
    /// Sees only the execution; run by the engine, without a commit of its own.
    Pure(PureTask),
    /// Touches the world; run by a carrier, after a commit.
    Runnable(RunnableTask),
}

#[derive(Debug, Clone)]
pub enum Flowable {
    Sequential(Sequential),
    If(If),
}

/// Tasks one after another.
#[derive(Debug, Clone)]
pub struct Sequential {
    pub tasks: Vec<Task>,
    pub errors: Vec<Task>,
    pub finally: Vec<Task>,
}

/// One of two branches, chosen once.
#[derive(Debug, Clone)]
pub struct If {
    pub condition: Template,
    pub then: Vec<Task>,
    pub else_: Vec<Task>,
    pub errors: Vec<Task>,
    pub finally: Vec<Task>,
}

#[derive(Debug, Clone)]
pub enum PureTask {
    /// `debug.Return`: its output `value` is the rendered `format`.
    Return { format: Option<Template> },
    /// `log.Log`: one line per message.
    Log { message: Messages, level: Level },
    /// `execution.Fail`: fails, or fails when the condition holds.
    Fail { condition: Option<Template>, error_message: Template },
}

/// `message` of a Log task: one text, or a list of them.
#[derive(Debug, Clone)]
pub enum Messages {
    /// One text; when it renders to anything it is one line.
    One(Template),
    Many(Vec<Template>),
}

#[derive(Debug, Clone)]
pub struct RunnableTask {
    /// The canonical name, by which the registry finds it.
    pub type_name: String,
    /// Its own properties, each rendered before an attempt unless it is static.
    pub properties: Vec<(String, Rendered)>,
}

/// YAML with expressions in it: rendered string by string, keys included.
#[derive(Debug, Clone)]
pub enum Rendered {
    /// Holds no expression anywhere.
    Literal(Json),
    Template(Template),
    List(Vec<Rendered>),
    Map(Vec<(Template, Rendered)>),
}

#[derive(Debug, Clone)]
pub struct Listener {
    pub conditions: Vec<Json>,
    pub tasks: Vec<Task>,
}

/// Something that starts executions by itself.
#[derive(Debug, Clone)]
pub struct Trigger {
    pub id: String,
    pub type_name: String,
    pub description: Option<String>,
    pub disabled: bool,
    pub kind: TriggerKind,
}

#[derive(Debug, Clone)]
pub enum TriggerKind {
    /// Started by a request that knows the key.
    Webhook { key: Template },
}

#[derive(Debug, Clone, PartialEq)]
pub struct PluginDefault {
    pub type_name: String,
    pub forced: bool,
    pub values: Map<String, Json>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerGroup {
    pub key: String,
    pub fallback: WorkerFallback,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerFallback {
    Wait,
    Fail,
    Cancel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concurrency {
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

impl Task {
    /// The tasks of a branch; none when the task is not flowable or has no such branch.
    pub fn branch(&self, branch: Branch) -> &[Task] {
        match &self.kind {
            TaskKind::Flowable(flowable) => flowable.branch(branch),
            TaskKind::Pure(_) | TaskKind::Runnable(_) => &[],
        }
    }

    /// What becomes of a state by `allowFailure` and `allowWarning`, in that order.
    pub fn allowed(&self, state: State) -> State {
        let state = if self.allow_failure && state == State::Failed { State::Warning } else { state };
        if self.allow_warning && state == State::Warning { State::Success } else { state }
    }
}

impl Flowable {
    pub fn branch(&self, branch: Branch) -> &[Task] {
        match (self, branch) {
            (Self::Sequential(it), Branch::Tasks) => &it.tasks,
            (Self::Sequential(it), Branch::Errors) => &it.errors,
            (Self::Sequential(it), Branch::Finally) => &it.finally,
            (Self::If(it), Branch::Then) => &it.then,
            (Self::If(it), Branch::Else) => &it.else_,
            (Self::If(it), Branch::Errors) => &it.errors,
            (Self::If(it), Branch::Finally) => &it.finally,
            (Self::Sequential(_), Branch::Then | Branch::Else) | (Self::If(_), Branch::Tasks) => &[],
        }
    }

    /// Every branch there can be, in the order in which it is written.
    pub const BRANCHES: [Branch; 5] =
        [Branch::Tasks, Branch::Then, Branch::Else, Branch::Errors, Branch::Finally];
}

/// Reads a flow. All problems at once, each with its path, line and column.
///
/// A line `revision: N` is accepted and means nothing: the store counts. The flow has revision 1 until then.
pub fn parse(source: &str, catalogue: &Catalogue) -> Result<Flow, crate::problem::Invalid> {
    reading::parse(source, catalogue)
}

#[cfg(test)]
mod tests;
