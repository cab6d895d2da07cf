//! Templates as Kestra's clients keep them.

use axum::http::{Method, StatusCode};
use insta::assert_snapshot;

use crate::app::{App, typed};

const YAML: &str = "application/x-yaml";
const STEPS: &str = "id: steps
namespace: company.team
description: What we always do
tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: Hello {{ parent.outputs.args.who }}
";
const FLOW: &str = "
tasks:
  - {id: called, type: io.kestra.plugin.core.flow.Template, namespace: company.team, templateId: steps, args: {who: you}}
";

async fn create(app: &App, source: &str) {
    let answer = app.post_body("/api/v1/templates", YAML, source.to_owned()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.shown());
}

#[tokio::test]
async fn a_template_is_created_shown_changed_and_deleted() {
    let app = App::new();
    let created = app.post_body("/api/v1/templates", YAML, STEPS).await;
    assert_snapshot!(created.shown(), @r#"
    200 OK
    content-length: 203
    content-type: application/json

    {
      "id": "steps",
      "namespace": "company.team",
      "description": "What we always do",
      "tasks": [
        {
          "id": "hello",
          "type": "io.kestra.plugin.core.log.Log",
          "message": "Hello {{ parent.outputs.args.who }}"
        }
      ],
      "deleted": false
    }
    "#);
    let path = "/api/v1/templates/company.team/steps";
    assert_eq!(app.get(path).await.body, created.body);
    assert_eq!(app.get("/api/v1/main/templates/company.team/steps").await.json()["tenantId"], "main");
    assert_snapshot!(app.post_body("/api/v1/templates", YAML, STEPS).await.error(), @"422 Invalid entity: template.id: Template id already exists");

    let changed = STEPS.replace("Hello", "Bye");
    let answer = app.send(typed(Method::PUT, path, YAML, changed)).await;
    assert_eq!(answer.json()["tasks"][0]["message"], "Bye {{ parent.outputs.args.who }}");
    assert_eq!(app.get(path).await.body, answer.body);
    let other = STEPS.replace("id: steps", "id: other").replace("company.team", "company");
    assert_snapshot!(app.send(typed(Method::PUT, path, YAML, other)).await.error(), @r"
    422 Invalid entity: template.id: Illegal template id update
    template.namespace: Illegal namespace update
    ");

    assert_eq!(app.call(Method::DELETE, path).await.status, StatusCode::NO_CONTENT);
    assert_snapshot!(app.get(path).await.error(), @"404 Not Found: Template not found");
    assert_snapshot!(app.call(Method::DELETE, path).await.error(), @"404 Not Found: Template not found");
    let put = app.send(typed(Method::PUT, path, YAML, STEPS)).await;
    assert_snapshot!(put.error(), @"404 Not Found: Template not found");
    create(&app, STEPS).await;
}

#[tokio::test]
async fn a_template_can_be_json() {
    let app = App::new();
    let json = r#"{"id": "j", "namespace": "a", "tasks": [{"id": "t", "type": "io.kestra.plugin.core.debug.Return"}]}"#;
    let answer = app.post_body("/api/v1/main/templates", "application/json", json).await;
    assert_eq!(answer.json()["tasks"][0]["id"], "t");
    let wrong = r#"{"id": "j", "namespace": "a", "tasks": []}"#;
    let answer = app.post_body("/api/v1/templates", "application/json", wrong).await;
    assert_snapshot!(answer.error(), @"422 Invalid entity: tasks: must not be empty");
    assert_snapshot!(app.post_body("/api/v1/templates", YAML, "").await.error(), @"422 Invalid route params: Required Body [template] not specified");
}

#[tokio::test]
async fn templates_are_found_by_namespace_and_text() {
    let app = App::new();
    for (namespace, id) in [("b", "one"), ("a.x", "two"), ("a", "three"), ("ab", "four")] {
        let source = STEPS.replace("company.team", namespace).replace("id: steps", &format!("id: {id}"));
        create(&app, &source).await;
    }
    app.call(Method::DELETE, "/api/v1/templates/b/one").await;
    let found = async |query: &str| {
        let page = app.get(&format!("/api/v1/templates/search?{query}")).await.json();
        let ids = page["results"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap());
        format!("{} of {}", ids.collect::<Vec<_>>().join(" "), page["total"])
    };
    assert_eq!(found("").await, "two three four of 3");
    assert_eq!(found("namespace=a&sort=id:asc").await, "three two of 2");
    assert_eq!(found("q=AB.F").await, "four of 1");
    assert_eq!(found("sort=namespace:desc&size=1&page=2").await, "two of 3");
    assert_eq!(app.get("/api/v1/templates/distinct-namespaces").await.text(), r#"["a","a.x","ab"]"#);
    assert_snapshot!(app.get("/api/v1/templates/search?sort=x").await.error(), @"422 Illegal argument: Invalid sort parameter: x; it is written key:asc or key:desc, and the keys are id, namespace");
}

#[tokio::test]
async fn templates_are_checked_without_being_kept() {
    let app = App::new();
    let sources = format!("{STEPS}---\nid: bad\nnamespace: a\ntasks: [{{id: t, type: none}}]\n");
    let answer = app.post_body("/api/v1/templates/validate", YAML, sources).await;
    assert_snapshot!(answer.text(), @r#"[{"index":0,"flow":"steps","namespace":"company.team","outdated":false},{"index":1,"constraints":"Invalid type: none (line 3, column 23)\ntasks[0].type: No plugin registered for the defined type: 'none' (line 3, column 23)","outdated":false}]"#);
    assert_eq!(app.get("/api/v1/templates/search").await.json()["total"], 0);
}

#[tokio::test]
async fn a_flow_shows_its_template_in_its_graph_and_runs_it() {
    let app = App::new();
    app.flow("calls", FLOW).await;
    let nodes = async || {
        let graph = app.get("/api/v1/flows/company.team/calls/graph").await.json();
        let uids = graph["nodes"].as_array().unwrap().iter().map(|node| node["uid"].as_str().unwrap());
        let uids: Vec<String> =
            uids.filter(|uid| !uid.contains("root") && !uid.contains("end")).map(str::to_owned).collect();
        (uids.join(" "), graph["clusters"].as_array().unwrap().len())
    };
    assert_eq!(nodes().await, ("called".to_owned(), 1));
    create(&app, STEPS).await;
    assert_eq!(nodes().await, ("called hello".to_owned(), 1));
    let answer = app.post("/api/v1/executions/company.team/calls?wait=true").await.json();
    assert_eq!(answer["state"]["current"], "SUCCESS", "{answer}");
    assert_eq!(answer["taskRunList"][0]["outputs"], serde_json::json!({"args": {"who": "you"}}));
    let id = answer["id"].as_str().unwrap();
    let logs = app.get(&format!("/api/v1/logs/{id}")).await;
    assert_eq!(logs.json()[0]["message"], "Hello you");
    app.call(Method::DELETE, "/api/v1/templates/company.team/steps").await;
    let graph = app.get(&format!("/api/v1/executions/{id}/graph")).await;
    assert!(graph.text().contains("\"hello\""), "the graph of an execution is the one it ran");
    let said = app
        .post_body(&format!("/api/v1/executions/{id}/eval"), "text/plain", "{{ outputs.called.args.who }}")
        .await;
    assert_eq!(said.json()["result"], "you");
}
