//! Which failures are followed by another job, and when.

use serde_json::{Value as Json, json};

use super::*;

fn policy(properties: Json) -> Result<Policy, String> {
    let Json::Object(map) = properties else { panic!("properties are a map") };
    let mut properties = Properties::new(&map);
    let policy = Policy::read(&mut properties);
    properties.finish().map(|()| policy)
}

fn failure(reason: &str, message: &str) -> Vec<Problem> {
    Problem::all(&json!({ "reason": reason, "message": message }), &Json::Null)
}

#[test]
fn what_passes_is_tried_again_as_kestra_does() {
    let policy = policy(json!({})).unwrap();
    let wait = |problems: &[Problem], rounds, elapsed| {
        policy.wait(problems, rounds, Duration::from_secs(elapsed), 1)
    };
    let passing = failure("backendError", "later");
    assert_eq!(wait(&passing, 1, 0), Some(Duration::from_secs(5)));
    assert_eq!(wait(&passing, 3, 0), Some(Duration::from_secs(20)));
    assert_eq!(wait(&passing, 1, 896), None, "15 minutes");
    assert_eq!(wait(&passing, 10, 0), None, "10 jobs");
    assert_eq!(wait(&failure("invalid", "no such column"), 1, 0), None);
    let by_message = failure("invalid", "Could not serialize access DUE TO CONCURRENT UPDATE");
    assert_eq!(wait(&by_message, 1, 0), Some(Duration::from_secs(5)));
    assert_eq!(wait(&[], 1, 0), None);
}

#[test]
fn a_flow_says_otherwise() {
    let own = json!({
        "retryAuto": { "type": "constant", "interval": "PT0.5S", "maxAttempt": 2 },
        "retryReasons": ["stopped"],
        "retryMessages": [],
    });
    let policy = policy(own).unwrap();
    let wait = |reason: &str, rounds| {
        let problems = failure(reason, "due to concurrent update");
        policy.wait(&problems, rounds, Duration::ZERO, 1)
    };
    assert_eq!(wait("stopped", 1), Some(Duration::from_millis(500)));
    assert_eq!(wait("stopped", 2), None);
    assert_eq!(wait("backendError", 1), None);
}

#[test]
fn what_is_wrong_is_told() {
    let wrong = |retry: Json| policy(json!({ "retryAuto": retry })).unwrap_err();
    assert_eq!(
        wrong(json!({ "type": "exponential", "interval": "PT1S", "delayFactor": "much" })),
        "retryAuto: `maxInterval` must not be null; retryAuto: `delayFactor` must be a number, not `much`"
    );
    assert_eq!(
        wrong(json!({ "type": "constant", "interval": "PT1S", "maxAttempts": 11 })),
        "retryAuto: `maxAttempts` may be 10 at most"
    );
    let random = json!({ "type": "random", "minInterval": "PT1S", "maxInterval": "PT2S" });
    let policy = policy(json!({ "retryAuto": random })).unwrap();
    let wait = policy.wait(&failure("backendError", ""), 1, Duration::ZERO, 7).unwrap();
    assert!(wait >= Duration::from_secs(1) && wait <= Duration::from_secs(2), "{wait:?}");
}
