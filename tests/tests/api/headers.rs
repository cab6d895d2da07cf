//! What every answer carries, and what browsers are told.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use service::Settings;

use crate::app::{Answer, App};

const PAGE: &str = "https://example.com";

fn app() -> App {
    App::with(Settings { cors_origins: vec![PAGE.to_owned()], ..Settings::default() })
}

async fn ask(app: &App, method: Method, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri("/api/v1/flows/search");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_request_keeps_its_id_or_gets_one() {
    let app = App::new();
    let given = ask(&app, Method::GET, &[("x-request-id", "abc-1")]).await;
    assert_eq!(given.header("x-request-id"), "abc-1");
    let long = "a".repeat(129);
    let mut made: Vec<String> = Vec::new();
    for wrong in ["", "a b", "a\"", &long] {
        made.push(ask(&app, Method::GET, &[("x-request-id", wrong)]).await.header("x-request-id").to_owned());
    }
    made.push(app.get("/nothing").await.header("x-request-id").to_owned());
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 5, "{made:?}");
    assert!(made.iter().all(|id| id.len() >= 18), "{made:?}");
}

#[tokio::test]
async fn every_answer_is_what_it_says_and_tells_no_other_site() {
    let app = App::new();
    for uri in ["/health", "/nothing", "/api/v1/flows/search", "/api/v1/executions/x"] {
        let answer = app.get(uri).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{uri}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{uri}");
    }
}

#[tokio::test]
async fn pages_of_known_origins_may_call_and_no_others() {
    let app = app();
    let asked =
        [("access-control-request-method", "POST"), ("access-control-request-headers", "authorization")];
    let ours = ask(&app, Method::OPTIONS, &[&[("origin", PAGE)][..], &asked].concat()).await;
    assert_eq!(ours.status, 204);
    assert_eq!(ours.header(header::ACCESS_CONTROL_ALLOW_ORIGIN.as_str()), PAGE);
    assert_eq!(ours.header("access-control-allow-headers"), "authorization");
    assert!(ours.header("access-control-allow-methods").contains("DELETE"));
    let answer = ask(&app, Method::GET, &[("origin", PAGE)]).await;
    assert_eq!((answer.header("access-control-allow-origin"), answer.header("vary")), (PAGE, "Origin"));
    for other in ["https://example.org", "http://example.com", "https://example.com.evil.org", "null"] {
        let theirs = ask(&app, Method::OPTIONS, &[&[("origin", other)][..], &asked].concat()).await;
        assert_eq!(
            (theirs.status.as_u16(), theirs.header("access-control-allow-origin")),
            (405, ""),
            "{other}"
        );
        let answer = ask(&app, Method::GET, &[("origin", other)]).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{other}");
    }
}

#[tokio::test]
async fn without_origins_nobody_is_told_anything() {
    let answer = ask(&App::new(), Method::GET, &[("origin", PAGE)]).await;
    assert_eq!((answer.header("access-control-allow-origin"), answer.header("vary")), ("", ""));
}
