//! Which task runs begin again, and which are no longer there.

use std::collections::{HashMap, HashSet};

use super::{Refused, place::Place};
use crate::{
    execution::{Execution, State, TaskRun, Wait},
    flow::{Flow, FlowableKind, Task, TaskKind},
    id::TaskRunId,
    machine::plan::TEMPLATE_ARGS,
    time::Timestamp,
};

/// What becomes of a task run that is not left as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// RUNNING: a flowable task that chooses nothing anew.
    GoesOn,
    /// RESTARTED, with nothing below it.
    BeginsAnew,
    /// Somebody says that it ended so.
    Ends(State),
}

/// What becomes of the task runs of an execution.
pub(super) struct Cut<'c> {
    flow: &'c Flow,
    execution: &'c Execution,
    fates: HashMap<TaskRunId, Fate>,
    gone: HashSet<TaskRunId>,
}

impl<'c> Cut<'c> {
    pub(super) fn of(flow: &'c Flow, execution: &'c Execution) -> Self {
        Self { flow, execution, fates: HashMap::new(), gone: HashSet::new() }
    }

    pub(super) fn has_fate(&self, id: TaskRunId) -> bool {
        self.fates.contains_key(&id)
    }

    /// What becomes of a run, whatever was said of it before.
    pub(super) fn decide(&mut self, id: TaskRunId, fate: Fate) {
        self.fates.insert(id, fate);
    }

    /// All above a run go on.
    pub(super) fn begin_above(&mut self, run: &TaskRun) {
        for above in self.above(run) {
            let fate = self.goes_on(above);
            self.fates.insert(above.id, fate);
        }
    }

    /// The runs above one, the nearest first.
    pub(super) fn above(&self, run: &TaskRun) -> Vec<&'c TaskRun> {
        let task_runs = &self.execution.task_runs;
        std::iter::successors(run.parent.and_then(|id| task_runs.get(id)), |it| task_runs.get(it.parent?))
            .collect()
    }

    /// How a run goes on when something below it begins again, or when it was waiting.
    pub(super) fn goes_on(&self, run: &TaskRun) -> Fate {
        match self.flowable(run) {
            // Its directory is gone, and with it what the tasks below left there.
            Some(FlowableKind::WorkingDirectory { .. }) | None => Fate::BeginsAnew,
            Some(kind) if has_chosen(kind, run) => Fate::GoesOn,
            Some(_) => Fate::BeginsAnew,
        }
    }

    /// What kind of flowable task it is a run of, if it is one.
    pub(super) fn flowable(&self, run: &TaskRun) -> Option<&'c FlowableKind> {
        let task: &'c Task = self.flow.task(&run.task_id).filter(|_| !run.dynamic)?;
        match &task.kind {
            TaskKind::Flowable(flowable) => Some(&flowable.kind),
            TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) | TaskKind::Worker(_) => None,
        }
    }

    /// A run is no longer there, nor is what is below it.
    pub(super) fn remove(&mut self, id: TaskRunId) {
        self.gone.insert(id);
    }

    /// Everything below a run is no longer there.
    pub(super) fn remove_below(&mut self, id: TaskRunId) {
        self.gone.extend(self.execution.task_runs.children(Some(id)).map(|run| run.id));
    }

    /// What comes after a run, beside it and beside those above it, is no longer there.
    pub(super) fn remove_after(&mut self, run: &'c TaskRun, which: impl Fn(&Place<'_>, &Place<'_>) -> bool) {
        for from in std::iter::once(run).chain(self.above(run)) {
            let Some(place) = Place::of(self.flow, &from.task_id) else { continue };
            for beside in self.execution.task_runs.children(from.parent).filter(|it| !it.dynamic) {
                let Some(other) = Place::of(self.flow, &beside.task_id) else { continue };
                if which(&place, &other) && place.precedes(from, &other, beside) {
                    self.gone.insert(beside.id);
                }
            }
        }
    }

    /// In a copy nobody runs what is open: those runs begin again as well.
    pub(super) fn begin_what_is_open(&mut self) {
        for run in self.execution.task_runs.iter().filter(|run| !run.dynamic) {
            let fate = match run.state.current() {
                State::Running | State::Killing | State::Queued | State::Retrying => self.goes_on(run),
                State::Created
                | State::Restarted
                | State::Paused
                | State::Success
                | State::Warning
                | State::Failed
                | State::Killed
                | State::Cancelled
                | State::Retried
                | State::Skipped => continue,
            };
            self.fates.entry(run.id).or_insert(fate);
        }
    }

    /// The task runs that are left, in their order.
    pub(super) fn made(mut self, now: Timestamp) -> Vec<TaskRun> {
        let mut left = Vec::with_capacity(self.execution.task_runs.len());
        for run in &self.execution.task_runs {
            // Who is below comes after whom it is below.
            let gone = self.gone.contains(&run.id)
                || run.parent.is_some_and(|parent| {
                    self.gone.contains(&parent) || self.fates.get(&parent) == Some(&Fate::BeginsAnew)
                });
            if gone {
                self.gone.insert(run.id);
                continue;
            }
            let mut run = run.clone();
            if let Some(fate) = self.fates.get(&run.id) {
                meet(&mut run, *fate, now);
            }
            left.push(run);
        }
        left
    }

    /// Whether a run is named as one that is no longer there. What is below such a run is known to [`Self::made`] alone.
    pub(super) fn removes(&self, run: &TaskRun) -> bool {
        std::iter::once(run).chain(self.above(run)).any(|it| self.gone.contains(&it.id))
    }
}

