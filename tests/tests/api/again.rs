//! Running again, and saying otherwise of what has ended.

use axum::http::Method;
use insta::assert_snapshot;
use serde_json::Value as Json;

use crate::app::{Answer, App};

const FAILS: &str = r"
tasks:
  - { id: before, type: io.kestra.plugin.core.debug.Return }
  - { id: fails, type: io.kestra.plugin.core.execution.Fail }
";
const ENDS: &str = "tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return }]";

/// An execution that has ended; gives its URI, and itself.
async fn ended(app: &App, id: &str, flow: &str) -> (String, Json) {
    app.flow(id, flow).await;
    let json = app.post(&format!("/api/v1/executions/company.team/{id}?wait=true")).await.json();
    (format!("/api/v1/executions/{}", json["id"].as_str().unwrap()), json)
}

fn state(answer: &Answer) -> String {
    answer.json()["state"]["current"].as_str().unwrap().to_owned()
}

async fn post(app: &App, uri: &str, body: &str) -> Answer {
    app.post_body(uri, "application/json", body.to_owned()).await
}

#[tokio::test]
async fn what_failed_is_restarted_in_place() {
    let mut app = App::new();
    let (uri, before) = ended(&app, "fails", FAILS).await;
    let restarted = app.post(&format!("{uri}/restart")).await;
    assert_eq!((restarted.status.as_u16(), state(&restarted)), (200, "RESTARTED".to_owned()));
    assert_eq!(restarted.json()["id"], before["id"]);
    assert_eq!(restarted.json()["metadata"]["attemptNumber"], 2);
    app.work().await;
    let again = app.get(&uri).await.json();
    assert_eq!(again["taskRunList"][1]["attempts"].as_array().unwrap().len(), 2, "{again}");
    assert_snapshot!(app.post(&format!("{uri}/actions/restart?revision=7")).await.error(), @"404 Not Found: Unable to find revision 7 on flow company.team.fails");
    assert_snapshot!(app.post(&format!("{uri}/restart?revision=x")).await.error(), @"422 Internal server error: Failed to convert argument [revision] for value [x]: it has to be a whole number");
    let (uri, _) = ended(&app, "ends", ENDS).await;
    assert_snapshot!(app.post(&format!("{uri}/restart")).await.error(), @"422 Illegal argument: No task found to restart execution from!");
}

#[tokio::test]
async fn a_replay_is_another_execution() {
    let mut app = App::new();
    let (uri, before) = ended(&app, "ends", ENDS).await;
    let whole = app.post(&format!("{uri}/replay")).await;
    assert_eq!((whole.status.as_u16(), state(&whole)), (200, "CREATED".to_owned()));
    assert_eq!(whole.json()["parentId"], before["id"]);
    let run = before["taskRunList"][0]["id"].as_str().unwrap();
    let part = app.post(&format!("{uri}/actions/replay?taskRunId={run}")).await;
    assert_eq!((part.status.as_u16(), state(&part)), (200, "RESTARTED".to_owned()));
    app.work().await;
    assert_eq!(state(&app.get(&format!("/api/v1/executions/{}", part.id())).await), "SUCCESS");
    assert_snapshot!(app.post(&format!("{uri}/replay?taskRunId=0000000000000000000001")).await.error(), @"422 Illegal argument: No task found to restart execution from!");
    assert_snapshot!(app.post(&format!("{uri}/replay?taskRunId=x")).await.error(), @"422 Illegal argument: No task found to restart execution from!");
}

