//! Executions of any flow as Conductor's clients see them.

use axum::http::Method;
use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use crate::app::{App, typed};

const RETURN: &str = r#"
inputs: [{ id: n, type: INT, required: false }]
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: "n={{ inputs.n }}" }]
outputs: [{ id: text, type: STRING, value: "{{ outputs.t.value }}" }]"#;
const WAITS: &str = "tasks: [{ id: wait, type: io.kestra.plugin.core.flow.Pause }]";
const FAILS: &str =
    "tasks: [{ id: broken, type: io.kestra.plugin.core.execution.Fail, errorMessage: no luck }]";
const LOOP: &str = r#"
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: ["a", "b"]
    tasks: [{ id: one, type: io.kestra.plugin.core.debug.Return, format: "{{ taskrun.value }}" }]"#;

/// Starts `company.team.<name>`, and works on it as far as it goes.
pub(crate) async fn started(app: &mut App, name: &str, query: &str) -> String {
    let uri = format!("/api/workflow/company.team.{name}{query}");
    let answer = app.post_body(&uri, "application/json", json!({"n": 5}).to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    app.work().await;
    answer.text()
}

pub(crate) async fn workflow(app: &App, id: &str) -> Json {
    let answer = app.get(&format!("/api/workflow/{id}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn pretty(json: &Json) -> String {
    serde_json::to_string_pretty(json).unwrap()
}

#[tokio::test]
async fn a_workflow_has_every_field_its_clients_read_and_no_word_of_kestras() {
    let mut app = App::new();
    app.flow("f", RETURN).await;
    let id = started(&mut app, "f", "?correlationId=order-1&priority=7").await;
    let seen = workflow(&app, &id).await;
    assert_snapshot!(pretty(&seen));
    for text in ["SUCCESS", "2024-07-12T", "null"] {
        assert!(!pretty(&seen).contains(text), "{text}");
    }
    let bare = app.get(&format!("/api/workflow/{id}?includeTasks=False&summarize=true")).await.json();
    assert_eq!((&bare["tasks"], &bare["output"], &bare["input"]), (&json!([]), &json!({}), &json!({})));
}

#[tokio::test]
async fn a_task_that_waits_leaves_its_workflow_running() {
    let mut app = App::new();
    app.flow("waits", WAITS).await;
    let id = started(&mut app, "waits", "").await;
    let status =
        app.get(&format!("/api/workflow/{id}/status?includeOutput=True&includeVariables=true")).await;
    assert_eq!(status.json(), json!({"workflowId": id, "status": "RUNNING", "output": {}, "variables": {}}));
    let seen = workflow(&app, &id).await;
    let task = &seen["tasks"][0];
    assert_eq!(
        (&task["status"], &task["taskType"], &task["endTime"]),
        (&json!("IN_PROGRESS"), &json!("WAIT"), &json!(0))
    );
    assert_eq!(seen["endTime"], 0);
}

#[tokio::test]
async fn a_failure_says_which_task_and_why() {
    let mut app = App::new();
    app.flow("fails", FAILS).await;
    let id = started(&mut app, "fails", "").await;
    let seen = workflow(&app, &id).await;
    let task = seen["tasks"][0]["taskId"].as_str().unwrap();
    assert_eq!(seen["status"], "FAILED");
    assert_eq!(seen["failedReferenceTaskNames"], json!(["broken"]));
    assert_eq!(seen["tasks"][0]["reasonForIncompletion"], "no luck");
    assert_eq!(
        seen["reasonForIncompletion"],
        format!("Task {task} failed with status: FAILED and reason: 'no luck'")
    );
}

#[tokio::test]
async fn tasks_of_a_loop_are_named_by_their_round() {
    let mut app = App::new();
    app.flow("loop", LOOP).await;
    let id = started(&mut app, "loop", "").await;
    let tasks = app.get(&format!("/api/workflow/{id}/tasks?count=2&start=1&status=COMPLETED")).await.json();
    assert_eq!(tasks["totalHits"], 3);
    let names: Vec<_> = tasks["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["referenceTaskName"], &it["iteration"], &it["seq"]))
        .collect();
    assert_eq!(names, [(&json!("one__1"), &json!(1), &json!(2)), (&json!("one__2"), &json!(2), &json!(3))]);
    assert_snapshot!(app.get(&format!("/api/workflow/{id}/tasks?status=SUCCESS")).await.error(), @"400 `status` is `SUCCESS`; it has to be one of SCHEDULED, IN_PROGRESS, COMPLETED, COMPLETED_WITH_ERRORS, FAILED, FAILED_WITH_TERMINAL_ERROR, TIMED_OUT, CANCELED, SKIPPED");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let app = App::new();
    for id in ["0000000000000000000001", "7f3c-uuid"] {
        for path in ["", "/status", "/tasks"] {
            let error = app.get(&format!("/api/workflow/{id}{path}")).await.error();
            assert_eq!(error, format!("404 No such workflow found by id: {id}"));
        }
    }
}

#[tokio::test]
async fn workflows_are_searched_by_what_is_known_of_all() {
    let mut app = App::new();
    app.flow("f", RETURN).await;
    app.flow("waits", WAITS).await;
    let done = started(&mut app, "f", "?correlationId=a").await;
    let open = started(&mut app, "waits", "?correlationId=a").await;
    let ids = async |query: &str| -> Vec<String> {
        let uri = format!(
            "/api/workflow/search?query={}",
            query.replace(' ', "%20").replace('\'', "%27").replace('>', "%3E").replace('<', "%3C")
        );
        let answer = app.get(&uri).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let json = answer.json();
        let found: Vec<String> = json["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["workflowId"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(json["totalHits"], found.len());
        found
    };
    assert_eq!(ids("").await, [open.clone(), done.clone()]);
    assert_eq!(ids("workflowType = 'company.team.f'").await, std::slice::from_ref(&done));
    assert_eq!(ids("status IN (RUNNING,PAUSED)").await, std::slice::from_ref(&open));
    assert_eq!(ids("status = PAUSED").await, [] as [String; 0]);
    assert_eq!(ids(&format!("workflowId = {done} AND version = 1")).await, std::slice::from_ref(&done));
    assert_eq!(ids("version = 2").await, [] as [String; 0]);
    assert_eq!(ids("correlationId = a AND startTime > 1720761222140").await.len(), 2);
    assert_eq!(ids("startTime > 1720761222141").await.len(), 0);
    let page = app.get("/api/workflow/search?start=1&size=1&sort=startTime:ASC&freeText=*").await.json();
    assert_eq!((&page["totalHits"], page["results"].as_array().unwrap().len()), (&json!(2), 1));
    let full = app.get("/api/workflow/search-v2?query=status=COMPLETED").await.json();
    assert_eq!(full["results"][0]["workflowId"], done);
    let mut errors = Vec::new();
    for query in
        ["size=5001", "freeText=abc", "sort=color:ASC", "query=taskType=HTTP", "query=status=SUCCESS"]
    {
        errors.push(app.get(&format!("/api/workflow/search?{query}")).await.error());
    }
    assert_snapshot!(errors.join("\n"), @r"
    400 Cannot return more than 5000 workflows. Please use pagination.
    400 `freeText` is not searched; it has to be *, and `query` says what is looked for
    400 `sort` is by `color`; it has to be by startTime, endTime, workflowId, workflowType, status or executionTime
    400 workflows cannot be searched by `taskType`; they can by workflowType, version, status, workflowId, correlationId, startTime
    400 `status` is `SUCCESS`; it has to be one of RUNNING, PAUSED, COMPLETED, FAILED, TIMED_OUT, TERMINATED
    ");
}

#[tokio::test]
async fn a_summary_is_of_texts() {
    let mut app = App::new();
    app.flow("f", RETURN).await;
    started(&mut app, "f", "").await;
    let found = app.get("/api/workflow/search").await.json();
    assert_snapshot!(pretty(&found["results"][0]), @r#"
    {
      "workflowType": "company.team.f",
      "version": 1,
      "workflowId": "0000000000000000000001",
      "startTime": "2024-07-12T05:13:42.140Z",
      "updateTime": "2024-07-12T05:13:42.140Z",
      "endTime": "2024-07-12T05:13:42.140Z",
      "status": "COMPLETED",
      "input": "{\"n\":5}",
      "output": "{\"text\":\"n=5\"}",
      "executionTime": 0,
      "failedReferenceTaskNames": "",
      "failedTaskNames": [],
      "priority": 0,
      "inputSize": 7,
      "outputSize": 14
    }
    "#);
}

#[tokio::test]
async fn those_that_run_and_those_of_a_correlation_id_are_found_by_name() {
    let mut app = App::new();
    app.flow("f", RETURN).await;
    app.flow("waits", WAITS).await;
    let done = started(&mut app, "f", "?correlationId=a").await;
    let open = started(&mut app, "waits", "?correlationId=a").await;
    let running = async |query: &str| app.get(&format!("/api/workflow/running/{query}")).await.json();
    assert_eq!(running("company.team.waits?version=1").await, json!([open]));
    assert_eq!(running("company.team.waits?version=2").await, json!([]));
    assert_eq!(running("company.team.f").await, json!([]));
    let of = async |name: &str, query: &str| {
        let found = app.get(&format!("/api/workflow/company.team.{name}/correlated/a{query}")).await.json();
        found.as_array().unwrap().iter().map(|it| it["workflowId"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of("waits", "").await, [json!(open)]);
    assert_eq!(of("f", "").await, [] as [Json; 0]);
    assert_eq!(of("f", "?includeClosed=true").await, [json!(done)]);
    let body =
        json!({"correlationIds": ["a", "b"], "workflowNames": ["company.team.f", "company.team.waits"]});
    let uri = "/api/workflow/correlated/batch?includeClosed=True";
    let many = app.post_body(uri, "application/json", body.to_string()).await.json();
    assert_eq!((many["a"].as_array().unwrap().len(), &many["b"]), (2, &json!([])));
    let uri = "/api/workflow/company.team.waits/correlated";
    let many = app.post_body(uri, "application/json", json!(["a"]).to_string()).await.json();
    assert_eq!(many["a"][0]["workflowId"], open);
}

#[tokio::test]
async fn a_server_that_asks_nobody_gives_everybody_a_token() {
    let app = App::new();
    assert_eq!(app.get("/api/health").await.json(), json!({"healthy": true}));
    let key = json!({"keyId": "a", "keySecret": "b"}).to_string();
    let token = app.post_body("/api/token", "application/json", key).await.json();
    let mut request = typed(Method::GET, "/api/token/userInfo", "application/json", "");
    request.headers_mut().insert("x-authorization", token["token"].as_str().unwrap().parse().unwrap());
    assert_eq!(app.send(request).await.json()["name"], "anybody");
}

#[tokio::test]
async fn tasks_are_found_and_workflows_by_them() {
    let mut app = App::new();
    app.flow("f", RETURN).await;
    app.flow("fails", FAILS).await;
    app.flow("loop", LOOP).await;
    let done = started(&mut app, "f", "?correlationId=a&priority=3").await;
    let failed = started(&mut app, "fails", "").await;
    started(&mut app, "loop", "").await;
    let found = async |path: &str, query: &str| -> Json {
        let query = query.replace(' ', "%20").replace('>', "%3E").replace('<', "%3C");
        let answer = app.get(&format!("/api/{path}?{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    let references = |json: &Json| -> Vec<String> {
        let all = json["results"].as_array().unwrap();
        all.iter().map(|it| it["referenceTaskName"].as_str().unwrap().to_owned()).collect()
    };
    let all = found("tasks/search", "").await;
    assert_eq!((references(&all).len(), &all["totalHits"]), (5, &json!(5)));
    let one =
        found("tasks/search", "query=workflowType = company.team.f AND status IN (COMPLETED,FAILED)").await;
    assert_snapshot!(pretty(&one["results"][0]), @r#"
    {
      "workflowId": "0000000000000000000001",
      "workflowType": "company.team.f",
      "correlationId": "a",
      "scheduledTime": "2024-07-12T05:13:42.140Z",
      "startTime": "2024-07-12T05:13:42.140Z",
      "updateTime": "2024-07-12T05:13:42.140Z",
      "endTime": "2024-07-12T05:13:42.140Z",
      "status": "COMPLETED",
      "executionTime": 0,
      "queueWaitTime": 0,
      "taskDefName": "t",
      "taskType": "io.kestra.plugin.core.debug.Return",
      "referenceTaskName": "t",
      "input": "{}",
      "output": "{\"value\":\"n=5\"}",
      "taskId": "0000000000000000000001-0000000000000000000002-1",
      "workflowPriority": 3
    }
    "#);
    assert_eq!(one["results"][0]["workflowId"], done);
    let query = "query=referenceTaskName IN (one__1,one__2)&sort=startTime:DESC&start=1&size=5";
    let page = found("tasks/search-v2", query).await;
    assert_eq!((references(&page).len(), &page["totalHits"]), (1, &json!(2)));
    assert!(page["results"][0]["scheduledTime"].is_i64());
    for (query, count) in [
        ("status = FAILED", 1),
        ("status = FAILED AND taskType = TERMINATE", 1),
        ("taskDefName = t AND correlationId = a", 1),
        ("correlationId = b", 0),
        ("startTime > 1720761222140 AND endTime < 1720761222140", 5),
        ("updateTime > 1720761222141", 0),
    ] {
        assert_eq!(found("tasks/search", &format!("query={query}")).await["totalHits"], count, "{query}");
    }
    let by = async |query: &str| {
        let v1 = found("workflow/search-by-tasks", query).await;
        let v2 = found("workflow/search-by-tasks-v2", query).await;
        assert_eq!(v1["results"][0]["workflowId"], v2["results"][0]["workflowId"]);
        (v1["totalHits"].clone(), v1["results"][0]["workflowId"].clone())
    };
    assert_eq!(by("query=status = FAILED").await, (json!(1), json!(failed)));
    assert_eq!(by("query=taskType = none").await, (json!(0), Json::Null));
    let mut errors = Vec::new();
    for query in
        ["query=color=red", "query=status=SUCCESS", "query=status%3E1", "query=startTime=1", "sort=color"]
    {
        errors.push(app.get(&format!("/api/tasks/search?{query}")).await.error());
    }
    assert_snapshot!(errors.join("\n"), @r"
    400 `color=red`: tasks are searched by taskType, taskDefName, referenceTaskName, taskId, status, scheduledTime, startTime, updateTime, endTime of the task, and workflowType, workflowId, correlationId, version of its workflow; a condition is field = value, field IN (a,b), field > value or field < value
    400 `status` is `SUCCESS`; it has to be one of SCHEDULED, IN_PROGRESS, COMPLETED, COMPLETED_WITH_ERRORS, FAILED, FAILED_WITH_TERMINAL_ERROR, TIMED_OUT, CANCELED, SKIPPED
    400 `status>1` has to be compared with = or IN
    400 `startTime=1` has to be compared with > or <
    400 `sort` is by `color`; tasks are sorted by scheduledTime, startTime, updateTime or endTime
    ");
}

#[tokio::test]
async fn a_workflow_shows_the_definition_as_it_was_registered() {
    let app = App::new();
    let definition = json!({
        "name": "kept", "version": 3, "schemaVersion": 2, "description": "d", "ownerEmail": "a@b.c",
        "rateLimitConfig": null, "variables": {"a": 1}, "metadata": {"x": [1]},
        "tasks": [{
            "name": "n", "taskReferenceName": "r", "type": "FORK_JOIN", "description": "forks",
            "forkTasks": [[{"name": "i", "taskReferenceName": "i", "type": "INLINE", "inputParameters": {"expression": "1"}}]],
        }, {"name": "j", "taskReferenceName": "j", "type": "JOIN", "joinOn": ["i"]}],
    });
    let registered =
        app.post_body("/api/metadata/workflow", "application/json", definition.to_string()).await;
    assert_eq!(registered.status, 200, "{}", registered.text());
    let answer = app.post_body("/api/workflow/execute/kept/3", "application/json", "{}").await.json();
    let id = answer["workflowId"].as_str().unwrap();
    assert_eq!((&answer["status"], &answer["variables"]), (&json!("COMPLETED"), &json!({"a": 1})));
    let seen = workflow(&app, id).await;
    assert_eq!(seen["workflowDefinition"], app.get("/api/metadata/workflow/kept").await.json());
    assert_eq!(seen["workflowDefinition"]["tasks"][0]["forkTasks"][0][0]["name"], "i");
    assert!(seen["workflowDefinition"].get("rateLimitConfig").is_none());
    assert_eq!(seen["variables"], json!({"a": 1}));
    let status = app.get(&format!("/api/workflow/{id}/status?includeVariables=true")).await.json();
    assert_eq!(status["variables"], json!({"a": 1}));
}
