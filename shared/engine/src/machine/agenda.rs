//! What is owed, kept up to date run by run, so that planning costs as much as what changed and not as much as what is
//! there.
//!
//! It is derived from the flow and the task runs alone: made anew when it is missing, and thrown away whenever runs are
//! removed. Nothing of it is stored.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use crate::{
    execution::{Execution, Shared, State, TaskRun, TaskRuns, Wait},
    flow::{Branch, Flow, FlowableKind, Task, TaskKind, TopList},
    id::TaskRunId,
};

/// What is owed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Agenda {
    /// How each run was when it was last looked at, in order of creation.
    seen: Vec<Seen>,
    /// Runs that changed since then, by their place.
    changed: Vec<usize>,
    top: Desk,
    /// One for every open flowable run.
    desks: HashMap<TaskRunId, Desk>,
    /// The top and the flowable runs below which something changed. The top is 0, a run one more than its place.
    touched: Vec<usize>,
    /// Runs that have to begin and need nobody outside, by their place.
    here: BTreeSet<usize>,
    /// Runs that have to begin and need somebody to run them.
    outside: BTreeSet<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    open: bool,
}

/// What is known of the tasks below one flowable run, or at the top.
#[derive(Debug, Clone, Default)]
pub(super) struct Desk {
    pub(super) main: Tally,
    pub(super) errors: Tally,
    pub(super) finally: Tally,
    /// Of a `ForEach`: the elements whose tasks have begun and are not done.
    pub(super) rounds: BTreeMap<u32, Tally>,
    /// Those of them of which nothing runs now.
    pub(super) ripe: BTreeSet<u32>,
    /// Of a `ForEach`: the next element.
    pub(super) next_round: u32,
    /// How many tasks each round has.
    per_round: PerRound,
}

/// How many tasks the rounds of a run have: the elements of a `ForEach`, the branches of a fork, the rounds of a loop.
#[derive(Debug, Clone)]
enum PerRound {
    Same(usize),
    Each(Vec<usize>),
}

impl Default for PerRound {
    fn default() -> Self {
        Self::Same(0)
    }
}

impl PerRound {
    fn of(kind: &FlowableKind) -> Self {
        match kind {
            FlowableKind::ForEach(it) => Self::Same(enabled(&it.tasks).count()),
            FlowableKind::DoWhile(it) => Self::Same(it.tasks.len()),
            FlowableKind::Fork { branches } => Self::Each(branches.iter().map(Vec::len).collect()),
            FlowableKind::Sequential { .. }
            | FlowableKind::AllowFailure { .. }
            | FlowableKind::Parallel { .. }
            | FlowableKind::Dag { .. }
            | FlowableKind::If { .. }
            | FlowableKind::Switch { .. }
            | FlowableKind::LoopUntil(_)
            | FlowableKind::Pause(_)
            | FlowableKind::WorkingDirectory { .. }
            | FlowableKind::ForEachItem { .. }
            | FlowableKind::Template(_)
            | FlowableKind::Decision(_) => Self::default(),
        }
    }

    fn at(&self, round: u32) -> usize {
        match self {
            Self::Same(count) => *count,
            Self::Each(counts) => {
                usize::try_from(round).ok().and_then(|it| counts.get(it)).copied().unwrap_or(0)
            }
        }
    }
}

/// Runs of one list, counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tally {
    pub(super) created: usize,
    pub(super) open: usize,
    /// Of those that have ended.
    pub(super) worst: State,
    /// Whether one failed, so that no other begins.
    pub(super) is_broken: bool,
}

impl Default for Tally {
    fn default() -> Self {
        Self { created: 0, open: 0, worst: State::Success, is_broken: false }
    }
}

impl Tally {
    fn opened(&mut self) {
        self.created += 1;
        self.open += 1;
    }

    /// One that is permitted to fail breaks nothing.
    fn closed(&mut self, state: State, is_permitted: bool) {
        self.open -= 1;
        self.worst = worse(self.worst, state);
        self.is_broken |= matches!(state, State::Failed | State::Killed) && !is_permitted;
    }
}

/// The lists of a flowable run, told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lane {
    Main,
    Errors,
    Finally,
}

impl Agenda {
    /// Works out everything anew.
    pub(super) fn of(flow: &Flow, task_runs: &TaskRuns) -> Self {
        let mut agenda = Self::default();
        agenda.touched.push(0);
        for index in 0..task_runs.len() {
            agenda.look_at(flow, task_runs, index);
        }
        agenda.order_touched();
        agenda
    }

