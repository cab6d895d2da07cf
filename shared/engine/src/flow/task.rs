//! A step of a flow: what every task has, and what kinds there are.

use expression::Template;
use serde_json::Value as Json;

use super::{Executable, Flowable, FlowableKind, PureTask, Retry, WorkerGroup, WorkerTask, WorkflowTask};
use crate::execution::{Level, State};

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
    /// There in the dialect of Conductor and in no other.
    pub workflow: Option<Box<WorkflowTask>>,
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
    /// Starts executions of another flow; ends when they do, or at once.
    Executable(Executable),
    /// Offered to workers outside, who run it and report.
    Worker(WorkerTask),
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
    /// As `Template`, but one expression alone keeps its type.
    Typed(Template),
    List(Vec<Rendered>),
    Map(Vec<(Template, Rendered)>),
}

impl Task {
    /// The tasks of a branch; none when the task is not flowable or has no such branch.
    pub fn branch(&self, branch: super::Branch) -> &[Self] {
        match &self.kind {
            TaskKind::Flowable(flowable) => flowable.branch(branch),
            TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) | TaskKind::Worker(_) => &[],
        }
    }

    /// Whether the tasks in it share a directory.
    pub fn has_directory(&self) -> bool {
        match &self.kind {
            TaskKind::Flowable(it) => matches!(it.kind, FlowableKind::WorkingDirectory { .. }),
            TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) | TaskKind::Worker(_) => {
                false
            }
        }
    }

    /// The canonical names of the runnable types that have to run in one place: its own, or those in its directory.
    pub fn runnable_types(&self) -> Vec<String> {
        match &self.kind {
            TaskKind::Runnable(it) => vec![it.type_name.clone()],
            TaskKind::Flowable(Flowable { kind: FlowableKind::WorkingDirectory { tasks, .. }, .. }) => {
                tasks.iter().flat_map(Self::runnable_types).collect()
            }
            TaskKind::Flowable(_) | TaskKind::Pure(_) | TaskKind::Executable(_) | TaskKind::Worker(_) => {
                Vec::new()
            }
        }
    }

    /// What becomes of a state by `allowFailure` and `allowWarning`, in that order.
    pub fn allowed(&self, state: State) -> State {
        let state = if self.allow_failure && state == State::Failed { State::Warning } else { state };
        if self.allow_warning && state == State::Warning { State::Success } else { state }
    }
}
