//! The task runs of an execution, in order of creation, found by id, parent, task and state without a search.

use std::{
    collections::{BTreeSet, HashSet},
    iter,
    ops::{Deref, DerefMut},
};

use foldhash::HashMap;

use super::{
    State, TaskRun,
    kept::Kept,
    values::{Found, Values},
};
use crate::{id::TaskRunId, machine::Agenda, secrets, time::Timestamp};

/// Task runs with the indexes that are derived from them.
#[derive(Debug, Clone, Default)]
pub struct TaskRuns {
    pub(super) runs: Vec<TaskRun>,
    pub(super) kept: Kept,
    by_id: HashMap<TaskRunId, usize>,
    children: HashMap<Option<TaskRunId>, Vec<usize>>,
    /// By parent and element: the runs of one round of a `ForEach`, or all runs below a parent of another kind.
    rounds: HashMap<(Option<TaskRunId>, Option<u32>), Vec<usize>>,
    of_task: HashMap<String, Vec<usize>>,
    by_values: Values,
    by_own_value: Values,
    marks: Vec<Mark>,
    open: BTreeSet<usize>,
    attempting: BTreeSet<usize>,
    due: BTreeSet<(Timestamp, usize)>,
    /// What is owed, as far as it was worked out; made anew when it is not there.
    agenda: Option<Box<Agenda>>,
    /// Runs that changed since the agenda was worked out.
    changed: Vec<usize>,
}

/// What the indexes know of a run.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    open: bool,
    attempting: bool,
    due: Option<Timestamp>,
}

impl Mark {
    fn of(run: &TaskRun) -> Self {
        let open = !run.state.is_terminal();
        let attempting = run.calls.is_none()
            && !run.dynamic
            && !matches!(run.wait, Some(super::Wait::Sleep { .. } | super::Wait::Worker))
            && run.attempts.last().is_some_and(|attempt| attempt.state.current() == State::Running);
        // Of an attempt that somebody runs he himself sees to the time.
        let unattended = run.attempts.last().filter(|it| !attempting && !it.state.is_terminal());
        let deadline = unattended.and_then(|it| it.deadline);
        let due = run.wait.and_then(super::Wait::due).into_iter().chain(deadline).min();
        Self { open, attempting, due: due.filter(|_| open) }
    }
}

/// A run in hand for a change; the indexes follow when it is put back.
#[derive(Debug)]
pub struct RunMut<'r> {
    runs: &'r mut TaskRuns,
    index: usize,
}

impl Deref for RunMut<'_> {
    type Target = TaskRun;

    fn deref(&self) -> &TaskRun {
        &self.runs.runs[self.index]
    }
}

impl DerefMut for RunMut<'_> {
    fn deref_mut(&mut self) -> &mut TaskRun {
        &mut self.runs.runs[self.index]
    }
}

