//! Task runs: how many, in which states, with which outputs.

use serde_json::Value as Json;
use tests::execution::{outline, state, states, task_runs};

use super::{Seen, compare, each};
use crate::{case::strings, shortfall::difference, task_run};

/// Checks what is about task runs; tells whether it was.
pub(super) fn check(seen: &Seen<'_>, what: &str, expected: &Json, out: &mut Vec<String>) -> bool {
    let it = seen.execution;
    let runs = task_runs(it);
    match what {
        "taskRuns" => {
            if expected.as_u64() != Some(runs.len() as u64) {
                let came = format!("{} ({})", runs.len(), outline(it));
                out.push(difference(what, &expected.to_string(), &came));
            }
        }
        "minTaskRuns" => at_least("task runs", expected, runs.len(), out),
        "minCount" => each(expected, |wanted, count| {
            let came = runs.iter().filter(|run| state(run) == wanted).count();
            at_least(&format!("task runs {wanted}"), count, came, out);
        }),
        "allTaskRuns" => {
            if !runs.iter().all(|run| *expected == state(run)) {
                out.push(difference(what, &expected.to_string(), &outline(it)));
            }
        }
        "taskStates" => each(expected, |key, wanted| {
            let came = task_run::find(it, key).map(|run| Json::from(state(run)));
            compare(&format!("state of {key}"), wanted, came.as_ref(), seen, out);
        }),
        "attempts" => each(expected, |key, wanted| {
            let attempts = task_run::find(it, key).and_then(|run| run["attempts"].as_array());
            let came = attempts.filter(|all| !all.is_empty()).map(|all| Json::from(all.len()));
            compare(&format!("attempts of {key}"), wanted, came.as_ref(), seen, out);
        }),
        "taskRunHistories" => each(expected, |key, wanted| {
            let came = task_run::find(it, key).map_or(0, |run| states(run).len());
            // One that may have moved on has as many or more.
            if !seen.moving || wanted.as_u64().is_none_or(|wanted| wanted > came as u64) {
                compare(&format!("histories of {key}"), wanted, Some(&came.into()), seen, out);
            }
        }),
        "taskRunHistoryCounts" => each(expected, |key, wanted| {
            let all = task_run::find(it, key).map(states).unwrap_or_default();
            each(wanted, |state, wanted| {
                let came = all.iter().filter(|it| **it == state).count();
                compare(&format!("{state} of {key}"), wanted, Some(&came.into()), seen, out);
            });
        }),
        "outputs" => each(expected, |key, wanted| match task_run::find(it, key) {
            Some(run) => compare(&format!("outputs of {key}"), wanted, run.get("outputs"), seen, out),
            None => out.push(difference(key, "a task run", &outline(it))),
        }),
        "taskRunOutputsNull" => {
            for key in strings(expected) {
                let outputs = task_run::find(it, &key).map(|run| run["outputs"].clone()).unwrap_or_default();
                if !outputs.is_null() && outputs.as_object().is_none_or(|map| !map.is_empty()) {
                    out.push(difference(&format!("outputs of {key}"), "none", &outputs.to_string()));
                }
            }
        }
        "order" => {
            let came: Json = runs.iter().map(|run| run["taskId"].clone()).collect();
            compare(what, expected, Some(&came), seen, out);
        }
        _ => return false,
    }
    true
}

fn at_least(what: &str, least: &Json, came: usize, out: &mut Vec<String>) {
    if (came as u64) < least.as_u64().unwrap_or_default() {
        out.push(difference(what, &format!("at least {least}"), &came.to_string()));
    }
}
