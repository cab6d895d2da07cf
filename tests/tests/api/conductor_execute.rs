//! Executing a workflow over Conductor's routes: knobs, waits, what is answered.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value as Json, json};
use service::Settings;

use crate::app::{Answer, App};

/// Ends at once, with an output.
const ECHO: &str = "
inputs: [{ id: n, type: JSON, required: false }]
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: '{{ inputs.n }}' }]
outputs: [{ id: text, type: STRING, value: 'got {{ outputs.t.value }}' }]";
/// `a` ends, and then nothing for an hour.
const STAYS: &str = "
tasks:
  - { id: a, type: io.kestra.plugin.core.debug.Return, format: done }
  - { id: b, type: io.kestra.plugin.core.debug.Return, format: done }
  - { id: timed, type: io.kestra.plugin.core.flow.Pause, pauseDuration: PT1H }
  - { id: after, type: io.kestra.plugin.core.debug.Return, format: later }
  - { id: again, type: io.kestra.plugin.core.flow.Pause, pauseDuration: PT1H }";
/// Waits for somebody.
const WAITS: &str = "tasks: [{ id: w, type: io.kestra.plugin.core.flow.Pause }]";
/// Longer than any of these tests takes, unless it has to be over.
const LONG: &str = "waitForSeconds=50";
/// A wait that was told of what happened is over by then.
const PROMPTLY: Duration = Duration::from_secs(4);

async fn app() -> App {
    let app = App::new();
    put(&app, "echo", ECHO).await;
    put(&app, "stays", STAYS).await;
    put(&app, "waits", WAITS).await;
    app
}

/// A flow of the default namespace.
async fn put(app: &App, id: &str, body: &str) {
    let source = format!("id: {id}\nnamespace: conductor\n{body}");
    app.service.create_flow("main", &source).await.unwrap();
}

