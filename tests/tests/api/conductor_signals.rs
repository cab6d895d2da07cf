//! Workflows that wait for somebody: signals, updates of their state, tasks that are skipped.

use std::time::{Duration, Instant};

use axum::http::Method;
use serde_json::{Value as Json, json};

use crate::{
    app::{Answer, App, typed},
    conductor_view::workflow,
};

/// Waits are over before this when they are told, and not after their time.
const PROMPTLY: Duration = Duration::from_secs(8);

async fn send(app: &App, method: Method, uri: &str, body: &Json) -> Answer {
    app.send(typed(method, &format!("/api/{uri}"), "application/json", body.to_string())).await
}

async fn post(app: &App, uri: &str, body: &Json) -> Answer {
    send(app, Method::POST, uri, body).await
}

pub(crate) async fn register(app: &App, name: &str, tasks: Json, more: Json) {
    let mut definition = json!({"name": name, "version": 1, "schemaVersion": 2, "tasks": tasks});
    definition.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = post(app, "metadata/workflow", &definition).await;
    assert_eq!(answer.status, 200, "{}", answer.shown());
}

pub(crate) fn wait(reference: &str) -> Json {
    json!({"name": reference, "taskReferenceName": reference, "type": "WAIT", "inputParameters": {}})
}

pub(crate) fn inline(reference: &str, expression: &str) -> Json {
    json!({
        "name": reference, "taskReferenceName": reference, "type": "INLINE",
        "inputParameters": {"expression": expression},
    })
}

/// An `INLINE` that sees what `w` was told, and the variables.
fn last(expression: &str) -> Json {
    let mut step = inline("last", expression);
    step["inputParameters"]["given"] = json!("${w.output.by}");
    step["inputParameters"]["variables"] = json!("${workflow.variables}");
    step
}

/// One that waits at `w`, and then says who signalled it.
async fn app() -> App {
    let app = App::new();
    let outputs = json!({"outputParameters": {"by": "${last.output.result}"}});
    register(&app, "waits", json!([wait("w"), last("$.given")]), outputs).await;
    app
}

pub(crate) async fn run(app: &App, name: &str, query: &str) -> Json {
    let answer = post(app, &format!("workflow/execute/{name}/1?{query}"), &json!({"input": {}})).await;
    assert_eq!(answer.status, 200, "{}", answer.shown());
    answer.json()
}

/// Started, and stopped where it waits.
async fn waiting(app: &App, name: &str) -> String {
    let seen = run(app, name, "waitForSeconds=50").await;
    assert_eq!((&seen["status"], &seen["signalTimeout"]), (&json!("RUNNING"), &json!(false)), "{seen}");
    seen["workflowId"].as_str().unwrap().to_owned()
}

