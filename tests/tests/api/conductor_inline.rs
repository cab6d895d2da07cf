//! Definitions that come with a start, or stand in another definition, and are registered nowhere.

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value as Json, json};

use crate::{
    access,
    app::{Answer, App},
};

async fn post(app: &App, uri: &str, body: &Json) -> Answer {
    let request = Request::builder().method(Method::POST).uri(format!("/api{uri}"));
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

/// A workflow of one script.
fn greets(name: &str, version: u32) -> Json {
    json!({
        "name": name, "version": version, "schemaVersion": 2, "failureWorkflow": "", "timeoutSeconds": 60,
        "tasks": [{ "name": "greet", "taskReferenceName": "g", "type": "INLINE",
            "inputParameters": { "who": "${workflow.input.who}", "expression": "'hi ' + $.who" } }],
        "outputParameters": { "text": "${g.output.result}", "version": "${workflow.version}" },
    })
}

/// One that waits for somebody.
fn waits(name: &str) -> Json {
    json!({ "name": name, "tasks": [{ "name": "w", "taskReferenceName": "w", "type": "HUMAN" }] })
}

/// Both ways in; the id of what was started.
async fn start(app: &mut App, form: &str, body: &Json) -> Answer {
    let name = body["name"].as_str().unwrap();
    if form == "execute" {
        return post(app, &format!("/workflow/execute/{name}/1?waitForSeconds=1"), body).await;
    }
    let answer = post(app, "/workflow", body).await;
    app.work().await;
    answer
}

fn id_of(form: &str, answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.shown());
    if form == "execute" { answer.json()["workflowId"].as_str().unwrap().to_owned() } else { answer.text() }
}

#[tokio::test]
async fn a_definition_runs_without_being_registered() {
    for form in ["execute", "start"] {
        let mut app = App::new();
        let input = json!({ "who": "bob", "_systemMetadata": { "mine": 1 } });
        let body =
            json!({ "name": "adhoc", "version": 1, "workflowDef": greets("adhoc", 7), "input": input });
        let answer = start(&mut app, form, &body).await;
        let id = id_of(form, &answer);
        let seen = app.get(&format!("/api/workflow/{id}")).await.json();
        assert_eq!(seen["status"], "COMPLETED", "{seen}");
        assert_eq!(seen["output"], json!({ "text": "hi bob", "version": 7 }));
        assert_eq!(seen["input"]["_systemMetadata"], json!({ "mine": 1, "dynamic": true }));
        assert_eq!((&seen["workflowName"], &seen["workflowVersion"]), (&json!("adhoc"), &json!(7)));
        assert_eq!(seen["workflowDefinition"]["tasks"][0]["taskReferenceName"], "g");
        // In no list, and no name finds it.
        assert_eq!(app.get("/api/metadata/workflow").await.json(), json!([]));
        assert_eq!(app.get("/api/metadata/workflow/names-and-versions").await.json(), json!({}));
        assert_eq!(app.get("/api/metadata/workflow/adhoc").await.status, 404);
        assert_eq!(post(&app, "/workflow/adhoc", &json!({})).await.status, 404);
        assert_eq!(app.get("/api/v1/flows/search?namespace=conductor").await.json()["total"], 0);
        // It is found by its name among what ran.
        let found = app.get("/api/workflow/search?query=workflowType%3Dadhoc").await.json();
        assert_eq!(found["results"][0]["workflowId"], json!(id), "{found}");
        // It begins again with what it came with, and goes with it.
        let again =
            post(&app, &format!("/workflow/{id}/restart?useLatestDefinitions=true"), &json!({})).await;
        assert_eq!(again.status, 204, "{}", again.shown());
        app.work().await;
        let seen = app.get(&format!("/api/workflow/{id}")).await.json();
        assert_eq!(seen["output"], json!({ "text": "hi bob", "version": 7 }));
        let replay = app.call(Method::POST, &format!("/api/v1/executions/{id}/replay")).await;
        assert!(replay.status.is_success(), "{}", replay.shown());
        app.work().await;
        let other = replay.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(app.call(Method::DELETE, &format!("/api/workflow/{id}/remove")).await.status, 200);
        assert_eq!(app.get(&format!("/api/workflow/{id}")).await.status, 404);
        let seen = app.get(&format!("/api/workflow/{other}")).await.json();
        assert_eq!(seen["output"], json!({ "text": "hi bob", "version": 7 }), "{seen}");
    }
}

