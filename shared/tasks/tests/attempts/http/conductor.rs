//! Conductor's `HTTP`, as a workflow sees what a server answered.

use engine::{conductor::HTTP, execution::Ending};
use serde_json::{Value as Json, json};

use super::server::Server;
use crate::world::{Ran, World};

async fn call(input: Json) -> Ran {
    World::new().task(HTTP, input).await
}

fn why(ran: &Ran) -> &str {
    match &ran.outcome.ending {
        Ending::Failed { message } => message,
        other => panic!("{other:?}: {}", ran.story()),
    }
}

/// What the server says that it got.
fn echoed(ran: &Ran) -> &Json {
    assert_eq!(ran.outcome.ending, Ending::Success, "{}", ran.story());
    &ran.outcome.outputs["response"]["body"]
}

#[tokio::test]
async fn a_json_response_is_read_and_a_text_is_kept() {
    let server = Server::start().await;
    let ran = call(json!({"http_request": {"uri": server.uri("/echo?a=1"), "method": "GET"}})).await;
    let response = &ran.outcome.outputs["response"];
    assert_eq!((&response["statusCode"], &response["reasonPhrase"]), (&json!(200), &json!("OK")));
    assert_eq!(response["headers"]["content-type"], json!(["application/json"]));
    assert_eq!((&echoed(&ran)["method"], &echoed(&ran)["uri"]), (&json!("GET"), &json!("/echo?a=1")));
    // 64 is an `@`, which is no JSON.
    let ran = call(json!({"uri": server.uri("/text?text/plain,6140"), "method": "GET"})).await;
    assert_eq!(echoed(&ran), "a@");
}

#[tokio::test]
async fn both_forms_say_the_same_and_what_is_not_said_is_json() {
    let server = Server::start().await;
    let request = json!({
        "uri": server.uri("/echo"), "method": "POST", "body": {"n": 1},
        "headers": {"X-One": "a", "X-Two": 2}, "accept": ["text/plain", "application/json"],
    });
    for input in [json!({"http_request": request}), request.clone()] {
        let ran = call(input).await;
        let echo = echoed(&ran);
        assert_eq!(echo["body"], r#"{"n":1}"#);
        let headers = &echo["headers"];
        assert_eq!((&headers["x-one"], &headers["x-two"]), (&json!("a"), &json!("2")));
        assert_eq!(headers["accept"], "text/plain, application/json");
        assert!(headers["content-type"].as_str().unwrap().starts_with("application/json"), "{headers}");
    }
    let ran = call(json!({"uri": server.uri("/echo"), "method": "GET"})).await;
    assert_eq!(echoed(&ran)["headers"]["accept"], "application/json");
    let more =
        json!({"uri": server.uri("/echo"), "method": "POST", "contentType": "text/plain", "body": "hi"});
    let ran = call(more).await;
    assert_eq!(echoed(&ran)["body"], "hi");
    assert!(echoed(&ran)["headers"]["content-type"].as_str().unwrap().starts_with("text/plain"));
}

#[tokio::test]
async fn what_is_no_success_fails_with_its_body_and_is_shown() {
    let server = Server::start().await;
    for code in [404, 500] {
        let ran = call(json!({"uri": server.uri(&format!("/status/{code}")), "method": "GET"})).await;
        assert_eq!(why(&ran), "no such thing");
        let response = &ran.outcome.outputs["response"];
        assert_eq!((&response["statusCode"], &response["body"]), (&json!(code), &json!("no such thing")));
        assert!(response["headers"].is_object());
    }
    // HEAD has no body to give as a reason.
    let ran = call(json!({"uri": server.uri("/status/404"), "method": "HEAD"})).await;
    assert_eq!(why(&ran), "404 Not Found");
    assert_eq!(ran.outcome.outputs["response"]["body"], Json::Null);
}

#[tokio::test]
async fn an_empty_body_is_null() {
    let server = Server::start().await;
    for (path, method) in [("/bytes/0", "GET"), ("/echo", "HEAD")] {
        let ran = call(json!({"uri": server.uri(path), "method": method})).await;
        assert_eq!(echoed(&ran), &Json::Null, "{method}");
        assert_eq!(ran.outcome.outputs["response"]["statusCode"], 200);
    }
}

#[tokio::test]
async fn a_request_that_is_none_is_not_sent() {
    let server = Server::start().await;
    let no_uri = "Missing HTTP URI. See documentation for HttpTask for required input parameters";
    for (input, expected) in [
        (json!({}), no_uri),
        (json!({"http_request": {"uri": " ", "method": "GET"}}), no_uri),
        (json!({"uri": server.uri("/echo")}), "No HTTP method specified"),
        (json!({"http_request": "x"}), "`http_request` is \"x\", a map is expected"),
        (
            json!({"uri": server.uri("/echo"), "method": "GET", "headers": [1]}),
            "`headers` is [1], a map is expected",
        ),
    ] {
        assert_eq!(why(&call(input).await), expected);
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_server_that_is_not_there_or_silent_is_the_response() {
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let ran = call(json!({"uri": format!("http://{gone}/"), "method": "GET"})).await;
    assert!(why(&ran).to_lowercase().contains("refused"), "{}", why(&ran));
    assert_eq!(ran.outcome.outputs["response"], why(&ran));
    let server = Server::start().await;
    let begun = std::time::Instant::now();
    let ran = call(json!({"uri": server.uri("/never"), "method": "GET", "readTimeOut": 200})).await;
    assert!(begun.elapsed() >= std::time::Duration::from_millis(200));
    assert_eq!(ran.outcome.outputs["response"], why(&ran));
}
