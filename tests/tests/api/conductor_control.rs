//! What workflows are told over Conductor's routes, and what they answer.

use axum::http::Method;
use insta::assert_snapshot;
use serde_json::{Value as Json, json};
use service::{
    Settings,
    access::{Callers, Rules},
};

use crate::{
    app::{Answer, App, typed},
    conductor_view::{started, workflow},
};

const ENDED: &str = "tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return }]";
const WAITS: &str = "
tasks:
  - { id: first, type: io.kestra.plugin.core.debug.Return, format: a }
  - { id: wait, type: io.kestra.plugin.core.flow.Pause }
  - { id: last, type: io.kestra.plugin.core.debug.Return, format: b }";
const FAILS: &str = r"
tasks:
  - { id: first, type: io.kestra.plugin.core.debug.Return, format: a }
  - { id: check, type: io.kestra.plugin.core.execution.Fail, errorMessage: no luck }";

async fn tell(app: &App, method: Method, uri: &str) -> Answer {
    app.send(typed(method, &format!("/api/workflow/{uri}"), "application/json", "{}")).await
}

async fn status(app: &App, id: &str) -> String {
    workflow(app, id).await["status"].as_str().unwrap().to_owned()
}

/// References and statuses of all tasks.
async fn tasks(app: &App, id: &str) -> String {
    let seen = workflow(app, id).await;
    let one = |it: &Json| {
        format!("{} {}", it["referenceTaskName"].as_str().unwrap(), it["status"].as_str().unwrap())
    };
    seen["tasks"].as_array().unwrap().iter().map(one).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn a_workflow_is_paused_while_a_task_of_it_waits() {
    let mut app = App::new();
    app.flow("waits", WAITS).await;
    let id = started(&mut app, "waits", "").await;
    for _ in 0..2 {
        assert_eq!(tell(&app, Method::PUT, &format!("{id}/pause")).await.status, 200);
        assert_eq!(status(&app, &id).await, "PAUSED");
    }
    assert_eq!(tell(&app, Method::PUT, &format!("{id}/resume")).await.status, 200);
    app.work().await;
    assert_eq!(status(&app, &id).await, "RUNNING");
    assert_eq!(tasks(&app, &id).await, "first COMPLETED, wait IN_PROGRESS");
    assert_eq!(
        tell(&app, Method::PUT, &format!("{id}/resume")).await.error(),
        format!("409 The workflow {id} is RUNNING and not PAUSED, so it cannot be resumed")
    );
}

#[tokio::test]
async fn a_workflow_that_is_just_started_is_paused_as_well() {
    let mut app = App::new();
    app.flow("waits", WAITS).await;
    let id = app.post_body("/api/workflow/company.team.waits", "application/json", "{}").await.text();
    assert_eq!(tell(&app, Method::PUT, &format!("{id}/pause")).await.status, 200);
    assert_eq!(status(&app, &id).await, "PAUSED");
    app.work().await;
    assert_eq!(status(&app, &id).await, "PAUSED");
}

#[tokio::test]
async fn a_workflow_is_terminated_for_a_reason_and_again_without_effect() {
    let mut app = App::new();
    app.flow("waits", WAITS).await;
    let id = started(&mut app, "waits", "").await;
    for _ in 0..2 {
        assert_eq!(tell(&app, Method::DELETE, &format!("{id}?reason=enough")).await.status, 200);
        app.work().await;
        assert_eq!(status(&app, &id).await, "TERMINATED");
    }
    assert_eq!(workflow(&app, &id).await["reasonForIncompletion"], "enough");
    assert_eq!(tasks(&app, &id).await, "first COMPLETED, wait CANCELED");
}

#[tokio::test]
async fn what_has_completed_is_told_little() {
    let mut app = App::new();
    app.flow("ended", ENDED).await;
    let id = started(&mut app, "ended", "").await;
    let mut answers = Vec::new();
    for (method, path) in
        [(Method::DELETE, ""), (Method::PUT, "/pause"), (Method::PUT, "/resume"), (Method::POST, "/retry")]
    {
        answers.push(tell(&app, method, &format!("{id}{path}")).await.error());
    }
    assert_snapshot!(answers.join("\n"), @r"
    409 Cannot terminate a COMPLETED workflow.
    409 Workflow: 0000000000000000000001 is not running, status: COMPLETED
    409 The workflow 0000000000000000000001 is COMPLETED and not PAUSED, so it cannot be resumed
    409 There are no retryable tasks! Use restart if you want to attempt entire workflow execution again.
    ");
    assert_eq!(tell(&app, Method::POST, &format!("{id}/resetcallbacks")).await.status, 204);
    assert_eq!(tell(&app, Method::PUT, &format!("decide/{id}")).await.status, 200);
}

#[tokio::test]
async fn an_error_has_every_field_of_conductors_body() {
    let app = App::new();
    assert_snapshot!(tell(&app, Method::PUT, "none/pause").await.shown(), @r#"
    404 Not Found
    content-length: 102
    content-type: application/json

    {
      "status": 404,
      "message": "No such workflow found by id: none",
      "instance": "roundtrip",
      "retryable": false
    }
    "#);
}

#[tokio::test]
async fn a_retry_keeps_what_succeeded() {
    let mut app = App::new();
    app.flow("fails", FAILS).await;
    let id = started(&mut app, "fails", "").await;
    assert_eq!(tasks(&app, &id).await, "first COMPLETED, check FAILED");
    let first = workflow(&app, &id).await["tasks"][0]["taskId"].clone();
    assert_eq!(tell(&app, Method::POST, &format!("{id}/retry")).await.status, 204);
    assert_eq!(status(&app, &id).await, "RUNNING");
    assert_eq!(tasks(&app, &id).await, "first COMPLETED, check FAILED, check SCHEDULED");
    let open = workflow(&app, &id).await;
    assert_eq!((&open["tasks"][1]["retried"], &open["tasks"][2]["retryCount"]), (&json!(true), &json!(1)));
    assert_eq!(open["tasks"][2]["retriedTaskId"], open["tasks"][1]["taskId"]);
    let error = tell(&app, Method::POST, &format!("{id}/retry")).await.error();
    assert_eq!(error, "404 Workflow is still running.  status: RUNNING");
    app.work().await;
    let seen = workflow(&app, &id).await;
    assert_eq!((&seen["status"], &seen["tasks"][0]["taskId"]), (&json!("FAILED"), &first));
    assert_eq!(tasks(&app, &id).await, "first COMPLETED, check FAILED, check FAILED");
}

#[tokio::test]
async fn a_terminated_workflow_is_retried_from_where_it_was() {
    let mut app = App::new();
    app.flow("waits", WAITS).await;
    let id = started(&mut app, "waits", "").await;
    tell(&app, Method::DELETE, &id).await;
    app.work().await;
    assert_eq!(tell(&app, Method::POST, &format!("{id}/retry")).await.status, 204);
    app.work().await;
    assert_eq!(status(&app, &id).await, "RUNNING");
    assert_eq!(tasks(&app, &id).await, "first COMPLETED, wait IN_PROGRESS");
}

#[tokio::test]
async fn a_restart_keeps_the_id_and_nothing_that_was_done() {
    let mut app = App::new();
    app.flow("f", ENDED).await;
    let id = started(&mut app, "f", "").await;
    let before = workflow(&app, &id).await["tasks"][0]["taskId"].clone();
    app.flow_again("f", FAILS).await;
    assert_eq!(tell(&app, Method::POST, &format!("{id}/restart")).await.status, 204);
    app.work().await;
    let seen = workflow(&app, &id).await;
    assert_eq!((&seen["status"], &seen["workflowVersion"]), (&json!("COMPLETED"), &json!(1)));
    assert_ne!(seen["tasks"][0]["taskId"], before);
    let uri = format!("{id}/restart?useLatestDefinitions=True");
    assert_eq!(tell(&app, Method::POST, &uri).await.status, 204);
    app.work().await;
    let seen = workflow(&app, &id).await;
    assert_eq!((&seen["status"], &seen["workflowVersion"]), (&json!("FAILED"), &json!(2)));
    assert_eq!(tasks(&app, &id).await, "first COMPLETED, check FAILED");
    let found = app.get("/api/workflow/search").await.json();
    assert_eq!(found["totalHits"], 1);
}

#[tokio::test]
async fn a_running_workflow_is_not_restarted() {
    let mut app = App::new();
    app.flow("waits", WAITS).await;
    let id = started(&mut app, "waits", "").await;
    for path in ["restart", "rerun"] {
        let error = tell(&app, Method::POST, &format!("{id}/{path}")).await.error();
        assert_eq!(error, "409 the workflow has not ended; it can be terminated first");
    }
}

#[tokio::test]
async fn a_rerun_begins_at_a_task_and_keeps_what_was_before_it() {
    let mut app = App::new();
    app.flow("fails", FAILS).await;
    let id = started(&mut app, "fails", "").await;
    let seen = workflow(&app, &id).await;
    let (first, check) = (&seen["tasks"][0]["taskId"], &seen["tasks"][1]["taskId"]);
    let rerun = async |body: Json| {
        app.post_body(&format!("/api/workflow/{id}/rerun"), "application/json", body.to_string()).await
    };
    assert_snapshot!(rerun(json!({"reRunFromTaskId": "no"})).await.error(), @"400 there is no task no in the workflow 0000000000000000000001");
    let answer = rerun(json!({"reRunFromWorkflowId": id, "reRunFromTaskId": check})).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, id.clone()));
    assert_eq!(tasks(&app, &id).await, "first COMPLETED, check FAILED, check SCHEDULED");
    app.work().await;
    assert_eq!(workflow(&app, &id).await["tasks"][0]["taskId"], *first);
}

#[tokio::test]
async fn a_workflow_that_runs_is_ended_before_it_is_removed() {
    let mut app = App::new();
    app.flow("waits", WAITS).await;
    for path in ["remove", "terminate-remove?reason=enough"] {
        let id = started(&mut app, "waits", "").await;
        assert_eq!(tell(&app, Method::DELETE, &format!("{id}/{path}")).await.status, 200);
        let gone = app.get(&format!("/api/workflow/{id}")).await.error();
        assert_eq!(gone, format!("404 No such workflow found by id: {id}"));
    }
}

#[tokio::test]
async fn variables_are_set_from_outside() {
    let mut app = App::new();
    app.flow("waits", WAITS).await;
    let id = started(&mut app, "waits", "").await;
    let uri = format!("/api/workflow/{id}/variables");
    let answer = app.post_body(&uri, "application/json", json!({"a": 1}).to_string()).await;
    assert_eq!(answer.json()["variables"], json!({"a": 1}));
}

#[tokio::test]
async fn many_are_told_at_once_and_each_answers_for_itself() {
    let mut app = App::new();
    app.flow("waits", WAITS).await;
    let open = started(&mut app, "waits", "").await;
    let bulk = async |method: Method, path: &str| {
        let body = json!([open, "none"]).to_string();
        let uri = format!("/api/workflow/bulk/{path}");
        let answer = app.send(typed(method, &uri, "application/json", body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    let expected = json!({"bulkErrorResults": {"none": "No such workflow found by id: none"}, "bulkSuccessfulResults": [open]});
    for (method, path) in [
        (Method::PUT, "pause"),
        (Method::PUT, "resume"),
        (Method::POST, "terminate"),
        (Method::POST, "retry"),
        (Method::DELETE, "remove"),
    ] {
        assert_eq!(bulk(method, path).await, expected, "{path}");
    }
    assert_eq!(app.get(&format!("/api/workflow/{open}")).await.status, 404);
}

#[tokio::test]
async fn an_api_token_is_a_key_and_its_secret() {
    let user = "admin@kestra.io:kestra".parse().unwrap();
    let rules = Rules { callers: Callers::AnybodyAtFirst, user: Some(user) };
    let app = App::with(Settings { access: rules, ..Settings::default() });
    let mut request = typed(
        Method::POST,
        "/api/v1/tokens",
        "application/json",
        json!({"name": "worker", "role": "edit"}).to_string(),
    );
    let root = "Basic YWRtaW5Aa2VzdHJhLmlvOmtlc3RyYQ==";
    request.headers_mut().insert("authorization", root.parse().unwrap());
    let secret = app.send(request).await.json()["token"].as_str().unwrap().to_owned();
    let ask = async |id: &str, secret: &str| {
        let key = json!({"keyId": id, "keySecret": secret}).to_string();
        app.post_body("/api/token", "application/json", key).await
    };
    let token = ask("worker", &secret).await.json()["token"].as_str().unwrap().to_owned();
    let show = async |token: &str, uri: &str| {
        let mut request = typed(Method::GET, uri, "application/json", "");
        request.headers_mut().insert("x-authorization", token.parse().unwrap());
        app.send(request).await
    };
    let user = show(&token, "/api/token/userInfo").await.json();
    assert_eq!(user, json!({"id": "worker", "name": "worker", "roles": [{"name": "edit"}]}));
    assert_eq!(show(&token, "/api/workflow/none").await.status, 404);
    assert_snapshot!(show("wrong", "/api/workflow/none").await.shown(), @r#"
    401 Unauthorized
    content-length: 104
    content-type: application/json

    {
      "status": 401,
      "error": "INVALID_TOKEN",
      "message": "Unauthorized",
      "instance": "roundtrip",
      "retryable": false
    }
    "#);
    assert_eq!(ask("worker", "wrong").await.json()["error"], "INVALID_TOKEN");
    assert_eq!(ask("somebody", &secret).await.status, 401);
    assert_eq!(app.get("/api/health").await.status, 200);
    assert_eq!(app.get("/api/workflow/search").await.json()["error"], "INVALID_TOKEN");
}

#[tokio::test]
async fn a_session_ends_by_itself_or_with_its_token() {
    let app = App::with(crate::access::settings());
    let bearer = crate::access::token(&app, "run", json!({})).await;
    let secret = bearer.strip_prefix("Bearer ").unwrap();
    let open = async |id: &str, secret: &str| {
        let key = json!({"keyId": id, "keySecret": secret}).to_string();
        app.post_body("/api/token", "application/json", key).await
    };
    let show = async |token: &str| {
        let mut request = typed(Method::GET, "/api/workflow/none", "application/json", "");
        request.headers_mut().insert("x-authorization", token.parse().unwrap());
        let answer = app.send(request).await;
        (answer.status.as_u16(), answer.json()["error"].clone())
    };
    let session = open("run", secret).await.json()["token"].as_str().unwrap().to_owned();
    assert_ne!(session, secret);
    assert_eq!(show(&session).await, (404, Json::Null));
    assert_eq!(show(&format!("{session}0")).await, (401, json!("INVALID_TOKEN")));
    assert_eq!(open("run", &session).await.json()["error"], "INVALID_TOKEN", "a session opens no other");
    let second = std::time::Duration::from_secs(1);
    app.advance(service::access::SESSION_FOR.checked_sub(second).unwrap());
    let other = open("run", secret).await.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(show(&session).await, (404, Json::Null));
    app.advance(second);
    for _ in 0..2 {
        assert_eq!(show(&session).await, (401, json!("EXPIRED_TOKEN")));
    }
    assert_eq!((show(&other).await, show(secret).await), ((404, Json::Null), (404, Json::Null)));
    // To Kestra's clients it is a credential like any other that counts no more.
    let mut request = typed(Method::GET, "/api/v1/executions", "application/json", "");
    request.headers_mut().insert("authorization", format!("Bearer {session}").parse().unwrap());
    assert_eq!(app.send(request).await.status, 401);
    let mut request = typed(Method::GET, "/api/v1/tokens", "application/json", "");
    let root = "Basic YWRtaW5Aa2VzdHJhLmlvOmtlc3RyYQ==";
    request.headers_mut().insert("authorization", root.parse().unwrap());
    let listed = app.send(request).await;
    assert!(!listed.text().contains("session"), "{}", listed.text());
    let id = listed.json().pointer("/0/id").or(listed.json().pointer("/results/0/id")).unwrap().clone();
    let uri = format!("/api/v1/tokens/{}", id.as_str().unwrap());
    let mut request = typed(Method::DELETE, &uri, "application/json", "");
    request.headers_mut().insert("authorization", root.parse().unwrap());
    assert!(app.send(request).await.status.is_success());
    assert_eq!(show(&other).await, (401, json!("INVALID_TOKEN")));
}
