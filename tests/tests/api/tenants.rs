//! Tenants: what one has, no other sees or touches.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use insta::assert_snapshot;
use serde_json::json;
use service::{
    Settings,
    access::{Callers, Rules},
};

use crate::app::{Answer, App};

const FLOW: &str = "
id: f
namespace: company.team
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: SECRET-OF-B }]
outputs: [{ id: o, type: STRING, value: \"{{ outputs.t.value }}\" }]
triggers:
  - { id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: test1234 }
  - { id: daily, type: io.kestra.plugin.core.trigger.Schedule, cron: \"0 0 * * *\" }
";

async fn send(app: &App, method: Method, uri: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder().method(method).uri(uri).header(header::CONTENT_TYPE, kind);
    app.send(request.body(body.into()).unwrap()).await
}

async fn tenant(app: &App, id: &str) -> Answer {
    send(app, Method::POST, "/api/v1/tenants", "application/json", json!({ "id": id }).to_string()).await
}

/// Everything that tenant B shows of itself, by address.
async fn shown(app: &App, id: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for path in [
        "flows/company.team",
        "flows/company.team/f",
        "flows/company.team/f/revisions",
        "flows/search",
        "templates/search",
        "executions/search",
        "executions?namespace=company.team&flowId=f",
        "namespaces/company.team/kv",
        "namespaces/company.team/kv/k",
        "namespaces/company.team/files/search?q=",
        "namespaces/company.team/files?path=/a",
        "triggers/search",
        "triggers/company.team/f",
        &format!("executions/{id}"),
        &format!("logs/{id}"),
        &format!("metrics/{id}"),
    ] {
        let answer = app.get(&format!("/api/v1/b/{path}")).await;
        all.push((path.to_owned(), format!("{} {}", answer.status, answer.text())));
    }
    all
}

/// B with one of everything; gives an execution of it that has ended.
async fn furnished(app: &App) -> String {
    assert_eq!(tenant(app, "b").await.status, 200);
    let yaml = "application/x-yaml";
    assert_eq!(send(app, Method::POST, "/api/v1/b/flows", yaml, FLOW).await.status, 200);
    let template =
        "id: t\nnamespace: company.team\ntasks: [{ id: t, type: io.kestra.plugin.core.log.Log, message: a }]";
    assert_eq!(send(app, Method::POST, "/api/v1/b/templates", yaml, template).await.status, 200);
    let value =
        send(app, Method::PUT, "/api/v1/b/namespaces/company.team/kv/k", "text/plain", "\"SECRET-OF-B\"");
    assert_eq!(value.await.status, 200);
    let form = "--XX\r\nContent-Disposition: form-data; name=fileContent; filename=a\r\n\r\nSECRET-OF-B\r\n--XX--\r\n";
    let kind = "multipart/form-data; boundary=XX";
    let file = send(app, Method::POST, "/api/v1/b/namespaces/company.team/files?path=/a", kind, form).await;
    assert!(file.status.is_success(), "{}", file.text());
    let ended = app.post("/api/v1/b/executions/company.team/f?wait=true").await;
    assert_eq!(ended.json()["tenantId"], "b");
    assert!(ended.json()["url"].as_str().unwrap().contains("/ui/b/executions/"));
    ended.id()
}

/// Every route of the table, with everything that B has, as A, as nobody in particular, and as C that is not there.
#[tokio::test]
async fn no_route_of_one_tenant_sees_or_touches_another() {
    let app = App::new();
    let id = furnished(&app).await;
    assert_eq!(tenant(&app, "a").await.status, 200);
    let before = shown(&app, &id).await;
    for (path, text) in &before {
        assert!(text.starts_with("200"), "{path}: {text}");
    }
    let query = "namespace=company.team&flowId=f&path=/a&from=/a&to=/z&q=&newStatus=FAILED&wait=true";
    for (method, path) in rest::table() {
        let path = path
            .replace("{namespace}", "company.team")
            .replace("{key}", if path.contains("webhook") { "other" } else { "k" })
            .replace("{flow}", "f")
            .replace("{name}", "b")
            .replace("{*rest}", "a")
            .replace("{id}", if path.contains("{namespace}") { "f" } else { &id })
            .replace("{execution}", &id);
        let bodies = [
            json!([id]).to_string(),
            String::new(),
            FLOW.replace("SECRET-OF-B", "a").replace("id: f", "id: g"),
        ];
        for (body, kind) in bodies.iter().zip(["application/json", "text/plain", "application/x-yaml"]) {
            for tenant in ["a", "c"] {
                let uri = path.replace("{tenant}", tenant).replace(['{', '}'], "");
                let answer = send(&app, method.clone(), &format!("{uri}?{query}"), kind, body.clone()).await;
                let text = answer.text();
                assert!(!text.contains("SECRET-OF-B"), "{method} {uri}: {text}");
                assert!(
                    tenant != "c" || !uri.contains("/v1/c/") || !answer.status.is_success(),
                    "{method} {uri}: {text}"
                );
            }
        }
    }
    assert_eq!(shown(&app, &id).await, before);
}

#[tokio::test]
async fn a_tenant_is_made_once_and_named_well() {
    let app = App::new();
    assert_snapshot!(app.get("/api/v1/b/flows/search").await.error(), @"404 Not Found: Tenant 'b' not found");
    assert_eq!(tenant(&app, "b").await.text(), r#"{"id":"b"}"#);
    assert_snapshot!(tenant(&app, "b").await.error(), @"422 Illegal argument: there is a tenant 'b' already");
    assert_snapshot!(tenant(&app, "main").await.error(), @"422 Illegal argument: there is a tenant 'main' already");
    for wrong in ["", "B", "executions", "a/b", "-a", &"a".repeat(65)] {
        assert_eq!(tenant(&app, wrong).await.status, 422, "{wrong}");
    }
    assert_eq!(
        app.get("/api/v1/tenants").await.text(),
        r#"{"results":[{"id":"b"},{"id":"main"}],"total":2}"#
    );
}

#[tokio::test]
async fn a_credential_of_one_tenant_counts_there_alone() {
    let user = "admin:password".parse().unwrap();
    let rules = Rules { callers: Callers::AnybodyAtFirst, user: Some(user) };
    let app = App::with(Settings { access: rules, ..Settings::default() });
    let root = |request: axum::http::request::Builder| {
        request.header(header::AUTHORIZATION, "Basic YWRtaW46cGFzc3dvcmQ=")
    };
    for id in ["a", "b"] {
        let made = root(Request::post("/api/v1/tenants")).body(Body::from(json!({ "id": id }).to_string()));
        assert_eq!(app.send(made.unwrap()).await.status, 200);
    }
    let body = json!({ "name": "a", "role": "admin", "tenants": ["a"] }).to_string();
    let made = app.send(root(Request::post("/api/v1/tokens")).body(Body::from(body)).unwrap()).await.json();
    let token = format!("Bearer {}", made["token"].as_str().unwrap());
    let get = async |uri: &str| {
        let request = Request::get(uri).header(header::AUTHORIZATION, &token).body(Body::empty()).unwrap();
        app.send(request).await.status.as_u16()
    };
    assert_eq!(get("/api/v1/a/flows/search").await, 200);
    for other in [
        "/api/v1/b/flows/search",
        "/api/v1/main/flows/search",
        "/api/v1/flows/search",
        "/api/v1/c/flows/search",
    ] {
        assert_eq!(get(other).await, 403, "{other}");
    }
}

#[tokio::test]
async fn the_clock_moves_every_tenant() {
    let mut app = App::new();
    assert_eq!(tenant(&app, "b").await.status, 200);
    let flow = "id: s\nnamespace: company.team\ntasks: [{ id: t, type: io.kestra.plugin.core.flow.Sleep, duration: PT1M }]";
    assert_eq!(send(&app, Method::POST, "/api/v1/b/flows", "application/x-yaml", flow).await.status, 200);
    let id = app.post("/api/v1/b/executions/company.team/s").await.id();
    app.work().await;
    app.advance(std::time::Duration::from_secs(61));
    assert_eq!(app.service.tick().await.unwrap().dispatched, 1);
    app.work().await;
    let ended = app.get(&format!("/api/v1/b/executions/{id}")).await.json();
    assert_eq!(ended["state"]["current"], "SUCCESS", "{ended}");
    assert_eq!(app.get(&format!("/api/v1/executions/{id}")).await.status, 404);
}
