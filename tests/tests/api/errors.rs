//! What is not there, not allowed or not built.

use axum::http::Method;
use insta::assert_snapshot;

use crate::app::App;

#[tokio::test]
async fn the_server_says_that_it_is_up() {
    let app = App::new();
    assert_eq!(app.get("/health").await.text(), r#"{"status":"UP"}"#);
    assert_eq!(app.get("/ping").await.text(), "pong");
}

#[tokio::test]
async fn an_error_has_kestras_body() {
    assert_snapshot!(App::new().get("/api/v1/executions/webhook/a/b/c?d=e%20f").await.shown(), @r#"
    404 Not Found
    content-length: 255
    content-type: application/json

    {
      "message": "Not Found: Flow not found",
      "logref": null,
      "path": null,
      "_links": {
        "self": {
          "href": "/api/v1/executions/webhook/a/b/c?d=e%20f",
          "templated": false,
          "profile": null,
          "deprecation": null,
          "title": null,
          "hreflang": null,
          "type": null,
          "name": null
        }
      },
      "_embedded": {}
    }
    "#);
}

#[tokio::test]
async fn unknown_paths_methods_and_tenants_are_refused() {
    let app = App::new();
    assert_snapshot!(app.get("/").await.error(), @"404 Not Found");
    assert_snapshot!(app.get("/api/v1/nothing/here").await.error(), @"404 Not Found");
    let answer = app.call(Method::PATCH, "/api/v1/executions/a/b").await;
    assert_eq!(answer.header("allow"), "POST");
    assert_snapshot!(answer.error(), @"
    405 Method Not Allowed: Method [PATCH] not allowed for URI [/api/v1/executions/a/b]
    ");
    assert_snapshot!(app.get("/api/v1/other/executions/search").await.error(), @"404 Not Found: Tenant 'other' not found");
    assert_snapshot!(app.post("/api/v1/Main/executions/a/b").await.error(), @"404 Not Found: Tenant 'Main' not found");
    assert_snapshot!(app.get("/api/v1/flows/%ff/x").await.error(), @"
    422 Illegal argument: the path has to be UTF-8: Invalid UTF-8 in `namespace`
    ");
}

#[tokio::test]
async fn a_resource_wins_over_a_tenant_of_its_name() {
    let app = App::new();
    assert_snapshot!(app.post("/api/v1/executions/executions/x").await.error(), @"404 Not Found: Requested Flow is not found.");
    assert_snapshot!(app.get("/api/v1/flows/flows/x").await.error(), @"404 Not Found: Flow not found");
}

#[tokio::test]
async fn what_is_not_built_says_so() {
    let app = App::new();
    for (method, uri) in [
        (Method::POST, "/api/v1/executions/x/replay-with-inputs"),
        (Method::POST, "/api/v1/main/executions/x/actions/resume-from-breakpoint"),
        (Method::GET, "/api/v1/executions/export/by-query/csv"),
        (Method::GET, "/api/v1/main/kv"),
        (Method::PUT, "/api/v1/namespaces/a"),
        (Method::GET, "/api/v1/namespaces/a/files/export"),
        (Method::POST, "/api/v1/flows/company.team"),
    ] {
        let error = app.call(method, uri).await.error();
        assert!(error.starts_with("501 Not Implemented: "), "{uri}: {error}");
    }
    assert_snapshot!(app.post("/api/v1/executions/x/replay-with-inputs").await.error(), @"
    501 Not Implemented: replaying an execution with other inputs is known to Kestra's API, but not built in this version
    ");
}
