//! What is owed next, as a function of the state alone.

use super::Rejected;
use crate::{
    execution::{Execution, State, TaskRun},
    flow::{Branch, Flow, Flowable, FlowableKind, Task, TaskKind},
    id::TaskRunId,
};

/// The output of an `If` by which its branch is remembered. Kestra: `evaluationResult`.
pub(super) const EVALUATION_RESULT: &str = "evaluationResult";

/// One thing that is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Move {
    /// The turn of a task has come.
    Create { task_id: String, parent: Option<TaskRunId> },
    /// A task run is there and has to begin (or to be run again, after its holder vanished).
    Start { task_run: TaskRunId },
    /// Everything below a flowable task has ended.
    EndFlowable { task_run: TaskRunId, state: State },
    /// Everything has ended.
    End { state: State },
}

/// Everything that is owed now. Empty when somebody else has to act first.
pub(super) fn plan(flow: &Flow, execution: &Execution) -> Result<Vec<Move>, Rejected> {
    if execution.state.current() == State::Killing {
        return kill(flow, execution);
    }
    let lists = Lists { tasks: &flow.tasks, errors: &flow.errors, finally: &flow.finally };
    let mut moves = Vec::new();
    if let Some(state) = sequence(flow, execution, None, &lists, &mut moves)? {
        moves.push(Move::End { state });
    }
    Ok(moves)
}

/// The task lists of a flow or of a flowable task.
struct Lists<'f> {
    tasks: &'f [Task],
    errors: &'f [Task],
    finally: &'f [Task],
}

/// Plans tasks that run one after another. Gives the state in which they all ended, once they did.
fn sequence(
    flow: &Flow,
    execution: &Execution,
    parent: Option<TaskRunId>,
    lists: &Lists<'_>,
    moves: &mut Vec<Move>,
) -> Result<Option<State>, Rejected> {
    // Runs are created in the order of the lists, so both are walked side by side and never searched.
    let mut runs = execution.task_runs.children(parent).peekable();
    let mut worst = State::Success;
    for task in lists.tasks.iter().filter(|task| !task.disabled) {
        match turn(flow, execution, parent, task, runs.next_if(|run| run.task_id == task.id), moves)? {
            None => return Ok(None),
            Some(state) => worst = worse(worst, state),
        }
        if matches!(worst, State::Failed | State::Killed) {
            break;
        }
    }
    // Kestra: an error task that fails does not keep the next one from running, and changes nothing.
    let errors: &[Task] = if worst == State::Failed { lists.errors } else { &[] };
    for task in errors.iter().filter(|task| !task.disabled) {
        if turn(flow, execution, parent, task, runs.next_if(|run| run.task_id == task.id), moves)?.is_none() {
            return Ok(None);
        }
    }
    for task in lists.finally.iter().filter(|task| !task.disabled) {
        match turn(flow, execution, parent, task, runs.next_if(|run| run.task_id == task.id), moves)? {
            None => return Ok(None),
            Some(state) => worst = worse(worst, state),
        }
    }
    Ok(Some(worst))
}

/// Plans the one task whose turn it is. Gives the state in which its run ended, once it did.
fn turn(
    flow: &Flow,
    execution: &Execution,
    parent: Option<TaskRunId>,
    task: &Task,
    run: Option<&TaskRun>,
    moves: &mut Vec<Move>,
) -> Result<Option<State>, Rejected> {
    let Some(run) = run else {
        moves.push(Move::Create { task_id: task.id.clone(), parent });
        return Ok(None);
    };
    match run.state.current() {
        State::Created | State::Restarted => moves.push(Move::Start { task_run: run.id }),
        State::Running => running(flow, execution, task, run, moves)?,
        State::Paused | State::Killing | State::Queued | State::Retrying => {}
        ended @ (State::Success
        | State::Warning
        | State::Failed
        | State::Killed
        | State::Cancelled
        | State::Retried
        | State::Skipped) => return Ok(Some(ended)),
    }
    Ok(None)
}

fn running(
    flow: &Flow,
    execution: &Execution,
    task: &Task,
    run: &TaskRun,
    moves: &mut Vec<Move>,
) -> Result<(), Rejected> {
    match &task.kind {
        TaskKind::Flowable(flowable) => {
            let lists = below(flowable, run);
            if let Some(state) = sequence(flow, execution, Some(run.id), &lists, moves)? {
                moves.push(Move::EndFlowable { task_run: run.id, state: task.allowed(state) });
            }
        }
        TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) => {
            if run.attempts.last().is_none_or(|attempt| attempt.lost) {
                moves.push(Move::Start { task_run: run.id });
            }
        }
    }
    Ok(())
}

/// The lists a flowable task runs, by what it chose.
fn below<'f>(flowable: &'f Flowable, run: &TaskRun) -> Lists<'f> {
    let tasks = if let FlowableKind::If { .. } = &flowable.kind {
        let holds = run.outputs.get(EVALUATION_RESULT).and_then(serde_json::Value::as_bool);
        if holds == Some(true) { Branch::Then } else { Branch::Else }
    } else {
        Branch::Tasks
    };
    Lists {
        tasks: flowable.branch(tasks),
        errors: flowable.branch(Branch::Errors),
        finally: flowable.branch(Branch::Finally),
    }
}

/// Ends whatever has nothing running below it; the execution itself when nothing runs at all.
fn kill(flow: &Flow, execution: &Execution) -> Result<Vec<Move>, Rejected> {
    let mut moves = Vec::new();
    let mut open = false;
    for run in execution.task_runs.iter().filter(|run| !run.state.is_terminal()) {
        open = true;
        let task = flow
            .task(&run.task_id)
            .ok_or_else(|| Rejected::Impossible(format!("the flow has no task `{}`", run.task_id)))?;
        let idle = match &task.kind {
            TaskKind::Flowable(_) => {
                execution.task_runs.children(Some(run.id)).all(|child| child.state.is_terminal())
            }
            TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) => false,
        };
        if idle {
            moves.push(Move::EndFlowable { task_run: run.id, state: State::Killed });
        }
    }
    if !open {
        moves.push(Move::End { state: State::Killed });
    }
    Ok(moves)
}

/// Kestra's final state: KILLED if any, else FAILED, else WARNING, else SUCCESS.
fn worse(one: State, other: State) -> State {
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
