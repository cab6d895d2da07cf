//! `http.SseRequest`.

use serde_json::json;

use super::server::Server;
use crate::world::World;

const SSE: &str = "core.http.SseRequest";

#[tokio::test]
async fn the_events_of_a_stream_are_outputs() {
    let (server, world) = (Server::start().await, World::new());
    let ran = world.task(SSE, json!({"uri": server.uri("/events")})).await;
    let outputs = &ran.outcome.outputs;
    assert_eq!((&outputs["size"], &outputs["uri"]), (&json!(3), &json!(server.uri("/events"))));
    assert_eq!(outputs["events"][1], json!({"data": {"n": 2, "text": "t2"}, "id": "2", "name": "tick"}));
    let ran = world.task(SSE, json!({"uri": server.uri("/events?endless"), "maxEvents": 5})).await;
    assert_eq!(ran.outcome.outputs["events"].as_array().map(Vec::len), Some(5));
}

#[tokio::test]
async fn an_endless_stream_is_given_up() {
    let (server, world) = (Server::start().await, World::new());
    let ran = world.task(SSE, json!({"uri": server.uri("/events?endless")})).await;
    assert_eq!(ran.failure(), "there are more than 10000 events; `maxEvents` says when to stop");
    let more = json!({"uri": server.uri("/events?endless"), "options": {"maxContentLength": 1_000}});
    let ran = world.task(SSE, more).await;
    assert_eq!(ran.failure(), "the events have more than 1000 bytes (`options.maxContentLength`)");
}

#[tokio::test]
async fn a_query_is_asked_of_each_event() {
    let (server, world) = (Server::start().await, World::new());
    let ask = async |query: &str, fails: bool| {
        let uri = server.uri("/events");
        let more = json!({"uri": uri, "concatJqExpression": query, "failedOnMissingJq": fails});
        world.task(SSE, more).await
    };
    let ran = ask(".data.text", true).await;
    assert_eq!(ran.outcome.outputs["result"], "t1t2t3", "{}", ran.story());
    assert_eq!(ran.outcome.outputs.get("events"), None);
    let ran = ask(".data", true).await;
    let message = "Failed to resolve JQ expression '.data' and value '{\"data\":{\"n\":1,\"text\":\"t1\"},\"id\":\"1\",\"name\":\"tick\"}'";
    assert!(ran.failure().starts_with(message), "{}", ran.story());
    let ran = ask(".data", false).await;
    assert_eq!(ran.outcome.outputs["size"], 3);
    assert!(ran.messages()[2].ends_with("Skipping this event."), "{}", ran.story());
}
