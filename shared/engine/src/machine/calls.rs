//! Task runs that start executions: how far they are, and how they end.
//!
//! Such a run has one attempt that nobody in this process works on. Its children are counted, each once, in
//! [`Calls`], which does not grow with what they did.

mod child;
mod request;
mod shown;

pub use child::{Call, CallError, call, legacy_outputs, splits};
pub use request::{CalledDefinition, CalledWorkflow};

use serde_json::{Map, Value as Json};

use super::{
    Rejected,
    agenda::is_delayed,
    apply::{Ended, end_attempt, late, running, stops_all, unknown},
};
use crate::{
    execution::{Calls, Execution, RunMut, State, StateLog, TaskRun},
    flow::{Dialect, Executable, Flow, Subflow, Task, TaskKind},
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};

/// By which a `SUB_WORKFLOW` shows its child.
const SUB_WORKFLOW_ID: &str = "subWorkflowId";
/// Why the task of a child failed whose time was over.
const TIMED_OUT: &str = "the sub-workflow has timed out";
/// Executions that one task run may start.
pub const CALLS_MAX: u32 = 100_000;

/// The task runs that started executions, or are about to, and have not ended.
pub fn open_calls(execution: &Execution) -> impl Iterator<Item = (&TaskRun, &Calls)> {
    execution.task_runs.open().filter_map(|run| Some((run, open(run)?)))
}

/// The calls of a run that waits for them.
pub fn open(run: &TaskRun) -> Option<&Calls> {
    let running = |state: &StateLog| state.current() == State::Running;
    let attempt = run.attempts.last()?;
    run.calls.as_ref().filter(|_| running(&run.state) && running(&attempt.state))
}

/// What the task of a run says of its children.
pub fn subflow_of<'f>(flow: &'f Flow, run: &TaskRun) -> Option<&'f Subflow> {
    match &flow.task(&run.task_id)?.kind {
        TaskKind::Executable(Executable::Subflow(subflow) | Executable::Items { subflow, .. }) => {
            Some(subflow)
        }
        TaskKind::Flowable(_) | TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Worker(_) => None,
    }
}

/// An attempt begins that starts `total` executions. Without any it has ended. Kestra: it has no outputs then.
pub(super) fn planned(
    flow: &Flow,
    execution: &mut Execution,
    (task_run, number, total): (TaskRunId, u32, u32),
    outputs: Map<String, Json>,
    now: Timestamp,
) -> Result<(), Rejected> {
    let (_, executable) = task_of(flow, execution, task_run)?;
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    if usize::try_from(number) != Ok(run.attempts.len() + 1) {
        return Err(Rejected::Stale(format!("attempt {number} of task run {task_run} is not the next one")));
    }
    match run.state.current() {
        State::Created | State::Restarted if !is_delayed(&run) => run.state.enter(State::Running, now),
        other => return Err(Rejected::Stale(format!("task run {task_run} is {}", other.name()))),
    }
    let most = run.terms.as_deref().and_then(|it| it.timeout);
    run.attempts.push(running(most.map(|most| now.plus(most)), now));
    run.calls = Some(Calls::new(total));
    run.outputs = if total == 0 { Map::new() } else { told(flow, executable, outputs) };
    drop(run);
    if total == 0 {
        return end(flow, execution, task_run, State::Success, now);
    }
    show(flow, execution, task_run)
}

/// The first `begun` of them are there; the only one under this id, where that says so.
pub(super) fn begun(
    flow: &Flow,
    execution: &mut Execution,
    (task_run, number, begun): (TaskRunId, u32, u32),
    child: Option<ExecutionId>,
    now: Timestamp,
) -> Result<(), Rejected> {
    let (_, executable) = task_of(flow, execution, task_run)?;
    let mut run = open_mut(execution, task_run, number)?;
    let Some(calls) = &mut run.calls else { return Err(unknown(task_run)) };
    if begun <= calls.begun {
        return Err(Rejected::Stale(format!("{} executions of task run {task_run} are begun", calls.begun)));
    }
    if begun > calls.total {
        return Err(Rejected::Impossible(format!("task run {task_run} has {} calls", calls.total)));
    }
    calls.begun = begun;
    calls.child = child;
    let done = begun == calls.total && !subflow(executable).wait;
    if let Some(child) = child {
        let id = [("executionId".to_owned(), child.to_string().into())].into_iter().collect();
        run.outputs.extend(told(flow, executable, id));
    }
    drop(run);
    show(flow, execution, task_run)?;
    if done { end(flow, execution, task_run, State::Success, now) } else { Ok(()) }
}

/// The attempt has failed, whatever becomes of those that are there.
pub(super) fn failed(
    flow: &Flow,
    execution: &mut Execution,
    (task_run, number): (TaskRunId, u32),
    (message, outputs): (String, Map<String, Json>),
    now: Timestamp,
) -> Result<(), Rejected> {
    open_mut(execution, task_run, number)?;
    let ended = Ended { task_run, state: State::Failed, outputs, message: Some(message) };
    end_attempt(flow, execution, ended, now)
}

/// How one of them ended.
pub(super) struct Ending {
    pub(super) state: State,
    /// Conductor: so has its task then.
    pub(super) timed_out: bool,
    pub(super) outputs: Map<String, Json>,
}

