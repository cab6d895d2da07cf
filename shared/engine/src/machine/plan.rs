//! What is owed below one flowable run, or at the top: a function of the state alone.

use std::num::NonZeroU32;

use super::{
    Rejected, Turn,
    agenda::{Agenda, Desk, Tally, enabled, is_permitted, worse},
    last_number,
};
use crate::{
    execution::{Execution, Shared, State, TaskRun, Wait},
    flow::{Branch, Dialect, DoWhile, Flow, Flowable, FlowableKind, ForEach, SideBySide, Task, TaskKind},
    id::TaskRunId,
};

/// The output of an `If` by which its branch is remembered. Kestra: `evaluationResult`.
pub(super) const EVALUATION_RESULT: &str = "evaluationResult";
/// The output of a `Switch` by which its branch is remembered.
pub(super) const SWITCH_VALUE: &str = "value";
/// Whether that is the branch of no case.
pub(super) const SWITCH_DEFAULTS: &str = "defaults";
/// The output of a Conductor's `SWITCH` by which its branch is remembered.
pub(super) const SELECTED_CASE: &str = "selectedCase";
/// What a `Template` gives the tasks in it.
pub(super) const TEMPLATE_ARGS: &str = "args";

/// Tasks or elements of one flowable run that are open at the same time when it names no limit.
const SIDE_BY_SIDE_MAX: usize = 1_000;

/// One thing that is owed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Move {
    /// The turn of a task has come. Its run gets its id when it is made.
    Create(Turn),
    /// Everything below a flowable run has ended.
    EndFlowable { task_run: TaskRunId, state: State },
    /// The tasks of a loop have succeeded: another round, or the end?
    Judge { task_run: TaskRunId },
    /// A task run has failed, and the workflow with it. Conductor alone.
    Fail { task_run: TaskRunId },
    /// The last task that shared a directory has ended.
    LeaveDirectory { task_run: TaskRunId, number: u32 },
    /// Everything has ended.
    End { state: State },
    /// The tasks after the end have ended.
    Trailed,
}

/// What is owed below `parent`. Nothing when somebody else has to act first.
pub(super) fn plan(
    flow: &Flow,
    execution: &Execution,
    agenda: &Agenda,
    parent: Option<TaskRunId>,
) -> Result<Vec<Move>, Rejected> {
    let Some(desk) = agenda.desk(parent) else { return Ok(Vec::new()) };
    let Some(id) = parent else {
        return Ok(at_the_top(flow, execution, desk));
    };
    let run = execution.task_runs.get(id).expect("a desk belongs to a run");
    let task = flow
        .task(&run.task_id)
        .ok_or_else(|| Rejected::Impossible(format!("the flow has no task `{}`", run.task_id)))?;
    let TaskKind::Flowable(flowable) = &task.kind else { return Ok(Vec::new()) };
    if let Some(stopping) = execution.course.stopping {
        let ended = if stopping == State::Retried { State::Retried } else { State::Killed };
        let idle = is_idle(desk) && !is_attempting(run);
        return Ok(if idle { vec![Move::EndFlowable { task_run: id, state: ended }] } else { Vec::new() });
    }
    if run.state.current() != State::Running {
        return Ok(Vec::new());
    }
    let mut moves = Vec::new();
    let below = Below { execution, run: Some(run), desk };
    if let Some(failed) = below.broken(flow) {
        return Ok(vec![failed]);
    }
    if let Some(state) = below.flowable(flowable, &mut moves) {
        moves.push(ending(flowable, task, run, state));
    }
    Ok(moves)
}

/// What is owed once everything below a flowable run has ended.
fn ending(flowable: &Flowable, task: &Task, run: &TaskRun, state: State) -> Move {
    let task_run = run.id;
    match &flowable.kind {
        FlowableKind::LoopUntil(_) if state == State::Success => Move::Judge { task_run },
        FlowableKind::DoWhile(it)
            if matches!(state, State::Success | State::Warning) && !has_all_rounds(it, run) =>
        {
            Move::Judge { task_run }
        }
        FlowableKind::WorkingDirectory { .. } if run.wait == Some(Wait::Directory(Shared::Open)) => {
            Move::LeaveDirectory { task_run, number: last_number(run) }
        }
        FlowableKind::AllowFailure { .. } if state == State::Failed => {
            Move::EndFlowable { task_run, state: task.allowed(State::Warning) }
        }
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
        | FlowableKind::Template(_)
        | FlowableKind::Decision(_)
        | FlowableKind::Fork { .. }
        | FlowableKind::DoWhile(_) => Move::EndFlowable { task_run, state: task.allowed(state) },
    }
}

