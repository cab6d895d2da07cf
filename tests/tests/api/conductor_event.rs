//! What an `EVENT` tells, and whom.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Method, Request},
};
use ports::clock::Clock;
use serde_json::{Value as Json, json};
use service::Settings;
use tasks::{Outbound, Registry};

use crate::app::{Answer, App};

async fn post(app: &App, uri: &str, body: &Json) -> Answer {
    let request = Request::builder().method(Method::POST).uri(format!("/api{uri}"));
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

fn tells(sink: &str) -> Json {
    json!({ "name": "tells", "version": 2, "tasks": [{ "name": "e", "taskReferenceName": "e", "type": "EVENT",
        "sink": sink, "inputParameters": { "n": "${workflow.input.n}" } }] })
}

async fn told(app: &App, sink: &str) -> Json {
    let answer = post(app, "/metadata/workflow?overwrite=true", &tells(sink)).await;
    assert_eq!(answer.status, 200, "{}", answer.shown());
    let request =
        json!({ "input": { "n": 5, "q": "mine" }, "correlationId": "c", "taskToDomain": { "*": "d" } });
    post(app, "/workflow/execute/tells/2", &request).await.json()
}

#[tokio::test]
async fn an_event_to_conductor_itself_completes_with_what_it_would_have_told() {
    let app = App::new();
    for (sink, produced) in
        [("conductor", "conductor:tells:e"), ("conductor:orders", "conductor:tells:orders")]
    {
        let run = told(&app, sink).await;
        assert_eq!((&run["status"], &run["tasks"][0]["taskType"]), (&json!("COMPLETED"), &json!("EVENT")));
        let expected = json!({
            "n": 5, "workflowInstanceId": run["workflowId"], "workflowType": "tells", "workflowVersion": 2,
            "correlationId": "c", "taskToDomain": { "*": "d" }, "event_produced": produced,
        });
        assert_eq!(run["tasks"][0]["outputData"], expected, "{run}");
    }
    // Nobody can listen.
    let handler = json!({ "name": "h", "event": "conductor:tells:e", "actions": [], "active": true });
    assert_eq!(post(&app, "/event", &handler).await.status, 501);
}

#[tokio::test]
async fn a_queue_that_cannot_be_reached_fails_the_task_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(embedded::SystemClock);
    let registry = Registry::below(folder.path().to_owned(), Outbound::Any, &clock).unwrap();
    let app = App::running(Settings::default(), registry.all().to_vec());
    let run = told(&app, "sqs:${workflow.input.q}-queue").await;
    let task = &run["tasks"][0];
    assert_eq!((&run["status"], &task["status"]), (&json!("FAILED"), &json!("FAILED")), "{run}");
    let why = task["reasonForIncompletion"].as_str().unwrap();
    // With the tasks of AWS it lacks a role, without them the task.
    assert!(why.starts_with("`sqs:mine-queue`: ") && why.contains("this server"), "{why}");
}

#[tokio::test]
async fn other_sinks_are_refused_when_they_are_registered() {
    let app = App::new();
    for (sink, why) in [
        ("kafka:topic", "sinks of kafka are not built in this version"),
        ("amqp:x", "sinks of amqp are not built"),
        ("nats:x", "sinks of nats are not built"),
        ("pigeon:x", "`pigeon:x` is no sink"),
        ("sqs", "`sqs` is no sink"),
        ("sqs:", "`sqs:` is no sink"),
        ("${workflow.input.sink}", "whose beginning is no expression"),
        ("conductor:${workflow.input.sink}", "cannot be an expression"),
    ] {
        let answer = post(&app, "/metadata/workflow", &tells(sink)).await;
        assert_eq!(answer.status, 400, "{sink}: {}", answer.shown());
        let errors = answer.json()["validationErrors"].clone();
        assert!(errors[0]["message"].as_str().unwrap().contains(why), "{sink}: {errors}");
        assert_eq!(errors[0]["path"], "tasks[0].sink");
    }
}
