//! What tasks measure, and where it is served.

use serde_json::{Value as Json, json};
use tests::{
    execution::{check, id, outline, state},
    space::Space,
};

const FLOW: &str = r#"
tasks:
  - { id: say, type: io.kestra.plugin.core.debug.Return, format: "hello {{ flow.id }}" }
  - id: script
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    allowFailure: true
    commands:
      - echo '::{"metrics":[{"name":"rows","type":"counter","value":3,"tags":{"table":"orders"}}]}::'
      - echo '::{"metrics":[{"name":"took","type":"timer","value":1.5},{"name":"heat","type":"gauge","value":-0.5}]}::'
      - exit 1
"#;

fn get(space: &Space, path: &str) -> Json {
    space.client().get(&format!("/api/v1/metrics/{path}")).expect(200).json()
}

/// Name, type, value and tags of each.
fn shown(page: &Json) -> Vec<Json> {
    let metrics = page["results"].as_array().expect("a page").iter();
    metrics.map(|it| json!([it["name"], it["type"], it["value"], it["tags"]])).collect()
}

#[test]
fn metrics_of_tasks_and_scripts_are_served() {
    let space = Space::shared("metrics");
    let execution = space.play("measures", FLOW);
    check(&execution);
    assert_eq!(state(&execution), "WARNING", "{}", outline(&execution));
    let page = get(&space, id(&execution));
    assert_eq!(
        shown(&page),
        [
            json!(["length", "counter", 14.0, {}]),
            json!(["duration", "timer", 0.0, {}]),
            json!(["rows", "counter", 3.0, {"table": "orders"}]),
            json!(["took", "timer", 1500.0, {}]),
            json!(["heat", "gauge", -0.5, {}]),
        ]
    );
    let of_script = &page["results"][2];
    let run = tests::execution::task_run(&execution, "script");
    assert_eq!(of_script["taskRunId"], run["id"]);
    assert_eq!(
        (&of_script["namespace"], &of_script["flowId"], &of_script["executionId"], &of_script["deleted"]),
        (&json!(space.namespace), &json!("measures"), &json!(id(&execution)), &json!(false))
    );
    assert_eq!(of_script["timestamp"], run["attempts"][0]["state"]["endDate"]);
}

#[test]
fn metrics_of_a_flow_are_put_together() {
    let space = Space::shared("metrics");
    space.play("measures", FLOW);
    space.run("measures");
    let flow = format!("{}/measures", space.namespace);
    // The listing of executions may lag a moment behind.
    let path = format!("aggregates/{flow}/script/rows?aggregation=sum");
    let summed = |json: &Json| -> f64 {
        json["aggregations"].as_array().expect("steps").iter().filter_map(|it| it["value"].as_f64()).sum()
    };
    let sum = tests::poll::until("both executions", || {
        Some(get(&space, &path)).filter(|json| (summed(json) - 6.0).abs() < f64::EPSILON)
    });
    assert_eq!(sum["groupBy"], "day");
    assert_eq!(get(&space, &format!("names/{flow}")), json!(["duration", "heat", "length", "rows", "took"]));
    assert_eq!(get(&space, &format!("names/{flow}/say")), json!(["duration", "length"]));
    assert_eq!(get(&space, &format!("tasks/{flow}")), json!(["say", "script"]));
    let average = get(&space, &format!("aggregates/{flow}/took?aggregation=avg"));
    let most =
        average["aggregations"].as_array().expect("steps").iter().filter_map(|it| it["value"].as_f64());
    assert!((most.fold(0.0, f64::max) - 1_500.0).abs() < f64::EPSILON, "{average}");
}

#[test]
fn metrics_go_with_their_execution() {
    let space = Space::shared("metrics");
    let execution = space.play("measures", FLOW);
    let path = format!("/api/v1/executions/{}?deleteMetrics=true", id(&execution));
    space.client().send(&tests::http::Request::delete(&path)).expect(204);
    assert_eq!(get(&space, id(&execution)), json!({"results": [], "total": 0}));
}
