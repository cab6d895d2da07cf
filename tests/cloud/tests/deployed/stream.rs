//! The Function URL, where an execution is followed.

use tests::{
    execution::{id, state},
    http::{Client, Request},
};

use crate::deployment::{HANDED_OVER, deployment};

#[test]
fn an_execution_is_followed_to_its_end() {
    let deployment = deployment();
    let space = deployment.space("stream");
    space.create("echoes", HANDED_OVER);
    let execution = space.start("echoes");
    // The emulator knows a Function URL by the host of the request.
    let url = deployment.cloud.output("StreamUrl").trim_end_matches('/');
    let host = url.strip_prefix("https://").unwrap();
    let follow = format!("/api/v1/executions/{}/follow", id(&execution));
    let request = Request::get(&follow).header("Host", host).header("Accept", "text/event-stream");
    let events = Client::new(&deployment.cloud.account().endpoint).send(&request).expect(200);
    assert_eq!(events.header("content-type"), Some("text/event-stream"));
    let text = events.text();
    let last = text.lines().rev().find_map(|line| line.strip_prefix("data:")).expect("there are events");
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!((id(&last), state(&last)), (id(&execution), "SUCCESS"));
}
