//! Conductor's plain starts, and idempotency keys with their strategies on all of them.

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value as Json, json};

use crate::app::{Answer, App};

const ENDS: &str = "
inputs: [{ id: n, type: INT, required: false }]
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return }]";
const WAITS: &str = "tasks: [{ id: w, type: io.kestra.plugin.core.flow.Pause }]";

async fn app() -> App {
    let app = App::new();
    for (id, body) in [("ends", ENDS), ("waits", WAITS), ("other", ENDS)] {
        let source = format!("id: {id}\nnamespace: conductor\n{body}");
        app.service.create_flow("main", &source).await.unwrap();
    }
    app
}

async fn post(app: &App, uri: &str, headers: &[(&str, &str)], body: &Json) -> Answer {
    let mut request = Request::builder().method(Method::POST).uri(format!("/api/workflow{uri}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

/// The id of a start, or the conflict with one.
async fn keyed(app: &App, form: &str, flow: &str, key: &str, strategy: &str) -> Result<String, String> {
    let headers = [("X-Idempotency-key", key), ("X-on-conflict", strategy), ("waitForSeconds", "1")];
    let fields = json!({ "name": flow, "idempotencyKey": key, "idempotencyStrategy": strategy });
    let answer = match form {
        "A" => post(app, &format!("/execute/{flow}"), &headers, &json!({})).await,
        "B" => post(app, &format!("/execute/{flow}/0?waitForSeconds=1"), &[], &fields).await,
        "body" => post(app, "", &[], &fields).await,
        "path" => post(app, &format!("/{flow}"), &headers, &json!({})).await,
        "version" => post(app, &format!("/start/{flow}/1"), &headers, &json!({})).await,
        other => panic!("{other}"),
    };
    if answer.status == 409 {
        let json = answer.json();
        assert_eq!((&json["status"], &json["retryable"]), (&json!(409), &json!(false)));
        return Err(json["metadata"]["workflowId"].as_str().unwrap().to_owned());
    }
    assert!(answer.status.is_success(), "{}", answer.shown());
    Ok(match form {
        "A" | "B" => answer.header("x-workflow-id").to_owned(),
        _ => {
            assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/plain"));
            answer.text()
        }
    })
}

const FORMS: [&str; 5] = ["A", "B", "body", "path", "version"];

async fn end(app: &App, id: &str) {
    let answer = app.call(Method::DELETE, &format!("/api/v1/executions/{id}/kill")).await;
    assert!(answer.status.is_success(), "{}", answer.shown());
    assert_eq!(app.get(&format!("/api/v1/executions/{id}")).await.json()["state"]["current"], "KILLED");
}

#[tokio::test]
async fn a_key_starts_once_whatever_the_form() {
    for form in FORMS {
        let mut app = app().await;
        let first = keyed(&app, form, "ends", "K", "FAIL").await.unwrap();
        app.work().await;
        for other in FORMS {
            assert_eq!(keyed(&app, other, "ends", "K", "RETURN_EXISTING").await, Ok(first.clone()));
            assert_eq!(keyed(&app, other, "ends", "K", "FAIL").await, Err(first.clone()));
        }
        // Another workflow, or another key.
        assert_ne!(keyed(&app, form, "other", "K", "FAIL").await.unwrap(), first);
        assert_ne!(keyed(&app, form, "ends", "L", "FAIL").await.unwrap(), first);
    }
}

#[tokio::test]
async fn one_that_runs_holds_its_key_and_one_that_has_ended_does_not() {
    for form in FORMS {
        let mut app = app().await;
        let mut last: Option<String> = None;
        // More generations than are looked for.
        for _ in 0..12 {
            let new = keyed(&app, form, "waits", "K", "FAIL_ON_RUNNING").await.unwrap();
            app.work().await;
            assert_ne!(Some(&new), last.as_ref());
            for strategy in ["FAIL_ON_RUNNING", "FAIL"] {
                assert_eq!(keyed(&app, form, "waits", "K", strategy).await, Err(new.clone()));
            }
            assert_eq!(keyed(&app, form, "waits", "K", "RETURN_EXISTING").await, Ok(new.clone()));
            end(&app, &new).await;
            assert_eq!(keyed(&app, form, "waits", "K", "FAIL").await, Err(new.clone()));
            assert_eq!(keyed(&app, form, "waits", "K", "RETURN_EXISTING").await, Ok(new.clone()));
            last = Some(new);
        }
    }
}

#[tokio::test]
async fn a_key_is_known_for_as_long_as_its_executions_are() {
    let app = app().await;
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(keyed(&app, "A", "ends", "K", "FAIL_ON_RUNNING").await.unwrap());
    }
    let mut remove = async |id: &str| {
        assert_eq!(app.call(Method::DELETE, &format!("/api/v1/executions/{id}")).await.status, 204);
    };
    // The newest and the first.
    remove(&all[2]).await;
    remove(&all[0]).await;
    assert_eq!(keyed(&app, "A", "ends", "K", "FAIL").await, Err(all[1].clone()));
    remove(&all[1]).await;
    let anew = keyed(&app, "A", "ends", "K", "FAIL").await.unwrap();
    assert_eq!(keyed(&app, "A", "ends", "K", "RETURN_EXISTING").await, Ok(anew));
}

#[tokio::test]
async fn a_strategy_without_a_key_is_none_and_a_key_without_one_fails() {
    let app = app().await;
    let fields = json!({ "name": "ends", "idempotencyStrategy": "FAIL", "idempotencyKey": "None" });
    let (one, two) = (post(&app, "", &[], &fields).await, post(&app, "", &[], &fields).await);
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
    assert_ne!(one.text(), two.text());
    let key = [("x-idempotency-KEY", "K")];
    assert_eq!(post(&app, "/ends", &key, &json!({})).await.status, 200);
    assert_eq!(post(&app, "/ends", &key, &json!({})).await.status, 409);
}

#[tokio::test]
async fn returning_the_existing_one_waits_for_it() {
    let app = app().await;
    let first = keyed(&app, "path", "waits", "K", "FAIL").await.unwrap();
    let uri = "/execute/waits/0?waitForSeconds=50&returnStrategy=BLOCKING_TASK";
    let fields = json!({ "idempotencyKey": "K", "idempotencyStrategy": "RETURN_EXISTING" });
    // It is carried by nobody yet: the wait begins before there is something to wait for.
    let request = Request::builder().method(Method::POST).uri(format!("/api/workflow{uri}"));
    let waiting = tokio::spawn(app.sending(request.body(Body::from(fields.to_string())).unwrap()));
    let mut app = app;
    app.work().await;
    let json = waiting.await.unwrap().json();
    assert_eq!((&json["workflowId"], &json["referenceTaskName"]), (&json!(first), &json!("w")));
}

#[tokio::test]
async fn the_key_of_a_plain_call_is_the_same_key() {
    let app = app().await;
    let request = Request::builder().method(Method::POST).uri("/api/v1/executions/conductor/ends?wait=true");
    let request = request.header("Idempotency-Key", "K").body(Body::empty()).unwrap();
    let id = app.send(request).await.id();
    assert_eq!(keyed(&app, "A", "ends", "K", "RETURN_EXISTING").await, Ok(id.clone()));
    assert_eq!(keyed(&app, "A", "ends", "K", "FAIL").await, Err(id));
}

#[tokio::test]
async fn what_was_said_of_a_start_is_kept() {
    let app = app().await;
    let headers = [("X-Idempotency-key", "K"), ("X-on-conflict", "FAIL")];
    let uri = "/start/ends/1?correlationId=c&priority=7";
    let id = post(&app, uri, &headers, &json!({ "n": 1 })).await.text();
    let kept = app.service.execution("main", id.parse().unwrap()).await.unwrap();
    assert_eq!((kept.origin.idempotency_key.as_deref(), kept.origin.priority), (Some("K"), 7));
    assert!(kept.labels.iter().any(|it| it.key == "system.correlationId" && it.value == "c"));
    assert_eq!(json!(kept.inputs), json!({ "n": 1 }));
    // What a start says nothing of is not stored.
    let plain = post(&app, "/ends", &[], &json!({})).await.text();
    assert!(app.service.execution("main", plain.parse().unwrap()).await.unwrap().origin.is_plain());
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let app = app().await;
    let said =
        |answer: Answer| format!("{} {}", answer.status.as_u16(), answer.json()["message"].as_str().unwrap());
    assert_eq!(said(post(&app, "", &[], &json!({})).await), "400 Workflow name cannot be null or empty");
    assert_eq!(
        said(post(&app, "", &[], &json!({ "name": "no", "version": 3 })).await),
        "404 No such workflow defined. name=no, version=3"
    );
    assert_eq!(
        said(post(&app, "/no?version=3", &[], &json!({})).await),
        "404 No such workflow found by name: no, version: 3"
    );
    assert_eq!(
        said(post(&app, "/ends", &[], &Json::Null).await),
        "400 NULL input passed when starting workflow"
    );
    assert_eq!(post(&app, "/ends?priority=100", &[], &json!({})).await.status, 400);
    let long = "k".repeat(256);
    assert_eq!(post(&app, "/ends", &[("X-Idempotency-key", &long)], &json!({})).await.status, 400);
}

#[tokio::test]
async fn whoever_is_limited_starts_what_is_his() {
    let app = App::with(crate::access::settings());
    for namespace in ["conductor", "team.a"] {
        let source = format!("id: ends\nnamespace: {namespace}\n{ENDS}");
        app.service.create_flow("main", &source).await.unwrap();
    }
    let bearer = crate::access::token(&app, "run", json!({ "namespaces": ["team.a"] })).await;
    let headers = [("Authorization", bearer.as_str())];
    for (uri, named) in [("/execute/", true), ("/", true), ("/start/", true), ("", false)] {
        for (name, status) in [("ends", 403), ("conductor.ends", 403), ("team.a.ends", 200)] {
            let uri = match uri {
                "/start/" => format!("/start/{name}/0"),
                _ if named => format!("{uri}{name}"),
                _ => String::new(),
            };
            let answer = post(&app, &uri, &headers, &json!({ "name": name })).await;
            assert_eq!(answer.status.as_u16(), status, "{uri} {name} {}", answer.shown());
        }
    }
    assert_eq!(post(&app, "/execute/team.a.ends/0", &headers, &json!({})).await.status, 200);
    assert_eq!(post(&app, "/execute/ends/0", &headers, &json!({})).await.status, 403);
    assert_eq!(post(&app, "/execute/team.a.ends", &[], &json!({})).await.status, 401);
}
