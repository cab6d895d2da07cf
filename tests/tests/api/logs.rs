//! Log lines.

use insta::assert_snapshot;

use crate::app::App;

const FLOW: &str = "
tasks:
  - { id: hello, type: io.kestra.plugin.core.log.Log, message: Hello World! }
  - { id: careful, type: io.kestra.plugin.core.log.Log, message: careful, level: WARN }
";

async fn app() -> (App, String) {
    let app = App::new();
    app.flow("f", FLOW).await;
    let id = app.post("/api/v1/executions/company.team/f?wait=true").await.id();
    (app, id)
}

#[tokio::test]
async fn log_lines_are_listed() {
    let (app, id) = app().await;
    assert_snapshot!(app.get(&format!("/api/v1/logs/{id}?taskId=hello&minLevel=INFO")).await.shown(), @r#"
    200 OK
    content-length: 249
    content-type: application/json

    [
      {
        "namespace": "company.team",
        "flowId": "f",
        "taskId": "hello",
        "executionId": "0000000000000000000001",
        "taskRunId": "0000000000000000000002",
        "attemptNumber": 0,
        "timestamp": "2024-07-12T05:13:42.140Z",
        "level": "INFO",
        "message": "Hello World!",
        "deleted": false
      }
    ]
    "#);
    let count = async |query: &str| {
        app.get(&format!("/api/v1/logs/{id}{query}")).await.json().as_array().unwrap().len()
    };
    assert_eq!(count("?taskId=careful&minLevel=ERROR").await, 0);
    assert_eq!(count("?taskId=careful&minLevel=warn").await, 1);
    assert_eq!(count("?taskId=careful&attempt=0").await, 1);
    assert_eq!(count("?attempt=7").await, 0);
    assert_snapshot!(app.get(&format!("/api/v1/logs/{id}?minLevel=LOUD&attempt=x&taskRunId=?")).await.error(), @"
    422 Internal server error: Failed to convert argument [minLevel] for value [LOUD]: it has to be one of TRACE, DEBUG, INFO, WARN, ERROR
    Failed to convert argument [taskRunId] for value [?]: it has to be the id of a task run
    Failed to convert argument [attempt] for value [x]: it has to be a whole number
    ");
}

#[tokio::test]
async fn log_lines_are_downloaded_as_text() {
    let (app, id) = app().await;
    assert_snapshot!(app.get(&format!("/api/v1/logs/{id}/download?minLevel=WARN")).await.shown(), @r#"
    200 OK
    content-disposition: attachment; filename="0000000000000000000001.log"
    content-length: 38
    content-type: text/plain; charset=utf-8

    2024-07-12T05:13:42.140Z WARN careful
    "#);
}

#[tokio::test]
async fn an_unknown_execution_has_no_log_lines() {
    let app = App::new();
    for id in ["0000000000000000000042", "nobody"] {
        assert_eq!(app.get(&format!("/api/v1/logs/{id}")).await.text(), "[]");
        let answer = app.get(&format!("/api/v1/logs/{id}/download")).await;
        assert_eq!((answer.status.as_u16(), answer.text()), (200, String::new()));
    }
}
