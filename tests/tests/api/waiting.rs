//! Waiting for the end, and following until then.

use axum::{
    body::Body,
    http::{Method, Request},
};
use insta::assert_snapshot;

use crate::app::{Answer, App};

const FLOW: &str = "tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return }]";
const LATER: &str = "/api/v1/executions/company.team/f?scheduleDate=2030-01-01T00:00:00Z";

async fn preferring(app: &App, method: Method, uri: &str, prefer: &str) -> Answer {
    let request = Request::builder().method(method).uri(uri).header("Prefer", prefer);
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_wait_that_is_over_says_where_to_go_on() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let answer = preferring(&app, Method::POST, LATER, "respond-async, wait=0").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["state"]["current"], "CREATED");
    assert_eq!(answer.header("preference-applied"), "wait=0");
    let resume = answer.header("location");
    assert_eq!(resume, format!("/api/v1/executions/{}?wait=true", answer.id()));
    let again = preferring(&app, Method::GET, resume, "wait=0").await;
    assert_eq!(again.header("preference-applied"), "wait=0");
    assert_eq!(again.header("location"), resume);
}

#[tokio::test]
async fn a_wait_that_sees_the_end_says_nothing_more() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let answer = preferring(&app, Method::POST, "/api/v1/main/executions/company.team/f", "wait=10").await;
    assert_eq!(answer.json()["state"]["current"], "SUCCESS");
    assert_eq!(answer.header("preference-applied"), "wait=10");
    assert_eq!(answer.header("location"), "");
    let uri = format!("/api/v1/main/executions/{}?wait=true", answer.id());
    let shown = app.get(&uri).await;
    assert_eq!(shown.header("preference-applied"), "");
    assert_eq!(shown.json()["tenantId"], "main");
}

#[tokio::test]
async fn nobody_waits_longer_than_the_server_does() {
    let app =
        App::with(service::Settings { wait_max: std::time::Duration::ZERO, ..service::Settings::default() });
    app.flow("f", FLOW).await;
    let answer = preferring(&app, Method::POST, LATER, "wait=1000").await;
    assert_eq!(answer.header("preference-applied"), "wait=0");
    let answer = app.post(&format!("{LATER}&wait=true")).await;
    assert_ne!(answer.header("location"), "");
}

#[tokio::test]
async fn what_nobody_knows_is_not_waited_for() {
    let app = App::new();
    assert_snapshot!(app.get("/api/v1/executions/0000000000000000000042?wait=true").await.error(), @"404 Not Found: Execution not found");
    assert_snapshot!(app.get("/api/v1/executions/notfound?wait=true").await.error(), @"404 Not Found: Execution not found");
    assert_snapshot!(app.get("/api/v1/executions/0000000000000000000042/follow").await.error(), @"404 Not Found: Execution not found");
}

#[tokio::test]
async fn following_ends_with_the_end() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let id = app.post("/api/v1/executions/company.team/f?wait=true").await.id();
    let answer = app.get(&format!("/api/v1/executions/{id}/follow")).await;
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let text = answer.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert_eq!(lines[0], "id: end");
    let shown: serde_json::Value = serde_json::from_str(lines[1].strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(shown, app.get(&format!("/api/v1/executions/{id}")).await.json());
}

#[tokio::test]
async fn following_shows_the_states_on_the_way() {
    let mut app = App::new();
    app.flow("f", FLOW).await;
    let id = app.post("/api/v1/executions/company.team/f").await.id();
    let request = Request::builder().uri(format!("/api/v1/executions/{id}/follow"));
    // The present state is read before the answer begins.
    let answer = app.open(request.body(Body::empty()).unwrap()).await;
    app.work().await;
    let text = answer.read().await.text();
    let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
    assert_eq!((names.first(), names.last()), (Some(&"progress"), Some(&"end")), "{text}");
    assert_eq!(names.iter().filter(|name| **name == "end").count(), 1, "{text}");
}