fn meet(run: &mut TaskRun, fate: Fate, now: Timestamp) {
    run.wait = None;
    match fate {
        Fate::GoesOn => {
            if run.state.current() != State::Running {
                run.state.enter(State::Running, now);
            }
        }
        Fate::BeginsAnew => {
            if let Some(attempt) = run.attempts.last_mut().filter(|attempt| !attempt.state.is_terminal()) {
                attempt.state.enter(State::Killed, now);
            }
            run.calls = None;
            run.values.clear();
            run.state.enter(State::Restarted, now);
        }
        Fate::Ends(state) => {
            if let Some(attempt) = run.attempts.last_mut() {
                attempt.state.enter(state, now);
            }
            run.state.enter(state, now);
        }
    }
}

/// Whether a run of a flowable task has gone as far as to choose its tasks, the last time it began, and as a task of
/// this kind: in another revision it may have been of another.
fn has_chosen(kind: &FlowableKind, run: &TaskRun) -> bool {
    let began = run
        .state
        .histories()
        .filter(|it| matches!(it.state, State::Created | State::Restarted | State::Running));
    let remembers = match kind {
        FlowableKind::If { .. } | FlowableKind::Switch { .. } | FlowableKind::Decision(_) => {
            !run.outputs.is_empty()
        }
        FlowableKind::ForEach(_) => !run.values.is_empty(),
        FlowableKind::DoWhile(_) => run.iteration.is_some() && run.attempts.is_empty(),
        FlowableKind::Template(it) => {
            run.attempts.is_empty() && (it.args.is_none() || run.outputs.contains_key(TEMPLATE_ARGS))
        }
        FlowableKind::Sequential { .. }
        | FlowableKind::AllowFailure { .. }
        | FlowableKind::Parallel { .. }
        | FlowableKind::Dag { .. }
        | FlowableKind::Fork { .. }
        | FlowableKind::LoopUntil(_)
        | FlowableKind::Pause(_)
        | FlowableKind::WorkingDirectory { .. }
        | FlowableKind::ForEachItem { .. } => run.attempts.is_empty(),
    };
    remembers && began.last().is_some_and(|it| it.state == State::Running)
}

/// That nobody runs any of these.
///
/// # Errors
/// [`Refused::Running`].
pub(super) fn nothing_runs(task_runs: &[TaskRun]) -> Result<(), Refused> {
    let attempted =
        |run: &TaskRun| run.attempts.last().is_some_and(|it| it.state.current() == State::Running);
    // Nobody works on a run that sleeps, or whose work is done by executions of its own.
    let runs = |run: &TaskRun| run.calls.is_none() && !matches!(run.wait, Some(Wait::Sleep { .. }));
    if task_runs.iter().any(|run| attempted(run) && runs(run)) { Err(Refused::Running) } else { Ok(()) }
}
