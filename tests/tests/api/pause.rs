//! Executions that wait for somebody.

use std::time::Duration;

use axum::http::Method;
use insta::assert_snapshot;
use serde_json::Value as Json;
use tests::multipart::Form;

use crate::app::{Answer, App, typed};

const ASKING: &str = r#"
tasks:
  - id: wait
    type: io.kestra.plugin.core.flow.Pause
    onResume:
      - { id: asked, type: STRING }
      - { id: data, type: FILE, required: false }
  - { id: said, type: io.kestra.plugin.core.debug.Return, format: "{{ outputs.wait.onResume.asked }}" }
"#;
const PLAIN: &str = "tasks: [{ id: wait, type: io.kestra.plugin.core.flow.Pause }]";

/// A started execution of the flow, as far as it goes; gives its URI.
async fn started(app: &mut App, flow: &str) -> String {
    app.flow("f", flow).await;
    let uri = format!("/api/v1/executions/{}", app.post("/api/v1/executions/company.team/f").await.id());
    app.work().await;
    uri
}

async fn resume(app: &App, uri: &str, form: Form) -> Answer {
    let request = typed(Method::POST, uri, &Form::content_type(), form.into_body());
    app.send(request).await
}

/// Every state the execution was in.
async fn histories(app: &App, uri: &str) -> String {
    let json = app.get(uri).await.json();
    let states = json["state"]["histories"].as_array().unwrap().clone();
    states.iter().map(|it| it["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
}

async fn run_of(app: &App, uri: &str, task: &str) -> Json {
    let json = app.get(uri).await.json();
    let runs = json["taskRunList"].as_array().unwrap().clone();
    runs.into_iter().find(|it| it["taskId"] == task).unwrap()
}

#[tokio::test]
async fn a_pause_is_answered_by_a_form() {
    let mut app = App::new();
    let uri = started(&mut app, ASKING).await;
    assert_eq!(histories(&app, &uri).await, "CREATED RUNNING PAUSED");
    let form = Form::new().text("asked", "yes").file("files", "data", b"hello");
    let answer = resume(&app, &format!("{uri}/resume"), form).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0), "{}", answer.shown());
    app.work().await;
    assert_eq!(histories(&app, &uri).await, "CREATED RUNNING PAUSED RESTARTED RUNNING SUCCESS");
    let outputs = run_of(&app, &uri, "wait").await["outputs"]["onResume"].clone();
    assert_eq!(outputs["asked"], "yes");
    let file = outputs["data"].as_str().unwrap();
    assert_eq!(app.get(&format!("{uri}/file?path={file}")).await.text(), "hello");
    assert_eq!(run_of(&app, &uri, "said").await["outputs"]["value"], "yes");
    assert_snapshot!(app.post(&format!("{uri}/resume")).await.error(), @"409 Illegal state: Execution '0000000000000000000001' is not paused, can't resume it");
}