/// One of them has ended. It counts once.
pub(super) fn ended(
    flow: &Flow,
    execution: &mut Execution,
    (task_run, number, index): (TaskRunId, u32, u32),
    Ending { state, timed_out, outputs }: Ending,
    now: Timestamp,
) -> Result<(), Rejected> {
    let (_, executable) = task_of(flow, execution, task_run)?;
    if !state.is_terminal() {
        return Err(Rejected::Impossible(format!("{} is no end", state.name())));
    }
    let mut run = open_mut(execution, task_run, number)?;
    let Some(calls) = &mut run.calls else { return Err(unknown(task_run)) };
    if index >= calls.total {
        return Err(Rejected::Impossible(format!("task run {task_run} has {} calls", calls.total)));
    }
    if !calls.end(index, state) {
        return Err(Rejected::Stale(format!("the end of call {index} of task run {task_run} is known")));
    }
    let conductors = flow.dialect == Dialect::Conductor && state == State::Failed;
    let all = calls.all_ended().then(|| final_state(flow, executable, calls));
    if let Executable::Subflow(_) = executable {
        run.outputs.extend(told(flow, executable, outputs));
    }
    if let Some(attempt) = run.attempts.last_mut().filter(|_| timed_out && conductors) {
        attempt.worked = Some(Box::new(late(TIMED_OUT)));
    }
    drop(run);
    show(flow, execution, task_run)?;
    match all {
        Some(state) => end(flow, execution, task_run, state, now),
        None => Ok(()),
    }
}

/// Kestra: a child's state is its task's when it is transmitted and is not CANCELLED; of many, the worst.
fn final_state(flow: &Flow, executable: &Executable, calls: &Calls) -> State {
    // Conductor: a workflow with errors that were passed over has completed.
    let warns = |state: &State| *state == State::Warning && flow.dialect == Dialect::Conductor;
    let worst = [State::Failed, State::Killed, State::Warning].into_iter();
    let transmitted = worst.filter(|_| subflow(executable).transmit_failed);
    let mut transmitted = transmitted.filter(|state| !warns(state));
    transmitted.find(|state| calls.states.contains_key(state)).unwrap_or(State::Success)
}

fn end(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    state: State,
    now: Timestamp,
) -> Result<(), Rejected> {
    let run = execution.task_runs.get(task_run).ok_or_else(|| unknown(task_run))?;
    let outputs = run.outputs.clone();
    let failed = flow.dialect == Dialect::Conductor && matches!(state, State::Failed | State::Killed);
    let timed_out = run.attempts.last().is_some_and(|it| it.worked.is_some());
    let message = failed.then(|| {
        let id = outputs.get(SUB_WORKFLOW_ID).and_then(Json::as_str).unwrap_or_default();
        let how = match state {
            _ if timed_out => "TIMED_OUT",
            State::Failed => "FAILED",
            _ => "TERMINATED",
        };
        format!("the sub-workflow {id} is {how}")
    });
    end_attempt(flow, execution, Ended { task_run, state, outputs, message }, now)?;
    stops_all(execution, task_run, now)
}

/// What a task shows of its child, in the words of the flow's dialect. Conductor: the outputs themselves, and its id.
fn told(flow: &Flow, executable: &Executable, mut shown: Map<String, Json>) -> Map<String, Json> {
    if flow.dialect == Dialect::Kestra {
        return shown;
    }
    let mut outputs = match shown.shift_remove("outputs") {
        Some(Json::Object(outputs)) => outputs,
        _ => Map::new(),
    };
    if let Some(id) = shown.shift_remove("executionId") {
        let name = if subflow(executable).wait { SUB_WORKFLOW_ID } else { "workflowId" };
        outputs.insert(name.to_owned(), id);
    }
    outputs
}

/// Writes down what the task shows of its children.
fn show(flow: &Flow, execution: &mut Execution, task_run: TaskRunId) -> Result<(), Rejected> {
    let (_, executable) = task_of(flow, execution, task_run)?;
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    let TaskRun { calls, outputs, .. } = &mut *run;
    if let (Some(calls), Dialect::Kestra) = (calls, flow.dialect) {
        shown::of(executable, calls, outputs);
    }
    Ok(())
}

fn subflow(executable: &Executable) -> &Subflow {
    match executable {
        Executable::Subflow(subflow) | Executable::Items { subflow, .. } => subflow,
    }
}

fn task_of<'f>(
    flow: &'f Flow,
    execution: &Execution,
    task_run: TaskRunId,
) -> Result<(&'f Task, &'f Executable), Rejected> {
    let run = execution.task_runs.get(task_run).ok_or_else(|| unknown(task_run))?;
    let task = flow.task(&run.task_id);
    let found = task.and_then(|task| match &task.kind {
        TaskKind::Executable(executable) => Some((task, executable)),
        TaskKind::Flowable(_) | TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Worker(_) => None,
    });
    found.ok_or_else(|| Rejected::Impossible(format!("the task `{}` starts no executions", run.task_id)))
}

/// The run whose attempt of that number waits for its calls.
fn open_mut(execution: &mut Execution, task_run: TaskRunId, number: u32) -> Result<RunMut<'_>, Rejected> {
    let run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    if usize::try_from(number) == Ok(run.attempts.len()) && open(&run).is_some() {
        return Ok(run);
    }
    Err(Rejected::Stale(format!("attempt {number} of task run {task_run} waits for no calls")))
}