    /// A run is to be looked at again.
    pub(crate) fn changed(&mut self, index: usize) {
        // Mostly it is one run that changes step by step.
        if self.changed.last() != Some(&index) {
            self.changed.push(index);
        }
    }

    /// Takes in what changed.
    fn catch_up(&mut self, flow: &Flow, task_runs: &TaskRuns) {
        let mut changed = std::mem::take(&mut self.changed);
        for index in changed.drain(..) {
            self.look_at(flow, task_runs, index);
        }
        self.changed = changed;
        self.order_touched();
    }

    /// Each once, those at the bottom last.
    fn order_touched(&mut self) {
        self.touched.sort_unstable();
        self.touched.dedup();
    }

    fn look_at(&mut self, flow: &Flow, task_runs: &TaskRuns, index: usize) {
        let run = task_runs.at(index);
        let open = !run.state.is_terminal();
        let task = flow.task(&run.task_id).filter(|_| !run.dynamic);
        let Some(task) = task else {
            if index == self.seen.len() {
                self.seen.push(Seen { open: false });
            }
            return;
        };
        if index == self.seen.len() {
            self.seen.push(Seen { open });
            let permitted = !open && is_permitted(task_runs, task, run);
            self.counted(flow, run, |tally| {
                tally.opened();
                if !open {
                    tally.closed(run.state.current(), permitted);
                }
            });
            self.touch(task_runs, run.parent);
        } else if self.seen[index].open && !open {
            self.seen[index].open = false;
            let permitted = is_permitted(task_runs, task, run);
            self.counted(flow, run, |tally| tally.closed(run.state.current(), permitted));
            self.touch(task_runs, run.parent);
            self.desks.remove(&run.id);
        }
        if let (true, TaskKind::Flowable(flowable)) = (open, &task.kind) {
            let per_round = || PerRound::of(&flowable.kind);
            let desk = || Desk { per_round: per_round(), ..Desk::default() };
            let desk = self.desks.entry(run.id).or_insert_with(desk);
            if task.workflow.as_ref().is_some_and(|it| it.growth.is_some()) {
                // Its branches came after the run was there.
                desk.per_round = per_round();
            }
            self.touched.push(index + 1);
        }
        self.here.remove(&index);
        self.outside.remove(&index);
        if has_to_begin(run) {
            if needs_somebody(task) {
                self.outside.insert(index)
            } else {
                self.here.insert(index)
            };
        }
    }

    /// Counts a run at the desk it belongs to.
    fn counted(&mut self, flow: &Flow, run: &TaskRun, count: impl Fn(&mut Tally)) {
        let Some(lane) = lane(flow, &run.task_id) else { return };
        let desk = match run.parent {
            None => Some(&mut self.top),
            Some(parent) => self.desks.get_mut(&parent),
        };
        let Some(desk) = desk else { return };
        let tally = match lane {
            Lane::Main => &mut desk.main,
            Lane::Errors => &mut desk.errors,
            Lane::Finally => &mut desk.finally,
        };
        count(tally);
        if let (Some(round), Lane::Main) = (run.index, lane) {
            let tally = desk.rounds.entry(round).or_default();
            count(tally);
            desk.next_round = desk.next_round.max(round + 1);
            let (idle, done) =
                (tally.open == 0, tally.open == 0 && tally.created >= desk.per_round.at(round));
            if done {
                desk.rounds.remove(&round);
            }
            if idle && !done {
                desk.ripe.insert(round);
            } else {
                desk.ripe.remove(&round);
            }
        }
    }

    fn touch(&mut self, task_runs: &TaskRuns, parent: Option<TaskRunId>) {
        let place = match parent {
            None => 0,
            Some(id) => match task_runs.index_of(id) {
                Some(index) => index + 1,
                None => return,
            },
        };
        self.touched.push(place);
    }

    /// The place of the next below which something changed, those at the bottom first. Some may have ended since: they
    /// have no desk any more.
    pub(super) fn next_touched(&mut self) -> Option<usize> {
        self.touched.pop()
    }

    pub(super) fn desk(&self, parent: Option<TaskRunId>) -> Option<&Desk> {
        parent.map_or(Some(&self.top), |parent| self.desks.get(&parent))
    }

