//! Templates: lists of tasks that are kept for themselves, and stand in a flow where a task names them.

use std::fmt;

use serde_json::{Map, Value as Json};

use super::{Rendered, Task, TaskKind};

/// A list of tasks by a name. Kestra: `Template`, deprecated.
#[derive(Debug, Clone)]
pub struct TaskTemplate {
    pub name: TemplateName,
    pub description: Option<String>,
    pub tasks: Vec<Task>,
    pub errors: Vec<Task>,
    pub finally: Vec<Task>,
    /// The templates that its tasks name, each once.
    pub templates: Vec<TemplateName>,
    /// The template as JSON, as Kestra shows it: what was given, without nulls.
    pub document: Map<String, Json>,
}

/// Under which a template is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplateName {
    pub namespace: String,
    pub id: String,
}

impl TemplateName {
    /// What a task says whose template is not there. Kestra's words.
    pub fn missing(&self) -> String {
        format!("Can't find flow template '{self}'")
    }
}

impl fmt::Display for TemplateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.namespace, self.id)
    }
}

/// The tasks of a template, one after another, with its `errors` and `finally`.
#[derive(Debug, Clone)]
pub struct FromTemplate {
    pub name: TemplateName,
    /// A map of texts: the output `args`, for the tasks `parent.outputs.args`.
    pub args: Option<Rendered>,
    /// What [`Flow::composed`](super::Flow::composed) put here, or why it is not there: the task fails with that.
    pub tasks: Result<Vec<Task>, String>,
}

/// The templates that tasks name, each once, in the order in which they stand there.
pub(super) fn named<'t>(lists: impl IntoIterator<Item = &'t [Task]>) -> Vec<TemplateName> {
    let mut names = Vec::new();
    for list in lists {
        each(list, &mut |task| {
            if let Some(name) = name_of(task)
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        });
    }
    names
}

fn name_of(task: &Task) -> Option<&TemplateName> {
    match &task.kind {
        TaskKind::Flowable(flowable) => flowable.template().map(|it| &it.name),
        TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) | TaskKind::Worker(_) => None,
    }
}

/// Shows every task of a list and below. Gives how many are within each other.
pub(super) fn each<'t>(tasks: &'t [Task], show: &mut impl FnMut(&'t Task)) -> usize {
    let mut deepest = 0;
    for task in tasks {
        show(task);
        let mut below = 0;
        if let TaskKind::Flowable(flowable) = &task.kind {
            for branch in flowable.branches() {
                below = below.max(each(flowable.branch(branch), show));
            }
        }
        deepest = deepest.max(below + 1);
    }
    deepest
}
