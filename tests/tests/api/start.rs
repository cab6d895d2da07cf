//! Starting executions.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request},
};
use insta::assert_snapshot;
use service::Settings;

use crate::app::App;

/// The flow of Kestra's page about synchronous executions.
const MYFLOW: &str = r#"
tasks:
  - id: mytask
    type: io.kestra.plugin.core.debug.Return
    format: hello from kestra

outputs:
  - id: mydata
    type: STRING
    value: "{{ outputs.mytask.value }}"
    description: return some data
"#;

#[tokio::test]
async fn a_call_that_waits_is_answered_with_the_outputs() {
    let app = App::new();
    app.flow("myflow", MYFLOW).await;
    let answer = app.post("/api/v1/executions/company.team/myflow?wait=true").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    assert_snapshot!(answer.text(), @r#"
    {"id":"0000000000000000000001","namespace":"company.team","flowId":"myflow","flowRevision":1,"taskRunList":[{"id":"0000000000000000000002","executionId":"0000000000000000000001","namespace":"company.team","flowId":"myflow","taskId":"mytask","attempts":[{"state":{"current":"SUCCESS","histories":[{"state":"CREATED","date":"2024-07-12T05:13:42.140Z"},{"state":"RUNNING","date":"2024-07-12T05:13:42.140Z"},{"state":"SUCCESS","date":"2024-07-12T05:13:42.140Z"}],"duration":"PT0S","endDate":"2024-07-12T05:13:42.140Z","startDate":"2024-07-12T05:13:42.140Z"}}],"outputs":{"value":"hello from kestra"},"state":{"current":"SUCCESS","histories":[{"state":"CREATED","date":"2024-07-12T05:13:42.140Z"},{"state":"RUNNING","date":"2024-07-12T05:13:42.140Z"},{"state":"SUCCESS","date":"2024-07-12T05:13:42.140Z"}],"duration":"PT0S","endDate":"2024-07-12T05:13:42.140Z","startDate":"2024-07-12T05:13:42.140Z"}}],"outputs":{"mydata":"hello from kestra"},"labels":[{"key":"system.correlationId","value":"0000000000000000000001"}],"state":{"current":"SUCCESS","histories":[{"state":"CREATED","date":"2024-07-12T05:13:42.140Z"},{"state":"RUNNING","date":"2024-07-12T05:13:42.140Z"},{"state":"SUCCESS","date":"2024-07-12T05:13:42.140Z"}],"duration":"PT0S","endDate":"2024-07-12T05:13:42.140Z","startDate":"2024-07-12T05:13:42.140Z"},"originalId":"0000000000000000000001","deleted":false,"metadata":{"attemptNumber":1,"originalCreatedDate":"2024-07-12T05:13:42.140Z"},"url":"/ui/executions/company.team/myflow/0000000000000000000001"}
    "#);
}

#[tokio::test]
async fn a_call_that_does_not_wait_is_answered_at_once() {
    let mut app =
        App::with(Settings { url: Some("http://localhost:8080/".to_owned()), ..Settings::default() });
    app.flow("myflow", MYFLOW).await;
    let answer = app.post("/api/v1/main/executions/company.team/myflow").await;
    assert_snapshot!(answer.shown(), @r#"
    200 OK
    content-length: 567
    content-type: application/json

    {
      "tenantId": "main",
      "id": "0000000000000000000001",
      "namespace": "company.team",
      "flowId": "myflow",
      "flowRevision": 1,
      "labels": [
        {
          "key": "system.correlationId",
          "value": "0000000000000000000001"
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
      "deleted": false,
      "metadata": {
        "attemptNumber": 1,
        "originalCreatedDate": "2024-07-12T05:13:42.140Z"
      },
      "url": "http://localhost:8080/ui/main/executions/company.team/myflow/0000000000000000000001"
    }
    "#);
    let uri = format!("/api/v1/executions/{}", answer.id());
    app.advance(Duration::from_millis(2_500));
    assert_eq!(app.get(&uri).await.json()["state"]["duration"], "PT2.5S");
    app.work().await;
    let shown = app.get(&uri).await.json();
    assert_eq!(shown["state"]["current"], "SUCCESS");
    assert_eq!(shown["outputs"]["mydata"], "hello from kestra");
    assert!(shown.get("url").is_none() && shown.get("tenantId").is_none());
}

#[tokio::test]
async fn the_deprecated_path_starts_too() {
    let app = App::new();
    app.flow("myflow", MYFLOW).await;
    let answer = app.post("/api/v1/executions/trigger/company.team/myflow?labels=project:foo,bar").await;
    assert_eq!(answer.json()["labels"][0]["value"], "foo,bar", "{}", answer.shown());
}

#[tokio::test]
async fn a_flow_may_be_named_like_a_word_of_a_route() {
    let app = App::new();
    for id in ["kill", "follow", "file", "search", "validate", "actions"] {
        app.flow(id, MYFLOW).await;
        let answer = app.post(&format!("/api/v1/executions/company.team/{id}")).await;
        assert_eq!(answer.json()["flowId"], id);
    }
}

#[tokio::test]
async fn a_failed_execution_is_an_answer_too() {
    let app = App::new();
    app.flow("fails", "tasks: [{ id: no, type: io.kestra.plugin.core.execution.Fail }]").await;
    let answer = app.post("/api/v1/executions/company.team/fails?wait=true").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["state"]["current"], "FAILED");
    assert_eq!(answer.json()["taskRunList"][0]["outputs"], serde_json::json!({}));
}

#[tokio::test]
async fn labels_stand_in_kestras_order() {
    let app = App::new();
    app.flow("myflow", &format!("labels: {{ flow: flow }}\n{MYFLOW}")).await;
    let answer =
        app.post("/api/v1/executions/company.team/myflow?labels=a:%20label-1&labels=url:http://x").await;
    assert_snapshot!(answer.json()["labels"], @r#"
    [{"key":"flow","value":"flow"},{"key":"a","value":"label-1"},{"key":"url","value":"http://x"},{"key":"system.correlationId","value":"0000000000000000000001"}]
    "#);
}

#[tokio::test]
async fn bad_labels_are_refused_all_at_once() {
    let app = App::new();
    app.flow("myflow", MYFLOW).await;
    let uri = "/api/v1/executions/company.team/myflow";
    assert_snapshot!(app.post(&format!("{uri}?labels=:v&labels=k:&labels=x&labels=a:1&labels=a:2")).await.shown(), @r#"
    422 Unprocessable Entity
    content-length: 1153
    content-type: application/json

    {
      "message": "Illegal argument: Invalid queryString parameter: labels=:v; a label is written key:value, neither empty\nInvalid queryString parameter: labels=k:; a label is written key:value, neither empty\nInvalid queryString parameter: labels=x; a label is written key:value, neither empty\nDuplicate label key: a",
      "logref": null,
      "path": null,
      "_links": {
        "self": {
          "href": "/api/v1/executions/company.team/myflow?labels=:v&labels=k:&labels=x&labels=a:1&labels=a:2",
          "templated": false,
          "profile": null,
          "deprecation": null,
          "title": null,
          "hreflang": null,
          "type": null,
          "name": null
        }
      },
      "_embedded": {
        "errors": [
          {
            "message": "Invalid queryString parameter: labels=:v; a label is written key:value, neither empty",
            "logref": null,
            "path": "labels",
            "_links": {},
            "_embedded": {}
          },
          {
            "message": "Invalid queryString parameter: labels=k:; a label is written key:value, neither empty",
            "logref": null,
            "path": "labels",
            "_links": {},
            "_embedded": {}
          },
          {
            "message": "Invalid queryString parameter: labels=x; a label is written key:value, neither empty",
            "logref": null,
            "path": "labels",
            "_links": {},
            "_embedded": {}
          },
          {
            "message": "Duplicate label key: a",
            "logref": null,
            "path": "labels",
            "_links": {},
            "_embedded": {}
          }
        ]
      }
    }
    "#);
    assert_snapshot!(app.post(&format!("{uri}?labels=system.label:x")).await.error(), @"
    422 Illegal argument: System labels can only be set by Kestra itself, offending label: system.label=x
    ");
}

#[tokio::test]
async fn bad_parameters_are_refused_all_at_once() {
    let app = App::new();
    app.flow("myflow", MYFLOW).await;
    let uri = "/api/v1/executions/company.team/myflow?wait=maybe&revision=-1&scheduleDate=2024-07-12T05:13:42+02:00";
    assert_snapshot!(app.post(uri).await.error(), @"
    422 Internal server error: Failed to convert argument [wait] for value [maybe]: it has to be true or false
    Failed to convert argument [revision] for value [-1]: it has to be a whole number
    Failed to convert argument [scheduleDate] for value [2024-07-12T05:13:42 02:00]: it has to be an ISO-8601 date-time with offset, such as 2024-07-12T05:13:42.140Z (a + is sent as %2B)
    ");
}

#[tokio::test]
async fn what_cannot_be_started_is_said() {
    let app = App::new();
    app.flow("myflow", MYFLOW).await;
    app.flow("off", &format!("disabled: true\n{MYFLOW}")).await;
    assert_snapshot!(app.post("/api/v1/executions/foo/bar").await.shown(), @r#"
    404 Not Found
    content-length: 255
    content-type: application/json

    {
      "message": "Not Found: Requested Flow is not found.",
      "logref": null,
      "path": null,
      "_links": {
        "self": {
          "href": "/api/v1/executions/foo/bar",
          "templated": false,
          "profile": null,
          "deprecation": null,
          "title": null,
          "hreflang": null,
          "type": null,
          "name": null
        }
      },
      "_embedded": {}
    }
    "#);
    assert_snapshot!(app.post("/api/v1/executions/company.team/myflow?revision=2").await.error(), @"404 Not Found: Requested Flow is not found.");
    assert_snapshot!(app.post("/api/v1/executions/company.team/off").await.error(), @"409 Illegal state: Requested Flow is disabled.");
    assert_eq!(app.get("/api/v1/executions/search").await.json()["total"], 0);
}

#[tokio::test]
async fn a_scheduled_execution_stays_created() {
    let app = App::new();
    app.flow("myflow", MYFLOW).await;
    let answer =
        app.post("/api/v1/executions/company.team/myflow?scheduleDate=2024-07-12T09:00:00%2B02:00").await;
    assert_eq!(answer.json()["scheduleDate"], "2024-07-12T07:00:00.000Z");
    assert_eq!(answer.json()["state"]["current"], "CREATED");
}

#[tokio::test]
async fn an_idempotency_key_starts_once() {
    let app = App::new();
    app.flow("myflow", MYFLOW).await;
    let call = async |key: &[u8], query: &str| {
        let uri = format!("/api/v1/executions/company.team/myflow{query}");
        let request = Request::builder().method(Method::POST).uri(uri).header("Idempotency-Key", key);
        app.send(request.body(Body::empty()).unwrap()).await
    };
    let first = call(b"order-4711", "?wait=true").await;
    let again = call(b"order-4711", "?wait=true").await;
    assert_eq!(first.body, again.body);
    assert_eq!(call(b"order-4711", "").await.id(), first.id());
    assert_ne!(call(b"order-4712", "").await.id(), first.id());
    assert_snapshot!(call("ä".as_bytes(), "").await.error(), @"422 Illegal argument: Idempotency-Key has to be visible ASCII");
    assert_snapshot!(call(&[b'x'; 256], "").await.error(), @"
    422 Illegal argument: an idempotency key has 1 to 255 bytes, this one has 256
    ");
}

#[tokio::test]
async fn an_execution_is_killed_and_deleted() {
    let mut app = App::new();
    app.flow("myflow", MYFLOW).await;
    let start = "/api/v1/executions/company.team/myflow?scheduleDate=2030-01-01T00:00:00Z";
    let uri = format!("/api/v1/executions/{}", app.post(start).await.id());
    assert_snapshot!(app.call(Method::DELETE, &uri).await.error(), @"
    409 Illegal state: Execution must be terminated to be deleted, current state is 'CREATED'; kill it first
    ");
    let killed = app.call(Method::DELETE, &format!("{uri}/kill")).await;
    assert_eq!((killed.status.as_u16(), killed.body.len()), (202, 0));
    app.work().await;
    assert_eq!(app.get(&uri).await.json()["state"]["current"], "KILLED");
    assert_eq!(
        app.call(Method::DELETE, &format!("{uri}/actions/kill")).await.json()["state"]["current"],
        "KILLED"
    );
    assert_snapshot!(app.call(Method::DELETE, &format!("{uri}/kill?isOnKillCascade=false")).await.error(), @"409 Illegal state: Execution is already finished, can't kill it");
    assert_eq!(app.call(Method::DELETE, &uri).await.status, 204);
    assert_snapshot!(app.call(Method::DELETE, &uri).await.error(), @"404 Not Found: Execution not found");
    assert_snapshot!(app.get(&uri).await.error(), @"404 Not Found: Execution not found");
}
