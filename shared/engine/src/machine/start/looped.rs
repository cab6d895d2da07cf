//! `DO_WHILE`: rounds of tasks, judged by a script, or one for each item of a list.

use expression::{Error, Need};
use serde_json::{Map, Value as Json};

use super::{Site, failed, input, refuse, scripted};
use crate::{
    execution::{Level, LogLine, State},
    flow::DoWhile,
    machine::{Event, render::Renderer},
};

/// The output of a loop that counts its rounds, from 1; 0 when there is none.
pub(in crate::machine) const ITERATION: &str = "iteration";
const ITEM: &str = "loopItem";
const INDEX: &str = "loopIndex";
/// Rounds of one loop: all their task runs are kept.
const ROUNDS_MAX: u32 = 10_000;

/// The outputs with which a loop begins.
pub(super) fn begin(it: &DoWhile, site: &Site<'_>) -> Result<Map<String, Json>, Error> {
    let mut outputs = Map::new();
    match items(it, site.renderer)? {
        Some(items) if items.is_empty() => {
            outputs.insert(ITERATION.to_owned(), Json::from(0));
        }
        Some(items) => round(1, Some(&items), &mut outputs),
        None => round(1, None, &mut outputs),
    }
    Ok(outputs)
}

/// Shows which round it is, and for which item.
fn round(number: u32, items: Option<&[Json]>, outputs: &mut Map<String, Json>) {
    outputs.insert(ITERATION.to_owned(), Json::from(number));
    if let Some(items) = items {
        let index = number.saturating_sub(1);
        let item = usize::try_from(index).ok().and_then(|it| items.get(it)).cloned();
        outputs.insert(ITEM.to_owned(), item.unwrap_or(Json::Null));
        outputs.insert(INDEX.to_owned(), Json::from(index));
    }
}

fn items(it: &DoWhile, renderer: &Renderer<'_>) -> Result<Option<Vec<Json>>, Error> {
    match it.items.as_ref().map(|items| renderer.value(items)).transpose()? {
        None => Ok(None),
        Some(Json::Array(items)) => Ok(Some(items)),
        Some(Json::Null) => Ok(Some(Vec::new())),
        Some(other) => Err(refuse(format!("`items` is {other}, a list is expected"))),
    }
}

/// Whether a loop whose round is over goes round again.
///
/// # Errors
/// What its input needs from outside.
pub(super) fn judge(it: &DoWhile, site: &Site<'_>) -> Result<Vec<Event>, Vec<Need>> {
    let task_run = site.run.id;
    match next(it, site) {
        Ok((Some(iteration), outputs)) => Ok(vec![Event::RoundStarted { task_run, iteration, outputs }]),
        Ok((None, outputs)) => Ok(vec![Event::FlowableEnded { task_run, state: State::Success, outputs }]),
        Err(error) => failed(error).map(|message| {
            let line = LogLine { timestamp: site.world.now, level: Level::Error, message };
            let state = site.task.allowed(State::Failed);
            vec![
                Event::Logged { task_run, lines: vec![line] },
                Event::FlowableEnded { task_run, state, outputs: Map::new() },
            ]
        }),
    }
}

/// The next round, if there is one, and the outputs of the loop.
fn next(it: &DoWhile, site: &Site<'_>) -> Result<(Option<u32>, Map<String, Json>), Error> {
    let run = site.run;
    let number = run.iteration.unwrap_or(1);
    let mut outputs = run.outputs.clone();
    let results = results(site, number);
    outputs.insert(number.to_string(), Json::Object(results.clone()));
    let items = items(it, site.renderer)?;
    let again = match (&items, &it.condition) {
        (Some(items), _) => usize::try_from(number).is_ok_and(|number| number < items.len()),
        (None, None) => false,
        (None, Some(condition)) => {
            let mut seen = match &site.task.workflow {
                // As it is now, not as it was when the loop began.
                Some(workflow) => input::resolve(&workflow.input, site.renderer)?,
                None => Map::new(),
            };
            seen.insert(site.task.id.clone(), Json::Object(outputs.clone()));
            seen.extend(results);
            let held = scripted::run(condition, &seen, site).map_err(|failed| refuse(failed.to_string()))?;
            truthy(&held)
        }
    };
    if !again {
        return Ok((None, outputs));
    }
    if number >= ROUNDS_MAX {
        return Err(refuse(format!("a loop goes round {ROUNDS_MAX} times at most")));
    }
    let number = number + 1;
    if let Some(gone) = it.keep_last.and_then(|most| number.checked_sub(most)) {
        outputs.shift_remove(&gone.to_string());
    }
    round(number, items.as_deref(), &mut outputs);
    Ok((Some(number), outputs))
}

/// The outputs of the tasks of a round, also of those within others, by their references.
fn results(site: &Site<'_>, number: u32) -> Map<String, Json> {
    let runs = &site.execution.task_runs;
    let mut open: Vec<_> = runs.round(Some(site.run.id), number.checked_sub(1)).collect();
    let mut results = Map::new();
    open.reverse();
    while let Some(run) = open.pop() {
        results.insert(run.task_id.clone(), Json::Object(run.outputs.clone()));
        open.extend(runs.children(Some(run.id)).rev());
    }
    results
}

/// JavaScript's truth of a value.
fn truthy(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(holds) => *holds,
        Json::Number(number) => number.as_f64().is_some_and(|it| it != 0.0),
        Json::String(text) => !text.is_empty(),
        Json::Array(_) | Json::Object(_) => true,
    }
}
