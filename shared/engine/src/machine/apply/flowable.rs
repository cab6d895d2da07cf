//! What happens to flowable runs: they begin, pause, go on, go round again.

use serde_json::{Map, Value as Json};

use super::{log, running_run, say, stale, task_of, unknown, waiting_run};
use crate::{
    execution::{Execution, Shared, State, Wait},
    flow::{Flow, FlowableKind, TaskKind},
    id::TaskRunId,
    machine::{LOST_ATTEMPTS_MAX, Rejected, start::ITERATION},
    time::Timestamp,
};

pub(super) fn started(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    outputs: Map<String, Json>,
    values: Vec<String>,
    now: Timestamp,
) -> Result<(), Rejected> {
    let kind = kind_of(flow, execution, task_run)?;
    if matches!(kind, FlowableKind::WorkingDirectory { .. }) {
        return Err(Rejected::Impossible(format!("task run {task_run} begins with an attempt")));
    }
    let round = first_round(kind, &outputs);
    let mut run = waiting_run(execution, task_run)?;
    run.outputs = outputs;
    run.values = values;
    run.iteration = round.or(run.iteration);
    run.state.enter(State::Running, now);
    Ok(())
}

/// The round with which a loop begins; 0 when there is nothing to go round for.
fn first_round(kind: &FlowableKind, outputs: &Map<String, Json>) -> Option<u32> {
    match kind {
        FlowableKind::LoopUntil(_) => Some(1),
        FlowableKind::DoWhile(_) => Some(u32::from(outputs.get(ITERATION) != Some(&Json::from(0)))),
        FlowableKind::Sequential { .. }
        | FlowableKind::AllowFailure { .. }
        | FlowableKind::Parallel { .. }
        | FlowableKind::Dag { .. }
        | FlowableKind::If { .. }
        | FlowableKind::Switch { .. }
        | FlowableKind::ForEach(_)
        | FlowableKind::Pause(_)
        | FlowableKind::WorkingDirectory { .. }
        | FlowableKind::ForEachItem { .. }
        | FlowableKind::Template(_)
        | FlowableKind::Decision(_)
        | FlowableKind::Fork { .. } => None,
    }
}

pub(super) fn ended(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    state: State,
    outputs: Map<String, Json>,
    now: Timestamp,
) -> Result<(), Rejected> {
    kind_of(flow, execution, task_run)?;
    let is_open_below = is_open_below(execution, task_run);
    let mut run = running_run(execution, task_run)?;
    if !state.is_terminal() {
        return Err(Rejected::Impossible(format!("{} is no end", state.name())));
    }
    if is_open_below || run.attempts.last().is_some_and(|attempt| !attempt.state.is_terminal()) {
        return Err(not_all_ended(task_run));
    }
    run.outputs.extend(outputs);
    run.wait = None;
    run.state.enter(state, now);
    Ok(())
}

/// Once for somebody, or for its delay; again and again for the next round of a loop.
pub(super) fn paused(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    wait: Wait,
    now: Timestamp,
) -> Result<(), Rejected> {
    let kind = kind_of(flow, execution, task_run)?;
    let is_open_below = is_open_below(execution, task_run);
    let mut run = running_run(execution, task_run)?;
    if run.state.current() == State::Killing {
        return Err(stale(task_run, State::Killing));
    }
    let began = run.state.last().date;
    let told_before = match (kind, wait) {
        (FlowableKind::Pause(_), Wait::Resume { .. }) => {
            let states: Vec<State> = run.state.histories().map(|it| it.state).collect();
            matches!(states[..], [.., State::Paused, State::Running])
        }
        // One of an earlier round is over before this round could have ended.
        (FlowableKind::LoopUntil(it), Wait::Round { at }) => is_open_below || at < began.plus(it.interval),
        _ => return Err(Rejected::Impossible(format!("task run {task_run} does not wait like that"))),
    };
    if told_before {
        return Err(Rejected::Stale(format!("task run {task_run} went on after that")));
    }
    run.wait = Some(wait);
    run.state.enter(State::Paused, now);
    Ok(())
}

/// Refuses what begins below a run that is not there for it: it has ended, is in another round, has no directory yet.
pub(super) fn goes_on(
    flow: &Flow,
    execution: &Execution,
    task_run: TaskRunId,
    iteration: Option<u32>,
) -> Result<(), Rejected> {
    let kind = kind_of(flow, execution, task_run)?;
    let run = execution.task_runs.get(task_run).ok_or_else(|| unknown(task_run))?;
    let has_directory = match kind {
        FlowableKind::WorkingDirectory { .. } => {
            matches!(run.wait, Some(Wait::Directory(Shared::Open | Shared::Closed)))
        }
        _ => true,
    };
    if run.state.current() != State::Running {
        Err(stale(task_run, run.state.current()))
    } else if run.iteration != iteration || !has_directory {
        Err(Rejected::Stale(format!("task run {task_run} is in another round")))
    } else {
        Ok(())
    }
}

fn is_open_below(execution: &Execution, task_run: TaskRunId) -> bool {
    // The last ones first: of many, those before them have ended.
    execution.task_runs.children(Some(task_run)).rev().any(|run| !run.state.is_terminal())
}

fn not_all_ended(task_run: TaskRunId) -> Rejected {
    Rejected::Impossible(format!("not everything below task run {task_run} has ended"))
}

