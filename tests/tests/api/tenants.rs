//! Tenants: what one has, no other sees or touches.

use axum::{
    body::{Body, Bytes},
    http::{Method, Request, header},
};
use futures_util::StreamExt;
use insta::assert_snapshot;
use serde_json::json;
use service::{
    Settings,
    access::{Callers, Rules},
};

use crate::{
    app::{Answer, App},
    doors,
};

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

/// One with the flow `f`, whose answers leave by a door when they have more than 500 bytes.
async fn with_files(app: &App, id: &str) {
    const FLOW: &str = "
id: f
namespace: company.team
inputs: [{ id: data, type: FILE }, { id: more, type: FILE, required: false }]
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: '{{ read(inputs.data) }}' }]
";
    assert_eq!(tenant(app, id).await.status, 200);
    let uri = format!("/api/v1/{id}/flows");
    assert!(!send(app, Method::POST, &uri, "application/x-yaml", FLOW).await.status.is_client_error());
}

#[tokio::test]
async fn the_link_of_an_upload_is_for_its_tenant_alone() {
    let app = App::with(Settings { url: Some("http://here".to_owned()), ..Settings::default() });
    for id in ["a", "b"] {
        with_files(&app, id).await;
    }
    let announced = json!({ "files": [{ "input": "data", "size": 11 }] }).to_string();
    let uploads = "/api/v1/a/executions/company.team/f/uploads";
    let reserved = send(&app, Method::POST, uploads, "application/json", announced).await.json();
    let upload = &reserved["uploads"][0];
    let link = upload["url"].as_str().unwrap().strip_prefix("http://here").unwrap();
    assert_eq!(send(&app, Method::PUT, link, "", "SECRET-OF-A").await.status, 200);
    let uri = upload["uri"].as_str().unwrap();
    let started = async |tenant: &str| {
        let call = format!("/api/v1/{tenant}/executions/company.team/f?wait=true");
        send(&app, Method::POST, &call, "application/json", json!({ "data": uri }).to_string()).await
    };
    assert_snapshot!(started("b").await.error(), @"422 Invalid entity: data: Invalid input for `data`, the file was not uploaded, but received `kestra:///company/team/f/executions/0000000000000000000001/inputs/data/data`");
    // The same link with his own name in it is a place of his own.
    let theirs = link.replacen("/a/", "/b/", 1);
    assert_eq!(send(&app, Method::PUT, &theirs, "", "made by b!!").await.status, 200);
    assert_eq!(started("b").await.json()["taskRunList"][0]["outputs"]["value"], "made by b!!");
    assert_eq!(started("a").await.json()["taskRunList"][0]["outputs"]["value"], "SECRET-OF-A");
    let id = reserved["executionId"].as_str().unwrap();
    for (tenant, text) in [("a", "SECRET-OF-A"), ("b", "made by b!!")] {
        let file = app.get(&format!("/api/v1/{tenant}/executions/{id}/file?path={uri}")).await;
        assert_eq!((file.status.as_u16(), file.text().as_str()), (200, text));
    }
}

#[tokio::test]
async fn an_answer_that_is_kept_is_for_its_tenant_alone() {
    let app = App::with_doors(Settings { answer_bytes_max: Some(500), ..Settings::default() });
    for id in ["a", "b"] {
        with_files(&app, id).await;
    }
    let form = "--XX\r\nContent-Disposition: form-data; name=data; filename=a\r\n\r\nSECRET\r\n--XX--\r\n";
    let mut ids = Vec::new();
    let mut kept = Vec::new();
    for tenant in ["a", "b"] {
        let call = format!("/api/v1/{tenant}/executions/company.team/f?wait=true");
        let answer = send(&app, Method::POST, &call, "multipart/form-data; boundary=XX", form).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (303, 0));
        let path = doors::behind(answer.header("location"));
        assert!(path.as_str().starts_with(&format!("{tenant}/answers/")), "{}", path.as_str());
        let stored = app.stored.get(&path, None).await.unwrap().stream;
        let bytes: Vec<Bytes> = stored.map(Result::unwrap).collect().await;
        let execution: serde_json::Value = serde_json::from_slice(&bytes.concat()).unwrap();
        ids.push(execution["id"].as_str().unwrap().to_owned());
        kept.push(path);
    }
    let name = kept[0].as_str().strip_prefix("a/answers/").unwrap();
    for (execution, status) in [(&ids[0], 404), (&ids[1], 422)] {
        for uri in [
            format!("kestra:///answers/{name}"),
            format!("kestra:///a/answers/{name}"),
            format!("kestra:///../a/answers/{name}"),
            format!("kestra:///../../a/answers/{name}"),
            format!("kestra:///company/team/f/executions/{}/../../../../../../a/answers/{name}", ids[1]),
            format!(
                "kestra:///company/team/f/executions/{}/%2e%2e/%2e%2e/%2e%2e/%2e%2e/answers/{name}",
                ids[1]
            ),
        ] {
            for what in ["file", "file/metas", "file/preview"] {
                let asked =
                    format!("/api/v1/b/executions/{execution}/{what}?path={}", uri.replace('%', "%25"));
                let answer = app.get(&asked).await;
                assert_eq!((answer.status.as_u16(), answer.header("location")), (status, ""), "{asked}");
            }
        }
    }
    // What B gets of the same addresses is B's.
    assert_eq!(app.get(&format!("/api/v1/b/executions/{}", ids[0])).await.status, 404);
    let search = app.get("/api/v1/b/executions/search").await;
    assert!(doors::behind(search.header("location")).as_str().starts_with("b/answers/"));
}
