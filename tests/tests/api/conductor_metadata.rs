//! Workflow definitions of Conductor's: registered, shown, listed, deleted; and what they are among flows.

use axum::{body::Body, http::Method};
use insta::assert_snapshot;
use serde_json::{Value as Json, json};
use service::Settings;

use crate::app::{Answer, App, typed};

const JSON: &str = "application/json";

/// A definition that ends by itself.
fn hello(version: u32, text: &str) -> Json {
    json!({
        "name": "hello", "version": version,
        "tasks": [{"name": "say", "taskReferenceName": "say", "type": "INLINE", "inputParameters": {"expression": text}}],
        "outputParameters": {"said": "${say.output.result}"},
        "rateLimitConfig": null, "ownerEmail": "a@b.c", "timeoutSeconds": 60,
    })
}

async fn put(app: &App, uri: &str, body: impl Into<Body>) -> Answer {
    app.send(typed(Method::PUT, uri, JSON, body)).await
}

async fn register(app: &App, definition: &Json) -> Answer {
    app.post_body("/api/metadata/workflow", JSON, definition.to_string()).await
}

/// The script of the version that a name and a query mean.
async fn script(app: &App, query: &str) -> String {
    let shown = app.get(&format!("/api/metadata/workflow/hello{query}")).await;
    shown.json()["tasks"][0]["inputParameters"]["expression"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_definition_is_registered_and_given_back_with_its_defaults() {
    let app = App::new();
    let answer = register(&app, &hello(1, "'a'")).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, ""));
    let shown = app.get("/api/metadata/workflow/hello?version=1").await;
    assert_snapshot!(serde_json::to_string_pretty(&shown.json()).unwrap(), @r#"
    {
      "name": "hello",
      "version": 1,
      "tasks": [
        {
          "name": "say",
          "taskReferenceName": "say",
          "type": "INLINE",
          "inputParameters": {
            "expression": "'a'"
          },
          "startDelay": 0,
          "optional": false,
          "asyncComplete": false,
          "permissive": false
        }
      ],
      "outputParameters": {
        "said": "${say.output.result}"
      },
      "ownerEmail": "a@b.c",
      "timeoutSeconds": 60,
      "createTime": 1720761222140,
      "updateTime": 1720761222140,
      "inputParameters": [],
      "schemaVersion": 2,
      "restartable": true,
      "workflowStatusListenerEnabled": false,
      "timeoutPolicy": "ALERT_ONLY",
      "variables": {},
      "inputTemplate": {},
      "enforceSchema": true
    }
    "#);
    assert_eq!(app.get("/api/metadata/workflow/hello?version=None").await.body, shown.body);
    assert_eq!(app.get("/api/main/metadata/workflow/hello").await.body, shown.body);
}

#[tokio::test]
async fn what_is_registered_twice_conflicts_unless_it_may_be_overwritten() {
    let app = App::new();
    register(&app, &hello(1, "'a'")).await;
    assert_snapshot!(register(&app, &hello(1, "'b'")).await.error(), @"409 Workflow with hello.1 already exists!");
    let answer =
        app.post_body("/api/metadata/workflow?overwrite=True", JSON, hello(1, "'b'").to_string()).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    assert_eq!(script(&app, "").await, "'b'");
    let revisions = app.get("/api/v1/flows/conductor/hello/revisions").await.json();
    assert_eq!(revisions.as_array().unwrap().len(), 2);
    // The same again is no revision.
    put(&app, "/api/metadata/workflow", json!([hello(1, "'b'")]).to_string()).await;
    let revisions = app.get("/api/v1/flows/conductor/hello/revisions").await.json();
    assert_eq!(revisions.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn all_that_is_wrong_is_in_the_answer() {
    let app = App::new();
    let answer = register(&app, &json!({"tasks": []})).await;
    assert_snapshot!(answer.shown(), @r#"
    400 Bad Request
    content-length: 414
    content-type: application/json

    {
      "status": 400,
      "message": "Validation failed, check below errors for detail. Invalid entity: name: WorkflowDef name cannot be null or empty (line 1, column 1)\ntasks: WorkflowTask list cannot be empty (line 1, column 10)",
      "instance": "roundtrip",
      "retryable": false,
      "validationErrors": [
        {
          "path": "name",
          "message": "WorkflowDef name cannot be null or empty"
        },
        {
          "path": "tasks",
          "message": "WorkflowTask list cannot be empty"
        }
      ]
    }
    "#);
    let answer = app.post_body("/api/metadata/workflow/validate", JSON, r#"{"name": "a", "tasks": ["#).await;
    assert_snapshot!(answer.error(), @"400 Validation failed, check below errors for detail. Invalid entity: not JSON: EOF while parsing a list (line 1, column 24)");
    let answer = app.post_body("/api/metadata/workflow/validate", JSON, hello(1, "1").to_string()).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(app.get("/api/metadata/workflow").await.text(), "[]");
}

#[tokio::test]
async fn a_put_writes_each_for_itself() {
    let app = App::new();
    let other = json!({"name": "other", "tasks": hello(1, "2")["tasks"]});
    let answer = put(
        &app,
        "/api/metadata/workflow?overwrite=True",
        json!([hello(1, "1"), {"name": "bad"}, other]).to_string(),
    )
    .await;
    assert_snapshot!(answer.text(), @r#"{"bulkErrorResults":{"bad":"Invalid entity: tasks: WorkflowTask list cannot be empty (line 1, column 1)"},"bulkSuccessfulResults":["hello","other"]}"#);
    assert_eq!(
        put(&app, "/api/metadata/workflow", json!([{"name": "bad"}]).to_string()).await.status.as_u16(),
        400
    );
    assert_eq!(app.get("/api/metadata/workflow/names").await.text(), r#"["hello","other"]"#);
}

#[tokio::test]
async fn the_latest_is_the_highest_and_not_the_newest() {
    let app = App::new();
    for (version, text) in [(3, "'three'"), (1, "'one'"), (2, "'two'")] {
        register(&app, &hello(version, text)).await;
    }
    assert_eq!(script(&app, "").await, "'three'");
    assert_eq!(script(&app, "?version=0").await, "'three'");
    assert_eq!(script(&app, "?version=1").await, "'one'");
    assert_snapshot!(app.get("/api/metadata/workflow/hello?version=7").await.shown(), @r#"
    404 Not Found
    content-length: 117
    content-type: application/json

    {
      "status": 404,
      "message": "No such workflow found by name: hello, version: 7",
      "instance": "roundtrip",
      "retryable": false
    }
    "#);
    assert_snapshot!(app.get("/api/metadata/workflow/nobody").await.error(), @"404 No such workflow found by name: nobody, version: null");
    assert_snapshot!(app.get("/api/metadata/workflow/hello/versions").await.text(), @r#"[{"name":"hello","version":1,"createTime":1720761222140},{"name":"hello","version":2,"createTime":1720761222140},{"name":"hello","version":3,"createTime":1720761222140}]"#);
    assert_snapshot!(app.get("/api/metadata/workflow/names-and-versions").await.text(), @r#"{"hello":[{"name":"hello","version":1,"createTime":1720761222140},{"name":"hello","version":2,"createTime":1720761222140},{"name":"hello","version":3,"createTime":1720761222140}]}"#);
    let versions = async |uri: &str| {
        let all = app.get(uri).await.json();
        all.as_array().unwrap().iter().map(|it| it["version"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(versions("/api/metadata/workflow").await, [1, 2, 3]);
    assert_eq!(versions("/api/metadata/workflow?name=hello").await, [1, 2, 3]);
    assert_eq!(versions("/api/metadata/workflow?name=other").await, [0; 0]);
    assert_eq!(versions("/api/metadata/workflow/latest-versions").await, [3]);
    app.post_body("/api/metadata/workflow?newVersion=true", JSON, hello(1, "'four'").to_string()).await;
    assert_eq!(app.get("/api/metadata/workflow/hello").await.json()["version"], 4);
}

#[tokio::test]
async fn versions_are_deleted_and_with_the_last_one_the_flow() {
    let app = App::new();
    register(&app, &hello(1, "'one'")).await;
    register(&app, &hello(2, "'two'")).await;
    let created = app.get("/api/metadata/workflow/hello?version=1").await.json()["createTime"].clone();
    app.at(1_720_761_300_000);
    assert_eq!(app.call(Method::DELETE, "/api/metadata/workflow/hello/2").await.status.as_u16(), 200);
    assert_snapshot!(app.call(Method::DELETE, "/api/metadata/workflow/hello/2").await.error(), @"404 No such workflow definition: hello version: 2");
    assert_snapshot!(app.call(Method::DELETE, "/api/metadata/workflow/hello/x").await.error(), @"400 Validation failed, check below errors for detail. Illegal argument: version `x` of hello is not a whole number from 1 on");
    assert_eq!(script(&app, "").await, "'one'");
    assert_eq!(app.get("/api/metadata/workflow/hello").await.json()["createTime"], created);
    assert_eq!(app.call(Method::DELETE, "/api/metadata/workflow/hello/1").await.status.as_u16(), 200);
    assert_eq!(app.get("/api/metadata/workflow/hello").await.status.as_u16(), 404);
    assert_eq!(app.get("/api/v1/flows/conductor/hello").await.status.as_u16(), 404);
    register(&app, &hello(5, "'five'")).await;
    assert_eq!(app.get("/api/metadata/workflow/hello/versions").await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn kestras_routes_show_it_and_do_not_write_over_it() {
    let app =
        App::with(Settings { conductor_namespace: "flows.of.conductor".to_owned(), ..Settings::default() });
    register(&app, &hello(1, "'a'")).await;
    let uri = "/api/v1/flows/flows.of.conductor/hello";
    let shown = app.get(&format!("{uri}?source=true")).await.json();
    assert_eq!(shown["source"], hello(1, "'a'").to_string());
    assert_eq!(shown["tasks"][0]["type"], "INLINE");
    assert_eq!(shown["revision"], 1);
    let yaml = "id: hello\nnamespace: flows.of.conductor\ntasks: [{id: t, type: io.kestra.plugin.core.debug.Return}]";
    let update = app.send(typed(Method::PUT, uri, "text/yaml", yaml)).await;
    assert_snapshot!(update.error(), @"409 Illegal state: flows.of.conductor.hello is a workflow definition of Conductor's; it is changed with PUT /api/metadata/workflow, not with the YAML of a flow");
    assert_snapshot!(app.post_body("/api/v1/flows", "text/yaml", yaml).await.error(), @"409 Illegal state: flows.of.conductor.hello is a workflow definition of Conductor's; it is changed with PUT /api/metadata/workflow, not with the YAML of a flow");
    let kestras = yaml.replace("hello", "kestras");
    app.post_body("/api/v1/flows", "text/yaml", kestras).await;
    let mut definition = hello(1, "'a'");
    definition["name"] = "kestras".into();
    assert_snapshot!(register(&app, &definition).await.error(), @"409 flows.of.conductor.kestras is a flow in Kestra's form, which no definition overwrites; delete it, or take another name");
    assert_eq!(app.get("/api/metadata/workflow/names").await.text(), r#"["hello"]"#);
    assert_eq!(app.call(Method::DELETE, uri).await.status.as_u16(), 204);
    assert_eq!(app.get("/api/metadata/workflow").await.text(), "[]");
}

#[tokio::test]
async fn whoever_registers_at_the_same_time_is_heard() {
    let app = App::new();
    let all = (1..=20_u32).flat_map(|version| {
        let one = |text: &str| {
            let body = hello(version, text).to_string();
            app.sending(typed(Method::POST, "/api/metadata/workflow", JSON, body))
        };
        [tokio::spawn(one("'a'")), tokio::spawn(one("'b'"))]
    });
    let mut statuses = [0, 0];
    for sent in all.collect::<Vec<_>>() {
        match sent.await.unwrap().status.as_u16() {
            200 => statuses[0] += 1,
            409 => statuses[1] += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!(statuses, [20, 20]);
    let versions = app.get("/api/metadata/workflow/hello/versions").await.json();
    assert_eq!(versions.as_array().unwrap().len(), 20);
    let revisions = app.get("/api/v1/flows/conductor/hello/revisions").await.json();
    assert_eq!(revisions.as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn a_workflow_is_executed_in_the_version_that_is_asked_for() {
    let app = App::new();
    register(&app, &hello(2, "'two'")).await;
    register(&app, &hello(1, "'one'")).await;
    for (version, said) in [(1, "one"), (2, "two"), (0, "two")] {
        let uri = format!("/api/workflow/execute/hello/{version}");
        let run = app.post_body(&uri, JSON, json!({"name": "hello", "version": version}).to_string()).await;
        assert_eq!(run.json()["output"]["said"], said, "{}", run.text());
    }
    let run =
        app.post_body("/api/workflow/execute/hello/7", JSON, json!({"name": "hello"}).to_string()).await;
    assert_eq!(run.status.as_u16(), 404, "{}", run.text());
}
