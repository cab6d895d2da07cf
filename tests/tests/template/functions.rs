//! Functions: what they are told, where they log, who notices that they fail.

use std::{collections::BTreeSet, fs};

use serde_json::{Value as Json, json};

use crate::{
    demand,
    expanded::{named, resources, root, template, watch},
};

const FUNCTION: &str = "AWS::Lambda::Function";
/// Who reads what a function is told.
const READERS: [&str; 3] = ["shared/aws/src/environment.rs", "functions", "shared/tasks/src/aws/access.rs"];
/// The most an HTTP API waits for an answer, and so what its function may take.
const HTTP_SECONDS_MAX: u64 = 30;

#[test]
fn a_function_logs_where_logs_end() {
    demand(&without_logs(template()), "Give it a LoggingConfig with a log group that has RetentionInDays.");
}

#[test]
fn somebody_notices_that_a_function_fails() {
    demand(&unwatched(template(), watch()), "Add alarms on its Errors and Throttles to infra/watch.yaml.");
}

#[test]
fn functions_are_told_what_they_read() {
    let read: BTreeSet<String> = READERS.iter().flat_map(|path| variables(path)).collect();
    let needed = variables(READERS[0]);
    demand(
        &mistold(template(), &needed, &read),
        "Set in template.yaml what the functions read, and nothing else.",
    );
}

#[test]
fn the_api_answers_before_its_caller_is_cut_off() {
    for (name, integration) in resources(template(), "AWS::ApiGatewayV2::Integration") {
        let function = named(&integration["IntegrationUri"]).unwrap();
        let timeout = template()["Resources"][function]["Properties"]["Timeout"].as_u64().unwrap();
        assert!(timeout <= HTTP_SECONDS_MAX, "{name}: {function} may take {timeout} s");
        assert_eq!(integration["TimeoutInMillis"].as_u64(), Some(HTTP_SECONDS_MAX * 1000));
    }
}

#[test]
fn functions_left_alone_are_found() {
    let environment = json!({"Variables": {"ROUNDTRIP_A": "", "ROUNDTRIP_C": ""}});
    let template = json!({"Resources": {
        "F": {"Type": FUNCTION, "Properties": {
            "Environment": environment, "LoggingConfig": {"LogGroup": {"Ref": "L"}}}},
        "L": {"Type": "AWS::Logs::LogGroup", "Properties": {}},
    }});
    let alarm =
        json!({"MetricName": "Errors", "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "F"}}]});
    let watch = json!({"Resources": {"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm}}});
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(without_logs(&template), ["F: its logs are kept for ever"]);
    assert_eq!(unwatched(&template, &watch), ["F: nobody notices Throttles"]);
    assert_eq!(
        mistold(&template, &set(&["ROUNDTRIP_A", "ROUNDTRIP_B"]), &set(&["ROUNDTRIP_A", "ROUNDTRIP_B"])),
        ["F: is not told ROUNDTRIP_B", "F: does not read ROUNDTRIP_C"]
    );
}

fn without_logs(template: &Json) -> Vec<String> {
    let problem = |(name, function): (&str, &Json)| {
        let Some(group) = named(&function["LoggingConfig"]["LogGroup"]) else {
            return Some(format!("{name}: has no log group of its own"));
        };
        let retention = &template["Resources"][group]["Properties"]["RetentionInDays"];
        retention.is_null().then(|| format!("{name}: its logs are kept for ever"))
    };
    resources(template, FUNCTION).into_iter().filter_map(problem).collect()
}

/// The parameters of `watch` have the names of what they stand for.
fn unwatched(template: &Json, watch: &Json) -> Vec<String> {
    let alarms = resources(watch, "AWS::CloudWatch::Alarm");
    let watched = |function: &str, metric: &str| {
        let dimension = json!([{"Name": "FunctionName", "Value": {"Ref": function}}]);
        alarms.iter().any(|(_, alarm)| alarm["MetricName"] == metric && alarm["Dimensions"] == dimension)
    };
    let mut problems = Vec::new();
    for (function, _) in resources(template, FUNCTION) {
        let missing = ["Errors", "Throttles"].into_iter().filter(|metric| !watched(function, metric));
        problems.extend(missing.map(|metric| format!("{function}: nobody notices {metric}")));
    }
    problems
}

fn mistold(template: &Json, needed: &BTreeSet<String>, read: &BTreeSet<String>) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, function) in resources(template, FUNCTION) {
        let told = function["Environment"]["Variables"].as_object().into_iter().flatten();
        let told: BTreeSet<String> = told.map(|(variable, _)| variable.clone()).collect();
        problems.extend(needed.difference(&told).map(|it| format!("{name}: is not told {it}")));
        problems.extend(told.difference(read).map(|it| format!("{name}: does not read {it}")));
    }
    problems
}

/// The variables that a Rust file, or those below a folder, names in string literals.
fn variables(path: &str) -> BTreeSet<String> {
    let path = root().join(path);
    if path.is_dir() {
        let entries = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
        let below = entries.filter_map(|entry| Some(entry.strip_prefix(root()).ok()?.to_str()?.to_owned()));
        return below.flat_map(|path| variables(&path)).collect();
    }
    if path.extension().is_none_or(|end| end != "rs") {
        return BTreeSet::new();
    }
    let text = fs::read_to_string(&path).unwrap();
    let quoted = text.split('"').filter(|part| part.starts_with("ROUNDTRIP_"));
    quoted
        .filter(|part| part.bytes().all(|it| it.is_ascii_uppercase() || it == b'_'))
        .map(str::to_owned)
        .collect()
}
