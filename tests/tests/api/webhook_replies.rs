//! What the caller of a webhook is told when the trigger waits.

use std::time::Duration;

use insta::assert_snapshot;
use service::Settings;

use crate::{app::App, webhooks::URI};

/// A flow that answers, with these properties of its trigger.
fn answering(properties: &str) -> String {
    format!(
        "
inputs: [{{ id: secret, type: STRING, defaults: hidden }}]
tasks:
  - {{ id: t, type: io.kestra.plugin.core.debug.Return, format: \"{{{{ trigger.parameters.token[0] ?? 'none' }}}}\" }}
outputs:
  - {{ id: token, type: STRING, value: \"{{{{ outputs.t.value }}}}\" }}
triggers:
  - id: hook
    type: io.kestra.plugin.core.trigger.Webhook
    key: test1234
{properties}
"
    )
}

#[tokio::test]
async fn a_caller_who_waits_sees_the_outputs_and_no_task_runs() {
    let app = App::new();
    app.flow("f", &answering("    wait: true")).await;
    let main = URI.replace("/api/v1/", "/api/v1/main/");
    assert_snapshot!(app.post(&format!("{main}?token=abc")).await.shown(), @r#"
    200 OK
    content-length: 627
    content-type: application/json

    {
      "tenantId": "main",
      "id": "0000000000000000000001",
      "namespace": "company.team",
      "flowId": "f",
      "flowRevision": 1,
      "trigger": {
        "id": "hook",
        "type": "io.kestra.plugin.core.trigger.Webhook",
        "variables": {
          "headers": {},
          "parameters": {
            "token": [
              "abc"
            ]
          }
        }
      },
      "outputs": {
        "token": "abc"
      },
      "state": {
        "current": "SUCCESS",
        "histories": [
          {
            "state": "CREATED",
            "date": "2024-07-12T05:13:42.140Z"
          },
          {
            "state": "RUNNING",
            "date": "2024-07-12T05:13:42.140Z"
          },
          {
            "state": "SUCCESS",
            "date": "2024-07-12T05:13:42.140Z"
          }
        ],
        "duration": "PT0S",
        "endDate": "2024-07-12T05:13:42.140Z",
        "startDate": "2024-07-12T05:13:42.140Z"
      },
      "url": "/ui/main/executions/company.team/f/0000000000000000000001"
    }
    "#);
}

#[tokio::test]
async fn the_outputs_alone_are_told() {
    let app = App::new();
    app.flow("f", &answering("    wait: true\n    returnOutputs: true")).await;
    assert_snapshot!(app.get(&format!("{URI}?token=abc")).await.shown(), @r#"
    200 OK
    content-length: 15
    content-type: application/json

    {
      "token": "abc"
    }
    "#);
    // As Microsoft Graph wants a handshake.
    let plain =
        "    wait: true\n    returnOutputs: true\n    responseContentType: text/plain\n    responseCode: 202";
    app.service.update_flow("main", "company.team", "f", &source(&answering(plain))).await.unwrap();
    assert_snapshot!(app.get(&format!("{URI}?token=abc")).await.shown(), @r"
    202 Accepted
    content-length: 3
    content-type: text/plain; charset=utf-8

    abc
    ");
}

fn source(body: &str) -> String {
    format!("id: f\nnamespace: company.team\n{body}")
}

#[tokio::test]
async fn what_fails_is_told_by_the_status() {
    let app = App::new();
    let failing = |properties: &str| {
        format!(
            "
tasks: [{{ id: t, type: io.kestra.plugin.core.execution.Fail }}]
triggers:
  - {{ id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: test1234, wait: true, {properties} }}
"
        )
    };
    app.flow("f", &failing("returnOutputs: true")).await;
    let answer = app.post(URI).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (500, "{}"));
    let by_state = "responseCode: \"{{ execution.state == 'FAILED' ? 422 : 200 }}\"";
    app.service.update_flow("main", "company.team", "f", &source(&failing(by_state))).await.unwrap();
    let answer = app.post(URI).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["state"]["current"]), (422, &"FAILED".into()));
    let nothing = "responseCode: 204";
    app.service.update_flow("main", "company.team", "f", &source(&failing(nothing))).await.unwrap();
    assert_snapshot!(app.post(URI).await.shown(), @r"
    204 No Content
    content-length: 0
    ");
    let wrong = "responseCode: '{{ flow.id }}'";
    app.service.update_flow("main", "company.team", "f", &source(&failing(wrong))).await.unwrap();
    assert_snapshot!(app.post(URI).await.error(), @"500 Internal server error: the webhook's responseCode is no number between 200 and 599");
}

#[tokio::test]
async fn a_wait_ends_before_the_execution() {
    let app = App::with(Settings { wait_max: Duration::from_millis(10), ..Settings::default() });
    let pausing = "
tasks: [{ id: t, type: io.kestra.plugin.core.flow.Pause }]
triggers: [{ id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: test1234, wait: true, returnOutputs: true }]
";
    app.flow("f", pausing).await;
    let answer = app.post(URI).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["state"]["current"]), (202, &"PAUSED".into()));
    let id = answer.id();
    assert_eq!(answer.header("location"), format!("/api/v1/executions/{id}?wait=true"));
}
