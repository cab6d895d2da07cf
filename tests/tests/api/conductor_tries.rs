//! How often Conductor's tasks are tried, how long they may take, and what becomes of what is late.

use std::{sync::Arc, time::Duration};

use axum::http::Method;
use engine::{
    execution::{AttemptOutcome, Ending, Level},
    flow::TaskType,
};
use ports::{
    Answer as Answered,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::{Map, Value as Json, json};
use service::Settings;

use crate::app::{Answer, App, typed};

const HTTP: TaskType = TaskType { name: "io.roundtrip.conductor.Http", aliases: &[], properties: &[] };

/// Answers from the given try on; those before it fail.
#[derive(Debug)]
struct Server {
    from: u32,
}

impl Runnable for Server {
    fn task_type(&self) -> &TaskType {
        &HTTP
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, _: Surroundings) -> Answered<'a, AttemptOutcome> {
        Box::pin(async move {
            let ok = attempt.number >= self.from;
            let ending = if ok { Ending::Success } else { Ending::Failed { message: "503".to_owned() } };
            let outputs = Map::from_iter([("response".to_owned(), json!({"body": attempt.number}))]);
            AttemptOutcome::new(ending, outputs)
        })
    }
}

fn app(from: u32) -> App {
    App::running(Settings::default(), vec![Arc::new(Server { from })])
}

fn http(more: &Json) -> Json {
    let mut task = json!({"name": "ask", "taskReferenceName": "a", "type": "HTTP",
                          "inputParameters": {"uri": "http://x", "method": "GET"}});
    task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    task
}

async fn post(app: &App, uri: &str, body: &Json) -> Answer {
    let answer = app.send(typed(Method::POST, uri, "application/json", body.to_string())).await;
    assert!(answer.status.is_success(), "{}", answer.shown());
    answer
}

async fn define(app: &App, definition: Json) {
    post(app, "/api/metadata/taskdefs", &json!([definition])).await;
}

/// Registers a workflow and starts it; its id.
async fn started(app: &mut App, definition: Json) -> String {
    let name = definition["name"].as_str().unwrap().to_owned();
    post(app, "/api/metadata/workflow?overwrite=true", &definition).await;
    let id = post(app, &format!("/api/workflow/{name}"), &json!({})).await.text();
    settled(app).await;
    id
}

fn workflow(tasks: &Json) -> Json {
    json!({"name": "w", "version": 1, "schemaVersion": 2, "tasks": tasks})
}

/// What is due so soon that a carrier would keep it in hand waits for a clock that stands: times here are longer.
async fn settled(app: &mut App) {
    app.work().await;
    // A child tells its parent, who goes on.
    for _ in 0..3 {
        app.service.tick().await.unwrap();
        app.work().await;
    }
}

async fn later(app: &mut App, seconds: u64) {
    app.advance(Duration::from_secs(seconds));
    settled(app).await;
}

async fn seen(app: &App, id: &str) -> Json {
    app.get(&format!("/api/workflow/{id}")).await.json()
}

fn statuses(seen: &Json) -> Vec<&str> {
    let tasks = seen["tasks"].as_array().unwrap().iter();
    std::iter::once(&seen["status"])
        .chain(tasks.map(|it| &it["status"]))
        .map(|it| it.as_str().unwrap())
        .collect()
}

async fn warnings(app: &App, id: &str) -> Vec<String> {
    let logs = app.service.execution("main", id.parse().unwrap()).await.unwrap().logs;
    logs.into_iter().filter(|it| it.level == Level::Warn).map(|it| it.message).collect()
}

