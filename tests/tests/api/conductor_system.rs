//! Tasks of definitions as those see them who execute a workflow and wait.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::{
    app::App,
    conductor_signals::{inline, register, run, tasks, wait},
    conductor_view::workflow,
};

/// Waits are over before this when they are told, and not after their time.
const PROMPTLY: Duration = Duration::from_secs(8);

fn step(reference: &str, kind: &str, more: Json) -> Json {
    let mut step = json!({"name": reference, "taskReferenceName": reference, "type": kind});
    let Json::Object(more) = more else { panic!("{more} is no map") };
    step.as_object_mut().unwrap().extend(more);
    step
}

#[tokio::test]
async fn steps_that_need_nobody_are_waited_for_and_shown() {
    let app = App::new();
    register(&app, "child", json!([inline("i", "7")]), json!({})).await;
    let all = json!([
        step("set", "SET_VARIABLE", json!({"inputParameters": {"v": "${workflow.input.n}"}})),
        step(
            "jq",
            "JSON_JQ_TRANSFORM",
            json!({"inputParameters": {"of": {"a": 1}, "queryExpression": ".of.a + 1"}})
        ),
        step("sub", "SUB_WORKFLOW", json!({"subWorkflowParam": {"name": "child", "version": 1}})),
        wait("w"),
    ]);
    register(&app, "steps", all, json!({})).await;
    let begun = Instant::now();
    for reference in ["set", "jq", "sub"] {
        for strategy in ["TARGET_WORKFLOW", "BLOCKING_WORKFLOW", "BLOCKING_TASK", "BLOCKING_TASK_INPUT"] {
            let query = format!("waitForSeconds=50&waitUntilTaskRef={reference}&returnStrategy={strategy}");
            let seen = run(&app, "steps", &query).await;
            assert_eq!((&seen["responseType"], &seen["signalTimeout"]), (&json!(strategy), &json!(false)));
            assert_eq!(seen["targetWorkflowStatus"], "RUNNING");
            if strategy.starts_with("BLOCKING_TASK") {
                assert_eq!(
                    (&seen["referenceTaskName"], &seen["status"]),
                    (&json!(reference), &json!("COMPLETED"))
                );
            }
        }
    }
    assert!(begun.elapsed() < PROMPTLY, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_expression_in_an_input_stays_a_text() {
    let app = App::new();
    let outputs = json!({"outputParameters": {"n": "${workflow.input.n}"}});
    register(&app, "echo", json!([inline("i", "1")]), outputs).await;
    let body = json!({"n": {"deep": "${workflow.workflowId}"}}).to_string();
    let answer = app.post_body("/api/workflow/execute/echo", "application/json", body).await.json();
    assert_eq!(answer["output"], json!({"n": {"deep": "${workflow.workflowId}"}}));
}

#[tokio::test]
async fn what_waits_for_a_worker_a_person_or_a_time_blocks_nobody() {
    let app = App::new();
    let simple = step("s", "SIMPLE", json!({}));
    let human = step("h", "HUMAN", json!({}));
    let timed = step("t", "WAIT", json!({"inputParameters": {"duration": "1 hours"}}));
    for (name, one) in [("worker", simple), ("person", human), ("time", timed)] {
        let reference = one["taskReferenceName"].clone();
        register(&app, name, json!([inline("i", "1"), one]), json!({})).await;
        let query = format!("waitForSeconds=1&waitUntilTaskRef={}", reference.as_str().unwrap());
        let seen = run(&app, name, &query).await;
        assert_eq!((&seen["status"], &seen["signalTimeout"]), (&json!("RUNNING"), &json!(true)), "{name}");
        assert_eq!(seen["tasks"].as_array().unwrap().len(), 2);
        let id = seen["workflowId"].as_str().unwrap();
        let signal = app.post(&format!("/api/tasks/{id}/COMPLETED/signal/sync")).await;
        assert_eq!(signal.status, 404, "{name}");
        // Whoever knows its reference may say how a person decided.
        if name == "person" {
            let done = app.post(&format!("/api/tasks/{id}/h/COMPLETED/sync")).await.json();
            assert_eq!(done["status"], "COMPLETED", "{done}");
        }
    }
}

#[tokio::test]
async fn an_optional_failure_is_passed_over_and_a_permissive_one_waits_for_its_siblings() {
    let app = App::new();
    let broken = |more: Json| {
        step("bad", "INLINE", {
            let mut all = json!({"inputParameters": {"expression": "throw new Error('no')"}});
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        })
    };
    register(&app, "optional", json!([broken(json!({"optional": true})), inline("i", "1")]), json!({})).await;
    let seen = run(&app, "optional", "waitForSeconds=50").await;
    assert_eq!(seen["status"], "COMPLETED");
    let id = seen["workflowId"].as_str().unwrap();
    assert_eq!(tasks(&app, id).await, ["bad COMPLETED_WITH_ERRORS", "i COMPLETED"]);
    let fork = step(
        "f",
        "FORK_JOIN",
        json!({
            "forkTasks": [[broken(json!({"permissive": true}))], [inline("a", "1"), inline("b", "2")]],
        }),
    );
    let join = step("j", "JOIN", json!({"joinOn": ["bad", "b"]}));
    register(&app, "permissive", json!([fork, join, inline("i", "1")]), json!({})).await;
    let seen = run(&app, "permissive", "waitForSeconds=50").await;
    assert_eq!(seen["status"], "FAILED");
    let all = tasks(&app, seen["workflowId"].as_str().unwrap()).await;
    for name in ["a", "b"] {
        assert!(all.iter().any(|it| it.starts_with(name) && it.ends_with(" COMPLETED")), "{all:?}");
    }
    assert!(!all.iter().any(|it| it.starts_with("i ")), "{all:?}");
    let seen = workflow(&app, seen["workflowId"].as_str().unwrap()).await;
    assert!(seen["reasonForIncompletion"].as_str().unwrap().starts_with("Task "), "{seen}");
}

#[tokio::test]
async fn schemas_that_would_be_enforced_are_refused() {
    let app = App::new();
    let mut definition = json!({
        "name": "strict", "tasks": [inline("i", "1")], "inputSchema": {"name": "s", "version": 1, "type": "JSON"},
    });
    let post = async |definition: &Json| {
        app.post_body("/api/metadata/workflow", "application/json", definition.to_string()).await
    };
    let refused = post(&definition).await.json();
    let message = refused["validationErrors"][0]["message"].as_str().unwrap();
    assert_eq!(
        message,
        "inputSchema is not enforced in this version; leave it out, or say enforceSchema: false"
    );
    definition["enforceSchema"] = json!(false);
    assert_eq!(post(&definition).await.status, 200);
}
