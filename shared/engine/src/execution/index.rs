//! Task runs found by id, parent, task and state without a search, once there are enough of them to be worth it.

use std::collections::BTreeSet;

use foldhash::HashMap;

use super::{TaskRun, task_runs::Mark};
use crate::id::TaskRunId;

/// Places of task runs, in order of creation.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    pub(super) by_id: HashMap<TaskRunId, usize>,
    pub(super) children: HashMap<Option<TaskRunId>, Vec<usize>>,
    /// By parent and element: the runs of one round of a `ForEach`, or all runs below a parent of another kind.
    pub(super) rounds: HashMap<(Option<TaskRunId>, Option<u32>), Vec<usize>>,
    pub(super) of_task: HashMap<String, Vec<usize>>,
    pub(super) open: BTreeSet<usize>,
    pub(super) attempting: BTreeSet<usize>,
}

impl Index {
    pub(super) fn of(runs: &[TaskRun], marks: &[Mark]) -> Self {
        let mut index = Self::default();
        for (place, (run, mark)) in runs.iter().zip(marks).enumerate() {
            index.add(place, run);
            index.mark(place, Mark::default(), *mark);
        }
        index
    }

    pub(super) fn add(&mut self, place: usize, run: &TaskRun) {
        self.by_id.insert(run.id, place);
        self.children.entry(run.parent).or_default().push(place);
        self.rounds.entry((run.parent, run.index)).or_default().push(place);
        match self.of_task.get_mut(&run.task_id) {
            Some(of_task) => of_task.push(place),
            None => {
                self.of_task.insert(run.task_id.clone(), vec![place]);
            }
        }
    }

    pub(super) fn mark(&mut self, place: usize, was: Mark, mark: Mark) {
        keep(&mut self.open, place, was.open, mark.open);
        keep(&mut self.attempting, place, was.attempting, mark.attempting);
    }
}

fn keep(places: &mut BTreeSet<usize>, place: usize, was: bool, is: bool) {
    match (was, is) {
        (false, true) => drop(places.insert(place)),
        (true, false) => drop(places.remove(&place)),
        (true, true) | (false, false) => {}
    }
}