impl Drop for RunMut<'_> {
    fn drop(&mut self) {
        self.runs.mark(self.index, false);
    }
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
    pub fn get_mut(&mut self, id: TaskRunId) -> Option<RunMut<'_>> {
        let index = *self.by_id.get(&id)?;
        Some(RunMut { runs: self, index })
    }

    /// Whether what attempts a run has are none of its task. Kestra: a flowable task has no attempts. Here opening and
    /// closing the directory of a `WorkingDirectory` are some.
    pub fn hides_attempts(&self, run: &TaskRun) -> bool {
        !run.attempts.is_empty()
            && (matches!(run.wait, Some(super::Wait::Directory(_)))
                || self.children(Some(run.id)).any(|it| !it.dynamic))
    }

    /// The runs directly below a flowable run, or at the top, in order of creation.
    pub fn children(&self, parent: Option<TaskRunId>) -> impl DoubleEndedIterator<Item = &TaskRun> {
        self.children.get(&parent).into_iter().flatten().map(|index| self.at(*index))
    }

    /// The runs directly below a parent that belong to one element of its `ForEach`, or to none.
    pub fn round(
        &self,
        parent: Option<TaskRunId>,
        element: Option<u32>,
    ) -> impl DoubleEndedIterator<Item = &TaskRun> {
        self.rounds.get(&(parent, element)).into_iter().flatten().map(|index| self.at(*index))
    }

    /// The runs of a task, in order of creation.
    pub fn of_task(&self, task_id: &str) -> impl DoubleEndedIterator<Item = &TaskRun> {
        self.of_task.get(task_id).into_iter().flatten().map(|index| self.at(*index))
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

    /// Those that have not ended, in order of creation.
    pub fn open(&self) -> impl DoubleEndedIterator<Item = &TaskRun> {
        self.open.iter().map(|index| self.at(*index))
    }

    /// Those whose last attempt is being run by somebody.
    pub fn attempting(&self) -> impl Iterator<Item = &TaskRun> {
        self.attempting.iter().map(|index| self.at(*index))
    }

    /// Those that wait for a moment, the soonest first.
    pub fn due(&self) -> impl Iterator<Item = (Timestamp, &TaskRun)> {
        self.due.iter().map(|(at, index)| (*at, self.at(*index)))
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
        self.rounds.entry((run.parent, run.index)).or_default().push(index);
        match self.of_task.get_mut(&run.task_id) {
            Some(of_task) => of_task.push(index),
            None => {
                self.of_task.insert(run.task_id.clone(), vec![index]);
            }
        }
        self.runs.push(run);
        self.marks.push(Mark::default());
        self.kept.added();
        self.mark(index, true);
        true
    }

    /// Removes everything below a run.
    pub fn remove_below(&mut self, parent: TaskRunId) {
        let mut gone = HashSet::from([parent]);
        // Who is below comes after whom it is below.
        self.remove(|run| {
            let below = run.parent.is_some_and(|it| gone.contains(&it));
            below && gone.insert(run.id)
        });
    }

    /// Whether a task has a run at one place: below a parent, for one element of its `ForEach` or none.
    pub(crate) fn has(&self, parent: Option<TaskRunId>, element: Option<u32>, task_id: &str) -> bool {
        let beside = self.rounds.get(&(parent, element)).map_or(&[][..], Vec::as_slice);
        let alike = self.of_task.get(task_id).map_or(&[][..], Vec::as_slice);
        // A long list of tasks has each of them once; a task of a long `ForEach` has few beside it.
        let shorter = if beside.len() < alike.len() { beside } else { alike };
        shorter
            .iter()
            .map(|index| self.at(*index))
            .any(|run| !run.dynamic && run.parent == parent && run.index == element && run.task_id == task_id)
    }

    /// The run at a place in the order of creation.
    pub(crate) fn at(&self, index: usize) -> &TaskRun {
        #[cfg(test)]
        super::looks::count();
        &self.runs[index]
    }

    pub(crate) fn index_of(&self, id: TaskRunId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// Takes the agenda out, with what changed since it was put back.
    pub(crate) fn take_agenda(&mut self) -> Option<(Agenda, Vec<usize>)> {
        let agenda = self.agenda.take()?;
        Some((*agenda, std::mem::take(&mut self.changed)))
    }

    pub(crate) fn put_agenda(&mut self, agenda: Agenda) {
        self.agenda = Some(Box::new(agenda));
    }

    /// Has the agenda made anew: a rule that holds for all runs changed.
    pub(crate) fn forget_agenda(&mut self) {
        self.agenda = None;
    }

    fn mark(&mut self, index: usize, fresh: bool) {
        let run = &mut self.runs[index];
        run.has_encrypted = secrets::has_encrypted(&run.outputs);
        let mark = Mark::of(&self.runs[index]);
        let was = std::mem::replace(&mut self.marks[index], mark);
        if was.open != mark.open {
            if mark.open {
                self.open.insert(index)
            } else {
                self.open.remove(&index)
            };
        }
        if was.attempting != mark.attempting {
            if mark.attempting {
                self.attempting.insert(index)
            } else {
                self.attempting.remove(&index)
            };
        }
        if was.due != mark.due {
            if let Some(at) = was.due {
                self.due.remove(&(at, index));
            }
            if let Some(at) = mark.due {
                self.due.insert((at, index));
            }
        }
        self.kept.changed(index, &self.runs[index], was.open || fresh);
        if mark.open && !was.open && !fresh {
            // It was restarted: what is owed is not what it was before plus something.
            self.agenda = None;
        }
        if self.agenda.is_some() {
            self.changed.push(index);
        } else {
            self.changed.clear();
        }
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
