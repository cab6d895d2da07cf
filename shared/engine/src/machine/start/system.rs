//! System tasks of Conductor.

use expression::Error;
use serde_json::{Map, Value as Json};

use super::{
    Event, Site,
    attempt::next_number,
    event, input, jq,
    pure::{Done, attempted},
    refuse, scripted, timer,
};
use crate::{
    execution::{State, TaskRun},
    flow::SystemTask,
    machine::weight,
};

/// Bytes of the variables of a workflow. Conductor's limit.
const VARIABLES_BYTES_MAX: usize = 256 << 10;

/// Runs a system task.
pub(super) fn perform(task: &SystemTask, site: &Site<'_>) -> Result<Vec<Event>, Error> {
    let input = input::of(site)?;
    let done = match task {
        SystemTask::Inline => scripted::inline(&input, site),
        SystemTask::Lambda => scripted::lambda(&input, site),
        SystemTask::SetVariable => set_variable(&input, site),
        SystemTask::Join { on } => join(on, site),
        SystemTask::ExclusiveJoin { on, default } => exclusive(on, default, site),
        SystemTask::Jq => jq::transform(&input, site)?,
        SystemTask::Noop => Done::default(),
        // Nobody can listen, so there is nobody to tell.
        SystemTask::Event { sink } => Done { outputs: event::message(&input, sink, site), ..Done::default() },
        SystemTask::Terminate => terminate(&input, site),
        SystemTask::Human => return Ok(waits(site, None)),
        SystemTask::Wait => match timer::until(&input, site.world) {
            Ok(until) => return Ok(waits(site, until)),
            Err(why) => return Err(refuse(why)),
        },
    };
    Ok(attempted(site.run, done))
}

/// It has begun, and ends at a moment, or when somebody tells how.
fn waits(site: &Site<'_>, until: Option<crate::time::Timestamp>) -> Vec<Event> {
    let task_run = site.run.id;
    let most = site.run.terms.as_deref().and_then(|it| it.timeout);
    let deadline = most.map(|most| site.world.now.plus(most));
    vec![
        Event::AttemptStarted { task_run, number: next_number(site.run), deadline },
        Event::FellAsleep { task_run, until },
    ]
}

fn set_variable(input: &Map<String, Json>, site: &Site<'_>) -> Done {
    let (flow, execution) = (&site.flow.variables, &site.execution.variables);
    let kept = execution.iter().filter(|(name, _)| !input.contains_key(*name));
    let first = flow.iter().filter(|(name, _)| !input.contains_key(*name) && !execution.contains_key(*name));
    let bytes = weight(input.values().chain(kept.chain(first).map(|(_, value)| value)));
    if bytes > VARIABLES_BYTES_MAX {
        return scripted::failed(format!(
            "the variables of the workflow are {bytes} bytes, {VARIABLES_BYTES_MAX} are allowed"
        ));
    }
    Done { effects: vec![Event::VariablesSet { set: input.clone(), unset: Vec::new() }], ..Done::default() }
}

/// The outputs of those that ran, by their references. Their branches have ended.
fn join(on: &[String], site: &Site<'_>) -> Done {
    let mut done = Done::default();
    for reference in on {
        let Some(run) = latest(reference, site) else { continue };
        done.outputs.insert(reference.clone(), Json::Object(run.outputs.clone()));
        match run.state.current() {
            State::Failed | State::Killed => {
                done.failure.get_or_insert_with(|| format!("`{reference}` failed"));
            }
            State::Warning => done.warns = true,
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
            | State::Skipped => {}
        }
    }
    done
}

/// Of several ways, one was taken.
fn exclusive(on: &[String], default: &[String], site: &Site<'_>) -> Done {
    let ended = |reference: &String| latest(reference, site).filter(|run| run.state.is_terminal());
    let taken = on.iter().find_map(ended).or_else(|| default.iter().find_map(ended));
    Done { outputs: taken.map(|run| run.outputs.clone()).unwrap_or_default(), ..Done::default() }
}

fn latest<'s>(reference: &str, site: &Site<'s>) -> Option<&'s TaskRun> {
    site.execution.task_runs.of_task(reference).next_back()
}

fn terminate(input: &Map<String, Json>, site: &Site<'_>) -> Done {
    let state = match input.get("terminationStatus").and_then(Json::as_str) {
        Some("COMPLETED") => State::Success,
        Some("FAILED") => State::Failed,
        Some("TERMINATED") => State::Killed,
        _ => {
            return scripted::failed("`terminationStatus` is COMPLETED, FAILED or TERMINATED".to_owned());
        }
    };
    let outputs = match input.get("workflowOutput") {
        None | Some(Json::Null) => Map::new(),
        Some(Json::Object(map)) => map.clone(),
        Some(other) => [("output".to_owned(), other.clone())].into_iter().collect(),
    };
    let reason = match input.get("terminationReason") {
        Some(Json::String(reason)) if !reason.is_empty() => reason.clone(),
        _ => {
            let status = input.get("terminationStatus").and_then(Json::as_str).unwrap_or_default();
            format!("Workflow is {status} by TERMINATE task: {}", site.run.id)
        }
    };
    let ends = Event::Terminated { state, reason, outputs: Some(outputs.clone()) };
    Done { outputs, effects: vec![ends], ..Done::default() }
}