#[tokio::test]
async fn an_answer_against_the_rules_leaves_it_paused() {
    let mut app = App::new();
    let uri = started(&mut app, ASKING).await;
    let form = Form::new().file("files", "data", b"hello");
    assert_snapshot!(resume(&app, &format!("{uri}/resume"), form).await.error(), @"422 Invalid entity: asked: Invalid input for `asked`, missing required input, but received `null`");
    assert_eq!(histories(&app, &uri).await, "CREATED RUNNING PAUSED");
    assert!(app.blobs().is_empty(), "the file is forgotten");
    assert_eq!(app.post(&format!("{uri}/resume/validate")).await.status, 200);
    let form = Form::new().text("asked", "yes");
    let validated = resume(&app, &format!("{uri}/actions/resume/validate"), form).await;
    assert_snapshot!(serde_json::to_string_pretty(&validated.json()).unwrap(), @r#"
    {
      "id": "f",
      "namespace": "company.team",
      "inputs": [
        {
          "input": {
            "id": "asked",
            "type": "STRING"
          },
          "value": "yes",
          "enabled": true
        },
        {
          "input": {
            "id": "data",
            "type": "FILE",
            "required": false
          },
          "value": null,
          "enabled": true
        }
      ]
    }
    "#);
    assert_eq!(histories(&app, &uri).await, "CREATED RUNNING PAUSED");
    let body = r#"{"asked":"yes"}"#;
    let resumed = app.post_body(&format!("{uri}/actions/resume"), "application/json", body).await;
    assert_eq!((resumed.status.as_u16(), &resumed.json()["id"]), (200, &app.get(&uri).await.json()["id"]));
    app.work().await;
    let outputs = run_of(&app, &uri, "wait").await["outputs"].clone();
    assert_snapshot!(outputs, @r#"{"onResume":{"asked":"yes","data":null}}"#);
}

#[tokio::test]
async fn what_is_paused_can_be_killed() {
    let mut app = App::new();
    let uri = started(&mut app, PLAIN).await;
    let killed = app.call(Method::DELETE, &format!("{uri}/kill")).await;
    assert_eq!((killed.status.as_u16(), killed.body.len()), (202, 0));
    assert_eq!(histories(&app, &uri).await, "CREATED RUNNING PAUSED RESTARTED KILLING KILLED");
    assert_eq!(run_of(&app, &uri, "wait").await["state"]["current"], "KILLED");
}

#[tokio::test]
async fn what_runs_is_paused_and_goes_on() {
    let mut app = App::new();
    let sleep = "tasks: [{ id: sleep, type: io.kestra.plugin.core.flow.Sleep, duration: PT1H }, \
                 { id: after, type: io.kestra.plugin.core.debug.Return }]";
    let uri = started(&mut app, sleep).await;
    assert_eq!(histories(&app, &uri).await, "CREATED RUNNING");
    let paused = app.post(&format!("{uri}/pause")).await;
    assert_eq!((paused.status.as_u16(), paused.body.len()), (200, 0));
    assert_eq!(histories(&app, &uri).await, "CREATED RUNNING PAUSED");
    assert_snapshot!(app.post(&format!("{uri}/pause")).await.error(), @"422 Illegal argument: The execution is not running");
    app.advance(Duration::from_hours(2));
    app.work().await;
    assert_eq!(histories(&app, &uri).await, "CREATED RUNNING PAUSED", "nothing goes on by itself");
    assert_eq!(app.post(&format!("{uri}/resume")).await.status, 204);
    app.work().await;
    assert_snapshot!(histories(&app, &uri).await, @"CREATED RUNNING PAUSED RUNNING SUCCESS");
}

#[tokio::test]
async fn a_pause_shows_the_execution_as_it_is_then() {
    let mut app = App::new();
    let sleep = "tasks: [{ id: sleep, type: io.kestra.plugin.core.flow.Sleep, duration: PT1H }]";
    let uri = started(&mut app, sleep).await;
    let paused = app.post(&format!("{uri}/actions/pause")).await;
    assert_eq!((paused.status.as_u16(), &paused.json()["state"]["current"]), (200, &Json::from("PAUSED")));
}

#[tokio::test]
async fn what_waits_is_made_to_run() {
    let mut app = App::new();
    let uri = started(&mut app, ASKING).await;
    assert_eq!(app.post(&format!("{uri}/force-run")).await.status, 200);
    app.work().await;
    assert_eq!(histories(&app, &uri).await, "CREATED RUNNING PAUSED RESTARTED RUNNING SUCCESS");
    assert_snapshot!(run_of(&app, &uri, "wait").await["outputs"], @r#"{"onResume":{"asked":null,"data":null}}"#);

    let later = app.post("/api/v1/executions/company.team/f?scheduleDate=2030-01-01T00:00:00Z").await;
    let uri = format!("/api/v1/executions/{}", later.id());
    let forced = app.post(&format!("{uri}/actions/force-run")).await;
    assert_eq!(forced.json()["state"]["current"], "PAUSED");
    assert_eq!(histories(&app, &uri).await, "CREATED RUNNING PAUSED");
}
