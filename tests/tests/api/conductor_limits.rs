//! How many workflows run at the same time, by the key of their input; and those that are not started over.

use axum::http::Method;
use serde_json::{Value as Json, json};

use crate::app::{Answer, App, typed};

fn waits(more: &Json) -> Json {
    let mut definition = json!({"name": "w", "version": 1, "schemaVersion": 2,
        "tasks": [{"name": "h", "taskReferenceName": "h", "type": "HUMAN"}]});
    definition.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    definition
}

async fn post(app: &App, uri: &str, body: &Json) -> Answer {
    app.send(typed(Method::POST, uri, "application/json", body.to_string())).await
}

async fn started(app: &mut App, input: Json) -> String {
    let answer = post(app, "/api/workflow/w", &input).await;
    assert_eq!(answer.status, 200, "{}", answer.shown());
    app.work().await;
    answer.text()
}

async fn seen(app: &App, id: &str) -> Json {
    app.get(&format!("/api/workflow/{id}")).await.json()
}

#[tokio::test]
async fn workflows_of_one_key_run_as_many_as_may_and_the_others_wait() {
    let mut app = App::new();
    let limit =
        json!({"rateLimitConfig": {"rateLimitKey": "${workflow.input.customer}", "concurrentExecLimit": 1}});
    assert_eq!(post(&app, "/api/metadata/workflow", &waits(&limit)).await.status, 200);
    let first = started(&mut app, json!({"customer": "ann"})).await;
    let second = started(&mut app, json!({"customer": "ann"})).await;
    let other = started(&mut app, json!({"customer": "bob / ${x}"})).await;
    let facts = async |app: &App, id: &str| {
        let it = seen(app, id).await;
        (
            it["status"].clone(),
            it["rateLimitKey"].clone(),
            it["rateLimited"].clone(),
            it["tasks"].as_array().unwrap().len(),
        )
    };
    assert_eq!(facts(&app, &first).await, (json!("RUNNING"), json!("ann"), json!(false), 1));
    assert_eq!(facts(&app, &second).await, (json!("RUNNING"), json!("ann"), json!(true), 0));
    assert_eq!(facts(&app, &other).await, (json!("RUNNING"), json!("bob / ${x}"), json!(false), 1));
    post(&app, &format!("/api/tasks/{first}/h/COMPLETED"), &json!({})).await;
    app.work().await;
    assert_eq!(seen(&app, &first).await["status"], "COMPLETED");
    assert_eq!(facts(&app, &second).await, (json!("RUNNING"), json!("ann"), json!(false), 1));
    // One that begins anew asks again.
    let third = started(&mut app, json!({"customer": "ann"})).await;
    assert_eq!(facts(&app, &third).await.2, json!(true));
    post(&app, &format!("/api/workflow/{first}/restart"), &json!({})).await;
    app.work().await;
    assert_eq!(facts(&app, &first).await.2, json!(true));
}

#[tokio::test]
async fn a_definition_without_a_limit_shows_none() {
    let mut app = App::new();
    post(&app, "/api/metadata/workflow", &waits(&json!({"rateLimitConfig": null}))).await;
    let shown = app.get("/api/metadata/workflow/w").await.json();
    assert!(shown.get("rateLimitConfig").is_none(), "{shown}");
    let id = started(&mut app, json!({})).await;
    let seen = seen(&app, &id).await;
    assert!(seen.get("rateLimitKey").is_none() && seen["rateLimited"] == false, "{seen}");
    let far =
        json!({"name": "far", "rateLimitConfig": {"rateLimitKey": "k", "concurrentExecLimit": 100_000}});
    let refused = post(&app, "/api/metadata/workflow", &waits(&far)).await;
    assert!(refused.error().contains("may be 4000 at most"), "{}", refused.shown());
    let far = json!([{"name": "far", "concurrentExecLimit": 100_000}]);
    let refused = post(&app, "/api/metadata/taskdefs", &far).await;
    assert!(refused.error().contains("may be 4000 at most"), "{}", refused.shown());
}

#[tokio::test]
async fn what_is_not_restartable_is_not_started_over_once_it_has_completed() {
    let mut app = App::new();
    post(&app, "/api/metadata/workflow", &waits(&json!({"restartable": false}))).await;
    let id = started(&mut app, json!({})).await;
    let restart = format!("/api/workflow/{id}/restart");
    app.call(Method::DELETE, &format!("/api/workflow/{id}")).await;
    assert_eq!(post(&app, &restart, &json!({})).await.status, 204, "it had not completed");
    app.work().await;
    post(&app, &format!("/api/tasks/{id}/h/COMPLETED"), &json!({})).await;
    assert_eq!(seen(&app, &id).await["status"], "COMPLETED");
    assert_eq!(
        post(&app, &restart, &json!({})).await.error(),
        format!("404 Workflow: {id} is COMPLETED, and its definition does not let it be restarted")
    );
    assert_eq!(seen(&app, &id).await["status"], "COMPLETED");
}

#[tokio::test]
async fn a_decision_tells_of_its_choice_in_its_own_words() {
    let mut app = App::new();
    let tasks = json!({"tasks": [{"name": "d", "taskReferenceName": "d", "type": "DECISION", "caseValueParam": "c",
        "inputParameters": {"c": "x"},
        "decisionCases": {"x": [{"name": "n", "taskReferenceName": "n", "type": "NOOP"}]}}]});
    post(&app, "/api/metadata/workflow", &waits(&tasks)).await;
    let id = started(&mut app, json!({})).await;
    let seen = seen(&app, &id).await;
    let decision = &seen["tasks"][0];
    assert_eq!(
        (&decision["taskType"], &decision["outputData"]["caseOutput"]),
        (&json!("DECISION"), &json!(["x"]))
    );
    assert_eq!((&seen["status"], &seen["tasks"][1]["status"]), (&json!("COMPLETED"), &json!("COMPLETED")));
}
