//! Labels: of the flow, of the caller, and the correlation id.

use serde_json::json;
use tests::{execution, http::Request, space::Space};

const FLOW: &str = "
labels: { team: a, stage: dev }
tasks:
  - { id: log, type: io.kestra.plugin.core.log.Log, message: '{{ labels.team }} {{ labels.ticket }}' }
";

#[test]
fn labels_stand_in_kestras_order() {
    let space = Space::shared("labels");
    space.create("labelled", FLOW);
    let request =
        space.call("labelled").query("labels", "ticket:T-1, urgent").query("labels", "url: http://a:1/b");
    let execution = space.client().send(&request).expect(200).json();
    let expected = json!([
        {"key": "team", "value": "a"},
        {"key": "stage", "value": "dev"},
        {"key": "ticket", "value": "T-1, urgent"},
        {"key": "url", "value": "http://a:1/b"},
        {"key": "system.correlationId", "value": execution::id(&execution)},
    ]);
    assert_eq!(execution["labels"], expected);
    assert_eq!(space.messages(execution::id(&execution)), ["a T-1, urgent"]);
}

#[test]
fn a_caller_may_bring_the_correlation_id() {
    let space = Space::shared("labels");
    space.create("labelled", FLOW);
    let request =
        space.call("labelled").query("labels", "system.correlationId:mine").query("labels", "ticket:1");
    let execution = space.client().send(&request).expect(200).json();
    let correlation: Vec<_> = execution["labels"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|label| label["key"] == "system.correlationId")
        .collect();
    assert_eq!(correlation, [&json!({"key": "system.correlationId", "value": "mine"})]);
}

#[test]
fn labels_find_executions() {
    let space = Space::shared("labels");
    space.create("labelled", FLOW);
    for ticket in ["x,1", "x,1", "y"] {
        space.client().send(&space.call("labelled").query("labels", &format!("ticket:{ticket}"))).expect(200);
    }
    let total = |labels: &[&str]| {
        let mut request = Request::get("/api/v1/executions/search").query("namespace", &space.namespace);
        for label in labels {
            request = request.query("labels", label);
        }
        space.client().send(&request).expect(200).json()["total"].clone()
    };
    assert_eq!(total(&["ticket:x,1"]), 2);
    assert_eq!(total(&["ticket:y"]), 1);
    assert_eq!(total(&["ticket:y", "team:a"]), 1);
    assert_eq!(total(&["ticket:y", "team:b"]), 0);
    assert_eq!(total(&["team:a"]), 3);
}
