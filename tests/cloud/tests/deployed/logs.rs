//! What the functions say of themselves.

use serde_json::{Value as Json, json};
use tests::{execution::state, poll};

use crate::deployment::{HANDED_OVER, Invocation, deployment};

/// Log groups, each with what its metrics call the function.
const FUNCTIONS: [(&str, &str); 4] =
    [("api", "api"), ("worker", "worker"), ("notifier", "notifier"), ("scheduler", "scheduler")];

#[test]
fn every_invocation_reports_and_every_line_is_json() {
    let deployment = deployment();
    let space = deployment.space("logs");
    space.create("echoes", HANDED_OVER);
    assert_eq!(state(&space.run("echoes")), "SUCCESS");
    deployment.tick();
    for (group, function) in FUNCTIONS {
        let invocations = poll::until(group, || {
            Some(deployment.invocations(group)).filter(|invocations| !invocations.is_empty())
        });
        for invocation in &invocations {
            let reports = invocation.reports();
            assert_eq!(reports.len(), 1, "{invocation:#?}");
            report(reports[0], invocation, function);
            let lines = invocation.lines.iter().filter(|line| line.get("_aws").is_none());
            for line in lines {
                assert!(["timestamp", "level", "target"].iter().all(|name| line[name].is_string()), "{line}");
            }
        }
        let sum = |name: &str| -> u64 {
            let reports = invocations.iter().flat_map(Invocation::reports);
            reports.filter_map(|report| report.get(name)?.as_u64()).sum()
        };
        assert!(sum("ColdStarts") >= 1, "{group}");
        assert_eq!(sum("ExecutionsSuccess") >= 1, function == "worker" || function == "api", "{group}");
    }
}

/// As `CloudWatch` takes it: everything that is named is a number beside it.
fn report(report: &Json, invocation: &Invocation, function: &str) {
    let directive = &report["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(directive["Namespace"], "Roundtrip");
    assert_eq!(directive["Dimensions"], json!([["Stage", "Function"]]));
    assert_eq!((&report["Stage"], &report["Function"]), (&json!("local"), &json!(function)));
    assert_eq!(report["requestId"], invocation.request_id.as_str());
    let metrics = directive["Metrics"].as_array().unwrap();
    assert!(metrics.iter().any(|metric| metric["Name"] == "Duration"), "{report}");
    for metric in metrics {
        assert!(report[metric["Name"].as_str().unwrap()].is_u64(), "{report}");
    }
}
