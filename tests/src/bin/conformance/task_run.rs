//! Finding task runs as the cases name them: `id`, `id[value][inner value]`, `#n` (from 0), `#last`.

use ::tests::execution::task_runs;
use serde_json::Value as Json;

/// The run of that name; of several, the last one.
pub(crate) fn find<'e>(execution: &'e Json, key: &str) -> Option<&'e Json> {
    let runs = task_runs(execution);
    if let Some(place) = key.strip_prefix('#') {
        return if place == "last" { runs.last() } else { runs.get(place.parse::<usize>().ok()?) };
    }
    let (id, values) = split(key);
    runs.iter()
        .rev()
        .find(|run| run["taskId"] == id && (values.is_empty() || loop_values(run, runs) == values))
}

/// `a[x][y]` is `a`, and `x`, `y`.
fn split(key: &str) -> (&str, Vec<&str>) {
    match key.strip_suffix(']').and_then(|key| key.split_once('[')) {
        Some((id, values)) => (id, values.split("][").collect()),
        None => (key, Vec::new()),
    }
}

/// The values of the loops a run is in, the outermost first.
fn loop_values<'e>(run: &'e Json, runs: &'e [Json]) -> Vec<&'e str> {
    let mut values = Vec::new();
    let mut next = Some(run);
    while let Some(run) = next {
        values.extend(run["value"].as_str());
        next = run["parentTaskRunId"].as_str().and_then(|id| runs.iter().find(|run| run["id"] == id));
    }
    values.reverse();
    values
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_run_is_found_by_place_by_task_and_by_values() {
        let execution = json!({"taskRunList": [
            {"id": "1", "taskId": "each"},
            {"id": "2", "taskId": "seq", "parentTaskRunId": "1", "value": "a"},
            {"id": "3", "taskId": "leaf", "parentTaskRunId": "2", "value": "x y"},
            {"id": "4", "taskId": "leaf", "parentTaskRunId": "2", "value": "z"},
        ]});
        let id = |key| find(&execution, key).map(|run| run["id"].as_str().unwrap());
        assert_eq!(id("#0"), Some("1"));
        assert_eq!(id("#last"), Some("4"));
        assert_eq!(id("leaf[a][x y]"), Some("3"));
        assert_eq!(id("leaf"), Some("4"));
        assert_eq!(id("leaf[b][x y]"), None);
        assert_eq!(id("#4"), None);
    }
}