#[tokio::test]
async fn a_system_task_is_tried_as_the_definition_of_its_name_says() {
    let mut app = app(3);
    define(
        &app,
        json!({"name": "ask", "retryCount": 2, "retryLogic": "LINEAR_BACKOFF", "retryDelaySeconds": 30}),
    )
    .await;
    let id = started(&mut app, workflow(&json!([http(&json!({}))]))).await;
    assert_eq!(statuses(&seen(&app, &id).await), ["RUNNING", "FAILED", "SCHEDULED"]);
    later(&mut app, 15).await;
    assert_eq!(statuses(&seen(&app, &id).await).len(), 3, "not yet");
    later(&mut app, 16).await;
    assert_eq!(statuses(&seen(&app, &id).await), ["RUNNING", "FAILED", "FAILED", "SCHEDULED"]);
    later(&mut app, 45).await;
    assert_eq!(statuses(&seen(&app, &id).await).len(), 4, "the second pause is twice as long");
    later(&mut app, 16).await;
    let ended = seen(&app, &id).await;
    assert_eq!(statuses(&ended), ["COMPLETED", "FAILED", "FAILED", "COMPLETED"]);
    assert_eq!(ended["tasks"][2]["retriedTaskId"], ended["tasks"][1]["taskId"]);
    // Without a definition it is tried once, and what computes is tried again as well.
    let mut one = http(&json!({}));
    one["name"] = json!("other");
    let id = started(&mut app, workflow(&json!([one]))).await;
    assert_eq!(statuses(&seen(&app, &id).await), ["FAILED", "FAILED"]);
    let script = json!({"name": "ask", "taskReferenceName": "s", "type": "INLINE",
                        "inputParameters": {"expression": "throw new Error('no')"}});
    let id = started(&mut app, workflow(&json!([script]))).await;
    assert_eq!(statuses(&seen(&app, &id).await), ["RUNNING", "FAILED", "SCHEDULED"]);
    later(&mut app, 31).await;
    later(&mut app, 61).await;
    assert_eq!(statuses(&seen(&app, &id).await), ["FAILED", "FAILED", "FAILED", "FAILED"]);
}

#[tokio::test]
async fn a_task_that_is_delayed_is_not_seen_before() {
    let mut app = app(1);
    let task = json!({"name": "greet", "taskReferenceName": "g", "type": "SIMPLE", "startDelay": 30});
    let id = started(&mut app, workflow(&json!([task]))).await;
    let before = seen(&app, &id).await;
    assert_eq!(statuses(&before), ["RUNNING", "SCHEDULED"]);
    assert_eq!(before["tasks"][0]["startDelayInSeconds"], 30);
    later(&mut app, 15).await;
    assert_eq!(app.get("/api/tasks/poll/greet?workerid=w").await.status, 204);
    later(&mut app, 16).await;
    let task = app.get("/api/tasks/poll/greet?workerid=w").await.json();
    assert_eq!(task["referenceTaskName"], "g");
}

#[tokio::test]
async fn a_task_that_completes_later_waits_for_an_update() {
    let mut app = app(1);
    let tasks = json!([http(&json!({"asyncComplete": true}))]);
    for by_reference in [true, false] {
        let id = started(&mut app, workflow(&tasks)).await;
        let before = seen(&app, &id).await;
        assert_eq!(statuses(&before), ["RUNNING", "IN_PROGRESS"]);
        let task = &before["tasks"][0];
        assert_eq!(task["outputData"]["response"]["body"], 1, "its work is done");
        let told = if by_reference {
            post(&app, &format!("/api/tasks/{id}/a/COMPLETED"), &json!({"more": true})).await
        } else {
            let result = json!({"workflowInstanceId": id, "taskId": task["taskId"], "status": "COMPLETED",
                                "outputData": {"more": true}});
            post(&app, "/api/tasks", &result).await
        };
        assert_eq!(told.text(), task["taskId"].as_str().unwrap());
        settled(&mut app).await;
        let after = seen(&app, &id).await;
        assert_eq!(statuses(&after), ["COMPLETED", "COMPLETED"]);
        assert_eq!(after["output"], json!({"response": {"body": 1}, "more": true}));
    }
}

