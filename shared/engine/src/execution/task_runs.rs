//! The task runs of an execution, in order of creation, found by id, parent, task and state.

use std::{
    collections::{BTreeSet, HashSet},
    iter,
    ops::{Deref, DerefMut},
    sync::OnceLock,
};

use super::{
    State, TaskRun,
    index::Index,
    kept::Kept,
    values::{Found, Values},
};
use crate::{id::TaskRunId, machine::Agenda, secrets, time::Timestamp};

/// From so many runs on they are found by an index. Most executions have fewer, and are searched for less than it costs.
const INDEXED_FROM: usize = 16;

/// Task runs with what is derived from them.
#[derive(Debug, Clone, Default)]
pub struct TaskRuns {
    pub(super) runs: Vec<TaskRun>,
    pub(super) kept: Kept,
    marks: Vec<Mark>,
    index: Option<Box<Index>>,
    /// Made when an expression asks for them, and kept up to date from then on.
    by_values: OnceLock<Values>,
    by_own_value: OnceLock<Values>,
    due: BTreeSet<(Timestamp, usize)>,
    /// What is owed, as far as it was worked out; made anew when it is not there.
    agenda: Option<Box<Agenda>>,
}

/// What was last seen of a run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    pub(super) open: bool,
    pub(super) attempting: bool,
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
        self.index_of(id).map(|index| &self.runs[index])
    }

    /// A run to change; not its task, parent and value, by which it is found.
    pub fn get_mut(&mut self, id: TaskRunId) -> Option<RunMut<'_>> {
        let index = self.index_of(id)?;
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
        self.listed(move |index| index.children.get(&parent), move |run| run.parent == parent)
    }

    /// The runs directly below a parent that belong to one element of its `ForEach`, or to none.
    pub fn round(
        &self,
        parent: Option<TaskRunId>,
        element: Option<u32>,
    ) -> impl DoubleEndedIterator<Item = &TaskRun> {
        let belongs = move |run: &TaskRun| run.parent == parent && run.index == element;
        self.listed(move |index| index.rounds.get(&(parent, element)), belongs)
    }

    /// The runs of a task, in order of creation.
    pub fn of_task(&self, task_id: &str) -> impl DoubleEndedIterator<Item = &TaskRun> {
        self.listed(move |index| index.of_task.get(task_id), move |run| run.task_id == task_id)
    }

    /// What a list of the index holds, or what fits where there is no index.
    fn listed<'r>(
        &'r self,
        list: impl FnOnce(&'r Index) -> Option<&'r Vec<usize>>,
        fits: impl Fn(&TaskRun) -> bool,
    ) -> impl DoubleEndedIterator<Item = &'r TaskRun> {
        let (list, searched) = match &self.index {
            Some(index) => (list(index), &[][..]),
            None => (None, &self.runs[..]),
        };
        let listed = list.into_iter().flatten().map(|index| self.at(*index));
        listed.chain(searched.iter().filter(move |run| fits(run)))
    }

    /// The runs by task id, and below it by the values of all runs around them and their own, outermost first.
    pub fn by_values(&self) -> Found<'_> {
        let all = || Values::of((0..self.len()).map(|index| self.all_values(index)));
        self.by_values.get_or_init(all).found(&self.runs)
    }

    /// The runs by task id, and below it by their own value alone.
    pub fn by_own_value(&self) -> Found<'_> {
        let all = || Values::of((0..self.len()).map(|index| self.own_value(index)));
        self.by_own_value.get_or_init(all).found(&self.runs)
    }

    fn all_values(&self, index: usize) -> impl Iterator<Item = &str> {
        let run = &self.runs[index];
        let around = self.ancestors(run).filter_map(|run| run.value.as_deref());
        let values: Vec<&str> = run.value.as_deref().into_iter().chain(around).collect();
        iter::once(&*run.task_id).chain(values.into_iter().rev())
    }

    fn own_value(&self, index: usize) -> impl Iterator<Item = &str> {
        let run = &self.runs[index];
        iter::once(&*run.task_id).chain(run.value.as_deref())
    }

    /// The runs around one, nearest first.
    pub fn ancestors(&self, run: &TaskRun) -> impl Iterator<Item = &TaskRun> {
        let parent = |run: &TaskRun| self.get(run.parent?);
        iter::successors(parent(run), move |run| parent(run))
    }

    /// Those that have not ended, in order of creation.
    pub fn open(&self) -> impl DoubleEndedIterator<Item = &TaskRun> {
        self.marked(|index| &index.open, |mark| mark.open)
    }

    /// Those whose last attempt is being run by somebody.
    pub fn attempting(&self) -> impl Iterator<Item = &TaskRun> {
        self.marked(|index| &index.attempting, |mark| mark.attempting)
    }

    fn marked<'r>(
        &'r self,
        set: impl FnOnce(&'r Index) -> &'r BTreeSet<usize>,
        is: impl Fn(&Mark) -> bool,
    ) -> impl DoubleEndedIterator<Item = &'r TaskRun> {
        let (set, searched) = match &self.index {
            Some(index) => (Some(set(index)), 0..0),
            None => (None, 0..self.len()),
        };
        let indexed = set.into_iter().flatten().copied();
        indexed.chain(searched.filter(move |index| is(&self.marks[*index]))).map(|index| self.at(index))
    }

    /// Those that wait for a moment, the soonest first.
    pub fn due(&self) -> impl Iterator<Item = (Timestamp, &TaskRun)> {
        self.due.iter().map(|(at, index)| (*at, self.at(*index)))
    }

    /// Adds a run. One whose id is there already is not added again.
    pub fn push(&mut self, run: TaskRun) -> bool {
        if self.index_of(run.id).is_some() {
            return false;
        }
        let place = self.runs.len();
        if let Some(index) = &mut self.index {
            index.add(place, &run);
        }
        self.runs.push(run);
        self.marks.push(Mark::default());
        self.kept.added();
        self.mark(place, true);
        if self.index.is_none() && self.runs.len() >= INDEXED_FROM {
            self.index = Some(Box::new(Index::of(&self.runs, &self.marks)));
        }
        if let Some(mut values) = self.by_values.take() {
            values.insert(self.all_values(place), place);
            self.by_values = values.into();
        }
        if let Some(mut values) = self.by_own_value.take() {
            values.insert(self.own_value(place), place);
            self.by_own_value = values.into();
        }
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
        let is_it = |run: &TaskRun| {
            !run.dynamic && run.parent == parent && run.index == element && run.task_id == task_id
        };
        let Some(index) = &self.index else { return self.runs.iter().any(is_it) };
        let beside = index.rounds.get(&(parent, element)).map_or(&[][..], Vec::as_slice);
        let alike = index.of_task.get(task_id).map_or(&[][..], Vec::as_slice);
        // A long list of tasks has each of them once; a task of a long `ForEach` has few beside it.
        let shorter = if beside.len() < alike.len() { beside } else { alike };
        shorter.iter().any(|index| is_it(self.at(*index)))
    }

    /// The run at a place in the order of creation.
    pub(crate) fn at(&self, index: usize) -> &TaskRun {
        #[cfg(test)]
        super::looks::count();
        &self.runs[index]
    }

    pub(crate) fn index_of(&self, id: TaskRunId) -> Option<usize> {
        match &self.index {
            Some(index) => index.by_id.get(&id).copied(),
            None => self.runs.iter().position(|run| run.id == id),
        }
    }

    /// Takes the agenda out, for a while in which no run changes.
    pub(crate) fn take_agenda(&mut self) -> Option<Box<Agenda>> {
        self.agenda.take()
    }

    pub(crate) fn put_agenda(&mut self, agenda: Box<Agenda>) {
        self.agenda = Some(agenda);
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
        if let Some(places) = &mut self.index {
            places.mark(index, was, mark);
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
        if let Some(agenda) = &mut self.agenda {
            agenda.changed(index);
        }
    }
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

#[cfg(test)]
mod tests;
