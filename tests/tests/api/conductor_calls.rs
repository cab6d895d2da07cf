//! Workflows that start workflows: what `subWorkflowParam` and a request of `START_WORKFLOW` say.

#![allow(clippy::needless_pass_by_value, reason = "what is made for one call is given to it")]

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value as Json, json};

use crate::app::{Answer, App};

async fn post(app: &App, uri: &str, body: &Json) -> Answer {
    let request = Request::builder().method(Method::POST).uri(format!("/api{uri}"));
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn register(app: &App, definition: &Json) {
    let answer = post(app, "/metadata/workflow?overwrite=true", definition).await;
    assert_eq!(answer.status, 200, "{}", answer.shown());
}

/// Registers and runs it, and shows it as it is then.
async fn ran(app: &mut App, definition: &Json, request: &Json) -> Json {
    register(app, definition).await;
    let mut body = request.clone();
    body["name"] = definition["name"].clone();
    let id = post(app, "/workflow", &body).await;
    assert_eq!(id.status, 200, "{}", id.shown());
    app.work().await;
    seen(app, &id.text()).await
}

async fn seen(app: &App, id: &str) -> Json {
    app.get(&format!("/api/workflow/{id}")).await.json()
}

fn sub(param: Json) -> Json {
    json!({ "name": "sub", "taskReferenceName": "sub", "type": "SUB_WORKFLOW", "subWorkflowParam": param,
        "inputParameters": { "n": "${workflow.input.n}" } })
}

fn starts(request: Json) -> Json {
    json!({ "name": "start", "taskReferenceName": "start", "type": "START_WORKFLOW",
        "inputParameters": { "startWorkflow": request } })
}

fn parent(task: Json) -> Json {
    json!({ "name": "parent", "tasks": [task] })
}

/// Says which one it is, and what it was given.
fn child(name: &str, version: u32) -> Json {
    json!({ "name": name, "version": version,
        "tasks": [{ "name": "n", "taskReferenceName": "n", "type": "NOOP" }],
        "outputParameters": { "it": format!("{name} {version}"), "n": "${workflow.input.n}" } })
}

/// It waits for somebody.
fn waits(name: &str) -> Json {
    json!({ "name": name, "tasks": [{ "name": "w", "taskReferenceName": "w", "type": "HUMAN" }] })
}

#[tokio::test]
async fn a_definition_may_stand_in_another() {
    let mut app = App::new();
    let by_object = parent(sub(json!({ "name": "within", "workflowDefinition": child("within", 4) })));
    let run = ran(&mut app, &by_object, &json!({ "input": { "n": 5 } })).await;
    assert_eq!(run["status"], "COMPLETED", "{run}");
    let output = &run["tasks"][0]["outputData"];
    assert_eq!((&output["it"], &output["n"]), (&json!("within 4"), &json!(5)));
    let of_child = seen(&app, output["subWorkflowId"].as_str().unwrap()).await;
    assert_eq!((&of_child["workflowName"], &of_child["workflowVersion"]), (&json!("within"), &json!(4)));
    assert_eq!(of_child["parentWorkflowId"], run["workflowId"]);
    assert_eq!(app.get("/api/metadata/workflow/within").await.status, 404);
    // One that comes with the start has one within it.
    let inline = post(&app, "/workflow/execute/parent/1", &json!({ "workflowDef": by_object })).await.json();
    assert_eq!(inline["status"], "COMPLETED", "{inline}");
}

#[tokio::test]
async fn a_definition_may_be_what_an_expression_gives() {
    let mut app = App::new();
    let by_expression = parent(sub(json!({ "name": "any", "workflowDefinition": "${workflow.input.def}" })));
    let mut of_text = child("given", 2);
    of_text["tasks"][0]["description"] = json!("${left.alone}");
    for def in [child("given", 2), Json::String(of_text.to_string())] {
        let run = ran(&mut app, &by_expression, &json!({ "input": { "n": 5, "def": def } })).await;
        assert_eq!(run["tasks"][0]["outputData"]["it"], "given 2", "{run}");
    }
    let secret = {
        let mut it = child("given", 2);
        it["outputParameters"]["it"] = json!("${ workflow.secrets.KEY}");
        it
    };
    for (def, why) in [
        (Json::Null, "has to give a definition, which is a map, and gave null"),
        (json!([1]), "and gave [1]"),
        (json!({ "tasks": [] }), "WorkflowTask list cannot be empty"),
        (secret, "a definition that an expression gives may name no secret"),
    ] {
        let run = ran(&mut app, &by_expression, &json!({ "input": { "def": def } })).await;
        let said = run["tasks"][0]["reasonForIncompletion"].as_str().unwrap_or_default().to_owned();
        assert!(run["status"] == "FAILED" && said.contains(why), "{run}");
    }
}

#[tokio::test]
async fn what_is_wrong_within_a_definition_is_said_when_it_is_registered() {
    let app = App::new();
    for (definition, why) in [
        (json!({ "name": "x", "tasks": [] }), "WorkflowTask list cannot be empty"),
        (
            json!({ "name": "x", "tasks": [{ "name": "k", "taskReferenceName": "k", "type": "EVENT",
                "sink": "kafka:t" }] }),
            "sinks of kafka are not built",
        ),
    ] {
        for task in [
            sub(json!({ "name": "x", "workflowDefinition": definition })),
            starts(json!({ "name": "x", "workflowDef": definition })),
        ] {
            let answer = post(&app, "/metadata/workflow", &parent(task)).await;
            assert_eq!(answer.status, 400);
            assert!(answer.text().contains(why), "{}", answer.shown());
        }
    }
}

#[tokio::test]
async fn name_and_version_may_be_expressions() {
    let mut app = App::new();
    for version in [1, 2, 10] {
        register(&app, &child("child", version)).await;
    }
    let param = json!({ "name": "${workflow.input.name}", "version": "${workflow.input.version}" });
    for task in [
        sub(param.clone()),
        starts(json!({ "name": param["name"], "version": param["version"], "input": { "n": 1 } })),
        starts(json!("${workflow.input}")),
    ] {
        for (version, expected) in
            [(json!(2), "child 2"), (json!("1"), "child 1"), (json!(0), "child 10"), (Json::Null, "child 10")]
        {
            let request = json!({ "input": { "name": "child", "version": version, "input": {} } });
            let run = ran(&mut app, &parent(task.clone()), &request).await;
            let output = run["tasks"][0]["outputData"].clone();
            let id = output["subWorkflowId"].as_str().or(output["workflowId"].as_str());
            app.work().await;
            assert_eq!(seen(&app, id.unwrap()).await["output"]["it"], expected, "{run}");
        }
        for (version, why) in [
            (json!(7), "No such workflow defined. name=child, version=7"),
            (json!("one"), "`version` has to be a whole number, and is \"one\""),
        ] {
            let request = json!({ "input": { "name": "child", "version": version } });
            let run = ran(&mut app, &parent(task.clone()), &request).await;
            let said = run["tasks"][0]["reasonForIncompletion"].as_str().unwrap_or_default().to_owned();
            assert!(run["status"] == "FAILED" && said.contains(why), "{run}");
        }
    }
}

#[tokio::test]
async fn a_child_has_what_its_request_says_and_else_what_its_parent_has() {
    let mut app = App::new();
    register(&app, &waits("child")).await;
    let request = json!({ "correlationId": "c", "priority": 7, "taskToDomain": { "*": "d" } });
    let id_of = |run: &Json| {
        let output = &run["tasks"][0]["outputData"];
        output["workflowId"].as_str().or(run["tasks"][0]["subWorkflowId"].as_str()).unwrap().to_owned()
    };
    let shown = |of: Json| json!([of["correlationId"], of["priority"], of["taskToDomain"]]);
    let own = json!({ "name": "child", "priority": "${workflow.input.p}", "taskToDomain": { "a": "b" } });
    for (task, expected) in [
        (sub(json!({ "name": "child" })), json!(["c", 7, { "*": "d" }])),
        (sub(own.clone()), json!(["c", 3, { "a": "b" }])),
        (starts(json!({ "name": "child" })), json!(["c", 0, {}])),
        (
            starts(
                json!({ "name": "child", "correlationId": "own", "priority": 3, "taskToDomain": { "a": "b" } }),
            ),
            json!(["own", 3, { "a": "b" }]),
        ),
    ] {
        let mut request = request.clone();
        request["input"] = json!({ "p": "3" });
        let run = ran(&mut app, &parent(task), &request).await;
        assert_eq!(shown(seen(&app, &id_of(&run)).await), expected, "{run}");
    }
}

#[tokio::test]
async fn a_key_counts_for_children() {
    let mut app = App::new();
    register(&app, &waits("child")).await;
    let key = |strategy: Json| json!({ "name": "child", "idempotencyKey": "${workflow.input.k}", "idempotencyStrategy": strategy });
    let there = ran(&mut app, &parent(starts(key(json!("FAIL")))), &json!({ "input": { "k": "K" } })).await;
    let id = there["tasks"][0]["outputData"]["workflowId"].as_str().unwrap().to_owned();
    assert_eq!(seen(&app, &id).await["idempotencyKey"], "K");
    for strategy in [json!("FAIL"), Json::Null, json!("FAIL_ON_RUNNING")] {
        for task in [sub(key(strategy.clone())), starts(key(strategy.clone()))] {
            let run = ran(&mut app, &parent(task), &json!({ "input": { "k": "K" } })).await;
            let said = run["tasks"][0]["reasonForIncompletion"].as_str().unwrap_or_default().to_owned();
            assert!(run["status"] == "FAILED" && said.contains(&id), "{run}");
        }
    }
    let again = starts(key(json!("RETURN_EXISTING")));
    let run = ran(&mut app, &parent(again), &json!({ "input": { "k": "K" } })).await;
    assert_eq!(
        (&run["status"], &run["tasks"][0]["outputData"]["workflowId"]),
        (&json!("COMPLETED"), &json!(id))
    );
    let run =
        ran(&mut app, &parent(sub(key(json!("RETURN_EXISTING")))), &json!({ "input": { "k": "K" } })).await;
    assert_eq!(run["status"], "RUNNING", "it waits for the one there is: {run}");
    // A strategy alone: the parent's key. Without one there, none.
    let strategy = parent(sub(json!({ "name": "child", "idempotencyStrategy": "FAIL" })));
    let first = ran(&mut app, &strategy, &json!({ "idempotencyKey": "P" })).await;
    let of_child = seen(&app, first["tasks"][0]["subWorkflowId"].as_str().unwrap()).await;
    assert_eq!((&first["status"], &of_child["idempotencyKey"]), (&json!("RUNNING"), &json!("P")), "{first}");
    let other = ran(&mut app, &strategy, &json!({})).await;
    let of_child = seen(&app, other["tasks"][0]["subWorkflowId"].as_str().unwrap()).await;
    assert_eq!((&other["status"], &of_child["idempotencyKey"]), (&json!("RUNNING"), &Json::Null), "{other}");
    let wrong = ran(&mut app, &parent(starts(key(json!("MAYBE")))), &json!({ "input": { "k": "L" } })).await;
    let said = wrong["tasks"][0]["reasonForIncompletion"].as_str().unwrap_or_default().to_owned();
    assert!(said.contains("one of FAIL, RETURN_EXISTING, FAIL_ON_RUNNING, not `MAYBE`"), "{wrong}");
}
