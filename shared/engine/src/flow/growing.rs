//! A flow with the steps in it that come with an execution.
//!
//! See [`conductor::dynamic`](crate::conductor) for where they come from.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::{Flow, FlowableKind, Growth, PureTask, Rendered, SystemTask, Task, TaskKind, reading};
use crate::{
    conductor::{DYNAMIC, JOIN_ON, dynamic},
    execution::{TaskRun, TaskRuns},
    id::TaskRunId,
};

/// The newest run of each task of a list.
type Latest<'r> = HashMap<&'r str, &'r TaskRun>;

impl Flow {
    /// Whether some of its tasks take their shape only when their turn comes.
    pub fn grows(&self) -> bool {
        self.workflow.as_ref().is_some_and(|it| it.grows)
    }

    /// The flow as an execution with these runs has it: each task that takes its shape from its input has that of its
    /// newest run in the present round. A function of both, whatever the flow had grown to before.
    #[must_use]
    pub fn grown(&self, runs: &TaskRuns) -> Self {
        let mut flow = self.clone();
        let growing = Growing { namespace: &self.namespace, runs };
        growing.shape(&mut flow.tasks, &latest_of(runs.children(None)), 0);
        flow.places = reading::places(&flow);
        flow
    }
}

impl Flow {
    /// The same, which also knows what runs of rounds that are past were runs of: each round has steps of its own.
    #[must_use]
    pub fn with_past(mut self, runs: &TaskRuns) -> Self {
        let growing = Growing { namespace: &self.namespace, runs };
        let mut past: foldhash::HashMap<TaskRunId, Task> = foldhash::HashMap::default();
        // Who is below comes after whom it is below.
        for run in runs {
            let around = run.parent.and_then(|parent| past.get(&parent));
            let task = match around {
                Some(around) => below(around, &run.task_id).cloned(),
                None => self.task(&run.task_id).filter(|it| growth(it).is_some()).cloned(),
            };
            let Some(task) = task else { continue };
            let mut alone = [task];
            growing.grow(&mut alone, 0, Some(run), 0);
            let [task] = alone;
            past.insert(run.id, task);
        }
        if let Some(workflow) = &mut self.workflow {
            workflow.past = past;
        }
        self
    }

    /// The task that a run was, or is, a run of.
    pub fn task_of(&self, run: &TaskRun) -> Option<&Task> {
        let past = self.workflow.as_ref().and_then(|it| it.past.get(&run.id));
        past.or_else(|| self.task(&run.task_id))
    }
}

fn growth(task: &Task) -> Option<&Growth> {
    task.workflow.as_ref()?.growth.as_deref()
}

/// A task directly below another.
fn below<'t>(around: &'t Task, id: &str) -> Option<&'t Task> {
    let TaskKind::Flowable(flowable) = &around.kind else { return None };
    flowable.branches().into_iter().find_map(|branch| flowable.branch(branch).iter().find(|it| it.id == id))
}

struct Growing<'g> {
    namespace: &'g str,
    runs: &'g TaskRuns,
}

fn latest_of<'r>(runs: impl Iterator<Item = &'r TaskRun>) -> Latest<'r> {
    runs.map(|run| (run.task_id.as_str(), run)).collect()
}

impl<'g> Growing<'g> {
    /// Shapes the tasks of a list that stands so deep in others.
    fn shape(&self, tasks: &mut [Task], latest: &Latest<'g>, depth: usize) {
        for index in 0..tasks.len() {
            let run = latest.get(tasks[index].id.as_str()).copied();
            self.grow(tasks, index, run, depth);
            let TaskKind::Flowable(flowable) = &mut tasks[index].kind else { continue };
            let below = match (&flowable.kind, run) {
                (_, None) => Latest::new(),
                (FlowableKind::DoWhile(_), Some(run)) => {
                    let round = run.iteration.and_then(|it| it.checked_sub(1));
                    latest_of(self.runs.round(Some(run.id), round))
                }
                (_, Some(run)) => latest_of(self.runs.children(Some(run.id))),
            };
            for list in flowable.lists_mut() {
                self.shape(list, &below, depth + 1);
            }
        }
    }

    fn grow(&self, tasks: &mut [Task], index: usize, run: Option<&TaskRun>, depth: usize) {
        let (task, behind) = tasks.split_at_mut(index + 1);
        let task = &mut task[index];
        let Some(growth) = task.workflow.as_ref().and_then(|it| it.growth.clone()) else { return };
        let input = run.and_then(|run| run.input.as_ref());
        match &*growth {
            Growth::Forks(form) => {
                // One that cannot be read was refused, and never became the input of a run that began.
                let branches = input.map(|it| dynamic::branches(form, it, (self.namespace, depth + 1)));
                let grown = branches.and_then(Result::ok).unwrap_or_default();
                let on = grown.iter().filter_map(|branch| branch.last()).map(|it| it.id.clone()).collect();
                if let TaskKind::Flowable(flowable) = &mut task.kind {
                    flowable.kind = FlowableKind::Fork { branches: grown };
                }
                if let Some(join) = behind.first_mut() {
                    join_on(join, on);
                }
            }
            Growth::Becomes { name_from, step } => {
                let named = input.map(|it| dynamic::named(step, name_from, it, self.namespace, depth));
                if let Some(Ok(mut named)) = named {
                    if let Some(workflow) = &mut named.workflow {
                        workflow.growth = Some(growth);
                    }
                    *task = named;
                } else if task.type_name != DYNAMIC
                    && let Some(unnamed) = dynamic::unnamed(step, self.namespace, depth)
                {
                    *task = unnamed;
                }
            }
        }
    }
}

/// The JOIN behind a fork collects what ended its branches.
fn join_on(task: &mut Task, on: Vec<String>) {
    let TaskKind::Pure(PureTask::System(join @ SystemTask::Join { .. })) = &mut task.kind else { return };
    let shown = Json::from(on.clone());
    *join = SystemTask::Join { on };
    match task.workflow.as_mut().map(|it| &mut it.input) {
        Some(Rendered::Literal(Json::Object(input))) => {
            input.insert(JOIN_ON.to_owned(), shown);
        }
        Some(Rendered::Map(input)) => {
            if let Some((_, value)) = input.iter_mut().find(|(name, _)| name.literal() == Some(JOIN_ON)) {
                *value = Rendered::Literal(shown);
            }
        }
        Some(Rendered::Literal(_) | Rendered::Template(_) | Rendered::Typed(_) | Rendered::List(_))
        | None => {}
    }
}
