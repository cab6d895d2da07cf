//! The workflow that follows one that did not complete.

#![allow(clippy::needless_pass_by_value, reason = "what is made for one call is given to it")]

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value as Json, json};

use crate::app::{Answer, App};

const FOLLOWED_BY: &str = "conductor.failure_workflow";

async fn post(app: &App, uri: &str, body: &Json) -> Answer {
    let request = Request::builder().method(Method::POST).uri(format!("/api{uri}"));
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn register(app: &App, definition: &Json) {
    let answer = post(app, "/metadata/workflow?overwrite=true", definition).await;
    assert_eq!(answer.status, 200, "{}", answer.shown());
}

async fn seen(app: &App, id: &str) -> Json {
    app.get(&format!("/api/workflow/{id}")).await.json()
}

async fn started(app: &mut App, name: &str, input: Json) -> Json {
    let request = json!({ "name": name, "input": input, "correlationId": "c", "taskToDomain": { "*": "d" } });
    let id = post(app, "/workflow", &request).await;
    assert_eq!(id.status, 200, "{}", id.shown());
    app.work().await;
    app.work().await;
    seen(app, &id.text()).await
}

async fn mends(app: &App, name: &str) {
    let task = json!({ "name": "n", "taskReferenceName": "n", "type": "NOOP" });
    register(app, &json!({ "name": name, "tasks": [task] })).await;
}

fn terminates(status: &str) -> Json {
    json!({ "name": "t", "taskReferenceName": "t", "type": "TERMINATE", "inputParameters": {
        "terminationStatus": status, "terminationReason": "enough", "workflowOutput": { "so": "far" } } })
}

fn throws() -> Json {
    json!({ "name": "x", "taskReferenceName": "x", "type": "INLINE",
        "inputParameters": { "n": "${workflow.input.n}", "expression": "throw new Error('no ' + $.n)" } })
}

fn waits() -> Json {
    json!({ "name": "w", "taskReferenceName": "w", "type": "HUMAN" })
}

fn with(task: Json, follower: &str) -> Json {
    json!({ "name": "fails", "version": 3, "tasks": [task], "failureWorkflow": follower })
}

#[tokio::test]
async fn it_gets_the_input_and_what_became_of_it() {
    let mut app = App::new();
    mends(&app, "mend").await;
    register(&app, &with(throws(), "mend")).await;
    let failed = started(&mut app, "fails", json!({ "n": 5 })).await;
    assert_eq!(failed["status"], "FAILED", "{failed}");
    let follower = seen(&app, failed["output"][FOLLOWED_BY].as_str().unwrap()).await;
    assert_eq!((&follower["workflowName"], &follower["status"]), (&json!("mend"), &json!("COMPLETED")));
    assert_eq!((&follower["correlationId"], &follower["taskToDomain"]), (&json!("c"), &json!({ "*": "d" })));
    let input = &follower["input"];
    assert_eq!((&input["n"], &input["workflowId"]), (&json!(5), &failed["workflowId"]));
    assert_eq!(
        (&input["failureStatus"], &input["failureTaskId"]),
        (&json!("FAILED"), &failed["tasks"][0]["taskId"])
    );
    assert!(input["reason"].as_str().unwrap().contains("no 5"), "{input}");
    let whole = &input["failedWorkflow"];
    for key in
        ["workflowId", "workflowName", "workflowVersion", "status", "input", "correlationId", "createTime"]
    {
        assert_eq!(whole[key], failed[key], "{key}: {whole}");
    }
    for key in
        ["taskId", "taskType", "referenceTaskName", "status", "inputData", "outputData", "seq", "retryCount"]
    {
        assert_eq!(whole["tasks"][0][key], failed["tasks"][0][key], "{key}: {whole}");
    }
    let all = app.get("/api/workflow/search").await.json();
    assert_eq!(all["totalHits"], 2, "{all}");
}

#[tokio::test]
async fn a_task_that_ends_a_workflow_badly_is_followed_and_who_terminates_it_says() {
    let mut app = App::new();
    mends(&app, "mend").await;
    for (status, follows) in [("FAILED", true), ("TERMINATED", true), ("COMPLETED", false)] {
        register(&app, &with(terminates(status), "mend")).await;
        let ended = started(&mut app, "fails", json!({})).await;
        assert_eq!((&ended["status"], &ended["output"]["so"]), (&json!(status), &json!("far")), "{ended}");
        let id = ended["output"][FOLLOWED_BY].as_str();
        assert_eq!(id.is_some(), follows, "{ended}");
        if let Some(id) = id {
            let input = seen(&app, id).await["input"].clone();
            assert_eq!((&input["failureStatus"], &input["reason"]), (&json!(status), &json!("enough")));
            assert_eq!(input["failedWorkflow"]["output"]["so"], "far");
        }
    }
    register(&app, &with(waits(), "mend")).await;
    for (query, reason) in [
        ("", None),
        ("?reason=why", None),
        ("?triggerFailureWorkflow=false", None),
        ("?triggerFailureWorkflow=True&reason=why", Some("why")),
        ("?triggerFailureWorkflow=true", Some("the workflow was terminated")),
    ] {
        let id = started(&mut app, "fails", json!({})).await["workflowId"].as_str().unwrap().to_owned();
        let told = app.call(Method::DELETE, &format!("/api/workflow/{id}{query}")).await;
        assert_eq!(told.status, 200, "{}", told.shown());
        app.work().await;
        let ended = seen(&app, &id).await;
        assert_eq!(ended["status"], "TERMINATED", "{query}: {ended}");
        match (ended["output"][FOLLOWED_BY].as_str(), reason) {
            (None, None) => {}
            (Some(id), Some(reason)) => {
                let input = seen(&app, id).await["input"].clone();
                assert_eq!(
                    (&input["failureStatus"], &input["reason"]),
                    (&json!("TERMINATED"), &json!(reason))
                );
                assert_eq!(ended["reasonForIncompletion"], reason);
            }
            other => panic!("{query}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn its_name_may_be_an_expression_and_none_follows_when_there_is_none() {
    let mut app = App::new();
    mends(&app, "mend").await;
    register(&app, &with(throws(), "${workflow.input.then}")).await;
    for (then, follows) in
        [(json!("mend"), true), (json!(""), false), (Json::Null, false), (json!("nobody"), false)]
    {
        let ended = started(&mut app, "fails", json!({ "then": then })).await;
        assert_eq!(
            (&ended["status"], ended["output"][FOLLOWED_BY].is_string()),
            (&json!("FAILED"), follows),
            "{ended}"
        );
        let id = ended["workflowId"].as_str().unwrap();
        let lines = app.get(&format!("/api/v1/logs/{id}")).await.text();
        let said = lines.contains("no failure workflow was started: No such workflow defined. name=nobody");
        assert_eq!(said, then == "nobody", "{lines}");
    }
    let mut of_version = with(throws(), "mend");
    of_version["failureWorkflowVersion"] = json!(2);
    register(&app, &of_version).await;
    let ended = started(&mut app, "fails", json!({})).await;
    assert_eq!(ended["output"][FOLLOWED_BY], Json::Null);
}

#[tokio::test]
async fn each_end_has_one_and_a_ring_of_them_ends() {
    let mut app = App::new();
    mends(&app, "mend").await;
    register(&app, &with(throws(), "mend")).await;
    let first = started(&mut app, "fails", json!({ "n": 1 })).await;
    let id = first["workflowId"].as_str().unwrap().to_owned();
    // It is terminated after it failed: that is no other end.
    let told = app.call(Method::DELETE, &format!("/api/workflow/{id}")).await;
    assert_eq!(told.status, 200, "{}", told.shown());
    assert_eq!(seen(&app, &id).await["output"][FOLLOWED_BY], first["output"][FOLLOWED_BY]);
    assert_eq!(post(&app, &format!("/workflow/{id}/restart"), &json!({})).await.status, 204);
    app.work().await;
    app.work().await;
    let second = seen(&app, &id).await;
    assert_ne!(second["output"][FOLLOWED_BY], first["output"][FOLLOWED_BY], "{second}");
    assert!(second["output"][FOLLOWED_BY].is_string(), "{second}");
    let count = |all: Json| all["totalHits"].as_u64().unwrap();
    assert_eq!(count(app.get("/api/workflow/search").await.json()), 3);
    register(&app, &json!({ "name": "ring", "tasks": [throws()], "failureWorkflow": "ring" })).await;
    started(&mut app, "ring", json!({ "n": 1 })).await;
    for _ in 0..12 {
        app.work().await;
    }
    assert_eq!(count(app.get("/api/workflow/search").await.json()), 3 + 9);
}

#[tokio::test]
async fn what_is_too_large_for_it_is_left_out() {
    let mut app = App::new();
    mends(&app, "mend").await;
    // What no compression makes small.
    let script = |seed: usize| {
        format!(
            "var s = {seed}, t = ''; for (var i = 0; i < 60000; i++) {{ s = (s * 48271) % 2147483647; \
             t += String.fromCharCode(35 + (s >> 9) % 56); }} t"
        )
    };
    let large = |it: usize| {
        json!({ "name": "l", "taskReferenceName": format!("l{it}"), "type": "INLINE",
            "inputParameters": { "expression": script(it + 7) } })
    };
    let tasks: Vec<Json> = (0..9).map(large).chain([throws()]).collect();
    register(&app, &json!({ "name": "large", "tasks": tasks, "failureWorkflow": "mend" })).await;
    let failed = started(&mut app, "large", json!({ "n": 1 })).await;
    let follower = seen(&app, failed["output"][FOLLOWED_BY].as_str().unwrap()).await;
    let tasks = &follower["input"]["failedWorkflow"]["tasks"];
    assert_eq!((tasks.as_array().unwrap().len(), &tasks[0]["status"]), (10, &json!("COMPLETED")));
    assert!(tasks[0].get("outputData").is_none(), "without the outputs of its tasks");
}
