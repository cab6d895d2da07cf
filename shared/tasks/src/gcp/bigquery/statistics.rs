//! What a load tells of itself.

use std::time::Duration;

use engine::execution::Metric;
use serde_json::Value as Json;

/// Kestra's names, and what the API calls them.
const COUNTS: [(&str, &str); 5] = [
    ("output.rows", "outputRows"),
    ("output.bytes", "outputBytes"),
    ("bad.records", "badRecords"),
    ("input.bytes", "inputFileBytes"),
    ("input.files", "inputFiles"),
];

/// Rows that were loaded, if it says so.
pub(super) fn rows(job: &Json) -> Option<u64> {
    count(&job["statistics"]["load"]["outputRows"])
}

/// What it counted, and how long it took.
pub(super) fn metrics(job: &Json) -> Vec<Metric> {
    let statistics = &job["statistics"];
    let counted = COUNTS.iter().filter_map(|(name, field)| {
        count(&statistics["load"][*field]).map(|value| Metric::counter(*name, value))
    });
    let times = count(&statistics["startTime"]).zip(count(&statistics["endTime"]));
    let took = times.map(|(start, end)| Duration::from_millis(end.saturating_sub(start)));
    counted.chain(took.map(|took| Metric::timer("duration", took))).collect()
}

/// A 64-bit number, which the API writes as a text.
fn count(json: &Json) -> Option<u64> {
    json.as_u64().or_else(|| json.as_str()?.parse().ok())
}
