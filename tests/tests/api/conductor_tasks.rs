//! What Conductor's workers ask: task definitions, polls, updates, by id and by reference.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value as Json, json};

use crate::app::{Answer, App, typed};

const GREET: &str = r#"
tasks:
  - { id: g, type: io.roundtrip.worker.Task, taskType: greet, input: { name: bob } }
  - { id: h, type: io.roundtrip.worker.Task, taskType: greet, input: { said: "{{ outputs.g.result }}" } }
"#;

async fn send(app: &App, method: Method, uri: &str, body: &Json) -> Answer {
    app.send(typed(method, uri, "application/json", body.to_string())).await
}

async fn post(app: &App, uri: &str, body: &Json) -> Answer {
    send(app, Method::POST, uri, body).await
}

/// A started execution of the flow, as far as it goes; its id.
async fn started(app: &mut App, flow: &str) -> String {
    app.flow("f", flow).await;
    let id = app.post("/api/v1/executions/company.team/f").await.id();
    app.work().await;
    id
}

async fn state(app: &App, id: &str) -> String {
    let json = app.get(&format!("/api/v1/executions/{id}")).await.json();
    json["state"]["current"].as_str().unwrap().to_owned()
}

fn result(task: &Json, status: &str) -> Json {
    json!({
        "workflowInstanceId": task["workflowInstanceId"], "taskId": task["taskId"], "workerId": "host1",
        "status": status, "outputData": {"result": "hi bob"}, "extendLease": false,
        "logs": [{"log": "greeting", "createdTime": 1}],
    })
}

#[tokio::test]
async fn a_worker_polls_reports_and_gets_the_next_task() {
    let mut app = App::new();
    let defined =
        json!([{"name": "greet", "retryCount": 1, "retryDelaySeconds": 1, "responseTimeoutSeconds": 30}]);
    assert_eq!(post(&app, "/api/metadata/taskdefs", &defined).await.status, 200);
    let none = app.get("/api/tasks/poll/greet?workerid=host1").await;
    assert_eq!((none.status.as_u16(), none.body.len()), (204, 0));
    assert_eq!(app.get("/api/tasks/poll/batch/greet?workerid=host1&timeout=1").await.json(), json!([]));
    let id = started(&mut app, GREET).await;
    assert_eq!(app.get("/api/tasks/queue/sizes?taskType=greet").await.json(), json!({"greet": 1}));
    let batch = app.get("/api/tasks/poll/batch/greet?workerid=host1&count=5&timeout=100").await.json();
    assert_eq!(batch.as_array().unwrap().len(), 1);
    let task = &batch[0];
    for (field, value) in [
        ("taskType", json!("greet")),
        ("taskDefName", json!("greet")),
        ("status", json!("IN_PROGRESS")),
        ("referenceTaskName", json!("g")),
        ("inputData", json!({"name": "bob"})),
        ("pollCount", json!(1)),
        ("retryCount", json!(0)),
        ("responseTimeoutSeconds", json!(30)),
        ("workflowInstanceId", json!(id)),
        ("workerId", json!("host1")),
    ] {
        assert_eq!(task[field], value, "{field}");
    }
    assert!(app.get("/api/tasks/poll/greet").await.body.is_empty(), "it is taken");
    let next = post(&app, "/api/tasks/update-v2", &result(task, "COMPLETED")).await;
    assert_eq!(next.status, 200, "{}", next.shown());
    let next = next.json();
    assert_eq!((&next["referenceTaskName"], &next["inputData"]["said"]), (&json!("h"), &json!("hi bob")));
    let again = post(&app, "/api/tasks", &result(task, "FAILED")).await;
    assert_eq!((again.status.as_u16(), again.text()), (200, task["taskId"].as_str().unwrap().to_owned()));
    let last = post(&app, "/api/tasks/update-v2", &result(&next, "COMPLETED")).await;
    assert_eq!((last.status.as_u16(), last.body.len()), (204, 0));
    assert_eq!(state(&app, &id).await, "SUCCESS");
    let seen = app.get(&format!("/api/tasks/{}", task["taskId"].as_str().unwrap())).await.json();
    assert_eq!((&seen["status"], &seen["outputData"]["result"]), (&json!("COMPLETED"), &json!("hi bob")));
    assert_eq!((&seen["workerId"], &seen["pollCount"]), (&json!("host1"), &json!(1)));
}