fn at_the_top(flow: &Flow, execution: &Execution, desk: &Desk) -> Vec<Move> {
    if let Some(state) = execution.course.stopping {
        let idle = is_idle(desk) && execution.task_runs.attempting().next().is_none();
        return if idle { vec![Move::End { state }] } else { Vec::new() };
    }
    let mut moves = Vec::new();
    let below = Below { execution, run: None, desk };
    if let Some(failed) = below.broken(flow) {
        return vec![failed];
    }
    let main = below.sequence(&flow.tasks, &desk.main, &mut moves);
    if let Some(state) = main.and_then(|()| below.rest(false, &flow.errors, &flow.finally, &mut moves)) {
        moves.push(Move::End { state });
    }
    moves
}

fn is_idle(desk: &Desk) -> bool {
    desk.main.open + desk.errors.open + desk.finally.open == 0
}

fn is_attempting(run: &TaskRun) -> bool {
    run.attempts.last().is_some_and(|attempt| attempt.state.current() == State::Running)
}

/// The tasks below one run, or at the top.
struct Below<'b> {
    execution: &'b Execution,
    run: Option<&'b TaskRun>,
    desk: &'b Desk,
}

impl Below<'_> {
    /// Plans the tasks of a flowable run. Gives the state in which they all ended, once they did.
    fn flowable(&self, flowable: &Flowable, moves: &mut Vec<Move>) -> Option<State> {
        let main = &self.desk.main;
        let mut scattered = false;
        match &flowable.kind {
            FlowableKind::Sequential { tasks }
            | FlowableKind::AllowFailure { tasks }
            | FlowableKind::ForEachItem { tasks } => self.sequence(tasks, main, moves)?,
            FlowableKind::LoopUntil(it) => self.sequence(&it.tasks, main, moves)?,
            FlowableKind::Pause(it) => self.sequence(&it.tasks, main, moves)?,
            FlowableKind::Template(_) => self.sequence(flowable.branch(Branch::Tasks), main, moves)?,
            FlowableKind::WorkingDirectory { tasks, .. } => match self.run.and_then(|run| run.wait) {
                Some(Wait::Directory(Shared::Open | Shared::Closed)) => self.sequence(tasks, main, moves)?,
                // It is not open yet, or just being closed.
                _ => return None,
            },
            FlowableKind::If { .. } | FlowableKind::Switch { .. } | FlowableKind::Decision(_) => {
                match self.chosen(flowable) {
                    Some(tasks) => self.sequence(tasks, main, moves)?,
                    None => return Some(State::Failed),
                }
            }
            FlowableKind::Parallel { tasks, concurrent } => {
                scattered = true;
                self.side_by_side(tasks, *concurrent, |_| true, moves)?;
            }
            FlowableKind::Dag { tasks, depends_on, concurrent } => {
                scattered = true;
                let ended = self.ended_tasks();
                let may = |index: usize| {
                    let names = depends_on[index].iter().map(|it| &tasks[*it]);
                    names.filter(|task| !task.disabled).all(|task| ended.contains(&task.id.as_str()))
                };
                self.side_by_side(tasks, *concurrent, may, moves)?;
            }
            FlowableKind::ForEach(it) => {
                scattered = it.scattered;
                self.for_each(it, moves)?;
            }
            FlowableKind::Fork { branches } => {
                let tasks = |round: u32| branches.get(place(round)).map(|tasks| (&tasks[..], None));
                self.rounds(&Rounds { of: &tasks, concurrent: None, scattered: false }, moves)?;
            }
            // A round without tasks is over when it begins.
            FlowableKind::DoWhile(it) if it.tasks.is_empty() => {}
            FlowableKind::DoWhile(it) => {
                let begun = self.run.and_then(|run| run.iteration).unwrap_or(0);
                let tasks = |round: u32| (round < begun).then_some((&it.tasks[..], None));
                self.rounds(&Rounds { of: &tasks, concurrent: NonZeroU32::new(1), scattered: false }, moves)?;
            }
        }
        self.rest(scattered, &flowable.errors, &flowable.finally, moves)
    }

    /// Tasks one after another. `None` while there is something to come.
    fn sequence(&self, tasks: &[Task], tally: &Tally, moves: &mut Vec<Move>) -> Option<()> {
        if tally.open > 0 {
            return None;
        }
        if tally.is_broken {
            return Some(());
        }
        match enabled(tasks).nth(tally.created) {
            Some(task) => {
                moves.push(self.create(task, None, None));
                None
            }
            None => Some(()),
        }
    }

    /// As many tasks at the same time as may be, in their order.
    fn side_by_side(
        &self,
        tasks: &[Task],
        concurrent: SideBySide,
        may: impl Fn(usize) -> bool,
        moves: &mut Vec<Move>,
    ) -> Option<()> {
        let main = &self.desk.main;
        let all = enabled(tasks).count();
        if main.created < all && !main.is_broken {
            let begun: Vec<&str> = self.children().map(|run| run.task_id.as_str()).collect();
            let room = free(concurrent, main.open);
            let next = tasks
                .iter()
                .enumerate()
                .filter(|(index, task)| !task.disabled && !begun.contains(&task.id.as_str()) && may(*index));
            moves.extend(next.take(room).map(|(_, task)| self.create(task, None, None)));
            return None;
        }
        (main.open == 0).then_some(())
    }

    /// The tasks once for each value.
    fn for_each(&self, each: &ForEach, moves: &mut Vec<Move>) -> Option<()> {
        let values = self.run.map_or(&[][..], |run| &run.values);
        let tasks = |round: u32| values.get(place(round)).map(|value| (&each.tasks[..], Some(value)));
        if enabled(&each.tasks).next().is_none() {
            return Some(());
        }
        self.rounds(&Rounds { of: &tasks, concurrent: each.concurrent, scattered: each.scattered }, moves)
    }

    /// The tasks of each round: one after another, unless they are scattered. `None` while there is something to come.
    fn rounds(&self, all: &Rounds<'_>, moves: &mut Vec<Move>) -> Option<()> {
        let desk = self.desk;
        if desk.main.is_broken {
            return (desk.main.open == 0).then_some(());
        }
        // Rounds that have begun go on, the first of them first: more than may run are there only after a replay.
        let latest = match all.concurrent {
            None => None,
            Some(most) => {
                let most = usize::try_from(most.get()).expect("a u32 fits");
                desk.rounds.keys().nth(most)
            }
        };
        for round in desk.ripe.iter().take_while(|it| latest.is_none_or(|latest| *it < latest)) {
            let Some((tasks, value)) = (all.of)(*round) else { continue };
            let begun = desk.rounds[round].created;
            let tasks = enabled(tasks).skip(begun).take(if all.scattered { usize::MAX } else { 1 });
            moves.extend(tasks.map(|task| self.create(task, Some(*round), value)));
        }
        let mut room = free(all.concurrent, desk.rounds.len());
        let mut next = desk.next_round;
        while room > 0
            && let Some((tasks, value)) = (all.of)(next)
        {
            let tasks = enabled(tasks).take(if all.scattered { usize::MAX } else { 1 });
            moves.extend(tasks.map(|task| self.create(task, Some(next), value)));
            next += 1;
            room -= 1;
        }
        let all_begun = (all.of)(next).is_none();
        (all_begun && moves.is_empty() && desk.rounds.is_empty() && desk.main.open == 0).then_some(())
    }

    /// The error tasks when one failed, then those that always run. Gives the state of all, once they ended.
    ///
    /// Kestra: an error task that fails does not keep the next one from running, and changes nothing.
    fn rest(
        &self,
        scattered: bool,
        errors: &[Task],
        finally: &[Task],
        moves: &mut Vec<Move>,
    ) -> Option<State> {
        let desk = self.desk;
        if desk.main.worst == State::Failed {
            let all = enabled(errors).count();
            if desk.errors.created < all && (scattered || desk.errors.open == 0) {
                let next = enabled(errors).skip(desk.errors.created);
                moves.extend(
                    next.take(if scattered { all } else { 1 }).map(|task| self.create(task, None, None)),
                );
                return None;
            }
            if desk.errors.open > 0 {
                return None;
            }
        }
        if desk.main.worst != State::Killed {
            self.sequence(finally, &desk.finally, moves)?;
        }
        Some(worse(desk.main.worst, desk.finally.worst))
    }

    /// What ends the workflow: the failure of one of these, unless that is permitted. Conductor alone.
    fn broken(&self, flow: &Flow) -> Option<Move> {
        if flow.dialect == Dialect::Kestra || !self.desk.main.is_broken {
            return None;
        }
        let failed = |run: &&TaskRun| {
            matches!(run.state.current(), State::Failed | State::Killed)
                && flow
                    .task(&run.task_id)
                    .is_some_and(|task| !is_permitted(&self.execution.task_runs, task, run))
        };
        self.children().find(failed).map(|run| Move::Fail { task_run: run.id })
    }

    fn create(&self, task: &Task, index: Option<u32>, value: Option<&String>) -> Move {
        Move::Create(Turn {
            id: TaskRunId::from_u128(0),
            task_id: task.id.clone(),
            parent: self.run.map(|run| run.id),
            index,
            value: value.cloned(),
            iteration: self.run.and_then(|run| run.iteration),
        })
    }

    fn children(&self) -> impl Iterator<Item = &TaskRun> {
        self.execution.task_runs.children(self.run.map(|run| run.id)).filter(|run| !run.dynamic)
    }

    fn ended_tasks(&self) -> Vec<&str> {
        self.children().filter(|run| run.state.is_terminal()).map(|run| run.task_id.as_str()).collect()
    }

    /// The branch an `If` or a `Switch` chose; none when a `Switch` has none for its value.
    fn chosen<'f>(&self, flowable: &'f Flowable) -> Option<&'f [Task]> {
        let outputs = self.run.map(|run| &run.outputs)?;
        match &flowable.kind {
            FlowableKind::If { .. } => {
                let holds = outputs.get(EVALUATION_RESULT).and_then(serde_json::Value::as_bool);
                Some(flowable.branch(if holds == Some(true) { Branch::Then } else { Branch::Else }))
            }
            FlowableKind::Switch { cases, defaults, .. } => {
                let value = outputs.get(SWITCH_VALUE).and_then(serde_json::Value::as_str)?;
                match cases.iter().find(|(case, _)| case == value) {
                    Some((_, tasks)) => Some(tasks),
                    None if defaults.is_empty() => None,
                    None => Some(defaults),
                }
            }
            FlowableKind::Decision(it) => {
                let value = outputs.get(SELECTED_CASE).and_then(serde_json::Value::as_str)?;
                let case = it.cases.iter().find(|(case, _)| case == value);
                Some(case.map_or(&it.defaults, |(_, tasks)| tasks))
            }
            FlowableKind::Sequential { .. }
            | FlowableKind::AllowFailure { .. }
            | FlowableKind::Parallel { .. }
            | FlowableKind::Dag { .. }
            | FlowableKind::Fork { .. }
            | FlowableKind::DoWhile(_)
            | FlowableKind::ForEach(_)
            | FlowableKind::LoopUntil(_)
            | FlowableKind::Pause(_)
            | FlowableKind::WorkingDirectory { .. }
            | FlowableKind::ForEachItem { .. }
            | FlowableKind::Template(_) => Some(flowable.branch(Branch::Tasks)),
        }
    }
}

/// Rounds of tasks, and what each is for: the elements of a `ForEach`, the branches of a fork, the rounds of a loop.
struct Rounds<'r> {
    /// The tasks of a round, and its value; none behind the last.
    of: &'r dyn Fn(u32) -> Option<(&'r [Task], Option<&'r String>)>,
    concurrent: SideBySide,
    /// Whether the tasks of one round run side by side as well.
    scattered: bool,
}

fn place(round: u32) -> usize {
    usize::try_from(round).expect("a u32 fits")
}

/// Whether there is nothing left to go round for: a loop over a list without items.
fn has_all_rounds(it: &DoWhile, run: &TaskRun) -> bool {
    it.items.is_some() && run.iteration == Some(0)
}

fn concurrent_or_all(concurrent: SideBySide) -> usize {
    concurrent.map_or(SIDE_BY_SIDE_MAX, |it| usize::try_from(it.get()).expect("a u32 fits"))
}

fn free(concurrent: SideBySide, taken: usize) -> usize {
    concurrent_or_all(concurrent).saturating_sub(taken)
}
