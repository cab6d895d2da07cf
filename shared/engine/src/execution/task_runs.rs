//! The task runs of an execution, in order of creation, found by id and by parent without a search.

use std::{collections::HashMap, iter};

use serde::{Deserialize, Serialize};

use super::{
    TaskRun,
    values::{Found, Values},
};
use crate::id::TaskRunId;

/// Task runs with the indexes that are derived from them.
#[derive(Debug, Clone, Default)]
pub struct TaskRuns {
    runs: Vec<TaskRun>,
    by_id: HashMap<TaskRunId, usize>,
    children: HashMap<Option<TaskRunId>, Vec<usize>>,
    of_task: HashMap<String, Vec<usize>>,
    by_values: Values,
    by_own_value: Values,
}

impl TaskRuns {
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    pub fn len(&self) -> usize {
        self.runs.len()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, TaskRun> {
        self.runs.iter()
    }

    pub fn get(&self, id: TaskRunId) -> Option<&TaskRun> {
        self.by_id.get(&id).map(|index| &self.runs[*index])
    }

    /// A run to change; not its task, parent and value, by which it is found.
    pub fn get_mut(&mut self, id: TaskRunId) -> Option<&mut TaskRun> {
        self.by_id.get(&id).map(|index| &mut self.runs[*index])
    }

    /// The runs directly below a flowable run, or at the top, in order of creation.
    pub fn children(&self, parent: Option<TaskRunId>) -> impl DoubleEndedIterator<Item = &TaskRun> {
        self.children.get(&parent).into_iter().flatten().map(|index| &self.runs[*index])
    }

    /// The runs of a task, in order of creation.
    pub fn of_task(&self, task_id: &str) -> impl DoubleEndedIterator<Item = &TaskRun> {
        self.of_task.get(task_id).into_iter().flatten().map(|index| &self.runs[*index])
    }

    /// The ids of all tasks that have runs, in no order.
    pub fn task_ids(&self) -> impl Iterator<Item = &str> {
        self.of_task.keys().map(String::as_str)
    }

    /// The runs by task id, and below it by the values of all runs around them and their own, outermost first.
    pub fn by_values(&self) -> Found<'_> {
        self.by_values.found(&self.runs)
    }

    /// The runs by task id, and below it by their own value alone.
    pub fn by_own_value(&self) -> Found<'_> {
        self.by_own_value.found(&self.runs)
    }

    /// The runs around one, nearest first.
    pub fn ancestors(&self, run: &TaskRun) -> impl Iterator<Item = &TaskRun> {
        ancestors(&self.runs, &self.by_id, run)
    }

    /// Adds a run. One whose id is there already is not added again.
    pub fn push(&mut self, run: TaskRun) -> bool {
        let index = self.runs.len();
        if self.by_id.contains_key(&run.id) {
            return false;
        }
        let around = ancestors(&self.runs, &self.by_id, &run);
        let values: Vec<&str> =
            run.value.iter().chain(around.filter_map(|run| run.value.as_ref())).map(|it| &**it).collect();
        self.by_values.insert(iter::once(&*run.task_id).chain(values.into_iter().rev()), index);
        self.by_own_value.insert(iter::once(&*run.task_id).chain(run.value.as_deref()), index);
        self.by_id.insert(run.id, index);
        self.children.entry(run.parent).or_default().push(index);
        match self.of_task.get_mut(&run.task_id) {
            Some(of_task) => of_task.push(index),
            None => {
                self.of_task.insert(run.task_id.clone(), vec![index]);
            }
        }
        self.runs.push(run);
        true
    }
}

fn ancestors<'r>(
    runs: &'r [TaskRun],
    by_id: &HashMap<TaskRunId, usize>,
    run: &TaskRun,
) -> impl Iterator<Item = &'r TaskRun> {
    let parent = move |run: &TaskRun| by_id.get(&run.parent?).map(|index| &runs[*index]);
    iter::successors(parent(run), move |run| parent(run))
}

impl<'a> IntoIterator for &'a TaskRuns {
    type Item = &'a TaskRun;
    type IntoIter = std::slice::Iter<'a, TaskRun>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<TaskRun> for TaskRuns {
    fn from_iter<I: IntoIterator<Item = TaskRun>>(runs: I) -> Self {
        let mut all = Self::default();
        for run in runs {
            all.push(run);
        }
        all
    }
}

impl PartialEq for TaskRuns {
    fn eq(&self, other: &Self) -> bool {
        self.runs == other.runs
    }
}

impl Serialize for TaskRuns {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.runs.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TaskRuns {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<TaskRun>::deserialize(deserializer)?.into_iter().collect())
    }
}