#[tokio::test]
async fn a_task_that_waits_for_somebody_hears_of_him() {
    let mut app = app(1);
    for (kind, says, status) in [
        ("HUMAN", "COMPLETED", "COMPLETED"),
        ("WAIT", "COMPLETED", "COMPLETED"),
        ("HUMAN", "FAILED", "FAILED"),
    ] {
        let task = json!({"name": "h", "taskReferenceName": "h", "type": kind});
        let id = started(&mut app, workflow(&json!([task]))).await;
        assert_eq!(statuses(&seen(&app, &id).await), ["RUNNING", "IN_PROGRESS"]);
        post(&app, &format!("/api/tasks/{id}/h/{says}"), &json!({"by": "Ada"})).await;
        settled(&mut app).await;
        let after = seen(&app, &id).await;
        assert_eq!(statuses(&after), [status, says]);
        assert_eq!(after["tasks"][0]["outputData"]["by"], "Ada");
    }
}

#[tokio::test]
async fn what_only_alerts_writes_one_line_and_goes_on() {
    let mut app = app(1);
    define(
        &app,
        json!({"name": "greet", "timeoutSeconds": 20, "responseTimeoutSeconds": 20,
                        "timeoutPolicy": "ALERT_ONLY"}),
    )
    .await;
    let task = json!({"name": "greet", "taskReferenceName": "g", "type": "SIMPLE"});
    let mut definition = workflow(&json!([task]));
    definition["timeoutSeconds"] = json!(70);
    let id = started(&mut app, definition).await;
    let task = app.get("/api/tasks/poll/greet?workerid=w").await.json();
    for _ in 0..3 {
        later(&mut app, 15).await;
        let result = json!({"workflowInstanceId": id, "taskId": task["taskId"], "status": "IN_PROGRESS",
                            "extendLease": true});
        post(&app, "/api/tasks", &result).await;
    }
    assert_eq!(warnings(&app, &id).await, ["Task timed out after 20 seconds"]);
    later(&mut app, 30).await;
    assert_eq!(warnings(&app, &id).await.len(), 2);
    assert!(warnings(&app, &id).await[1].starts_with("Workflow timed out after 70 seconds"));
    assert_eq!(statuses(&seen(&app, &id).await)[0], "RUNNING");
}

#[tokio::test]
async fn a_workflow_whose_time_is_over_ends_and_so_does_the_task_that_waits_for_it() {
    let mut app = app(1);
    let mut child = workflow(&json!([{"name": "h", "taskReferenceName": "h", "type": "HUMAN"}]));
    child["name"] = json!("child");
    child["timeoutSeconds"] = json!(30);
    child["timeoutPolicy"] = json!("TIME_OUT_WF");
    post(&app, "/api/metadata/workflow", &child).await;
    let parent = workflow(&json!([{"name": "sub", "taskReferenceName": "sub", "type": "SUB_WORKFLOW",
                                  "subWorkflowParam": {"name": "child", "version": 1}}]));
    let id = started(&mut app, parent.clone()).await;
    let inner = seen(&app, &id).await["tasks"][0]["subWorkflowId"].as_str().unwrap().to_owned();
    later(&mut app, 31).await;
    assert_eq!(statuses(&seen(&app, &inner).await), ["TIMED_OUT", "CANCELED"]);
    assert_eq!(statuses(&seen(&app, &id).await), ["TIMED_OUT", "TIMED_OUT"]);
    let id = started(&mut app, parent).await;
    let inner = seen(&app, &id).await["tasks"][0]["subWorkflowId"].as_str().unwrap().to_owned();
    app.call(Method::DELETE, &format!("/api/workflow/{inner}")).await;
    settled(&mut app).await;
    assert_eq!(statuses(&seen(&app, &inner).await)[0], "TERMINATED");
    assert_eq!(statuses(&seen(&app, &id).await), ["TERMINATED", "CANCELED"]);
}
