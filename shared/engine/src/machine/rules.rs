//! What time and the rules of a flow do to an execution, whatever its tasks do.

use expression::Need;
use serde_json::Map;

use super::{
    Event, World,
    context::Context,
    render::{Renderer, truthy},
    start,
};
use crate::{
    duration,
    execution::{AttemptOutcome, DeadlineOf, Ending, Execution, State, TaskRun, Wait},
    flow::{Flow, FlowableKind, PauseBehavior, Sla, SlaBehavior, SlaKind, TaskKind},
    time::Timestamp,
};

/// What is due now: the first thing of all, so that the rest is looked at in the state after it.
pub(super) fn due(flow: &Flow, execution: &Execution, world: &World<'_>) -> Vec<Event> {
    let course = &execution.course;
    let stopping = course.stopping.is_some() || execution.state.is_terminal();
    let deadline =
        course.deadlines.iter().filter(|it| it.at <= world.now && !stopping).min_by_key(|it| it.at);
    if let Some(deadline) = deadline {
        return match &deadline.of {
            DeadlineOf::Timeout => {
                let after = flow.timeout.map(duration::format).unwrap_or_default();
                let message = Some(format!("Timeout after {after}"));
                vec![Event::StopRequested { state: State::Failed, message }]
            }
            DeadlineOf::Sla(id) => flow
                .sla
                .iter()
                .find(|it| it.id == *id)
                .map_or_else(|| vec![Event::SlaViolated { sla: id.clone() }], violation),
        };
    }
    let Some((at, run)) = next_due(execution).filter(|(at, _)| *at <= world.now) else {
        return Vec::new();
    };
    let number = u32::try_from(run.attempts.len()).unwrap_or(u32::MAX);
    let timed_out = Event::AttemptTimedOut { task_run: run.id, number };
    let Some(wait) = run.wait.filter(|it| it.due() == Some(at)) else { return vec![timed_out] };
    let trails = execution.state.is_terminal();
    over(flow, run, wait, (at, trails))
}

/// The first task run that goes on by itself, and when. Of an execution that is held back only those that sleep do: they
/// have begun.
pub(super) fn next_due(execution: &Execution) -> Option<(Timestamp, &TaskRun)> {
    let goes_on = |run: &TaskRun| !execution.course.held_back || matches!(run.wait, Some(Wait::Sleep { .. }));
    execution.task_runs.due().find(|(_, run)| goes_on(run))
}

/// What a wait comes to when it is over.
fn over(flow: &Flow, run: &TaskRun, wait: Wait, (at, trails): (Timestamp, bool)) -> Vec<Event> {
    let task_run = run.id;
    match wait {
        Wait::Start { .. } => vec![Event::DelayOver { task_run }],
        Wait::Retry { .. } => vec![Event::RetryDue { task_run }],
        Wait::Round { .. } => {
            let (iteration, outputs) = start::next_round(run);
            vec![Event::RoundStarted { task_run, iteration, outputs }]
        }
        Wait::Sleep { .. } => {
            let number = u32::try_from(run.attempts.len()).unwrap_or(u32::MAX);
            let outcome = AttemptOutcome::new(Ending::Success, Map::new());
            vec![Event::AttemptFinished { task_run, number, outcome }]
        }
        Wait::Resume { delay, timeout } => {
            if timeout == Some(at) && delay != Some(at) {
                let message = "Timeout of the pause reached".to_owned();
                return vec![Event::TaskRunTimedOut { task_run, state: State::Failed, message }];
            }
            let message = "nobody resumed the pause in time".to_owned();
            match behavior(flow, run) {
                PauseBehavior::Resume => vec![Event::TaskRunResumed { task_run, outputs: Map::new() }],
                PauseBehavior::Warn => {
                    vec![Event::TaskRunTimedOut { task_run, state: State::Warning, message }]
                }
                PauseBehavior::Fail => {
                    vec![Event::TaskRunTimedOut { task_run, state: State::Failed, message }]
                }
                // The execution has ended already: its list of tasks ends.
                PauseBehavior::Cancel if trails => {
                    vec![Event::TaskRunTimedOut { task_run, state: State::Killed, message }]
                }
                PauseBehavior::Cancel => {
                    vec![Event::StopRequested { state: State::Cancelled, message: Some(message) }]
                }
            }
        }
        Wait::Directory(_) | Wait::Worker => Vec::new(),
    }
}

fn behavior(flow: &Flow, run: &TaskRun) -> PauseBehavior {
    match flow.task(&run.task_id).map(|task| &task.kind) {
        Some(TaskKind::Flowable(it)) => match &it.kind {
            FlowableKind::Pause(pause) => pause.behavior,
            _ => PauseBehavior::Resume,
        },
        Some(TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) | TaskKind::Worker(_))
        | None => PauseBehavior::Resume,
    }
}

/// The first assertion that does not hold any more. Kestra looks at them with each change of the execution, and acts on
/// each once.
///
/// # Errors
/// What an assertion needs from outside.
pub(super) fn violated(
    flow: &Flow,
    execution: &Execution,
    world: &World<'_>,
) -> Result<Vec<Event>, Vec<Need>> {
    if execution.state.is_terminal() || execution.course.stopping.is_some() {
        return Ok(Vec::new());
    }
    for sla in flow.sla.iter().filter(|sla| !execution.course.violated.contains(&sla.id)) {
        let SlaKind::ExecutionAssertion(assertion) = &sla.kind else { continue };
        let context = Context::of_execution(flow, execution, world);
        let renderer = Renderer::new(&context, world, execution.id.as_u128());
        match renderer.text(assertion) {
            Ok(text) if truthy(&text) => {}
            Err(expression::Error::Needs(needs)) => return Err(needs),
            // One that cannot be rendered does not hold.
            Ok(_) | Err(expression::Error::Failed(_)) => return Ok(violation(sla)),
        }
    }
    Ok(Vec::new())
}

fn violation(sla: &Sla) -> Vec<Event> {
    let mut events = vec![Event::SlaViolated { sla: sla.id.clone() }];
    if !sla.labels.is_empty() {
        events.push(Event::LabelsSet { labels: sla.labels.clone() });
    }
    let message = Some(format!("SLA `{}` is violated", sla.id));
    match sla.behavior {
        SlaBehavior::Fail => events.push(Event::StopRequested { state: State::Failed, message }),
        SlaBehavior::Cancel => events.push(Event::StopRequested { state: State::Cancelled, message }),
        SlaBehavior::None => {}
    }
    events
}
