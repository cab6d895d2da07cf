use insta::assert_snapshot;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn counts_are_kept_when_the_expression_says_so() {
    let world = World::new();
    let ran = world
        .task(
            "core.execution.Count",
            json!({
                "flows": [{"namespace": "a", "flowId": "abcd"}, {"namespace": "a", "flowId": "ab"}],
                "namespaces": ["b.c"],
                "states": ["FAILED", "KILLED"],
                "startDate": "2024-01-01T00:00:00+01:00",
                "expression": "more than 3",
            }),
        )
        .await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"results":[{"namespace":"a","flowId":"abcd","count":4},{"namespace":"b.c","count":100}],"total":104}
    "#);
    let asked = world.engine.asked();
    assert_eq!(asked.len(), 3);
    assert_snapshot!(asked[0], @r#"Counted { namespace: "a", flow_id: Some("abcd"), states: [Failed, Killed], start: Some(Timestamp(1704063600000)), end: None }"#);
}

#[tokio::test]
async fn a_count_that_is_asked_wrongly_fails() {
    let world = World::new();
    let mut failures = String::new();
    for properties in [
        json!({"expression": "more than 3"}),
        json!({"namespaces": ["a"], "expression": "less"}),
        json!({"namespaces": ["a"], "expression": "more than 3", "states": ["BAD"], "endDate": "today"}),
        json!({"flows": [{"namespace": "a"}], "expression": "more than 3"}),
    ] {
        failures.push_str(world.task("core.execution.Count", properties).await.failure());
        failures.push('\n');
    }
    assert_snapshot!(failures, @"
    You must provide a list of flows or namespaces
    `less` is not known
    `states` cannot have `BAD`; `endDate`: `today` is not an ISO-8601 date-time with offset, such as 2024-07-12T05:13:42.140Z
    each of `flows` must have a `namespace` and a `flowId`
    ");
}

#[tokio::test]
async fn an_execution_is_resumed() {
    let world = World::new();
    let id = engine::id::ExecutionId::from_u128(9).to_string();
    let resumed = json!({"executionId": id, "inputs": {"a": 1}});
    let ran = world.task("core.execution.Resume", resumed).await;
    assert!(ran.story().starts_with("SUCCESS"), "{}", ran.story());
    assert_eq!(world.engine.asked(), [format!(r#"("resume", "{id}", "{{\"a\":1}}")"#)]);

    let mut failures = String::new();
    for properties in [
        json!({"executionId": id, "namespace": "a"}),
        json!({"flowId": "a"}),
        json!({"executionId": "not an id!"}),
    ] {
        failures.push_str(world.task("core.execution.Resume", properties).await.failure());
        failures.push('\n');
    }
    assert_snapshot!(failures, @"
    Both `namespace` and `flowId` must be set when `executionId` is set.
    `namespace` and `flowId` should only be set when `executionId` is set.
    No execution found for execution id not an id!
    ");
    assert!(world.engine.asked().is_empty());
}

#[tokio::test]
async fn executions_and_log_lines_are_purged() {
    let world = World::new();
    let purge = json!({"endDate": "1970-01-01T00:00:01Z", "namespace": "a", "states": ["SUCCESS"], "purgeMetric": "false", "purgeStorage": "false"});
    let ran = world.task("core.execution.PurgeExecutions", purge).await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"executionsCount":1,"logsCount":2,"metricsCount":4,"storagesCount":3}
    "#);
    let purge = json!({"endDate": "1970-01-01T00:00:01Z", "flowId": "b", "logLevels": ["DEBUG"]});
    let ran = world.task("core.log.PurgeLogs", purge).await;
    assert_eq!(ran.outcome.outputs["count"], 5);
    assert_snapshot!(world.engine.asked().join("\n"), @r#"
    Purge { namespace: Some("a"), flow_id: None, states: [Success], start: None, end: Timestamp(1000), execution: true, logs: true, metrics: false, files: false }
    LogPurge { namespace: None, flow_id: Some("b"), levels: [Debug], start: None, end: Timestamp(1000) }
    "#);
    let without_an_end = world.task("core.execution.PurgeExecutions", json!({})).await;
    assert_eq!(without_an_end.failure(), "`endDate` must not be null");
}

#[tokio::test]
async fn log_lines_are_fetched_into_a_file() {
    let world = World::new();
    let all = world.task("core.log.Fetch", json!({})).await;
    assert_snapshot!(all.story(), @r#"
    SUCCESS
    {"size":2,"uri":"kestra:///company/team/flow/executions/1/tasks/task/2/logs.ion"}
    "#);
    let file = "main/files/company/team/flow/executions/1/tasks/task/2/logs.ion";
    let content = world.blobs.content(file).unwrap();
    assert_eq!(content.lines().count(), 2);
    let second: serde_json::Value = serde_json::from_str(content.lines().last().unwrap()).unwrap();
    assert_eq!((&second["message"], &second["level"]), (&json!("second \"quoted\""), &json!("ERROR")));

    for (properties, size) in [
        (json!({"tasksId": ["one"]}), 1),
        (json!({"tasksId": ["one"], "level": "TRACE"}), 2),
        (json!({"level": "ERROR"}), 1),
        (json!({"executionId": engine::id::ExecutionId::from_u128(5).to_string()}), 0),
    ] {
        let ran = world.task("core.log.Fetch", properties.clone()).await;
        assert_eq!(ran.outcome.outputs["size"], size, "{properties}");
    }
}

#[tokio::test]
async fn a_trigger_is_toggled() {
    let world = World::new();
    let ran = world.task("core.trigger.Toggle", json!({"trigger": "daily"})).await;
    assert!(ran.story().starts_with("SUCCESS"));
    world
        .task(
            "core.trigger.Toggle",
            json!({"trigger": "t", "namespace": "a", "flowId": "b", "enabled": "true"}),
        )
        .await;
    assert_snapshot!(world.engine.asked().join("\n"), @r#"
    (TriggerName { namespace: "company.team", flow_id: "flow", trigger: "daily" }, false)
    (TriggerName { namespace: "a", flow_id: "b", trigger: "t" }, true)
    "#);
}