#[tokio::test]
async fn the_state_of_a_task_run_is_set() {
    let mut app = App::new();
    let (uri, before) = ended(&app, "fails", FAILS).await;
    let run = before["taskRunList"][1]["id"].as_str().unwrap();
    let body = format!(r#"{{"taskRunId":"{run}","state":"SUCCESS"}}"#);
    let set = post(&app, &format!("{uri}/state"), &body).await;
    assert_eq!((set.status.as_u16(), state(&set)), (200, "RESTARTED".to_owned()));
    app.work().await;
    assert_eq!(state(&app.get(&uri).await), "SUCCESS");
    let mut errors = Vec::new();
    for body in
        ["", "x", "{}", r#"{"taskRunId":"x","state":"SUCCESS"}"#, r#"{"taskRunId":"x","state":"DONE"}"#]
    {
        let answer = post(&app, &format!("{uri}/actions/state"), body).await;
        errors.push(format!("{body}: {}", answer.error()));
    }
    assert_snapshot!(errors.join("\n"), @r#"
    : 422 Invalid route params: Required Body [body] not specified
    x: 422 Invalid json: expected value at line 1 column 1
    {}: 422 Invalid json: missing field `taskRunId` at line 1 column 2
    {"taskRunId":"x","state":"SUCCESS"}: 422 Illegal argument: Unable to find the task run 'x'
    {"taskRunId":"x","state":"DONE"}: 422 Invalid json: `DONE` is no state of an execution or task run
    "#);
}

#[tokio::test]
async fn the_end_of_an_execution_is_changed() {
    let app = App::new();
    let (uri, _) = ended(&app, "ends", ENDS).await;
    let changed = app.post(&format!("{uri}/change-status?status=WARNING")).await;
    assert_eq!((changed.status.as_u16(), state(&changed)), (200, "WARNING".to_owned()));
    assert_snapshot!(app.post(&format!("{uri}/change-status?status=RUNNING")).await.error(), @"422 Illegal argument: You can only change the status of an execution to a terminal state.");
    assert_snapshot!(app.post(&format!("{uri}/actions/change-status")).await.error(), @"400 Bad Request: Required QueryValue [status] not specified");
}

#[tokio::test]
async fn labels_are_set_after_the_end() {
    let app = App::new();
    let (uri, _) = ended(&app, "ends", ENDS).await;
    let labels = r#"[{"key":"a","value":"1"}]"#;
    assert_eq!(post(&app, &format!("{uri}/labels"), labels).await.json()["labels"][1]["key"], "a");
    for body in ["", "{}", r#"[{"key":null,"value":null}]"#, r#"[{"key":"system.x","value":"1"}]"#] {
        let answer = post(&app, &format!("{uri}/actions/labels"), body).await;
        assert_eq!(answer.status, 422, "{body}");
    }
    let unknown = "/api/v1/executions/0000000000000000000999/labels";
    assert_eq!(post(&app, unknown, labels).await.status, 404);
}

#[tokio::test]
async fn many_are_told_at_once() {
    let mut app = App::new();
    let (uri, one) = ended(&app, "fails", FAILS).await;
    let other = app.post("/api/v1/executions/company.team/fails?wait=true").await.json();
    let ids = serde_json::json!([one["id"], other["id"]]).to_string();
    let by_ids = async |path: &str| post(&app, &format!("/api/v1/executions/{path}"), &ids).await.text();
    assert_eq!(by_ids("change-status/by-ids?newStatus=WARNING").await, r#"{"count":2}"#);
    assert_snapshot!(by_ids("restart/by-ids").await, @r#"{"message":"invalid bulk restart","invalids":[{"message":"execution not in state FAILED","invalidValue":"0000000000000000000001","rootBean":"0000000000000000000001"},{"message":"execution not in state FAILED","invalidValue":"0000000000000000000004","rootBean":"0000000000000000000004"}]}"#);
    assert_snapshot!(by_ids("pause/by-ids").await, @r#"{"message":"invalid bulk pause","invalids":[{"message":"execution not in state RUNNING","invalidValue":"0000000000000000000001","rootBean":"0000000000000000000001"},{"message":"execution not in state RUNNING","invalidValue":"0000000000000000000004","rootBean":"0000000000000000000004"}]}"#);
    assert_snapshot!(by_ids("resume/by-ids").await, @r#"{"message":"invalid bulk resume","invalids":[{"message":"execution not in state PAUSED","invalidValue":"0000000000000000000001","rootBean":"0000000000000000000001"},{"message":"execution not in state PAUSED","invalidValue":"0000000000000000000004","rootBean":"0000000000000000000004"}]}"#);
    assert_snapshot!(by_ids("unqueue/by-ids").await, @r#"{"message":"invalid bulk unqueue","invalids":[{"message":"execution not in state QUEUED","invalidValue":"0000000000000000000001","rootBean":"0000000000000000000001"},{"message":"execution not in state QUEUED","invalidValue":"0000000000000000000004","rootBean":"0000000000000000000004"}]}"#);
    assert_snapshot!(by_ids("force-run/by-ids").await, @r#"{"message":"invalid bulk force run","invalids":[{"message":"execution in a terminated state","invalidValue":"0000000000000000000001","rootBean":"0000000000000000000001"},{"message":"execution in a terminated state","invalidValue":"0000000000000000000004","rootBean":"0000000000000000000004"}]}"#);
    assert_eq!(by_ids("replay/by-ids?latestRevision=true").await, r#"{"count":2}"#);
    let labels =
        serde_json::json!({ "executionsId": [one["id"]], "executionLabels": [{ "key": "k", "value": "v" }] });
    let answer = post(&app, "/api/v1/executions/labels/by-ids", &labels.to_string()).await;
    assert_eq!(answer.text(), r#"{"count":1}"#);
    assert_eq!(app.get(&uri).await.json()["labels"][1]["value"], "v");
    assert_snapshot!(post(&app, "/api/v1/executions/replay/by-ids", r#"["x"]"#).await.shown(), @r#"
    400 Bad Request
    content-length: 114
    content-type: application/json

    {
      "message": "invalid bulk replay",
      "invalids": [
        {
          "message": "execution not found",
          "invalidValue": "x",
          "rootBean": "x"
        }
      ]
    }
    "#);
    assert_snapshot!(app.post("/api/v1/executions/pause/by-ids").await.error(), @"422 Invalid route params: Required Body [body] not specified");

    app.work().await;
    let query = "flowId=fails&state=WARNING";
    let found =
        app.post(&format!("/api/v1/executions/change-status/by-query?newStatus=FAILED&{query}")).await;
    assert_eq!(found.text(), r#"{"count":2}"#);
    assert_eq!(
        app.post(&format!("/api/v1/executions/restart/by-query?{query}")).await.text(),
        r#"{"count":0}"#
    );
    let all = "/api/v1/main/executions/by-query?flowId=fails";
    assert_eq!(app.call(Method::DELETE, all).await.text(), r#"{"count":4}"#);
    assert!(app.post("/api/v1/executions/kill/by-query?filters[x]=y").await.error().starts_with("405"));
    let filters = app.call(Method::DELETE, "/api/v1/executions/kill/by-query?filters[x][EQUALS]=y").await;
    assert!(filters.error().starts_with("501"), "what is not understood would find too much");
}

#[tokio::test]
async fn many_pauses_are_resumed_and_killed() {
    let mut app = App::new();
    let pause = "{ id: p, type: io.kestra.plugin.core.flow.Pause, onResume: [{ id: x, type: STRING }] }";
    app.flow("waits", &format!("tasks: [{pause}]")).await;
    for _ in 0..3 {
        app.post("/api/v1/executions/company.team/waits").await;
    }
    app.work().await;
    let query = async |method, path: &str| {
        app.call(method, &format!("/api/v1/executions/{path}/by-query?flowId=waits")).await.text()
    };
    assert_eq!(query(Method::POST, "resume").await, r#"{"count":3}"#);
    app.work().await;
    let found = app.get("/api/v1/executions/search?flowId=waits&state=SUCCESS").await.json();
    assert_eq!(found["total"], 3);
    assert_eq!(
        found["results"][0]["taskRunList"][0]["outputs"]["onResume"],
        serde_json::json!({ "x": null })
    );
}
