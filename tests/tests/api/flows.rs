//! Flows and their revisions.

use axum::http::Method;
use insta::assert_snapshot;

use crate::app::{App, typed};

const HELLO: &str = "id: created_by_api
namespace: company.team

tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: Hello World! 🚀";

#[tokio::test]
async fn a_flow_is_created_and_shown_as_kestra_shows_it() {
    let app = App::new();
    let answer = app.post_body("/api/v1/flows", "application/x-yaml", HELLO).await;
    assert_snapshot!(answer.shown(), @r#"
    200 OK
    content-length: 343
    content-type: application/json

    {
      "id": "created_by_api",
      "namespace": "company.team",
      "revision": 1,
      "disabled": false,
      "deleted": false,
      "tasks": [
        {
          "id": "hello",
          "type": "io.kestra.plugin.core.log.Log",
          "message": "Hello World! 🚀"
        }
      ],
      "source": "id: created_by_api\nnamespace: company.team\n\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: Hello World! 🚀"
    }
    "#);
    let shown = app.get("/api/v1/flows/company.team/created_by_api").await;
    assert!(shown.json().get("source").is_none());
    let shown = app.get("/api/v1/flows/company.team/created_by_api?source=true").await;
    assert_eq!(shown.body, answer.body);
}

#[tokio::test]
async fn the_tenant_shows_where_the_path_names_it() {
    let app = App::new();
    let answer = app.post_body("/api/v1/main/flows", "text/yaml", HELLO).await;
    assert_eq!(answer.json()["tenantId"], "main");
    let answer = app.get("/api/v1/main/flows/company.team").await;
    assert_eq!(answer.json()[0]["tenantId"], "main");
}

#[tokio::test]
async fn a_flow_can_be_sent_as_json_or_without_a_content_type() {
    let app = App::new();
    let json = r#"{"id": "j", "namespace": "a", "tasks": [{"id": "t", "type": "io.kestra.plugin.core.debug.Return"}]}"#;
    let answer = app.post_body("/api/v1/flows", "application/json; charset=utf-8", json).await;
    assert_eq!(answer.json()["tasks"][0]["id"], "t", "{}", answer.shown());
    let mut request = typed(Method::POST, "/api/v1/flows", "x", HELLO);
    request.headers_mut().clear();
    assert_eq!(app.send(request).await.status, 200);
}

#[tokio::test]
async fn what_is_no_flow_is_refused() {
    let app = App::new();
    let post = async |content_type: &str, body: &str| {
        app.post_body("/api/v1/flows", content_type, body.to_owned()).await
    };
    assert_snapshot!(post("application/x-yaml", "id: a\nnamespace: A\ntasks: []\nfoo: 1").await.shown(), @r#"
    422 Unprocessable Entity
    content-length: 1609
    content-type: application/json

    {
      "message": "Invalid entity: namespace: must match \"^[a-z0-9][a-z0-9._-]*\" (line 2, column 12)\ntasks: must not be empty (line 3, column 1)\nio.kestra.core.models.flows.Flow[\"foo\"]: Unrecognized field \"foo\" (class io.kestra.core.models.flows.Flow), not marked as ignorable (22 known properties: \"id\", \"namespace\", \"revision\", \"description\", \"disabled\", \"deleted\", \"labels\", \"inputs\", \"outputs\", \"variables\", \"tasks\", \"errors\", \"finally\", \"afterExecution\", \"listeners\", \"triggers\", \"pluginDefaults\", \"taskDefaults\", \"concurrency\", \"retry\", \"sla\", \"timeout\") (line 4, column 1)",
      "logref": null,
      "path": null,
      "_links": {
        "self": {
          "href": "/api/v1/flows",
          "templated": false,
          "profile": null,
          "deprecation": null,
          "title": null,
          "hreflang": null,
          "type": null,
          "name": null
        }
      },
      "_embedded": {
        "errors": [
          {
            "message": "must match \"^[a-z0-9][a-z0-9._-]*\" (line 2, column 12)",
            "logref": null,
            "path": "namespace",
            "_links": {},
            "_embedded": {}
          },
          {
            "message": "must not be empty (line 3, column 1)",
            "logref": null,
            "path": "tasks",
            "_links": {},
            "_embedded": {}
          },
          {
            "message": "Unrecognized field \"foo\" (class io.kestra.core.models.flows.Flow), not marked as ignorable (22 known properties: \"id\", \"namespace\", \"revision\", \"description\", \"disabled\", \"deleted\", \"labels\", \"inputs\", \"outputs\", \"variables\", \"tasks\", \"errors\", \"finally\", \"afterExecution\", \"listeners\", \"triggers\", \"pluginDefaults\", \"taskDefaults\", \"concurrency\", \"retry\", \"sla\", \"timeout\") (line 4, column 1)",
            "logref": null,
            "path": "io.kestra.core.models.flows.Flow[\"foo\"]",
            "_links": {},
            "_embedded": {}
          }
        ]
      }
    }
    "#);
    assert_snapshot!(post("application/x-yaml", "id: [").await.error(), @"422 Illegal flow yaml: unclosed bracket '[' (line 1, column 5)");
    assert_snapshot!(post("application/x-yaml", "").await.error(), @"422 Invalid route params: Required Body [flow] not specified");
    assert_snapshot!(post("application/json", "{").await.error(), @"422 Invalid json: EOF while parsing an object at line 1 column 1");
    assert_snapshot!(post("application/x-www-form-urlencoded", HELLO).await.error(), @"
    415 Unsupported Media Type: Content Type [application/x-www-form-urlencoded] not allowed. Allowed types: [application/x-yaml, text/yaml, application/json]
    ");
    assert_snapshot!(post("text/yaml", &format!("#{}", "x".repeat(256 * 1024))).await.error(), @"
    413 Request Entity Too Large: the source of a flow may have at most 262144 bytes
    ");
    app.post_body("/api/v1/flows", "text/yaml", HELLO).await;
    assert_snapshot!(post("text/yaml", HELLO).await.shown(), @r#"
    422 Unprocessable Entity
    content-length: 355
    content-type: application/json

    {
      "message": "Invalid entity: flow.id: Flow id already exists",
      "logref": null,
      "path": null,
      "_links": {
        "self": {
          "href": "/api/v1/flows",
          "templated": false,
          "profile": null,
          "deprecation": null,
          "title": null,
          "hreflang": null,
          "type": null,
          "name": null
        }
      },
      "_embedded": {
        "errors": [
          {
            "message": "Flow id already exists",
            "logref": null,
            "path": "flow.id",
            "_links": {},
            "_embedded": {}
          }
        ]
      }
    }
    "#);
    let binary = app.post_body("/api/v1/flows", "text/yaml", vec![b'a', 0xff]).await;
    assert_snapshot!(binary.error(), @"
    422 Illegal argument: the source of a flow has to be UTF-8 text: invalid utf-8 sequence of 1 bytes from index 1
    ");
}

#[tokio::test]
async fn revisions_are_counted_and_kept() {
    let app = App::new();
    app.post_body("/api/v1/flows", "text/yaml", HELLO).await;
    let uri = "/api/v1/flows/company.team/created_by_api";
    let put = async |body: String| app.send(typed(Method::PUT, uri, "application/x-yaml", body)).await;
    assert_eq!(put(HELLO.to_owned()).await.json()["revision"], 1);
    assert_eq!(put(format!("{HELLO} # changed")).await.json()["revision"], 2);
    assert_eq!(app.call(Method::DELETE, uri).await.status, 204);
    assert_snapshot!(app.call(Method::DELETE, uri).await.error(), @"404 Not Found: Flow not found");
    assert_snapshot!(app.get(uri).await.error(), @"404 Not Found: Flow not found");
    assert_snapshot!(put(HELLO.to_owned()).await.error(), @"404 Not Found: Flow not found");
    assert_eq!(app.get(&format!("{uri}?revision=1")).await.json()["deleted"], false);
    assert_eq!(app.get(&format!("{uri}?allowDeleted=true")).await.json()["deleted"], true);
    let revisions = app.get(&format!("{uri}/revisions")).await.json();
    let revisions: Vec<_> = revisions.as_array().unwrap().iter().map(|it| it["revision"].clone()).collect();
    assert_eq!(revisions, [1, 2, 3]);
    assert_eq!(app.get("/api/v1/flows/a/unknown/revisions").await.text(), "[]");
}

#[tokio::test]
async fn an_update_keeps_id_and_namespace() {
    let app = App::new();
    app.post_body("/api/v1/flows", "text/yaml", HELLO).await;
    let other = HELLO.replace("created_by_api", "other").replace("company.team", "company");
    let uri = "/api/v1/flows/company.team/created_by_api";
    let answer = app.send(typed(Method::PUT, uri, "application/x-yaml", other)).await;
    assert_snapshot!(answer.error(), @"
    422 Invalid entity: flow.id: Illegal flow id update
    flow.namespace: Illegal namespace update
    ");
}

#[tokio::test]
async fn flows_are_listed_and_searched() {
    let app = App::new();
    for (id, namespace) in [("b", "company"), ("a", "company.team"), ("c", "company.team"), ("d", "system")] {
        let source = format!(
            "id: {id}\nnamespace: {namespace}\nlabels: {{ team: 'x,{id}' }}\ntasks: [{{ id: t, type: io.kestra.plugin.core.debug.Return }}]"
        );
        assert_eq!(app.post_body("/api/v1/flows", "text/yaml", source).await.status, 200);
    }
    let ids = async |uri: &str| {
        let found = app.get(uri).await.json();
        let flows = found.get("results").unwrap_or(&found).as_array().unwrap().clone();
        flows.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<String>()
    };
    assert_eq!(ids("/api/v1/flows/company.team").await, "ac");
    assert_eq!(ids("/api/v1/flows/nobody").await, "");
    assert_eq!(ids("/api/v1/flows/search?namespace=company&sort=id:desc").await, "cba");
    assert_eq!(ids("/api/v1/flows/search?sort=id:asc&size=2&page=2").await, "cd");
    assert_eq!(ids("/api/v1/flows/search?labels=team:x,c").await, "c");
    assert_eq!(ids("/api/v1/flows/search?scope=SYSTEM").await, "d");
    assert_eq!(ids("/api/v1/flows/search?scope=USER,SYSTEM&q=*&sort=id:asc").await, "abcd");
    assert_snapshot!(app.get("/api/v1/flows/search?size=1&sort=id:asc").await.shown(), @r#"
    200 OK
    content-length: 212
    content-type: application/json

    {
      "results": [
        {
          "id": "a",
          "namespace": "company.team",
          "revision": 1,
          "disabled": false,
          "deleted": false,
          "labels": [
            {
              "key": "team",
              "value": "x,a"
            }
          ],
          "tasks": [
            {
              "id": "t",
              "type": "io.kestra.plugin.core.debug.Return"
            }
          ]
        }
      ],
      "total": 4
    }
    "#);
}

#[tokio::test]
async fn every_document_of_a_validation_is_answered() {
    let app = App::new();
    app.post_body("/api/v1/flows", "text/yaml", HELLO).await;
    let unknown = "id: x\nnamespace: a\ntasks: [{ id: t, type: io.kestra.Unknown }]";
    let field =
        "id: x\nnamespace: a\nunknownProp: 1\ntasks: [{ id: t, type: io.kestra.plugin.core.debug.Return }]";
    let source = format!("{HELLO}\n---\n{unknown}\n---\n{field}");
    let answer = app.post_body("/api/v1/flows/validate", "application/x-yaml", source).await;
    assert_snapshot!(answer.shown(), @r#"
    200 OK
    content-length: 820
    content-type: application/json

    [
      {
        "index": 0,
        "flow": "created_by_api",
        "namespace": "company.team",
        "outdated": true
      },
      {
        "index": 1,
        "constraints": "Invalid type: io.kestra.Unknown (line 3, column 24)\ntasks[0].type: No plugin registered for the defined type: 'io.kestra.Unknown' (line 3, column 24)",
        "outdated": false
      },
      {
        "index": 2,
        "constraints": "io.kestra.core.models.flows.Flow[\"unknownProp\"]: Unrecognized field \"unknownProp\" (class io.kestra.core.models.flows.Flow), not marked as ignorable (22 known properties: \"id\", \"namespace\", \"revision\", \"description\", \"disabled\", \"deleted\", \"labels\", \"inputs\", \"outputs\", \"variables\", \"tasks\", \"errors\", \"finally\", \"afterExecution\", \"listeners\", \"triggers\", \"pluginDefaults\", \"taskDefaults\", \"concurrency\", \"retry\", \"sla\", \"timeout\") (line 3, column 1)",
        "outdated": false
      }
    ]
    "#);
}
