//! Reading the JSON of an execution, and what must hold in each.

use serde_json::Value as Json;

use crate::shape::{is_date, is_duration, is_id};

/// Kestra's states that are never left by themselves.
const TERMINAL: [&str; 7] = ["SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED", "RETRIED", "SKIPPED"];

pub fn id(execution: &Json) -> &str {
    execution["id"].as_str().expect("an execution has an id")
}

/// The current state of an execution, a task run or an attempt.
pub fn state(it: &Json) -> &str {
    it["state"]["current"].as_str().unwrap_or_else(|| panic!("it has no state: {it}"))
}

pub fn is_terminal(it: &Json) -> bool {
    TERMINAL.contains(&state(it))
}

/// Every state an execution, a task run or an attempt was in.
pub fn states(it: &Json) -> Vec<&str> {
    let histories = it["state"]["histories"].as_array().expect("a state has a history");
    histories.iter().map(|history| history["state"].as_str().expect("a history has a state")).collect()
}

pub fn task_runs(execution: &Json) -> &[Json] {
    execution["taskRunList"].as_array().map_or(&[], Vec::as_slice)
}

/// The one run of a task.
#[track_caller]
pub fn task_run<'e>(execution: &'e Json, task: &str) -> &'e Json {
    let runs: Vec<&Json> = task_runs(execution).iter().filter(|run| run["taskId"] == task).collect();
    assert_eq!(runs.len(), 1, "runs of `{task}` in {execution:#}");
    runs[0]
}

/// `first SUCCESS, second FAILED`, in the order of the task runs.
pub fn outline(execution: &Json) -> String {
    let runs = task_runs(execution).iter();
    let lines: Vec<String> =
        runs.map(|run| format!("{} {}", run["taskId"].as_str().unwrap_or("?"), state(run))).collect();
    lines.join(", ")
}

/// Checks what holds in every execution, whatever it did.
#[track_caller]
pub fn check(execution: &Json) {
    let id = id(execution);
    assert!(is_id(id), "{id}");
    assert_eq!(execution["originalId"], id);
    assert_eq!(execution["deleted"], false);
    check_state(&execution["state"]);
    assert_eq!(execution["metadata"]["originalCreatedDate"], execution["state"]["startDate"]);
    for run in task_runs(execution) {
        assert!(run["id"].as_str().is_some_and(is_id), "{run:#}");
        for field in ["namespace", "flowId"] {
            assert_eq!(run[field], execution[field], "{run:#}");
        }
        assert_eq!(run["executionId"], id);
        assert!(run["outputs"].is_object(), "{run:#}");
        check_state(&run["state"]);
        assert!(!is_terminal(execution) || is_terminal(run), "it ended before {run:#}");
        for attempt in run["attempts"].as_array().into_iter().flatten() {
            check_state(&attempt["state"]);
        }
    }
    if let Some(url) = execution["url"].as_str() {
        assert!(url.ends_with(&format!("/{id}")), "{url}");
    }
}

/// Kestra: the start is the first date, the end is the last one of a state that ends, the duration is between.
#[track_caller]
fn check_state(state: &Json) {
    let histories = state["histories"].as_array().expect("a state has a history");
    let dates: Vec<&str> = histories.iter().map(|it| it["date"].as_str().expect("a date is text")).collect();
    assert!(dates.iter().all(|date| is_date(date)), "{state:#}");
    // All of one length and one zone, so that the order of the texts is that of the moments.
    assert!(dates.is_sorted(), "{state:#}");
    let last = histories.last().expect("a history is not empty");
    assert_eq!(state["current"], last["state"], "{state:#}");
    assert_eq!(state["startDate"], histories[0]["date"], "{state:#}");
    let ends = TERMINAL.contains(&last["state"].as_str().unwrap_or_default()) || last["state"] == "PAUSED";
    assert_eq!(state.get("endDate"), ends.then_some(&last["date"]), "{state:#}");
    assert!(state["duration"].as_str().is_some_and(is_duration), "{state:#}");
    let terminal =
        histories.iter().filter(|it| it["state"].as_str().is_some_and(|it| TERMINAL.contains(&it)));
    assert!(terminal.count() <= 1, "an end is an end: {state:#}");
}
