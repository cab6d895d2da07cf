//! Attempts: they begin, end, are lost, and are tried again.

use serde_json::{Map, Value as Json};

use super::{log, measured, running_run, say, stale, stops_all, task_of, timeout, unknown, waiting_run};
use crate::{
    execution::{
        Attempt, AttemptOutcome, DynamicRun, Ending, Execution, RunMut, Shared, State, StateLog, TaskRun,
        Terms, Wait,
    },
    flow::{Flow, FlowableKind, PureTask, SystemTask, Task, TaskKind},
    id::TaskRunId,
    machine::{
        LOST_ATTEMPTS_MAX, Rejected, TASK_OUTPUT_BYTES_MAX,
        agenda::{has_to_begin, is_delayed},
        retry::{self, Again},
        weight,
    },
    time::Timestamp,
};

pub(super) fn started(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    number: u32,
    deadline: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Rejected> {
    let task = task_of(flow, execution, task_run)?;
    if matches!(task.kind, TaskKind::Flowable(_)) && !is_directory(task) {
        return Err(Rejected::Impossible(format!("task run {task_run} has no attempts")));
    }
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    if usize::try_from(number) != Ok(run.attempts.len() + 1) {
        return Err(Rejected::Stale(format!("attempt {number} of task run {task_run} is not the next one")));
    }
    match run.state.current() {
        State::Created | State::Restarted if !is_delayed(&run) => run.state.enter(State::Running, now),
        State::Running if has_to_begin(&run) => {}
        other => return Err(stale(task_run, other)),
    }
    run.calls = None;
    run.attempts.push(running(deadline, now));
    Ok(())
}

pub(super) fn input_resolved(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    input: Map<String, Json>,
) -> Result<(), Rejected> {
    if task_of(flow, execution, task_run)?.workflow.is_none() {
        return Err(Rejected::Impossible(format!("task run {task_run} keeps no input")));
    }
    let mut run = waiting_run(execution, task_run)?;
    if run.input.is_some() {
        return Err(Rejected::Stale(format!("task run {task_run} has its input")));
    }
    run.input = Some(input);
    Ok(())
}

pub(super) fn terms_known(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    terms: Box<Terms>,
) -> Result<(), Rejected> {
    if task_of(flow, execution, task_run)?.workflow.is_none() {
        return Err(Rejected::Impossible(format!("nothing is defined for task run {task_run}")));
    }
    let mut run = waiting_run(execution, task_run)?;
    if run.terms.is_some() {
        return Err(Rejected::Stale(format!("what holds for task run {task_run} is known")));
    }
    run.terms = Some(terms);
    Ok(())
}

/// An attempt that has just begun.
pub(in crate::machine) fn running(deadline: Option<Timestamp>, now: Timestamp) -> Attempt {
    let mut state = StateLog::new(State::Created, now);
    state.enter(State::Running, now);
    Attempt {
        state,
        deadline,
        lost: false,
        alerted: false,
        log_file: None,
        metrics: Vec::new(),
        worked: None,
    }
}

pub(super) fn fell_asleep(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    until: Option<Timestamp>,
) -> Result<(), Rejected> {
    match &task_of(flow, execution, task_run)?.kind {
        TaskKind::Pure(_) => {}
        TaskKind::Flowable(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) | TaskKind::Worker(_) => {
            return Err(Rejected::Impossible(format!("task run {task_run} does not sleep")));
        }
    }
    let mut run = running_run(execution, task_run)?;
    let awake = run.wait.is_none() && run.attempts.last().is_some_and(|it| !it.state.is_terminal());
    if !awake {
        return Err(Rejected::Stale(format!("task run {task_run} runs no attempt that could sleep")));
    }
    run.wait = Some(Wait::Sleep { until });
    Ok(())
}

pub(super) fn finished(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    number: u32,
    outcome: AttemptOutcome,
    now: Timestamp,
) -> Result<(), Rejected> {
    running_attempt(execution, task_run, number)?;
    let task = task_of(flow, execution, task_run)?;
    let AttemptOutcome { mut ending, mut outputs, dynamic, metrics } = outcome;
    let bytes = weight(outputs.values());
    if bytes > TASK_OUTPUT_BYTES_MAX {
        outputs.clear();
        // Kestra's words.
        ending = Ending::Failed {
            message: format!(
                "Unable to emit the worker task result to the queue: Message of size {bytes} has exceeded the \
                 configured limit of {TASK_OUTPUT_BYTES_MAX}"
            ),
        };
    }
    let (state, message) = match ending {
        Ending::Success => (State::Success, None),
        Ending::Warning => (State::Warning, None),
        Ending::Failed { message } => (State::Failed, Some(message)),
        Ending::TimedOut { message } => {
            timeout::mark(flow, execution, task_run, &message)?;
            (State::Failed, Some(message))
        }
        Ending::Killed => (State::Killed, None),
    };
    let output_bytes = if outputs.is_empty() { 0 } else { bytes };
    measured::keep(flow, execution, (task_run, output_bytes), metrics, now);
    let of = Ended { task_run, state, outputs, message };
    if is_directory(task) {
        return directory_step(flow, execution, of, now);
    }
    let done = matches!(of.state, State::Success | State::Warning);
    if done && completes_later(task) && execution.course.stopping.is_none() {
        return goes_on_asleep(execution, task_run, of.outputs, now);
    }
    end_attempt(flow, execution, of, now)?;
    stops_all(execution, task_run, now)?;
    for (nth, made) in (1..).zip(dynamic) {
        made_by(execution, task_run, nth, made, now);
    }
    Ok(())
}

/// Whether somebody else says when it is complete. What waits for somebody in any case is not meant.
fn completes_later(task: &Task) -> bool {
    let asks = match &task.kind {
        TaskKind::Runnable(_) => true,
        TaskKind::Pure(PureTask::System(it)) => match it {
            SystemTask::Inline
            | SystemTask::Lambda
            | SystemTask::SetVariable
            | SystemTask::Jq
            | SystemTask::Noop
            | SystemTask::Event { .. } => true,
            SystemTask::Wait
            | SystemTask::Human
            | SystemTask::Join { .. }
            | SystemTask::ExclusiveJoin { .. }
            | SystemTask::Terminate => false,
        },
        TaskKind::Pure(_) | TaskKind::Flowable(_) | TaskKind::Executable(_) | TaskKind::Worker(_) => false,
    };
    asks && task.workflow.as_ref().is_some_and(|it| it.async_complete)
}

/// Its work is done, and its attempt is not over. Its time is measured from the begin of that.
fn goes_on_asleep(
    execution: &mut Execution,
    task_run: TaskRunId,
    outputs: Map<String, Json>,
    now: Timestamp,
) -> Result<(), Rejected> {
    let mut run = running_run(execution, task_run)?;
    if matches!(run.wait, Some(Wait::Sleep { .. })) {
        return Err(stale(task_run, run.state.current()));
    }
    let most = run.terms.as_deref().and_then(|it| it.timeout);
    run.outputs = outputs;
    run.wait = Some(Wait::Sleep { until: None });
    if let Some(attempt) = run.attempts.last_mut() {
        // Of one that is over already whoever ran it has told.
        let at = most.map(|most| attempt.state.first().date.plus(most)).filter(|at| *at > now);
        attempt.deadline = attempt.deadline.or(at);
    }
    Ok(())
}

/// How the last attempt of a run ended.
#[derive(Debug)]
pub(in crate::machine) struct Ended {
    pub(in crate::machine) task_run: TaskRunId,
    pub(in crate::machine) state: State,
    pub(in crate::machine) outputs: Map<String, Json>,
    /// Why it failed.
    pub(in crate::machine) message: Option<String>,
}

/// Ends the last attempt of a run, and the run with it unless it is tried again.
pub(in crate::machine) fn end_attempt(
    flow: &Flow,
    execution: &mut Execution,
    ended: Ended,
    now: Timestamp,
) -> Result<(), Rejected> {
    let Ended { task_run, state, outputs, message } = ended;
    let task = task_of(flow, execution, task_run)?;
    let mut run = running_run(execution, task_run)?;
    run.outputs = outputs;
    run.wait = None;
    if let Some(attempt) = run.attempts.last_mut().filter(|it| !it.state.is_terminal()) {
        attempt.state.enter(state, now);
    }
    drop(run);
    if let Some(message) = message {
        log(flow, execution, task_run, [say(message, now)]);
    }
    let run = execution.task_runs.get(task_run).ok_or_else(|| unknown(task_run))?;
    let stopping = execution.course.stopping.is_some();
    let again =
        if state == State::Failed && !stopping { retry::next(flow, execution, task, run) } else { None };
    // After the end there is nothing left to do again but the task.
    let again = again.filter(|it| matches!(it, Again::Attempt { .. }) || !execution.state.is_terminal());
    let tried_before = run.attempts.iter().filter(|it| it.state.current() == State::Failed).count() > 0;
    let warns = state == State::Success && tried_before && retry::warns(flow, execution, task, run);
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    match again {
        Some(Again::Attempt { at }) => {
            run.state.enter(State::Failed, now);
            run.state.enter(State::Retrying, now);
            run.wait = Some(Wait::Retry { at });
        }
        Some(Again::Execution { at }) => {
            run.state.enter(State::Failed, now);
            run.state.enter(State::Retried, now);
            drop(run);
            execution.course.retried_at = Some(at);
            super::course::stop(execution, State::Retried, now);
        }
        None => run.state.enter(task.allowed(if warns { State::Warning } else { state }), now),
    }
    Ok(())
}

/// A run whose turn has come may begin.
pub(super) fn delay_over(
    execution: &mut Execution,
    task_run: TaskRunId,
    now: Timestamp,
) -> Result<(), Rejected> {
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    if !matches!(run.wait, Some(Wait::Start { at }) if at <= now) {
        return Err(stale(task_run, run.state.current()));
    }
    run.wait = None;
    Ok(())
}

/// The next try of a failed run may begin.
pub(super) fn retry_due(
    execution: &mut Execution,
    task_run: TaskRunId,
    now: Timestamp,
) -> Result<(), Rejected> {
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    // An earlier one, told late, is not this one.
    if !matches!((run.state.current(), run.wait), (State::Retrying, Some(Wait::Retry { at })) if at <= now) {
        return Err(stale(task_run, run.state.current()));
    }
    run.wait = None;
    // They are resolved anew for the next attempt.
    run.input = None;
    run.terms = None;
    run.state.enter(State::Created, now);
    Ok(())
}

pub(super) fn lost(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    number: u32,
    now: Timestamp,
) -> Result<(), Rejected> {
    let task = task_of(flow, execution, task_run)?;
    let mut run = running_attempt(execution, task_run, number)?;
    if matches!(run.wait, Some(Wait::Sleep { .. })) {
        return Err(Rejected::Impossible(format!("nobody runs task run {task_run}: it sleeps")));
    }
    if let Some(attempt) = run.attempts.last_mut() {
        attempt.state.enter(State::Killed, now);
        attempt.lost = true;
    }
    let lost = run.attempts.iter().filter(|attempt| attempt.lost).count();
    drop(run);
    let stopping = execution.course.stopping.is_some();
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    let message = if stopping {
        run.wait = None;
        run.state.enter(State::Killed, now);
        return Ok(());
    } else if lost >= LOST_ATTEMPTS_MAX {
        run.wait = None;
        run.state.enter(task.allowed(State::Failed), now);
        format!("whoever ran this task vanished {lost} times; it is not tried again")
    } else {
        "whoever ran this task vanished; it is run again".to_owned()
    };
    drop(run);
    log(flow, execution, task_run, [say(message, now)]);
    Ok(())
}

/// A directory was opened for the tasks below, or closed after them.
fn directory_step(
    flow: &Flow,
    execution: &mut Execution,
    ended: Ended,
    now: Timestamp,
) -> Result<(), Rejected> {
    let Ended { task_run, state, outputs, message } = ended;
    let task = task_of(flow, execution, task_run)?;
    let mut run = running_run(execution, task_run)?;
    if let Some(attempt) = run.attempts.last_mut() {
        attempt.state.enter(state, now);
    }
    run.outputs.extend(outputs);
    match state {
        State::Success | State::Warning => {
            let closed = run.wait == Some(Wait::Directory(Shared::Left));
            run.wait = Some(Wait::Directory(if closed { Shared::Closed } else { Shared::Open }));
        }
        // What it left could not be kept: the group has failed, whatever its tasks did.
        _ => {
            run.wait = None;
            run.state.enter(task.allowed(state), now);
        }
    }
    drop(run);
    if let Some(message) = message {
        log(flow, execution, task_run, [say(message, now)]);
    }
    Ok(())
}

fn is_directory(task: &Task) -> bool {
    matches!(&task.kind, TaskKind::Flowable(it) if matches!(it.kind, FlowableKind::WorkingDirectory { .. }))
}

/// Adds a run that a task made by itself. Its id follows from the maker's, so that telling twice adds one.
fn made_by(execution: &mut Execution, maker: TaskRunId, nth: u128, made: DynamicRun, now: Timestamp) {
    /// An odd number without pattern: ids of one maker differ from each other and from all others.
    const STEP: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
    let DynamicRun { task_id, value, state, outputs } = made;
    let Some(parent) = execution.task_runs.get(maker).map(|run| run.parent) else { return };
    let id = TaskRunId::from_u128(maker.as_u128() ^ STEP.wrapping_mul(nth));
    let mut run = TaskRun { parent, value, outputs, dynamic: true, ..TaskRun::created(id, task_id, now) };
    let mut attempt = running(None, now);
    attempt.state.enter(state, now);
    run.attempts.push(attempt);
    run.state.enter(State::Running, now);
    run.state.enter(state, now);
    execution.task_runs.push(run);
}

/// The run whose attempt of that number is the last one and running.
fn running_attempt(
    execution: &mut Execution,
    task_run: TaskRunId,
    number: u32,
) -> Result<RunMut<'_>, Rejected> {
    let run = running_run(execution, task_run)?;
    if run.calls.is_some() {
        return Err(Rejected::Impossible(format!("nobody runs task run {task_run}: it waits for its calls")));
    }
    if run.wait == Some(Wait::Worker) {
        return Err(Rejected::Impossible(format!("nobody here runs task run {task_run}: workers do")));
    }
    let is_last = usize::try_from(number) == Ok(run.attempts.len());
    match run.attempts.last() {
        Some(attempt) if is_last && attempt.state.current() == State::Running => Ok(run),
        _ => Err(Rejected::Stale(format!("attempt {number} of task run {task_run} is not the one running"))),
    }
}