    /// Runs that have to begin and need nobody outside, in order of creation.
    pub(super) fn here(&self) -> impl Iterator<Item = usize> + '_ {
        self.here.iter().copied()
    }

    /// Runs that have to begin and need somebody to run them.
    pub(super) fn outside(&self) -> impl Iterator<Item = usize> + '_ {
        self.outside.iter().copied()
    }
}

/// Whether the failure of a run stops nothing beside it: its task is `permissive`, or it failed because such tasks below
/// it did (any other would have ended the workflow).
pub(super) fn is_permitted(task_runs: &TaskRuns, task: &Task, run: &TaskRun) -> bool {
    let Some(workflow) = &task.workflow else { return false };
    let failed = |run: &TaskRun| run.state.current() == State::Failed;
    failed(run) && (workflow.permissive || task_runs.children(Some(run.id)).any(failed))
}

/// What stands at a touched place: a flowable run, or the top.
pub(super) fn touched(place: usize, task_runs: &TaskRuns) -> Option<TaskRunId> {
    place.checked_sub(1).map(|index| task_runs.at(index).id)
}

/// Whether somebody outside the engine has to run it.
fn needs_somebody(task: &Task) -> bool {
    match &task.kind {
        TaskKind::Flowable(flowable) => matches!(flowable.kind, FlowableKind::WorkingDirectory { .. }),
        TaskKind::Pure(_) => false,
        TaskKind::Runnable(_) | TaskKind::Executable(_) | TaskKind::Worker(_) => true,
    }
}

/// Whether its turn has come, and it has to wait a little longer.
pub(super) fn is_delayed(run: &TaskRun) -> bool {
    matches!(run.wait, Some(Wait::Start { .. }))
}

/// Whether a run waits for its turn to begin, or to begin again after whoever ran it vanished.
pub(super) fn has_to_begin(run: &TaskRun) -> bool {
    match run.state.current() {
        State::Created | State::Restarted => !is_delayed(run),
        State::Running => {
            let attempting = run.attempts.last().is_some_and(|it| !it.state.is_terminal());
            let lost = run.attempts.last().is_some_and(|it| it.lost);
            match run.wait {
                Some(Wait::Directory(Shared::Left)) => !attempting,
                Some(_) => false,
                None => lost && run.calls.is_none(),
            }
        }
        State::Paused
        | State::Killing
        | State::Queued
        | State::Retrying
        | State::Success
        | State::Warning
        | State::Failed
        | State::Killed
        | State::Cancelled
        | State::Retried
        | State::Skipped => false,
    }
}

/// The list in which a task stands; none for the lists that run after the end.
fn lane(flow: &Flow, task_id: &str) -> Option<Lane> {
    match flow.branch_of(task_id) {
        Some(Branch::Errors) => Some(Lane::Errors),
        Some(Branch::Finally) => Some(Lane::Finally),
        Some(Branch::Tasks | Branch::Then | Branch::Else | Branch::Case(_) | Branch::Defaults) => {
            Some(Lane::Main)
        }
        None => match flow.list_of(task_id)? {
            TopList::Tasks => Some(Lane::Main),
            TopList::Errors => Some(Lane::Errors),
            TopList::Finally => Some(Lane::Finally),
            TopList::AfterExecution | TopList::Listener(_) => None,
        },
    }
}

/// The tasks of a list that are there at all.
pub(super) fn enabled(tasks: &[Task]) -> impl Iterator<Item = &Task> {
    tasks.iter().filter(|task| !task.disabled)
}

/// Brings the agenda of an execution up to date, and takes it out.
pub(super) fn take(flow: &Flow, execution: &mut Execution) -> Box<Agenda> {
    match execution.task_runs.take_agenda() {
        Some(mut agenda) => {
            agenda.catch_up(flow, &execution.task_runs);
            agenda
        }
        None => Box::new(Agenda::of(flow, &execution.task_runs)),
    }
}

/// Kestra's final state: KILLED if any, else FAILED, else WARNING, else SUCCESS.
pub(super) fn worse(one: State, other: State) -> State {
    const fn rank(state: State) -> u8 {
        match state {
            State::Killed => 3,
            State::Failed => 2,
            State::Warning => 1,
            State::Created
            | State::Running
            | State::Paused
            | State::Restarted
            | State::Killing
            | State::Success
            | State::Cancelled
            | State::Queued
            | State::Retrying
            | State::Retried
            | State::Skipped => 0,
        }
    }
    if rank(other) > rank(one) { other } else { one }
}
