//! Flowable tasks: they decide which tasks run, and how many side by side.

use std::{num::NonZeroU32, time::Duration};

use expression::Template;

use super::{FromTemplate, Rendered, Task};
use crate::input::Input;

/// A task that decides which tasks run.
#[derive(Debug, Clone)]
pub struct Flowable {
    pub kind: FlowableKind,
    /// Run when a task of it failed, one after another (side by side below `Parallel`, `Dag` and `EachParallel`).
    pub errors: Vec<Task>,
    /// Run at the end, however it went.
    pub finally: Vec<Task>,
}

/// How many may run at the same time; `None` for as many as there are. Kestra: 0.
pub type SideBySide = Option<NonZeroU32>;

#[derive(Debug, Clone)]
pub enum FlowableKind {
    /// One after another.
    Sequential {
        tasks: Vec<Task>,
    },
    /// One after another; FAILED becomes WARNING.
    AllowFailure {
        tasks: Vec<Task>,
    },
    Parallel {
        tasks: Vec<Task>,
        concurrent: SideBySide,
    },
    /// Each task as soon as those it depends on have ended.
    Dag {
        tasks: Vec<Task>,
        /// For each task the indexes in `tasks` of those it waits for. Known to have no cycle.
        depends_on: Vec<Vec<usize>>,
        concurrent: SideBySide,
    },
    /// One of two branches, chosen once.
    If {
        condition: Template,
        then: Vec<Task>,
        else_: Vec<Task>,
    },
    /// The branch whose text the value is.
    Switch {
        value: Template,
        cases: Vec<(String, Vec<Task>)>,
        defaults: Vec<Task>,
    },
    /// The tasks once for each value.
    ForEach(ForEach),
    /// The tasks again and again until a condition holds. Kestra: `WaitFor`, `LoopUntil`.
    LoopUntil(LoopUntil),
    /// Waits for somebody, or for a time.
    Pause(Pause),
    /// Tasks one after another that share a directory.
    WorkingDirectory {
        tasks: Vec<Task>,
        /// `inputFiles`, `outputFiles`, `namespaceFiles`, `cache`: for whoever opens and closes the directory.
        properties: Vec<(String, Rendered)>,
    },
    /// A subflow for each batch of the items of a file: `<id>_split`, `<id>_items` and `<id>_merge`, one after another.
    ForEachItem {
        tasks: Vec<Task>,
    },
    /// The tasks of a template, one after another.
    Template(FromTemplate),
    /// The branch of a case, or the other one. Conductor: `SWITCH`, `DECISION`.
    Decision(Decision),
    /// Branches side by side, the tasks of each one after another. Conductor: `FORK_JOIN`.
    Fork {
        branches: Vec<Vec<Task>>,
    },
    /// The tasks again and again while a condition holds, or for each item. Conductor: `DO_WHILE`.
    DoWhile(DoWhile),
}

#[derive(Debug, Clone)]
pub struct Decision {
    /// It tells of its choice as `DECISION` does.
    pub legacy: bool,
    pub by: Chooser,
    pub cases: Vec<(String, Vec<Task>)>,
    /// Of a value that is no case.
    pub defaults: Vec<Task>,
}

/// What names the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chooser {
    /// The input of that name.
    Input(String),
    /// A script, which sees the input.
    Script(String),
}

#[derive(Debug, Clone)]
pub struct DoWhile {
    /// A script, run after each round.
    pub condition: Option<String>,
    /// A list: a round for each of them. Then there is no condition.
    pub items: Option<Rendered>,
    /// Rounds whose outputs are kept; all unless given.
    pub keep_last: Option<u32>,
    pub tasks: Vec<Task>,
}

#[derive(Debug, Clone)]
pub struct ForEach {
    /// A text that renders to a JSON array, or a list.
    pub values: Rendered,
    pub tasks: Vec<Task>,
    /// Values at the same time: `concurrencyLimit`, 1 unless given.
    pub concurrent: SideBySide,
    /// Whether the tasks of one value run side by side as well. Kestra: `EachParallel`.
    pub scattered: bool,
}

#[derive(Debug, Clone)]
pub struct LoopUntil {
    /// Rendered after each round whose tasks all succeeded.
    pub condition: Template,
    pub tasks: Vec<Task>,
    /// FAILED when a limit is reached; otherwise the loop ends in the state of its tasks.
    pub fail_on_max_reached: bool,
    /// Rounds at most.
    pub iterations_max: u32,
    /// Since the loop began.
    pub duration_max: Duration,
    /// Between two rounds.
    pub interval: Duration,
}

#[derive(Debug, Clone)]
pub struct Pause {
    /// After so long it goes on by itself as `behavior` says: a duration, or an expression that renders to one.
    /// Kestra: `pauseDuration`, before that `delay`.
    pub delay: Option<Template>,
    pub behavior: PauseBehavior,
    /// Asked of whoever resumes.
    pub on_resume: Vec<Input>,
    /// Run after it was resumed.
    pub tasks: Vec<Task>,
}

/// What becomes of a pause when its delay is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseBehavior {
    Resume,
    Warn,
    Cancel,
    Fail,
}

/// The task lists of a flowable task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Branch {
    Tasks,
    Then,
    Else,
    /// The tasks of the case, or of the branch, at this index.
    Case(usize),
    Defaults,
    Errors,
    Finally,
}