#[tokio::test]
async fn it_may_have_the_name_of_one_that_is_registered() {
    let mut app = App::new();
    let mut registered = greets("both", 1);
    registered["outputParameters"] = json!({ "text": "registered" });
    assert_eq!(post(&app, "/metadata/workflow", &registered).await.status, 200);
    let given = json!({ "name": "both", "workflowDef": greets("both", 1), "input": { "who": "eve" } });
    let mut nameless = given.clone();
    nameless["workflowDef"]["name"] = Json::Null;
    for body in [&given, &nameless] {
        let id = id_of("start", &start(&mut app, "start", body).await);
        let seen = app.get(&format!("/api/workflow/{id}")).await.json();
        assert_eq!((&seen["output"]["text"], &seen["workflowName"]), (&json!("hi eve"), &json!("both")));
    }
    let plain = post(&app, "/workflow/execute/both", &json!({})).await.json();
    assert_eq!(plain["output"], json!({ "text": "registered" }));
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let mut app = App::new();
    let bad = json!({ "name": "bad/name", "schemaVersion": 1, "tasks": [{ "name": "a", "type": "INLINE" }] });
    for form in ["execute", "start"] {
        let answer = start(&mut app, form, &json!({ "name": "bad", "workflowDef": bad })).await;
        assert_eq!(answer.status, 400);
        let errors = answer.json()["validationErrors"].clone();
        let paths: Vec<&str> =
            errors.as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
        assert_eq!(
            paths,
            [
                "workflowDef.name",
                "workflowDef.schemaVersion",
                "workflowDef.tasks[0].taskReferenceName",
                "workflowDef.tasks[0].inputParameters.expression"
            ],
            "{errors}"
        );
        let large = json!({ "name": "l", "workflowDef": { "name": "l", "description": "x".repeat(256 << 10),
            "tasks": [{ "name": "n", "taskReferenceName": "n", "type": "NOOP" }] } });
        let answer = start(&mut app, form, &large).await;
        assert_eq!(answer.status, 413, "{}", answer.shown());
        assert!(answer.text().contains("262144"), "{}", answer.text());
    }
    assert_eq!(app.get("/api/workflow/search").await.json()["totalHits"], 0);
}

#[tokio::test]
async fn a_key_counts_for_the_name_of_the_definition() {
    let mut app = App::new();
    let keyed = |strategy: &str, definition: Json| json!({ "name": "k", "workflowDef": definition, "idempotencyKey": "K", "idempotencyStrategy": strategy });
    let first = id_of("start", &start(&mut app, "start", &keyed("FAIL", waits("k"))).await);
    for form in ["execute", "start"] {
        // Whatever the definition is by now.
        let again = start(&mut app, form, &keyed("RETURN_EXISTING", greets("k", 2))).await;
        assert_eq!(id_of(form, &again), first);
        let refused = start(&mut app, form, &keyed("FAIL_ON_RUNNING", waits("k"))).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["metadata"]["workflowId"]),
            (409, &json!(first))
        );
    }
    assert_eq!(app.get(&format!("/api/workflow/{first}")).await.json()["tasks"][0]["taskType"], "HUMAN");
}

#[tokio::test]
async fn who_may_not_register_a_definition_brings_none() {
    let app = App::with(access::settings());
    let inline = json!({ "name": "adhoc", "workflowDef": greets("adhoc", 1), "input": { "who": "eve" } });
    for (role, limits, expected) in [
        ("run", json!({}), 403),
        ("edit", json!({ "namespaces": ["company.team"] }), 403),
        ("edit", json!({ "namespaces": ["company", "conductor"] }), 200),
    ] {
        let who = access::token(&app, role, limits).await;
        for uri in ["/workflow", "/workflow/execute/company.team.adhoc/1"] {
            let request = Request::builder().method(Method::POST).uri(format!("/api{uri}"));
            let request = request.header("Authorization", &who).body(Body::from(inline.to_string())).unwrap();
            let answer = app.send(request).await;
            // The path names a workflow of another namespace, which not everybody reaches.
            assert!(answer.status == expected, "{role} {uri}: {}", answer.shown());
        }
    }
}