#[tokio::test]
async fn a_poll_that_waits_is_woken_by_the_offer() {
    let mut app = App::new();
    app.flow("f", GREET).await;
    let request = typed(Method::GET, "/api/tasks/poll/batch/greet?timeout=4000", "application/json", "");
    let polling = tokio::spawn(app.sending(request));
    tokio::task::yield_now().await;
    let begun = std::time::Instant::now();
    app.post("/api/v1/executions/company.team/f").await;
    app.work().await;
    let tasks = polling.await.unwrap().json();
    assert_eq!(tasks.as_array().unwrap().len(), 1);
    assert!(begun.elapsed() < Duration::from_millis(900), "before the next look at the store");
}

#[tokio::test]
async fn failures_follow_the_definition() {
    let mut app = App::new();
    let defined = json!([{"name": "greet", "retryCount": 1, "retryDelaySeconds": 1}]);
    post(&app, "/api/metadata/taskdefs", &defined).await;
    let id = started(&mut app, GREET).await;
    let task = app.get("/api/tasks/poll/greet").await.json();
    post(&app, "/api/tasks", &result(&task, "FAILED")).await;
    assert!(app.get("/api/tasks/poll/greet").await.body.is_empty(), "not before its delay");
    app.advance(Duration::from_secs(2));
    app.service.work("main", id.parse().unwrap()).await.unwrap();
    let again = app.get("/api/tasks/poll/greet").await.json();
    assert_eq!(again["retryCount"], 1);
    assert_eq!(again["retriedTaskId"], task["taskId"]);
    assert_ne!(again["taskId"], task["taskId"]);
    post(&app, "/api/tasks", &result(&again, "FAILED_WITH_TERMINAL_ERROR")).await;
    assert_eq!(state(&app, &id).await, "FAILED");
    let seen = app.get(&format!("/api/tasks/{}", again["taskId"].as_str().unwrap())).await.json();
    assert_eq!(seen["status"], "FAILED_WITH_TERMINAL_ERROR");
}

#[tokio::test]
async fn tasks_are_updated_by_reference_and_by_signal() {
    let mut app = App::new();
    let flow = "tasks: [{ id: wait, type: io.kestra.plugin.core.flow.Pause }, \
                { id: r, type: io.roundtrip.worker.Task, taskType: greet }]";
    let id = started(&mut app, flow).await;
    let none = app.post(&format!("/api/tasks/{id}/nothing/COMPLETED")).await;
    assert_eq!((none.status.as_u16(), none.body.len()), (200, 0));
    let sync = app.post(&format!("/api/tasks/{id}/nothing/COMPLETED/sync")).await;
    assert_eq!(sync.status, 404);
    let signalled = post(&app, &format!("/api/tasks/{id}/COMPLETED/signal"), &json!({"by": "me"})).await;
    assert_eq!(signalled.status, 200, "{}", signalled.shown());
    app.work().await;
    let blocked = app.post(&format!("/api/tasks/{id}/COMPLETED/signal/sync")).await;
    assert_eq!(blocked.status, 404, "a task of workers blocks nobody");
    let done = post(&app, &format!("/api/tasks/{id}/r/COMPLETED/sync?workerid=me"), &json!({"x": 1})).await;
    assert_eq!(done.status, 200, "{}", done.shown());
    assert_eq!((&done.json()["status"], &done.json()["workflowId"]), (&json!("COMPLETED"), &json!(id)));
    let unknown = app.post("/api/tasks/0000000000000000000000/COMPLETED/signal").await;
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.json()["retryable"], false);
}