fn kind_of<'f>(
    flow: &'f Flow,
    execution: &Execution,
    task_run: TaskRunId,
) -> Result<&'f FlowableKind, Rejected> {
    match &task_of(flow, execution, task_run)?.kind {
        TaskKind::Flowable(flowable) => Ok(&flowable.kind),
        TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) | TaskKind::Worker(_) => {
            Err(Rejected::Impossible(format!("task run {task_run} has nothing below it")))
        }
    }
}

/// Kestra: resumed by somebody the execution is RESTARTED, after a delay it is RUNNING at once.
pub(super) fn resumed(
    execution: &mut Execution,
    task_run: TaskRunId,
    outputs: Map<String, Json>,
    now: Timestamp,
) -> Result<(), Rejected> {
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    let by_itself = match (run.state.current(), run.wait) {
        (State::Paused, Some(Wait::Resume { delay, .. })) => delay.is_some_and(|delay| delay <= now),
        (state, _) => return Err(stale(task_run, state)),
    };
    run.wait = None;
    run.outputs.extend(outputs);
    run.state.enter(State::Running, now);
    drop(run);
    if execution.state.current() == State::Paused && !execution.course.held_back {
        execution.state.enter(if by_itself { State::Running } else { State::Restarted }, now);
    }
    Ok(())
}

pub(super) fn timed_out(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    state: State,
    message: String,
    now: Timestamp,
) -> Result<(), Rejected> {
    let allowed = task_of(flow, execution, task_run)?.allowed(state);
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    if !matches!((run.state.current(), run.wait), (State::Paused, Some(Wait::Resume { .. }))) {
        return Err(stale(task_run, run.state.current()));
    }
    if !state.is_terminal() {
        return Err(Rejected::Impossible(format!("{} is no end", state.name())));
    }
    run.wait = None;
    run.state.enter(allowed, now);
    drop(run);
    log(flow, execution, task_run, [say(message, now)]);
    Ok(())
}

pub(super) fn round_started(
    flow: &Flow,
    execution: &mut Execution,
    task_run: TaskRunId,
    iteration: u32,
    outputs: Map<String, Json>,
    now: Timestamp,
) -> Result<(), Rejected> {
    let at_once = matches!(kind_of(flow, execution, task_run), Ok(FlowableKind::DoWhile(_)));
    let is_open_below = at_once && is_open_below(execution, task_run);
    let mut run = execution.task_runs.get_mut(task_run).ok_or_else(|| unknown(task_run))?;
    let is_next = iteration == run.iteration.unwrap_or(1).saturating_add(1);
    if at_once {
        if !is_next || is_open_below || run.state.current() != State::Running {
            return Err(stale(task_run, run.state.current()));
        }
        // What ran in the rounds before stays.
        run.outputs = outputs;
        run.iteration = Some(iteration);
        return Ok(());
    }
    if !is_next || !matches!((run.state.current(), run.wait), (State::Paused, Some(Wait::Round { .. }))) {
        return Err(stale(task_run, run.state.current()));
    }
    run.wait = None;
    run.outputs.extend(outputs);
    run.iteration = Some(iteration);
    run.state.enter(State::Running, now);
    drop(run);
    execution.task_runs.remove_below(task_run);
    Ok(())
}

pub(super) fn directory_left(
    execution: &mut Execution,
    (task_run, number): (TaskRunId, u32),
) -> Result<(), Rejected> {
    let is_open_below = is_open_below(execution, task_run);
    let mut run = running_run(execution, task_run)?;
    // Once it was lost and opened again, nothing is open below before the first task begins anew.
    let is_same = usize::try_from(number) == Ok(run.attempts.len());
    match run.wait {
        _ if !is_same => Err(Rejected::Stale(format!("task run {task_run} has another directory"))),
        Some(Wait::Directory(Shared::Open)) if is_open_below => Err(not_all_ended(task_run)),
        Some(Wait::Directory(Shared::Open)) => {
            run.wait = Some(Wait::Directory(Shared::Left));
            Ok(())
        }
        _ => Err(Rejected::Stale(format!("task run {task_run} has no open directory"))),
    }
}

/// Everything below begins anew, in another directory.
pub(super) fn directory_lost(
    flow: &Flow,
    execution: &mut Execution,
    (task_run, number): (TaskRunId, u32),
    now: Timestamp,
) -> Result<(), Rejected> {
    let task = task_of(flow, execution, task_run)?;
    let stopping = execution.course.stopping.is_some();
    let mut run = running_run(execution, task_run)?;
    let has_one = matches!(run.wait, Some(Wait::Directory(Shared::Open | Shared::Left)));
    if !has_one || usize::try_from(number) != Ok(run.attempts.len()) {
        return Err(Rejected::Stale(format!("task run {task_run} has no open directory")));
    }
    run.wait = None;
    if let Some(attempt) = run.attempts.last_mut() {
        attempt.lost = true;
        if !attempt.state.is_terminal() {
            attempt.state.enter(State::Killed, now);
        }
    }
    let lost = run.attempts.iter().filter(|attempt| attempt.lost).count();
    let message = if lost >= LOST_ATTEMPTS_MAX && !stopping {
        run.state.enter(task.allowed(State::Failed), now);
        format!("whoever had the directory of these tasks vanished {lost} times; they are not run again")
    } else {
        "whoever had the directory of these tasks vanished; they are run again".to_owned()
    };
    drop(run);
    execution.task_runs.remove_below(task_run);
    log(flow, execution, task_run, [say(message, now)]);
    Ok(())
}
