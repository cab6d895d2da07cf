//! Where a task stands among those beside it.

use std::collections::{BTreeSet, HashMap};

use crate::{
    execution::{TaskRun, TaskRuns},
    flow::{Branch, Flow, Flowable, FlowableKind, Task, TaskKind, TopList},
    id::TaskRunId,
};

/// The lists below a flowable task or at the top, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Lane {
    Main,
    Errors,
    Finally,
    /// After the end: `listeners`, `afterExecution`.
    Trailing(usize),
}

/// A task's place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'f> {
    pub(super) lane: Lane,
    /// The flowable task it belongs to.
    pub(super) above: Option<&'f Task>,
    /// Those of its list, itself included.
    pub(super) list: &'f [Task],
    pub(super) index: usize,
}

impl<'f> Place<'f> {
    /// `None` when the flow has no such task.
    pub(super) fn of(flow: &'f Flow, task_id: &str) -> Option<Self> {
        let path = flow.places.get(task_id)?;
        let Some(((branch, index), between)) = path.below.split_last() else {
            let lane = match path.list {
                TopList::Tasks => Lane::Main,
                TopList::Errors => Lane::Errors,
                TopList::Finally => Lane::Finally,
                TopList::AfterExecution => Lane::Trailing(0),
                TopList::Listener(index) => Lane::Trailing(index + 1),
            };
            return Some(Self { lane, above: None, list: flow.top(path.list), index: path.index });
        };
        let mut above = flow.top(path.list).get(path.index)?;
        for (branch, index) in between {
            above = above.branch(*branch).get(*index)?;
        }
        let lane = match branch {
            Branch::Tasks | Branch::Then | Branch::Else | Branch::Case(_) | Branch::Defaults => Lane::Main,
            Branch::Errors => Lane::Errors,
            Branch::Finally => Lane::Finally,
        };
        Some(Self { lane, above: Some(above), list: above.branch(*branch), index: *index })
    }

    fn flowable(&self) -> Option<&'f Flowable> {
        match &self.above?.kind {
            TaskKind::Flowable(flowable) => Some(flowable),
            TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) | TaskKind::Worker(_) => None,
        }
    }

    /// How the tasks of its list follow each other.
    fn order(&self) -> Order<'f> {
        let Some(flowable) = self.flowable() else { return Order::Row };
        let order = match &flowable.kind {
            FlowableKind::Sequential { .. }
            | FlowableKind::AllowFailure { .. }
            | FlowableKind::If { .. }
            | FlowableKind::Switch { .. }
            | FlowableKind::LoopUntil(_)
            | FlowableKind::Pause(_)
            | FlowableKind::WorkingDirectory { .. }
            | FlowableKind::ForEachItem { .. }
            | FlowableKind::Template(_)
            | FlowableKind::Decision(_) => Order::Row,
            FlowableKind::Parallel { .. } => Order::Scattered,
            FlowableKind::Dag { depends_on, .. } => Order::Dag(depends_on),
            FlowableKind::ForEach(it) if it.scattered => Order::Scattered,
            FlowableKind::ForEach(it) if it.concurrent.is_some_and(|most| most.get() == 1) => Order::Chained,
            FlowableKind::ForEach(_) | FlowableKind::Fork { .. } => Order::Rounds,
            FlowableKind::DoWhile(_) => Order::Looped,
        };
        match (self.lane, order) {
            (Lane::Main, order) => order,
            (Lane::Errors, Order::Scattered | Order::Dag(_)) => Order::Scattered,
            (Lane::Errors, Order::Row | Order::Chained | Order::Rounds | Order::Looped)
            | (Lane::Finally | Lane::Trailing(_), _) => Order::Row,
        }
    }

    /// Whether a run beside this one comes after it, so that it has to wait until this one has run again.
    ///
    /// Kestra's execution graph: it chains the runs of an `EachSequential` task by task, all values of the first task
    /// before those of the second, so that those of the first are kept.
    pub(super) fn precedes(&self, run: &TaskRun, other: &Place<'_>, beside: &TaskRun) -> bool {
        if self.lane != other.lane {
            return self.lane < other.lane;
        }
        match self.order() {
            Order::Row => self.index < other.index,
            Order::Scattered => false,
            Order::Dag(depends_on) => depends(depends_on, other.index, self.index),
            Order::Chained => (self.index, run.index) < (other.index, beside.index),
            Order::Looped => (run.index, self.index) < (beside.index, other.index),
            Order::Rounds => run.index == beside.index && self.index < other.index,
        }
    }

    /// How many tasks of its list have a turn before it; `None` when it is disabled, or when its turn depends on no
    /// order.
    fn turn(&self) -> Turn {
        if self.list.get(self.index).is_none_or(|task| task.disabled) {
            return Turn::Never;
        }
        match (self.order(), self.lane) {
            (Order::Scattered | Order::Dag(_), Lane::Main) => Turn::Any,
            (
                Order::Row
                | Order::Scattered
                | Order::Dag(_)
                | Order::Chained
                | Order::Rounds
                | Order::Looped,
                _,
            ) => Turn::After(self.list[..self.index].iter().filter(|task| !task.disabled).count()),
        }
    }
}

#[derive(Clone, Copy)]
enum Order<'f> {
    /// One after another.
    Row,
    /// Side by side.
    Scattered,
    /// As they depend on each other.
    Dag(&'f [Vec<usize>]),
    /// The tasks of one value after another, one value after another.
    Chained,
    /// The tasks of one value after another, values side by side.
    Rounds,
    /// The tasks of one round after another, one round after another.
    Looped,
}

enum Turn {
    Never,
    Any,
    After(usize),
}

/// Whether a task depends on another, directly or not.
fn depends(depends_on: &[Vec<usize>], task: usize, on: usize) -> bool {
    let mut open = vec![task];
    let mut seen = BTreeSet::new();
    while let Some(next) = open.pop() {
        for index in depends_on.get(next).into_iter().flatten() {
            if *index == on {
                return true;
            }
            if seen.insert(*index) {
                open.push(*index);
            }
        }
    }
    false
}

/// The runs that have no counterpart in another revision of the flow: their task is gone, stands elsewhere, or another
/// has its turn before it. They and what is below them would never have come to be there.
pub(super) fn strangers(flow: &Flow, task_runs: &TaskRuns) -> Vec<TaskRunId> {
    let mut taken: HashMap<(Option<TaskRunId>, Lane, Option<u32>), usize> = HashMap::new();
    let mut strangers = Vec::new();
    for run in task_runs.iter().filter(|run| !run.dynamic) {
        let above = run.parent.and_then(|parent| task_runs.get(parent)).map(|it| it.task_id.as_str());
        let place = Place::of(flow, &run.task_id).filter(|it| it.above.map(|task| task.id.as_str()) == above);
        let fits = place.is_some_and(|place| {
            let taken = taken.entry((run.parent, place.lane, run.index)).or_default();
            let fits = match place.turn() {
                Turn::Never => false,
                Turn::Any => true,
                Turn::After(before) => before == *taken,
            };
            *taken += usize::from(fits);
            fits
        });
        if !fits {
            strangers.push(run.id);
        }
    }
    strangers
}