fn request(method: Method, uri: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(uri).header("Content-Type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn execute(app: &App, uri: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    app.send(request(Method::POST, &format!("/api/workflow/execute/{uri}"), headers, body)).await
}

/// The second form, which answers JSON.
async fn run(app: &App, uri: &str) -> Json {
    let answer = execute(app, uri, &[], "{}").await;
    assert_eq!(answer.status, 200, "{}", answer.shown());
    answer.json()
}

/// The state of the newest execution of a flow, once it has one.
async fn newest(app: &App, flow: &str, state: &str) -> String {
    let uri = format!("/api/v1/executions?namespace=conductor&flowId={flow}");
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let first = app.get(&uri).await.json()["results"][0].clone();
        if first["state"]["current"] == state {
            return first["id"].as_str().unwrap().to_owned();
        }
        assert!(Instant::now() < until, "{first}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn the_documented_call_gives_the_documented_answer() {
    let app = app().await;
    let headers = [("waitForSeconds", "15"), ("requestId", "r-1"), ("X-Authorization", "token")];
    let answer = execute(&app, "echo", &headers, r#"{"n": {"deep": [1, true, null]}}"#).await;
    assert_eq!(answer.status, 200);
    let id = answer.header("x-workflow-id").to_owned();
    assert_eq!(answer.header("x-workflow-status"), "COMPLETED");
    assert_eq!(
        answer.json(),
        json!({
            "output": { "text": r#"got {"deep":[1,true,null]}"# },
            "workflowId": id, "status": "COMPLETED", "requestId": "r-1",
        })
    );
    let shown = app.get(&format!("/api/v1/executions/{id}")).await.json();
    assert_eq!(shown["inputs"]["n"], json!({ "deep": [1, true, null] }));
}

#[tokio::test]
async fn a_get_has_no_input_and_a_post_has_to() {
    let app = app().await;
    let got = app.get("/api/workflow/execute/echo?requestId=r").await;
    assert_eq!((got.status.as_u16(), &got.json()["requestId"]), (200, &json!("r")));
    let named = app.get("/api/main/workflow/execute/conductor.echo").await;
    assert_eq!(named.json()["status"], "COMPLETED");
    let id = named.json()["requestId"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 36, "a UUID was made");
    for body in ["", "null", "[]", "1", "{", "\"{}\""] {
        let answer = execute(&app, "echo", &[], body).await;
        assert_eq!(answer.status, 400, "{body}");
        let json = answer.json();
        assert_eq!((&json["status"], &json["retryable"]), (&json!(400), &json!(false)), "{json}");
    }
}

#[tokio::test]
async fn a_version_is_a_revision_and_0_the_newest() {
    let app = app().await;
    let newer = ECHO.replace("got", "newer");
    app.service
        .update_flow("main", "conductor", "echo", &format!("id: echo\nnamespace: conductor\n{newer}"))
        .await
        .unwrap();
    let text = async |query: &str| {
        execute(&app, &format!("echo{query}"), &[], r#"{"n": 1}"#).await.json()["output"]["text"].clone()
    };
    assert_eq!(text("").await, "newer 1");
    assert_eq!(text("?version=None").await, "newer 1");
    assert_eq!(text("?version=0").await, "newer 1");
    assert_eq!(text("?version=1").await, "got 1");
    assert_eq!(text("/0").await, "newer 1");
    assert_eq!(text("/1").await, "newer 1".replace("newer", "got"));
    for missing in ["echo?version=7", "echo/7", "echo/-1", "nobody", "other.echo", "nobody/1"] {
        let answer = execute(&app, missing, &[], "{}").await;
        assert_eq!(answer.status, 404, "{missing}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with("No such workflow defined. name="), "{message}");
    }
}

#[tokio::test]
async fn a_flow_of_another_namespace_is_named_with_it_and_the_default_is_a_setting() {
    let settings = Settings { conductor_namespace: "company.team".to_owned(), ..Settings::default() };
    let app = App::with(settings);
    app.flow("echo", ECHO).await;
    put(&app, "echo", ECHO).await;
    assert_eq!(execute(&app, "echo", &[], "{}").await.status, 200);
    let answer = execute(&app, "conductor.echo", &[], "{}").await;
    let id = answer.header("x-workflow-id");
    assert_eq!(app.get(&format!("/api/v1/executions/{id}")).await.json()["namespace"], "conductor");
}

#[tokio::test]
async fn headers_come_first_in_one_form_and_the_query_in_the_other() {
    let app = app().await;
    let headers = [("requestId", "header"), ("waitForSeconds", "1")];
    assert_eq!(execute(&app, "echo?requestId=query", &headers, "{}").await.json()["requestId"], "header");
    assert_eq!(execute(&app, "echo/1?requestId=query", &headers, "{}").await.json()["requestId"], "query");
    assert_eq!(execute(&app, "echo/1", &headers, "{}").await.json()["requestId"], "header");
    let empty = [("requestId", "None")];
    assert_eq!(execute(&app, "echo?requestId=query", &empty, "{}").await.json()["requestId"], "query");
    for nothing in ["None", "null", "undefined", ""] {
        let query = format!(
            "requestId={nothing}&waitUntilTaskRef={nothing}&waitForSeconds={nothing}&consistency={nothing}\
             &returnStrategy={nothing}&X-Idempotency-key={nothing}&X-on-conflict={nothing}"
        );
        let json =
            run(&app, &format!("echo/{}?{query}", if nothing.is_empty() { "0" } else { nothing })).await;
        assert_eq!(json["requestId"].as_str().unwrap().len(), 36, "{nothing}");
        assert_eq!(json["responseType"], "TARGET_WORKFLOW");
    }
    for (uri, what) in [
        ("echo?version=one", "version"),
        ("echo/one", "version"),
        ("echo?waitForSeconds=soon", "waitForSeconds"),
        ("echo?waitForSeconds=-1", "waitForSeconds"),
        ("echo?X-on-conflict=MAYBE", "X-on-conflict"),
        ("echo/1?returnStrategy=ALL", "returnStrategy"),
    ] {
        let answer = execute(&app, uri, &[], "{}").await;
        assert_eq!(answer.status, 400, "{uri}");
        assert!(answer.json()["message"].as_str().unwrap().starts_with(what), "{}", answer.shown());
    }
}

#[tokio::test]
async fn both_bodies_are_taken_where_the_version_is_in_the_path() {
    let app = app().await;
    let envelope = r#"{"name": "other", "version": 9, "input": {"n": 7}, "idempotencyStrategy": "FAIL",
        "correlationId": "c", "priority": 5, "createdBy": "me", "taskToDomain": {"*": "d"}}"#;
    let json = execute(&app, "echo/1", &[], envelope).await.json();
    assert_eq!(json["output"], json!({ "text": "got 7" }));
    assert_eq!(json["input"], json!({ "n": 7 }));
    assert_eq!(
        (&json["correlationId"], &json["priority"], &json["createdBy"]),
        (&json!("c"), &json!(5), &json!("me"))
    );
    let bare = execute(&app, "echo/1", &[], r#"{"n": 8, "unknown": 1}"#).await.json();
    assert_eq!((&bare["output"]["text"], &bare["priority"]), (&json!("got 8"), &json!(0)));
    assert_eq!(execute(&app, "echo/1", &[], r#"{"priority": 100}"#).await.status, 400);
    assert_eq!(execute(&app, "echo/1", &[], r#"{"input": 1}"#).await.status, 400);
}

#[tokio::test]
async fn an_expression_in_an_input_is_a_text() {
    let app = App::new();
    put(&app, "echo", &ECHO.replace("type: JSON", "type: STRING")).await;
    let json = execute(&app, "echo/1", &[], r#"{"n": "${workflow.input.x} {{ now() }}"}"#).await.json();
    assert_eq!(json["output"]["text"], "got ${workflow.input.x} {{ now() }}");
}

#[tokio::test]
async fn every_strategy_says_which_it_is() {
    let app = app().await;
    for strategy in ["TARGET_WORKFLOW", "BLOCKING_WORKFLOW", "BLOCKING_TASK", "BLOCKING_TASK_INPUT"] {
        let json =
            run(&app, &format!("echo/1?waitUntilTaskRef=t&requestId=r&returnStrategy={strategy}")).await;
        assert_eq!((&json["responseType"], &json["status"]), (&json!(strategy), &json!("COMPLETED")));
        assert_eq!(json["targetWorkflowStatus"], "COMPLETED");
        assert!(json["createTime"].as_i64().unwrap() > 0 && json["updateTime"].as_i64().unwrap() > 0);
        assert_eq!((&json["requestId"], &json["signalTimeout"]), (&json!("r"), &json!(false)));
        assert_eq!(json["workflowId"], json["targetWorkflowId"]);
        if strategy.starts_with("BLOCKING_TASK") {
            assert_eq!((&json["referenceTaskName"], &json["taskDefName"]), (&json!("t"), &json!("t")));
            assert_eq!((&json["workflowType"], &json["retryCount"]), (&json!("echo"), &json!(0)));
            assert!(json["input"].is_object() && json["taskId"].is_string() && json["taskType"].is_string());
            assert!(json.get("tasks").is_none() && json.get("variables").is_none());
        } else {
            assert_eq!(json["tasks"][0]["referenceTaskName"], "t");
            assert!(json["variables"].is_object() && json["input"].is_object() && json["output"].is_object());
        }
        assert!(json.as_object().unwrap().values().all(|it| !it.is_null()), "{json}");
    }
}

#[tokio::test]
async fn when_nothing_blocks_the_workflow_is_shown_or_nothing() {
    let app = app().await;
    let json = run(&app, "echo/1?returnStrategy=BLOCKING_WORKFLOW").await;
    assert_eq!((&json["workflowId"], &json["status"]), (&json["targetWorkflowId"], &json!("COMPLETED")));
    for strategy in ["BLOCKING_TASK", "BLOCKING_TASK_INPUT"] {
        let uri = format!("stays/1?waitForSeconds=1&returnStrategy={strategy}");
        let answer = execute(&app, &uri, &[], "{}").await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, ""));
        assert_eq!(answer.header("x-workflow-status"), "RUNNING");
        assert_ne!(answer.header("x-workflow-id"), "");
    }
}

#[tokio::test]
async fn a_task_that_is_waited_for_ends_the_wait() {
    let app = app().await;
    let began = Instant::now();
    let json = run(&app, &format!("stays/1?{LONG}&waitUntilTaskRef=a&returnStrategy=BLOCKING_TASK")).await;
    assert_eq!((&json["referenceTaskName"], &json["status"]), (&json!("a"), &json!("COMPLETED")));
    assert_eq!((&json["targetWorkflowStatus"], &json["signalTimeout"]), (&json!("RUNNING"), &json!(false)));
    assert_eq!(json["output"], json!({ "value": "done" }));
    // One of several is enough, blanks mean nothing, and of several the first in order is shown.
    let named = |refs: &str| format!("stays/1?{LONG}&waitUntilTaskRef={refs}&returnStrategy=BLOCKING_TASK");
    assert_eq!(run(&app, &named("after,%20b%20,")).await["referenceTaskName"], "b");
    assert_eq!(run(&app, &named("b,a")).await["referenceTaskName"], "a");
    let seen = execute(&app, "stays", &[("waitUntilTaskRef", "a"), ("waitForSeconds", "50")], "{}").await;
    assert_eq!(seen.status, 206);
    assert_eq!((&seen.json()["status"], &seen.json()["output"]), (&json!("RUNNING"), &json!({})));
    assert!(began.elapsed() < PROMPTLY, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_wait_that_is_over_is_no_error_and_stops_nothing() {
    let app = app().await;
    let began = Instant::now();
    let json = run(&app, "stays/1?waitForSeconds=1&waitUntilTaskRef=nobody").await;
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!((&json["status"], &json["signalTimeout"]), (&json!("RUNNING"), &json!(true)));
    assert_eq!(json["tasks"].as_array().unwrap().len(), 3);
    let id = json["workflowId"].as_str().unwrap();
    assert_eq!(app.get(&format!("/api/v1/executions/{id}")).await.json()["state"]["current"], "PAUSED");
    let answer = execute(&app, "stays", &[("waitForSeconds", "1")], "{}").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (206, &json!("RUNNING")));
    // A name that there is not does not hold up an end.
    assert_eq!(run(&app, &format!("echo/1?{LONG}&waitUntilTaskRef=nobody")).await["status"], "COMPLETED");
}

#[tokio::test]
async fn nobody_waits_longer_than_the_server_does() {
    let app = App::with(Settings { wait_max: Duration::ZERO, ..Settings::default() });
    put(&app, "stays", STAYS).await;
    assert_eq!(run(&app, "stays/1?waitForSeconds=1000000").await["signalTimeout"], true);
}

#[tokio::test]
async fn a_task_that_waits_for_somebody_blocks_at_once() {
    let app = app().await;
    let began = Instant::now();
    let json =
        run(&app, &format!("waits/1?{LONG}&returnStrategy=BLOCKING_TASK&waitUntilTaskRef=other")).await;
    assert_eq!((&json["referenceTaskName"], &json["taskType"]), (&json!("w"), &json!("WAIT")));
    assert_eq!((&json["status"], &json["targetWorkflowStatus"]), (&json!("IN_PROGRESS"), &json!("RUNNING")));
    let json = run(&app, &format!("waits/1?{LONG}&returnStrategy=BLOCKING_WORKFLOW")).await;
    assert_eq!((&json["status"], &json["workflowId"]), (&json!("RUNNING"), &json["targetWorkflowId"]));
    assert!(began.elapsed() < PROMPTLY, "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_innermost_workflow_that_blocks_is_shown() {
    let app = app().await;
    let calls = |flow: &str| {
        format!(
            "tasks: [{{ id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: conductor, flowId: {flow}, \
             wait: true }}]"
        )
    };
    put(&app, "outer", &calls("middle")).await;
    put(&app, "middle", &calls("waits")).await;
    put(&app, "ends", &calls("echo")).await;
    let began = Instant::now();
    for root in ["middle", "outer"] {
        let json = run(&app, &format!("{root}/1?{LONG}&returnStrategy=BLOCKING_WORKFLOW")).await;
        assert_ne!(json["workflowId"], json["targetWorkflowId"]);
        assert_eq!(json["tasks"][0]["referenceTaskName"], "w");
        let id = json["targetWorkflowId"].as_str().unwrap();
        assert_eq!(app.get(&format!("/api/v1/executions/{id}")).await.json()["flowId"], root);
        let json = run(&app, &format!("{root}/1?{LONG}&returnStrategy=BLOCKING_TASK")).await;
        assert_eq!((&json["referenceTaskName"], &json["workflowType"]), (&json!("w"), &json!("waits")));
    }
    assert_eq!(run(&app, &format!("ends/1?{LONG}")).await["status"], "COMPLETED");
    assert!(began.elapsed() < PROMPTLY, "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_happens_meanwhile_is_told_and_not_looked_for() {
    let mut app = app().await;
    let query = format!("/api/workflow/execute/stays/1?{LONG}&waitUntilTaskRef=after");
    let waiting = tokio::spawn(app.sending(request(Method::POST, &query, &[], "{}")));
    let id = newest(&app, "stays", "PAUSED").await;
    assert!(!waiting.is_finished());
    let resumed = Instant::now();
    assert_eq!(app.post(&format!("/api/v1/executions/{id}/resume")).await.status, 204);
    app.work().await;
    let json = waiting.await.unwrap().json();
    assert_eq!((&json["workflowId"], &json["status"]), (&json!(id), &json!("RUNNING")));
    assert_eq!(json["tasks"].as_array().unwrap().len(), 5);
    // Without being told, the next look would be seconds away.
    assert!(resumed.elapsed() < PROMPTLY, "{:?}", resumed.elapsed());
}

#[tokio::test]
async fn a_workflow_that_fails_has_failed() {
    let app = app().await;
    put(&app, "fails", "tasks: [{ id: f, type: io.kestra.plugin.core.execution.Fail }]").await;
    let answer = execute(&app, "fails", &[], "{}").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (200, &json!("FAILED")));
    assert_eq!(run(&app, "fails/1").await["targetWorkflowStatus"], "FAILED");
}

#[tokio::test]
async fn an_input_against_the_rules_is_refused() {
    let app = App::new();
    put(&app, "strict", &ECHO.replace("type: JSON, required: false", "type: INT")).await;
    for body in ["{}", r#"{"n": "seven"}"#] {
        let answer = execute(&app, "strict", &[], body).await;
        assert_eq!(answer.status, 400, "{}", answer.shown());
        assert_eq!(answer.json()["validationErrors"][0]["path"], "n");
    }
    assert_eq!(execute(&app, "strict", &[], r#"{"n": 7}"#).await.json()["output"]["text"], "got 7");
}
