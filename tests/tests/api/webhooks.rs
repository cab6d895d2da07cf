//! Webhooks.

use axum::http::Method;
use insta::assert_snapshot;
use serde_json::json;

use crate::app::{App, typed};

const FLOW: &str = "
labels: { team: x }
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: \"{{ trigger.body }}\" }]
triggers: [{ id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: \"{{ 'test' ~ 1234 }}\" }]
";
const URI: &str = "/api/v1/executions/webhook/company.team/f/test1234";

#[tokio::test]
async fn a_webhook_starts_with_the_request_as_its_trigger() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let uri = format!("{URI}?name=john&age=12&age=13");
    let answer = app.post_body(&uri, "text/plain", r#"{"a": 1, "b": true}"#).await;
    assert_snapshot!(answer.shown(), @r#"
    200 OK
    content-length: 615
    content-type: application/json

    {
      "id": "0000000000000000000001",
      "namespace": "company.team",
      "flowId": "f",
      "flowRevision": 1,
      "labels": [
        {
          "key": "team",
          "value": "x"
        }
      ],
      "state": {
        "current": "CREATED",
        "histories": [
          {
            "state": "CREATED",
            "date": "2024-07-12T05:13:42.140Z"
          }
        ],
        "duration": "PT0S",
        "startDate": "2024-07-12T05:13:42.140Z"
      },
      "originalId": "0000000000000000000001",
      "trigger": {
        "id": "hook",
        "type": "io.kestra.plugin.core.trigger.Webhook",
        "variables": {
          "body": {
            "a": 1,
            "b": true
          },
          "headers": {
            "content-type": [
              "text/plain"
            ]
          },
          "parameters": {
            "name": [
              "john"
            ],
            "age": [
              "12",
              "13"
            ]
          }
        }
      },
      "deleted": false,
      "metadata": {
        "attemptNumber": 1,
        "originalCreatedDate": "2024-07-12T05:13:42.140Z"
      }
    }
    "#);
}

#[tokio::test]
async fn a_body_is_json_only_when_it_is_an_object_or_a_list() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let body = async |method: Method, body: &str| {
        let answer = app.send(typed(method, URI, "application/json", body.to_owned())).await;
        answer.json()["trigger"]["variables"]["body"].clone()
    };
    assert_eq!(body(Method::PUT, r#"[{"a": 1}]"#).await, json!([{ "a": 1 }]));
    assert_eq!(body(Method::POST, "bla").await, "bla");
    assert_eq!(body(Method::POST, "42").await, "42");
    assert_eq!(body(Method::POST, r#"{"a": \"}"#).await, r#"{"a": \"}"#);
    assert_eq!(body(Method::GET, "").await, json!(null));
}

#[tokio::test]
async fn whoever_knows_no_key_starts_nothing() {
    let app = App::new();
    app.flow("f", FLOW).await;
    app.flow("off", &format!("disabled: true\n{FLOW}")).await;
    assert_snapshot!(app.post("/api/v1/executions/webhook/company.team/f/other").await.error(), @"404 Not Found: Webhook not found");
    assert_snapshot!(app.get("/api/v1/main/executions/webhook/a/b/c").await.error(), @"404 Not Found: Flow not found");
    assert_snapshot!(app.post("/api/v1/executions/webhook/company.team/off/test1234").await.error(), @"409 Illegal state: Cannot execute a disabled flow");
    let large = "x".repeat(1024 * 1024 + 1);
    assert_snapshot!(app.post_body(URI, "text/plain", large).await.error(), @"
    413 Request Entity Too Large: the body of a webhook may have at most 1048576 bytes
    ");
}

#[tokio::test]
async fn conditions_that_do_not_hold_start_nothing() {
    let app = App::new();
    let conditions = "
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: a }]
triggers:
  - id: hook
    type: io.kestra.plugin.core.trigger.Webhook
    key: test1234
    conditions:
      - type: io.kestra.plugin.core.condition.ExpressionCondition
        expression: \"{{ trigger.body.hello == 'world' }}\"
";
    app.flow("f", conditions).await;
    for (body, status) in [
        (r#"{"hello": "world"}"#, "200 OK"),
        (r#"{"hello": "webhook"}"#, "204 No Content"),
        ("no object", "204 No Content"),
    ] {
        let shown = app.post_body(URI, "application/json", body).await.shown();
        assert!(shown.starts_with(status), "{body}: {shown}");
    }
}
