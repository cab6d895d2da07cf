//! Queues: how long a message is hidden, and where it ends.

use serde_json::{Value as Json, json};

use crate::{
    demand,
    expanded::{named, resources, template},
};

const QUEUE: &str = "AWS::SQS::Queue";
/// Of the function's timeout; AWS advises it, so that a batch that is throttled is not delivered twice.
const HIDDEN_TIMEOUTS: u64 = 6;
/// A message that fails once or twice was unlucky; one that fails a hundred times costs a hundred runs.
const RECEIVES: std::ops::RangeInclusive<u64> = 3..=10;

#[test]
fn a_message_is_hidden_while_it_is_worked_on() {
    demand(
        &seen_too_early(template()),
        "Raise the queue's VisibilityTimeout to six times the function's Timeout.",
    );
}

#[test]
fn what_cannot_be_worked_on_is_kept() {
    demand(
        &lost(template()),
        "Give the queue that a function reads a RedrivePolicy to a queue that keeps longer.",
    );
}

#[test]
fn messages_seen_too_early_and_lost_are_found() {
    let template = json!({"Resources": {
        "F": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 10}},
        "M": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {
            "EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]}, "FunctionName": {"Ref": "F"}}},
        "Q": {"Type": QUEUE, "Properties": {"VisibilityTimeout": 59, "MessageRetentionPeriod": 60,
            "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["D", "Arn"]}, "maxReceiveCount": 1000}}},
        "D": {"Type": QUEUE, "Properties": {"MessageRetentionPeriod": 60}},
    }});
    assert_eq!(seen_too_early(&template), ["Q: hidden for 59 s, F takes up to 10 s"]);
    assert_eq!(lost(&template), ["Q: 1000 receives", "Q: D keeps no longer than itself"]);
}

fn seen_too_early(template: &Json) -> Vec<String> {
    let problem = |(name, queue, function): (&str, &Json, &str)| {
        let timeout = template["Resources"][function]["Properties"]["Timeout"].as_u64().unwrap_or(3);
        let hidden = queue["VisibilityTimeout"].as_u64().unwrap_or(30);
        let early = hidden < HIDDEN_TIMEOUTS * timeout;
        early.then(|| format!("{name}: hidden for {hidden} s, {function} takes up to {timeout} s"))
    };
    read(template).into_iter().filter_map(problem).collect()
}

fn lost(template: &Json) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, queue, _) in read(template) {
        let redrive = &queue["RedrivePolicy"];
        let receives = redrive["maxReceiveCount"].as_u64().unwrap_or(u64::MAX);
        if !RECEIVES.contains(&receives) {
            problems.push(format!("{name}: {receives} receives"));
        }
        let dead = named(&redrive["deadLetterTargetArn"]).unwrap_or("nothing");
        let keeps = |queue: &Json| queue["MessageRetentionPeriod"].as_u64().unwrap_or(345_600);
        if keeps(&template["Resources"][dead]["Properties"]) <= keeps(queue) {
            problems.push(format!("{name}: {dead} keeps no longer than itself"));
        }
    }
    problems
}

/// The queues that functions read, with the function.
fn read(template: &Json) -> Vec<(&str, &Json, &str)> {
    let mappings = resources(template, "AWS::Lambda::EventSourceMapping").into_iter();
    let queue = |(_, mapping): (&str, &'_ Json)| {
        let name = named(&mapping["EventSourceArn"])?.to_owned();
        let function = named(&mapping["FunctionName"])?.to_owned();
        Some((name, function))
    };
    let pairs: Vec<(String, String)> = mappings.filter_map(queue).collect();
    let queues = resources(template, QUEUE).into_iter();
    queues
        .filter_map(|(name, queue)| {
            let (_, function) = pairs.iter().find(|(it, _)| it == name)?;
            let functions = resources(template, "AWS::Lambda::Function");
            let (function, _) = functions.into_iter().find(|(it, _)| it == function)?;
            Some((name, queue, function))
        })
        .collect()
}
