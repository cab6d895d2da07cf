//! Events of buses.

use serde_json::{Value as Json, json};

use super::Site;
use engine::execution::State;

fn event(bus: &str) -> Json {
    json!({"eventBusName": bus, "source": "tests", "detailType": "made", "detail": {"a": 1}, "resources": ["arn:a"]})
}

#[tokio::test]
async fn events_are_put() {
    let site = Site::new();
    let entries: Vec<Json> = (0..12).map(|_| event("default")).collect();
    let ended = site.one("eventbridge.PutEvents", json!({"entries": entries})).await;
    let outputs = ended.outputs("PutEvents");
    assert_eq!((&outputs["entryCount"], &outputs["failedEntryCount"]), (&json!(12), &json!(0)));
    let file = String::from_utf8(site.content(&outputs["uri"]).await).unwrap();
    assert_eq!(file.lines().count(), 12);
    let first: Json = serde_json::from_str(file.lines().next().unwrap()).unwrap();
    assert!(first["eventId"].is_string(), "{first}");
    assert_eq!(first["entry"], event("default"));
    assert_eq!(ended.0.state.current(), State::Success);
}

#[tokio::test]
async fn what_goes_wrong_is_said() {
    let site = Site::new();
    let failures = [
        (json!({"entries": "hello"}), "`entries` must be a map, a list of maps, or the URI of a file"),
        (json!({"entries": [{"source": "a"}]}), "`detail` must not be null"),
        (json!({"entries": [{"detail": "a", "resources": "b"}]}), "`resources` must be a list of strings"),
    ];
    for (properties, message) in failures {
        let ended = site.one("eventbridge.PutEvents", properties.clone()).await;
        let failure = ended.failure().unwrap_or("nothing");
        assert!(failure.starts_with(message), "{properties}: {failure}");
    }
}
