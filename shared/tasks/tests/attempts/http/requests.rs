//! `http.Request`, property by property.

use std::sync::atomic::Ordering;

use serde_json::{Value as Json, json};
use tokio::sync::watch;

use super::server::{Server, until};
use crate::world::{Memory, Ran, World, attempt};

const REQUEST: &str = "core.http.Request";

async fn call(server: &Server, path: &str, more: Json) -> Ran {
    call_in(&World::new(), server, path, more).await
}

async fn call_in(world: &World, server: &Server, path: &str, more: Json) -> Ran {
    let mut properties = json!({ "uri": server.uri(path) });
    properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.task(REQUEST, properties).await
}

/// What the server says that it got.
fn echoed(ran: &Ran) -> Json {
    let body = ran.outcome.outputs.get("body").unwrap_or_else(|| panic!("{}", ran.story()));
    serde_json::from_str(body.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_response_becomes_outputs() {
    let server = Server::start().await;
    let ran = call(&server, "/echo?a=b c", json!({})).await;
    let outputs = &ran.outcome.outputs;
    assert_eq!(outputs["uri"], server.uri("/echo?a=b%20c"));
    assert_eq!(outputs["code"], 200);
    assert_eq!(outputs["headers"]["content-type"], json!(["application/json"]));
    let echo = echoed(&ran);
    assert_eq!((&echo["method"], &echo["uri"]), (&json!("GET"), &json!("/echo?a=b%20c")));
    assert_eq!(echo["headers"]["host"], server.address.to_string());
    assert!(echo["headers"]["user-agent"].as_str().unwrap().starts_with("Roundtrip/"));
}

#[tokio::test]
async fn method_body_headers_and_params_are_sent() {
    let server = Server::start().await;
    let more = json!({
        "method": "put", "body": {"title": "Pen"}, "headers": {"X-API-KEY": "abc"},
        "params": {"q": "a&b", "page": 2, "tag": ["x", "y"]},
    });
    let echo = echoed(&call(&server, "/echo?old=1", more).await);
    assert_eq!(echo["method"], "PUT");
    assert_eq!(echo["uri"], "/echo?old=1&q=a%26b&page=2&tag=x&tag=y");
    assert_eq!(echo["body"], r#"{"title":"Pen"}"#);
    assert_eq!(echo["headers"]["content-type"], "application/json; charset=UTF-8");
    assert_eq!(echo["headers"]["content-length"], "15");
    assert_eq!(echo["headers"]["x-api-key"], "abc");
}

#[tokio::test]
async fn a_form_is_url_encoded_or_of_several_parts_with_files() {
    let server = Server::start().await;
    let path = "main/files/company/team/in/a.csv";
    let world = World::with(Memory::default().with(path, "x".repeat(100_000)));
    let form = json!({"user": "J & D", "n": 3});
    let echo = echoed(&call_in(&world, &server, "/echo", json!({"method": "POST", "formData": form})).await);
    assert_eq!(echo["body"], "user=J+%26+D&n=3");
    assert_eq!(echo["headers"]["content-type"], "application/x-www-form-urlencoded; charset=UTF-8");

    let uri = "kestra:///company/team/in/a.csv";
    let form =
        json!({"text": "v", "map": {"a": 1}, "file": uri, "named": {"name": "b\".txt", "content": uri}});
    let more = json!({"method": "POST", "contentType": "multipart/form-data", "formData": form});
    let echo = echoed(&call_in(&world, &server, "/echo", more).await);
    let content_type = echo["headers"]["content-type"].as_str().unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let body =
        echo["body"].as_str().unwrap().replace(boundary, "B").replace(&"x".repeat(100_000), "100,000 x");
    insta::assert_snapshot!(body.replace('\r', ""), @r#"
    --B
    Content-Disposition: form-data; name="text"
    Content-Type: text/plain; charset=UTF-8

    v
    --B
    Content-Disposition: form-data; name="map"
    Content-Type: text/plain; charset=UTF-8

    {"a":1}
    --B
    Content-Disposition: form-data; name="file"; filename="a.csv"
    Content-Type: application/octet-stream

    100,000 x
    --B
    Content-Disposition: form-data; name="named"; filename="b%22.txt"
    Content-Type: application/octet-stream

    100,000 x
    --B--
    "#);
    assert_eq!(echo["headers"]["content-length"], echo["bytes"].to_string());
}

#[tokio::test]
async fn who_asks_is_said_in_every_spelling() {
    let server = Server::start().await;
    let basic = "Basic bWU6c2VjcmV0";
    let table = [
        (json!({"auth": {"type": "BASIC", "username": "me", "password": "secret"}}), basic),
        (json!({"basicAuthUser": "me", "basicAuthPassword": "secret"}), basic),
        (json!({"auth": {"type": "BEARER", "token": "abc"}}), "Bearer abc"),
    ];
    for (options, expected) in table {
        let echo = echoed(&call(&server, "/echo", json!({"options": options})).await);
        assert_eq!(echo["headers"]["authorization"], expected, "{options}");
    }
}

#[tokio::test]
async fn a_charset_is_written_and_read() {
    let server = Server::start().await;
    let more = json!({"method": "POST", "body": "Grüße", "options": {"defaultCharset": "ISO-8859-1"}});
    let echo = echoed(&call(&server, "/echo", more).await);
    assert_eq!((&echo["bytes"], &echo["body"]), (&json!(5), &json!("Gr\u{fffd}\u{fffd}e")));
    let ran = call(&server, "/text?text/plain;charset=iso-8859-1,4772fcdf65", json!({})).await;
    assert_eq!(ran.outcome.outputs["body"], "Grüße");
    let more = json!({"method": "POST", "body": "漢", "options": {"defaultCharset": "ISO-8859-1"}});
    assert!(call(&server, "/echo", more).await.failure().contains("does not have"));
}

#[tokio::test]
async fn what_is_no_text_is_refused_with_advice() {
    let server = Server::start().await;
    let ran = call(&server, "/text?image/png,89504e47", json!({})).await;
    insta::assert_snapshot!(ran.failure(), @r"
    Illegal unicode code point in request body: it is not UTF-8 from byte 0 on, the Request task only support valid Unicode strings as body.
    You can try using the Download task instead.
    ");
}

#[tokio::test]
async fn a_failed_response_fails_the_task_unless_it_is_allowed() {
    let server = Server::start().await;
    let ran = call(&server, "/status/404", json!({})).await;
    insta::assert_snapshot!(ran.failure(), @r"
    Failed http request with response code '404' and body:
    no such thing
    ");
    let allowed = [
        json!({"allowFailed": true}),
        json!({"options": {"allowFailed": true}}),
        json!({"options": {"allowedResponseCodes": ["404"]}}),
    ];
    for more in allowed {
        let ran = call(&server, "/status/404", more.clone()).await;
        assert_eq!(ran.outcome.outputs["code"], 404, "{more} {}", ran.story());
    }
    let ran = call(&server, "/status/201", json!({"options": {"allowedResponseCodes": ["200"]}})).await;
    assert!(ran.failure().starts_with("Failed http request with response code '201'"));
    let ran = call(&server, "/status/204", json!({})).await;
    assert_eq!((ran.outcome.outputs.get("body"), &ran.outcome.outputs["code"]), (None, &json!(204)));
}

#[tokio::test]
async fn an_encrypted_body_is_an_output_of_its_own() {
    let server = Server::start().await;
    let ran = call(&server, "/text?text/plain,4869", json!({"encryptBody": true})).await;
    let sealed = json!({"type": "io.kestra.datatype:aes_encrypted", "value": "Hi"});
    assert_eq!((ran.outcome.outputs.get("body"), &ran.outcome.outputs["encryptedBody"]), (None, &sealed));
}

#[tokio::test]
async fn a_response_has_a_limit() {
    let server = Server::start().await;
    let ran = call(&server, "/bytes/10485761", json!({})).await;
    assert!(ran.failure().contains("more than 10485760 bytes"), "{}", ran.story());
    let ran = call(&server, "/bytes/11", json!({"options": {"maxContentLength": 10}})).await;
    assert!(ran.failure().contains("more than 10 bytes"), "{}", ran.story());
    let ran = call(&server, "/bytes/10", json!({"options": {"maxContentLength": 10}})).await;
    assert_eq!(ran.outcome.outputs["body"], "xxxxxxxxxx");
}

#[tokio::test]
async fn redirects_are_followed_as_far_as_they_go() {
    let server = Server::start().await;
    let more = || json!({"method": "POST", "body": "again"});
    let echo = echoed(&call(&server, "/redirect/307?to=/echo", more()).await);
    assert_eq!((&echo["method"], &echo["body"]), (&json!("POST"), &json!("again")));
    let echo = echoed(&call(&server, "/redirect/303?to=/echo", more()).await);
    assert_eq!((&echo["method"], &echo["body"]), (&json!("GET"), &json!("")));
    let ran = call(&server, "/around", json!({})).await;
    assert_eq!(ran.failure(), "Maximum redirects (50) exceeded");
    let ran = call(&server, "/redirect/302?to=/echo", json!({"options": {"followRedirects": false}})).await;
    assert_eq!(ran.outcome.outputs["code"], 302);

    let other = Server::start().await;
    let to = format!("/redirect/302?to={}", other.uri("/echo"));
    let headers = json!({"headers": {"Authorization": "it", "X-Token": "it", "Accept": "it"}});
    let echo = echoed(&call(&server, &to, headers).await);
    let sent = &echo["headers"];
    assert_eq!(
        (&sent["authorization"], &sent["x-token"], &sent["accept"]),
        (&Json::Null, &Json::Null, &json!("it"))
    );
}

#[tokio::test]
async fn silence_has_a_limit_in_both_spellings() {
    let server = Server::start().await;
    for options in [json!({"timeout": {"readIdleTimeout": "PT0.05S"}}), json!({"readTimeout": "PT0.05S"})] {
        let ran = call(&server, "/never", json!({"options": options})).await;
        assert!(ran.failure().ends_with("Read timed out: nothing came for PT0.05S"), "{}", ran.story());
    }
    until(|| server.seen.waiting.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn a_killed_attempt_drops_its_connection() {
    let server = Server::start().await;
    let world = World::new();
    let (stop, stopped) = watch::channel(false);
    let waits = async {
        until(|| server.seen.waiting.load(Ordering::SeqCst) == 1).await;
        stop.send(true).unwrap();
    };
    let attempt = attempt(json!({"uri": server.uri("/never")}));
    let (ran, ()) = tokio::join!(world.attempt(REQUEST, attempt, stopped, |_| {}), waits);
    assert_eq!(ran.story(), "KILLED\n{}");
    until(|| server.seen.waiting.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn connections_are_kept_for_the_next_request_and_no_longer_than_asked() {
    let server = Server::start().await;
    let world = World::new();
    let from = async |options: Json| {
        echoed(&call_in(&world, &server, "/echo", json!({"options": options})).await)["from"].clone()
    };
    let first = from(json!({})).await;
    assert_eq!(from(json!({})).await, first, "the connection is not used again");
    let alone = from(json!({"connectionPoolIdleTimeout": "PT0S"})).await;
    assert_eq!(alone, first, "a kept one is used");
    assert_ne!(from(json!({})).await, first, "one was kept that should not have been");
    let trusting = json!({"ssl": {"insecureTrustAllCertificates": true}});
    assert_ne!(from(trusting).await, from(json!({})).await, "options leak");
}

#[tokio::test]
async fn what_is_sent_and_received_is_logged_without_secrets() {
    let server = Server::start().await;
    let options = json!({
        "logs": ["REQUEST_HEADERS", "REQUEST_BODY", "RESPONSE_HEADERS", "RESPONSE_BODY"],
        "auth": {"type": "BEARER", "token": "abc"},
    });
    let more = json!({"method": "POST", "body": "sent", "options": options});
    let ran = call(&server, "/text?text/plain,4869", more).await;
    let log = ran.messages().join("\n");
    for expected in ["authorization: ******", "request body:\nsent", "response 200 OK", "response body:\nHi"]
    {
        assert!(log.contains(expected), "{log}");
    }
    assert!(!log.contains("abc"), "{log}");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_at_once() {
    let world = World::new();
    let properties = json!({
        "uri": "http://x", "headers": {"a b": "c"}, "options": {"timeout": {"connectTimeout": "soon"}, "proxy": {"address": "p"}},
    });
    let ran = world.task(REQUEST, properties).await;
    insta::assert_snapshot!(ran.failure(), @"options: timeout: `connectTimeout`: `soon` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds; options: proxy: the proxy p needs a port; `headers`: `a b` is not the name of a header");
    let ran = world.task(REQUEST, json!({"uri": "ftp://a/b"})).await;
    insta::assert_snapshot!(ran.failure(), @"the URI `ftp://a/b` must start with `http://` or `https://`");
    let ran = world
        .task(REQUEST, json!({"uri": "http://127.0.0.1:1/", "options": {"connectTimeout": "PT5S"}}))
        .await;
    insta::assert_snapshot!(ran.failure(), @"Connect to http://127.0.0.1:1 failed: Connection refused (os error 111)");
}