impl Flowable {
    pub fn branch(&self, branch: Branch) -> &[Task] {
        match (branch, &self.kind) {
            (Branch::Errors, _) => &self.errors,
            (Branch::Finally, _) => &self.finally,
            (Branch::Then, FlowableKind::If { then, .. }) => then,
            (Branch::Else, FlowableKind::If { else_, .. }) => else_,
            (Branch::Case(index), FlowableKind::Switch { cases, .. }) => {
                cases.get(index).map_or(&[], |(_, tasks)| tasks)
            }
            (Branch::Case(index), FlowableKind::Decision(it)) => {
                it.cases.get(index).map_or(&[], |(_, tasks)| tasks)
            }
            (Branch::Case(index), FlowableKind::Fork { branches }) => {
                branches.get(index).map_or(&[], Vec::as_slice)
            }
            (Branch::Defaults, FlowableKind::Switch { defaults, .. }) => defaults,
            (Branch::Defaults, FlowableKind::Decision(it)) => &it.defaults,
            (Branch::Tasks, kind) => kind.tasks(),
            (Branch::Then | Branch::Else | Branch::Case(_) | Branch::Defaults, _) => &[],
        }
    }

    /// The template it stands for, when it is one.
    pub fn template(&self) -> Option<&FromTemplate> {
        match &self.kind {
            FlowableKind::Template(it) => Some(it),
            FlowableKind::Sequential { .. }
            | FlowableKind::AllowFailure { .. }
            | FlowableKind::Parallel { .. }
            | FlowableKind::Dag { .. }
            | FlowableKind::If { .. }
            | FlowableKind::Switch { .. }
            | FlowableKind::ForEach(_)
            | FlowableKind::LoopUntil(_)
            | FlowableKind::Pause(_)
            | FlowableKind::WorkingDirectory { .. }
            | FlowableKind::ForEachItem { .. }
            | FlowableKind::Decision(_)
            | FlowableKind::Fork { .. }
            | FlowableKind::DoWhile(_) => None,
        }
    }

    /// Every list of tasks it has.
    pub(super) fn lists_mut(&mut self) -> Vec<&mut Vec<Task>> {
        let mut lists: Vec<&mut Vec<Task>> = match &mut self.kind {
            FlowableKind::Sequential { tasks }
            | FlowableKind::AllowFailure { tasks }
            | FlowableKind::Parallel { tasks, .. }
            | FlowableKind::Dag { tasks, .. }
            | FlowableKind::WorkingDirectory { tasks, .. }
            | FlowableKind::ForEachItem { tasks } => vec![tasks],
            FlowableKind::If { then, else_, .. } => vec![then, else_],
            FlowableKind::Switch { cases, defaults, .. } => {
                cases.iter_mut().map(|(_, tasks)| tasks).chain([defaults]).collect()
            }
            FlowableKind::ForEach(it) => vec![&mut it.tasks],
            FlowableKind::LoopUntil(it) => vec![&mut it.tasks],
            FlowableKind::Pause(it) => vec![&mut it.tasks],
            FlowableKind::Template(it) => it.tasks.as_mut().into_iter().collect(),
            FlowableKind::Decision(it) => {
                it.cases.iter_mut().map(|(_, tasks)| tasks).chain([&mut it.defaults]).collect()
            }
            FlowableKind::Fork { branches } => branches.iter_mut().collect(),
            FlowableKind::DoWhile(it) => vec![&mut it.tasks],
        };
        lists.extend([&mut self.errors, &mut self.finally]);
        lists
    }

    /// Every branch it has, in the order in which they are written.
    pub fn branches(&self) -> Vec<Branch> {
        let mut all = match &self.kind {
            FlowableKind::If { .. } => vec![Branch::Then, Branch::Else],
            FlowableKind::Switch { cases, .. } => {
                (0..cases.len()).map(Branch::Case).chain([Branch::Defaults]).collect()
            }
            FlowableKind::Decision(it) => {
                (0..it.cases.len()).map(Branch::Case).chain([Branch::Defaults]).collect()
            }
            FlowableKind::Fork { branches } => (0..branches.len()).map(Branch::Case).collect(),
            FlowableKind::Sequential { .. }
            | FlowableKind::AllowFailure { .. }
            | FlowableKind::Parallel { .. }
            | FlowableKind::Dag { .. }
            | FlowableKind::ForEach(_)
            | FlowableKind::LoopUntil(_)
            | FlowableKind::Pause(_)
            | FlowableKind::WorkingDirectory { .. }
            | FlowableKind::ForEachItem { .. }
            | FlowableKind::Template(_)
            | FlowableKind::DoWhile(_) => vec![Branch::Tasks],
        };
        all.extend([Branch::Errors, Branch::Finally]);
        all
    }
}

impl FlowableKind {
    /// The tasks, where there is one list of them.
    fn tasks(&self) -> &[Task] {
        match self {
            Self::Sequential { tasks }
            | Self::AllowFailure { tasks }
            | Self::Parallel { tasks, .. }
            | Self::Dag { tasks, .. }
            | Self::WorkingDirectory { tasks, .. }
            | Self::ForEachItem { tasks } => tasks,
            Self::ForEach(it) => &it.tasks,
            Self::LoopUntil(it) => &it.tasks,
            Self::Pause(it) => &it.tasks,
            Self::Template(it) => it.tasks.as_deref().unwrap_or_default(),
            Self::DoWhile(it) => &it.tasks,
            Self::If { .. } | Self::Switch { .. } | Self::Decision(_) | Self::Fork { .. } => &[],
        }
    }
}