pub(crate) async fn tasks(app: &App, id: &str) -> Vec<String> {
    let seen = workflow(app, id).await;
    let one = |it: &Json| format!("{} {}", it["referenceTaskName"], it["status"]).replace('"', "");
    seen["tasks"].as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn a_signal_completes_the_task_that_waits() {
    let app = app().await;
    let id = waiting(&app, "waits").await;
    let answer = post(&app, &format!("tasks/{id}/COMPLETED/signal"), &json!({"by": "me"})).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
    assert_eq!(tasks(&app, &id).await, ["w COMPLETED", "last COMPLETED"]);
    assert_eq!(workflow(&app, &id).await["output"], json!({"by": "me"}));
    // Nothing is blocked any more: one form changes nothing, the other says so.
    assert_eq!(post(&app, &format!("tasks/{id}/COMPLETED/signal"), &json!({})).await.status, 200);
    assert_eq!(post(&app, &format!("tasks/{id}/COMPLETED/signal/sync"), &json!({})).await.status, 404);
    assert_eq!(workflow(&app, &id).await["output"], json!({"by": "me"}));
    for form in ["signal", "signal/sync"] {
        let unknown = post(&app, &format!("tasks/0000000000000000000000/COMPLETED/{form}"), &json!({})).await;
        assert_eq!(unknown.error(), "404 No such workflow found by id: 0000000000000000000000");
    }
}

#[tokio::test]
async fn a_signal_that_waits_answers_as_its_strategy_says() {
    let app = app().await;
    register(&app, "twice", json!([wait("w"), wait("x"), last("$.given")]), json!({})).await;
    let begun = Instant::now();
    let id = waiting(&app, "twice").await;
    let signal = async |query: &str, body: Json| {
        let answer = post(&app, &format!("tasks/{id}/COMPLETED/signal/sync?{query}"), &body).await;
        assert_eq!(answer.status, 200, "{}", answer.shown());
        answer
    };
    let blocked =
        signal("returnStrategy=BLOCKING_TASK&timeoutMillis=50000", json!({"by": "me"})).await.json();
    assert_eq!(
        (&blocked["responseType"], &blocked["referenceTaskName"]),
        (&json!("BLOCKING_TASK"), &json!("x"))
    );
    assert_eq!((&blocked["targetWorkflowId"], &blocked["signalTimeout"]), (&json!(id), &json!(false)));
    let done = signal("timeoutMillis=50000", json!({})).await.json();
    assert_eq!((&done["responseType"], &done["status"]), (&json!("TARGET_WORKFLOW"), &json!("COMPLETED")));
    assert_eq!((&done["targetWorkflowId"], &done["signalTimeout"]), (&json!(id), &json!(false)));
    assert!(begun.elapsed() < PROMPTLY, "{:?}", begun.elapsed());
    let wrong = post(&app, &format!("tasks/{id}/COMPLETED/signal/sync?returnStrategy=ALL"), &json!({})).await;
    assert_eq!(wrong.status, 400, "{}", wrong.shown());
    let worker = json!({"name": "simple", "taskReferenceName": "s", "type": "SIMPLE"});
    register(&app, "then_worker", json!([wait("w"), worker]), json!({})).await;
    let id = waiting(&app, "then_worker").await;
    let late = post(&app, &format!("tasks/{id}/COMPLETED/signal/sync?timeoutMillis=100"), &json!({})).await;
    assert_eq!((&late.json()["status"], &late.json()["signalTimeout"]), (&json!("RUNNING"), &json!(true)));
}

#[tokio::test]
async fn a_signal_goes_down_to_the_sub_workflow_that_waits() {
    let mut app = app().await;
    let call = json!({
        "name": "call", "taskReferenceName": "call", "type": "SUB_WORKFLOW",
        "subWorkflowParam": {"name": "waits", "version": 1},
    });
    register(&app, "outer", json!([call]), json!({})).await;
    let id = waiting(&app, "outer").await;
    let uri = format!("/api/tasks/{id}/COMPLETED/signal/sync?timeoutMillis=50000");
    let request = typed(Method::POST, &uri, "application/json", json!({"by": "me"}).to_string());
    let sending = tokio::spawn(app.sending(request));
    // Nobody else takes up what is dispatched.
    while !sending.is_finished() {
        app.work().await;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let done = sending.await.unwrap().json();
    assert_eq!((&done["targetWorkflowId"], &done["status"]), (&json!(id), &json!("COMPLETED")), "{done}");
}

#[tokio::test]
async fn a_state_is_updated_and_waited_for() {
    let app = app().await;
    let said = last("$.given + ' ' + $.variables.a + ' ' + $.variables.b");
    let outputs =
        json!({"outputParameters": {"text": "${last.output.result}"}, "variables": {"a": 1, "b": 2}});
    register(&app, "kept", json!([wait("w"), said]), outputs).await;
    let first = run(&app, "kept", "waitForSeconds=50&waitUntilTaskRef=w").await;
    assert_eq!((&first["status"], &first["variables"]), (&json!("RUNNING"), &json!({"a": 1, "b": 2})));
    let id = first["workflowId"].as_str().unwrap();
    let begun = Instant::now();
    let only = post(&app, &format!("workflow/{id}/state?requestId=r"), &json!({"variables": {"b": 3}})).await;
    assert_eq!((&only.json()["status"], &only.json()["requestId"]), (&json!("RUNNING"), &json!("r")));
    assert_eq!(only.json()["variables"], json!({"a": 1, "b": 3}));
    let body = json!({
        "taskReferenceName": "w", "variables": {"b": 4},
        "taskResult": {"status": "COMPLETED", "outputData": {"by": "me"}},
    });
    let done = post(&app, &format!("workflow/{id}/state?requestId=r&waitForSeconds=50"), &body).await;
    assert_eq!(done.status, 200, "{}", done.shown());
    assert_eq!(
        (&done.json()["status"], &done.json()["output"]["text"]),
        (&json!("COMPLETED"), &json!("me 1 4"))
    );
    assert!(begun.elapsed() < PROMPTLY, "{:?}", begun.elapsed());
    let unknown = post(&app, "workflow/0000000000000000000000/state?requestId=r", &json!({})).await;
    assert_eq!(unknown.status, 404);
    for (body, status) in [
        (body, 404),
        (json!({"taskReferenceName": "w"}), 400),
        (json!({"taskResult": {"status": "COMPLETED"}}), 400),
        (json!({"variables": {"b": 5}}), 409),
    ] {
        let answer = post(&app, &format!("workflow/{id}/state?requestId=r"), &body).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.shown());
    }
}

#[tokio::test]
async fn a_task_is_skipped_before_its_turn_comes() {
    let app = app().await;
    let tasks_of = json!([wait("w"), inline("never", "throw 1"), last("1")]);
    let outputs = json!({"outputParameters": {"text": "${never.output.said}", "of": "${never.input.n}"}});
    register(&app, "skips", tasks_of, outputs).await;
    let id = waiting(&app, "skips").await;
    let skip = async |id: &str, reference: &str, body: Json| {
        send(&app, Method::PUT, &format!("workflow/{id}/skiptask/{reference}"), &body).await
    };
    let body = json!({"taskInput": {"n": 1}, "taskOutput": {"said": "nothing"}});
    assert_eq!(skip(&id, "never", body.clone()).await.status, 200);
    assert_eq!(
        skip(&id, "w", body.clone()).await.error(),
        format!("409 the task w of the workflow {id} was scheduled already, so it cannot be skipped")
    );
    assert!(skip(&id, "nobody", body.clone()).await.error().starts_with("400 "));
    assert_eq!(skip("none", "w", body.clone()).await.status, 404);
    post(&app, &format!("tasks/{id}/COMPLETED/signal"), &json!({})).await;
    assert_eq!(tasks(&app, &id).await, ["w COMPLETED", "never SKIPPED", "last COMPLETED"]);
    let seen = workflow(&app, &id).await;
    assert_eq!(
        (&seen["status"], &seen["output"]),
        (&json!("COMPLETED"), &json!({"text": "nothing", "of": 1}))
    );
    assert!(skip(&id, "last", body).await.error().starts_with("409 Workflow: "));
    // From its beginning, nothing is skipped any more.
    assert_eq!(post(&app, &format!("workflow/{id}/restart"), &json!({})).await.status, 204);
    let mut app = app;
    app.work().await;
    post(&app, &format!("tasks/{id}/COMPLETED/signal"), &json!({})).await;
    assert_eq!(tasks(&app, &id).await[1], "never FAILED");
}

#[tokio::test]
async fn a_sub_workflow_that_cannot_be_read_is_left_out() {
    let broken = std::sync::Arc::new(crate::unreadable::Unreadable::default());
    let app = App::storing(service::Settings { alone: true, ..service::Settings::default() }, {
        let broken = std::sync::Arc::clone(&broken);
        move |store| broken.before(store)
    });
    register(&app, "waits", json!([wait("w")]), json!({})).await;
    let call = json!({
        "name": "call", "taskReferenceName": "call", "type": "SUB_WORKFLOW",
        "subWorkflowParam": {"name": "waits", "version": 1},
    });
    register(&app, "outer", json!([call]), json!({})).await;
    let seen = run(&app, "outer", "waitForSeconds=50&returnStrategy=BLOCKING_WORKFLOW").await;
    let (root, child) = (seen["targetWorkflowId"].as_str().unwrap(), seen["workflowId"].as_str().unwrap());
    assert_ne!(root, child);
    broken.breaks(child);
    let state = format!("workflow/{root}/state?requestId=r&waitForSeconds=1");
    let answer = post(&app, &state, &json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.shown());
    assert_eq!(
        (&answer.json()["status"], &answer.json()["signalTimeout"]),
        (&json!("RUNNING"), &json!(true))
    );
}

#[tokio::test]
async fn a_sub_workflow_that_has_ended_is_not_read() {
    let broken = std::sync::Arc::new(crate::unreadable::Unreadable::default());
    let app = App::storing(service::Settings { alone: true, ..service::Settings::default() }, {
        let broken = std::sync::Arc::clone(&broken);
        move |store| broken.before(store)
    });
    register(&app, "ends", json!([inline("i", "1")]), json!({})).await;
    let call = json!({
        "name": "call", "taskReferenceName": "call", "type": "SUB_WORKFLOW",
        "subWorkflowParam": {"name": "ends", "version": 1},
    });
    register(&app, "outer", json!([call, wait("w")]), json!({})).await;
    let id = waiting(&app, "outer").await;
    let child = workflow(&app, &id).await["tasks"][0]["subWorkflowId"].as_str().unwrap().to_owned();
    broken.breaks(&child);
    let state = format!("workflow/{id}/state?requestId=r&waitForSeconds=50&returnStrategy=BLOCKING_TASK");
    let seen = post(&app, &state, &json!({})).await.json();
    assert_eq!((&seen["referenceTaskName"], &seen["signalTimeout"]), (&json!("w"), &json!(false)), "{seen}");
}
