//! Files that go before their execution, to wherever the server says.

use serde_json::json;
use tests::{
    execution::{id, state},
    http::{Client, Request},
    space::Space,
};

const FLOW: &str = "
inputs:
  - { id: text, type: FILE }
tasks:
  - { id: show, type: io.kestra.plugin.core.debug.Return, format: \"{{ read(inputs.text) }}\" }
";

#[test]
fn an_execution_is_made_of_a_file_that_was_uploaded() {
    let space = Space::shared("uploads");
    space.create("reads", FLOW);
    let path = format!("/api/v1/executions/{}/reads", space.namespace);
    let files = json!({"files": [{"input": "text", "fileName": "a b.txt", "size": 5}]});
    let reserved =
        space.client().send(&Request::post(&format!("{path}/uploads")).json(&files)).expect(200).json();
    let upload = &reserved["uploads"][0];
    assert_eq!((&upload["method"], &upload["headers"]["content-length"]), (&json!("PUT"), &json!("5")));
    put(upload["url"].as_str().unwrap(), b"hello");

    let create = Request::post(&format!("{path}?wait=true")).json(&json!({"text": upload["uri"]}));
    let execution = space.client().send(&create).expect(200).json();
    assert_eq!((id(&execution), state(&execution)), (reserved["executionId"].as_str().unwrap(), "SUCCESS"));
    assert_eq!(execution["taskRunList"][0]["outputs"]["value"], "hello");
    assert_eq!(space.client().send(&create).expect(200).json()["id"], execution["id"], "a repeat finds it");
}

/// To a URL that may lead elsewhere.
fn put(url: &str, content: &[u8]) {
    let path = url.match_indices('/').nth(2).map_or(url.len(), |(start, _)| start);
    let (origin, target) = url.split_at(path);
    let request = Request::put(target).body("application/octet-stream", content);
    Client::new(origin).send(&request).expect(200);
}
