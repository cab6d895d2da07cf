//! What is too large for a function goes past it.

use serde_json::json;
use tests::{
    execution::{id, state},
    http::{Client, Request, Response, encoded},
    multipart::Form,
};

use crate::deployment::deployment;

const FLOW: &str = "
inputs:
  - { id: data, type: FILE }
tasks:
  - id: twice
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    inputFiles: { in.bin: '{{ inputs.data }}' }
    outputFiles: [out.bin]
    commands: [cat in.bin in.bin > out.bin]
";
/// Bytes of a file that a function cannot be sent.
const LARGE: usize = 5_000_000;

#[test]
fn a_large_file_goes_in_and_out_past_the_functions() {
    let deployment = deployment();
    let space = deployment.space("doors");
    space.create("doubles", FLOW);
    let content: Vec<u8> = (0..=250).cycle().take(LARGE).collect();

    let through = space.call("doubles").form(Form::new().file("data", "in.bin", &content));
    let refused = space.client().send(&through).expect(413);
    assert!(refused.message().contains("/uploads"), "{}", refused.message());

    let files = json!({"files": [{"input": "data", "fileName": "in.bin", "size": LARGE}]});
    let announce = Request::post(&format!("{}/uploads", space.path("doubles"))).json(&files);
    let reserved = space.client().send(&announce).expect(200).json();
    let upload = &reserved["uploads"][0];
    let url = upload["url"].as_str().unwrap();
    assert!(url.contains(deployment.cloud.output("BucketName")), "it goes to the bucket: {url}");
    at(url, |target| Request::put(target).body("application/octet-stream", content.as_slice())).expect(200);
    let create = space.call("doubles").json(&json!({"data": upload["uri"]}));
    let execution = space.client().send(&create).expect(200).json();
    assert_eq!(state(&execution), "SUCCESS", "{:?}", space.messages(id(&execution)));

    let uri = execution["taskRunList"][0]["outputs"]["outputFiles"]["out.bin"].as_str().unwrap();
    let target = format!("/api/v1/executions/{}/file?path={}", id(&execution), encoded(uri));
    let redirect = space.client().get(&target).expect(307);
    assert!(redirect.body.is_empty());
    let delivered = at(redirect.header("location").unwrap(), Request::get).expect(200);
    assert!(delivered.body == [content.as_slice(), &content].concat(), "it is not what was written");
}

/// An upload is for one file of one size, by whoever has the URL.
#[test]
fn a_door_opens_for_what_was_announced() {
    let deployment = deployment();
    let space = deployment.space("doors");
    space.create("doubles", FLOW);
    let files = json!({"files": [{"input": "data", "fileName": "in.bin", "size": 5}]});
    let announce = Request::post(&format!("{}/uploads", space.path("doubles"))).json(&files);
    let reserved = space.client().send(&announce).expect(200).json();
    let url = reserved["uploads"][0]["url"].as_str().unwrap();
    let put = |url: &str, content: &str| at(url, |target| Request::put(target).body("text/plain", content));
    put(url, "too much").expect(403);
    put(&url.replace("in.bin", "other.bin"), "12345").expect(403);
    put(url, "12345").expect(200);
}

/// Sends a request to a URL that leads elsewhere.
fn at(url: &str, request: impl Fn(&str) -> Request) -> Response {
    let path = url.match_indices('/').nth(2).map_or(url.len(), |(start, _)| start);
    let (origin, target) = url.split_at(path);
    Client::new(origin).send(&request(target))
}