#[tokio::test]
async fn definitions_are_kept_shown_and_checked() {
    let app = App::new();
    let unknown = app.get("/api/metadata/taskdefs/greet").await;
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.json()["message"], "No such taskType found by name: greet");
    assert_eq!(
        send(&app, Method::PUT, "/api/metadata/taskdefs", &json!({"name": "greet"})).await.status,
        404
    );
    let nameless = post(&app, "/api/metadata/taskdefs", &json!([{"retryCount": 1}])).await;
    assert_eq!(nameless.status, 400);
    assert_eq!(nameless.json()["validationErrors"][0]["message"], "TaskDef name cannot be null or empty");
    let silent = json!([{"name": "greet", "timeoutSeconds": 10, "responseTimeoutSeconds": 20}]);
    assert_eq!(post(&app, "/api/metadata/taskdefs", &silent).await.status, 400);
    assert_eq!(
        post(&app, "/api/metadata/taskdefs", &json!([{"name": "greet", "retryCount": 7}])).await.status,
        200
    );
    let shown = app.get("/api/metadata/taskdefs/greet").await.json();
    assert_eq!((&shown["retryCount"], &shown["retryLogic"]), (&json!(7), &json!("FIXED")));
    assert!(shown["createTime"].is_i64());
    assert_eq!(app.get("/api/metadata/taskdefs").await.json().as_array().unwrap().len(), 1);
    assert_eq!(app.call(Method::DELETE, "/api/metadata/taskdefs/greet").await.status, 200);
    assert_eq!(app.get("/api/metadata/taskdefs/greet").await.status, 404);
}

#[tokio::test]
async fn an_update_of_nothing_is_not_found_and_a_wrong_one_is_refused() {
    let mut app = App::new();
    let id = started(&mut app, GREET).await;
    let task = app.get("/api/tasks/poll/greet").await.json();
    let unknown = json!({"taskId": format!("{id}-{id}-1"), "status": "COMPLETED"});
    assert_eq!(post(&app, "/api/tasks", &unknown).await.status, 404);
    assert_eq!(post(&app, "/api/tasks", &json!({"taskId": "x", "status": "COMPLETED"})).await.status, 404);
    assert_eq!(post(&app, "/api/tasks", &result(&task, "DONE")).await.status, 400);
    let log = format!("/api/tasks/{}/log", task["taskId"].as_str().unwrap());
    assert_eq!(app.post_body(&log, "application/json", "half way").await.status, 200);
    assert_eq!(app.get(&log).await.json()[0]["log"], "half way");
}

#[tokio::test]
async fn who_is_limited_polls_what_is_within_his_reach() {
    let mut app = App::with(crate::access::settings());
    for namespace in ["team.a", "team.b"] {
        let source = format!("id: f\nnamespace: {namespace}\n{GREET}");
        app.service.create_flow("main", &source).await.unwrap();
    }
    let all = crate::access::token(&app, "edit", json!({})).await;
    let of_a = crate::access::token(&app, "edit", json!({"namespaces": ["team.a"]})).await;
    let ask = async |app: &App, who: &str, method: Method, uri: &str, body: &Json| {
        let mut request = typed(method, uri, "application/json", body.to_string());
        request.headers_mut().insert("authorization", who.parse().unwrap());
        app.send(request).await
    };
    for namespace in ["team.b", "team.a"] {
        let uri = format!("/api/workflow/execute/{namespace}.f/0?waitForSeconds=1&waitUntilTaskRef=g");
        assert_eq!(ask(&app, &all, Method::POST, &uri, &json!({})).await.status, 200);
        app.work().await;
    }
    let batch =
        ask(&app, &of_a, Method::GET, "/api/tasks/poll/batch/greet?count=9&timeout=1", &json!({})).await;
    assert_eq!(batch.status, 200, "{}", batch.shown());
    let batch = batch.json();
    assert_eq!(batch.as_array().unwrap().len(), 1);
    assert_eq!(batch[0]["workflowType"], "team.a.f");
    assert_eq!(ask(&app, &of_a, Method::GET, "/api/tasks/poll/greet", &json!({})).await.status, 204);
    let next = ask(&app, &of_a, Method::POST, "/api/tasks/update-v2", &result(&batch[0], "COMPLETED")).await;
    assert_eq!((next.status.as_u16(), &next.json()["referenceTaskName"]), (200, &json!("h")));
    let other = ask(&app, &all, Method::GET, "/api/tasks/poll/greet", &json!({})).await.json();
    assert_eq!(other["workflowType"], "team.b.f");
    for uri in ["/api/tasks", "/api/tasks/update-v2"] {
        assert_eq!(ask(&app, &of_a, Method::POST, uri, &result(&other, "COMPLETED")).await.status, 404);
    }
}
