//! SECRET inputs and encrypted outputs: read by expressions, shown by nothing.

use std::sync::Arc;

use axum::http::Method;
use engine::{
    execution::{AttemptOutcome, Ending, Level, LogLine},
    flow::{PropertyType, Shape, TaskType},
};
use insta::assert_snapshot;
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::{Map, Value as Json};
use service::Settings;

use crate::app::{App, typed};

const KEY: &str = "cm91bmR0cmlwIHJvdW5kdHJpcCByb3VuZHRyaXAgISE=";

/// Tells its `text` in its log, and keeps it encrypted.
#[derive(Debug)]
struct Found;

impl Runnable for Found {
    fn task_type(&self) -> &TaskType {
        const TEXT: PropertyType =
            PropertyType { name: "text", shape: Shape::String, required: true, dynamic: true };
        const FAIL: PropertyType =
            PropertyType { name: "fail", shape: Shape::Boolean, required: false, dynamic: false };
        const FOUND: TaskType = TaskType { name: "test.Found", aliases: &[], properties: &[TEXT, FAIL] };
        &FOUND
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move {
            let text = attempt.properties["text"].as_str().unwrap();
            let message = format!("found {text}");
            let timestamp = engine::time::Timestamp::from_millis(0);
            surroundings.log.send(LogLine { timestamp, level: Level::Info, message }).await.unwrap();
            if attempt.properties.contains_key("fail") {
                return AttemptOutcome::failed(format!("{text} is wrong"));
            }
            let outputs = Map::from_iter([("value".to_owned(), surroundings.seal.seal(text))]);
            AttemptOutcome::new(Ending::Success, outputs)
        })
    }
}

fn app(key: Option<&str>) -> App {
    let encryption_key = key.map(|key| key.parse().unwrap());
    App::running(Settings { encryption_key, ..Settings::default() }, vec![Arc::new(Found)])
}

const FLOW: &str = r#"
inputs:
  - { id: password, type: SECRET, validator: "[a-z0-9-]+" }
tasks:
  - { id: found, type: test.Found, text: "{{ inputs.password }} and more" }
  - { id: log, type: io.kestra.plugin.core.log.Log, message: "{{ inputs.password }}, {{ outputs.found.value }}" }
  - { id: same, type: io.kestra.plugin.core.log.Log, message: "{{ inputs.password == 's3cr3t-word' }}" }
  - { id: fails, type: test.Found, text: "{{ outputs.found.value }}", fail: true, allowFailure: true }
outputs:
  - { id: kept, type: SECRET, value: "{{ outputs.found.value }}" }
"#;

const BODY: &str = r#"{"password": "s3cr3t-word"}"#;

/// The messages of an execution's log.
async fn lines(app: &App, id: &str) -> String {
    let lines = app.get(&format!("/api/v1/logs/{id}")).await.json();
    let text = |line: &Json| line["message"].as_str().unwrap().to_owned();
    lines.as_array().unwrap().iter().map(text).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_secret_is_read_by_tasks_and_shown_by_nothing() {
    let app = app(Some(KEY));
    app.flow("f", FLOW).await;
    let uri = "/api/v1/executions/company.team/f?wait=true";
    let answer = app.post_body(uri, "application/json", BODY).await;
    let (id, json) = (answer.id(), answer.json());
    assert_eq!(json["state"]["current"], "WARNING", "{}", answer.text());
    assert_snapshot!(lines(&app, &id).await, @r"
    found **masked*** and more
    **masked***, ********************
    true
    found **masked************
    **masked************ is wrong
    ");
    let encrypted = "io.kestra.datatype:aes_encrypted";
    assert_eq!(json["outputs"]["kept"]["type"], encrypted);
    assert_eq!(json["taskRunList"][0]["outputs"]["value"]["type"], encrypted);
    assert_eq!(json["inputs"]["password"]["type"], encrypted);
    let read = app.get(&format!("/api/v1/executions/{id}")).await;
    let logs = app.get(&format!("/api/v1/logs/{id}/download")).await;
    for shown in [answer, read, logs] {
        assert!(shown.status.is_success(), "{}", shown.shown());
        assert!(!shown.text().contains("s3cr3t"), "{}", shown.text());
    }
}

#[tokio::test]
async fn a_check_and_a_refusal_show_no_secret() {
    let app = app(Some(KEY));
    app.flow("f", FLOW).await;
    let uri = "/api/v1/executions/company.team/f";
    let checked = app.send(typed(Method::POST, &format!("{uri}/validate"), "application/json", BODY)).await;
    assert!(checked.json()["inputs"][0]["value"].is_object(), "{}", checked.text());
    assert!(!checked.text().contains("s3cr3t"), "{}", checked.text());
    let refused = app.post_body(uri, "application/json", r#"{"password": "S3CR3T"}"#).await;
    assert_snapshot!(refused.error(), @"422 Invalid entity: password: Invalid input for `password`, it must match the pattern `[a-z0-9-]+`, but received `******`");
}

#[tokio::test]
async fn without_a_key_a_secret_is_refused_and_an_output_is_plain() {
    let app = app(None);
    app.flow("f", FLOW).await;
    let uri = "/api/v1/executions/company.team/f";
    assert_snapshot!(app.post_body(uri, "application/json", BODY).await.error(), @"422 Invalid entity: password: Invalid input for `password`, Unable to use a `SECRET` input/output as encryption is not configured, but received `******`");
    let plain = r#"
tasks:
  - { id: found, type: test.Found, text: plain }
  - { id: read, type: io.kestra.plugin.core.debug.Return, format: "{{ outputs.found.value }}" }
"#;
    app.flow("plain", plain).await;
    let json = app.post("/api/v1/executions/company.team/plain?wait=true").await.json();
    assert_eq!(json["taskRunList"][0]["outputs"]["value"]["value"], "plain");
    assert_eq!(json["taskRunList"][1]["outputs"]["value"], "plain");
}
