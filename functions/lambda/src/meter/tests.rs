//! Each count is reported once, by the invocation that ends next.

use embedded::SystemClock;
use ports::store::Key;
use serde_json::Value as Json;

use super::*;

fn line(invocation: &Invocation<'_>) -> Json {
    serde_json::from_str(&invocation.line(&[])).expect("a line is JSON")
}

#[test]
fn only_the_first_invocation_is_cold() {
    let meter = Meter::new("dev".to_owned(), "worker", Arc::new(SystemClock));
    assert_eq!(line(&meter.begin())["ColdStarts"], 1);
    assert_eq!(line(&meter.begin()).get("ColdStarts"), None);
}

#[test]
fn a_count_is_reported_once() {
    let meter = Meter::new("dev".to_owned(), "worker", Arc::new(SystemClock));
    meter.tally().ended(State::Failed);
    meter.tally().ended(State::Failed);
    meter.tally().ended(State::Success);
    let key = Key { partition: "p".to_owned(), sort: "s".to_owned() };
    meter.tally().refused(&store::Error::Conflict(key));
    meter.tally().refused(&store::Error::Unavailable {
        message: "slow down".to_owned(),
        retry_after: Some(std::time::Duration::from_millis(50)),
    });
    meter.tally().refused(&store::Error::Unavailable { message: "no route".to_owned(), retry_after: None });
    let first = line(&meter.begin());
    assert_eq!(first["ExecutionsFailed"], 2);
    assert_eq!(first["ExecutionsSuccess"], 1);
    assert_eq!(first["StoreConflicts"], 1);
    assert_eq!(first["StoreThrottles"], 1);
    assert_eq!(line(&meter.begin()).get("ExecutionsFailed"), None);
}
