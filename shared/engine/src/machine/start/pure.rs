//! Pure tasks: a whole attempt at once, because nobody outside can see one run.

use std::time::Duration;

use expression::Error;
use serde_json::{Map, Value as Json};

use super::{Event, Site, Started, attempt::next_number, effect, system, time};
use crate::{
    duration,
    execution::{AttemptOutcome, Ending, Level, LogLine, Metric, TaskRun},
    flow::{Messages, PureTask},
    machine::{World, render::truthy},
};

/// What a pure task did.
#[derive(Default)]
pub(super) struct Done {
    pub(super) lines: Vec<LogLine>,
    pub(super) outputs: Map<String, Json>,
    pub(super) metrics: Vec<Metric>,
    /// Why it failed.
    pub(super) failure: Option<String>,
    /// Whether it went on in spite of something.
    pub(super) warns: bool,
    /// What it did to the execution.
    pub(super) effects: Vec<Event>,
}

/// An attempt that failed before it began.
pub(super) fn broke(run: &TaskRun, message: String) -> Started {
    Started::Moved(attempted(run, Done { failure: Some(message), ..Done::default() }))
}

pub(super) fn attempted(run: &TaskRun, done: Done) -> Vec<Event> {
    let task_run = run.id;
    let number = next_number(run);
    let mut events = vec![Event::AttemptStarted { task_run, number, deadline: None }];
    if !done.lines.is_empty() {
        events.push(Event::Logged { task_run, lines: done.lines });
    }
    let ending = match done.failure {
        Some(message) => Ending::Failed { message },
        None if done.warns => Ending::Warning,
        None => Ending::Success,
    };
    let outcome = AttemptOutcome { metrics: done.metrics, ..AttemptOutcome::new(ending, done.outputs) };
    events.push(Event::AttemptFinished { task_run, number, outcome });
    events.extend(done.effects);
    events
}

/// Runs a pure task.
pub(super) fn perform(pure: &PureTask, site: &Site<'_>) -> Result<Vec<Event>, Error> {
    let Site { run, renderer, world, .. } = *site;
    let line = |level, message| LogLine { timestamp: world.now, level, message };
    let mut done = Done::default();
    match pure {
        PureTask::Return { format } => {
            let value = format.as_ref().map(|format| renderer.text(format)).transpose()?;
            // In Java's characters. Nothing passes time here, and Kestra tells whole milliseconds.
            let length = value.as_ref().map_or(0, |value| value.encode_utf16().count());
            done.metrics = vec![Metric::counter("length", length), Metric::timer("duration", Duration::ZERO)];
            if let Some(value) = value {
                done.outputs.insert("value".to_owned(), Json::String(value));
            }
        }
        PureTask::Log { message: Messages::One(message), level } => {
            done.lines.push(line(*level, renderer.text(message)?));
        }
        PureTask::Log { message: Messages::Many(messages), level } => {
            for message in messages {
                done.lines.push(line(*level, renderer.text(message)?));
            }
        }
        PureTask::Fail { condition: None, error_message } => {
            done.failure = Some(renderer.text(error_message)?);
        }
        PureTask::Fail { condition: Some(condition), error_message } => {
            if truthy(&renderer.text(condition)?) {
                done.lines.push(line(Level::Error, renderer.text(error_message)?));
                done.failure = Some("Fail on a condition".to_owned());
            }
        }
        PureTask::Assert { conditions, error_message } => {
            for condition in conditions {
                if !truthy(&renderer.text(condition)?) {
                    done.lines.push(line(Level::Error, format!("Assertion `{}` failed", condition.source())));
                    done.failure = Some(match error_message {
                        Some(message) => renderer.text(message)?,
                        None => "One or more assertions failed".to_owned(),
                    });
                }
            }
        }
        PureTask::OutputValues { values } => {
            done.outputs.insert("values".to_owned(), renderer.value(values)?);
        }
        PureTask::Labels { labels } => {
            done.effects.push(Event::LabelsSet { labels: effect::labels(&renderer.value(labels)?)? });
        }
        PureTask::SetVariables { variables, overwrite } => {
            done.effects.push(effect::set_variables(&renderer.value(variables)?, *overwrite, site)?);
        }
        PureTask::UnsetVariables { variables, ignore_missing } => {
            done.effects.push(effect::unset_variables(&renderer.value(variables)?, *ignore_missing, site)?);
        }
        // After the end there is nothing left to stop.
        PureTask::Exit { .. } if site.execution.state.is_terminal() => {}
        PureTask::Exit { state } => {
            done.effects.push(Event::StopRequested { state: *state, message: None });
        }
        PureTask::Sleep { duration } => {
            let duration = time(duration, "duration", renderer)?;
            return Ok(asleep(run, duration, world));
        }
        PureTask::System(task) => return system::perform(task, site),
        PureTask::Templated { .. } => unreachable!("a templated task is what it renders to"),
    }
    Ok(attempted(run, done))
}

/// A run that ends by itself after a time.
fn asleep(run: &TaskRun, duration: std::time::Duration, world: &World<'_>) -> Vec<Event> {
    let task_run = run.id;
    let message = format!("Waiting for {}", duration::format(duration));
    let line = LogLine { timestamp: world.now, level: Level::Info, message };
    vec![
        Event::AttemptStarted { task_run, number: next_number(run), deadline: None },
        Event::Logged { task_run, lines: vec![line] },
        Event::FellAsleep { task_run, until: Some(world.now.plus(duration)) },
    ]
}
