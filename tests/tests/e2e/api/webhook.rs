//! Webhooks: what of a request reaches the flow.

use serde_json::{Value as Json, json};
use tests::{
    execution::{id, state},
    http::Request,
    space::Space,
};

const FLOW: &str = "
labels: { team: a }
inputs:
  - { id: greeting, type: STRING, defaults: hey }
tasks:
  - { id: log, type: io.kestra.plugin.core.log.Log, message: '{{ inputs.greeting }} {{ trigger.parameters.name[0] ?? \"\" }}' }
triggers:
  - { id: other, type: io.kestra.plugin.core.trigger.Webhook, key: other-key }
  - { id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: '{{ \"se\" ~ \"cret\" }}' }
";

fn hook(space: &Space, method: &str, rest: &str) -> Request {
    Request::new(method, &format!("/api/v1/executions/webhook/{}/hooked/{rest}", space.namespace))
}

#[test]
fn an_object_arrives_with_its_parameters() {
    let space = Space::shared("webhook");
    space.create("hooked", FLOW);
    let request = hook(&space, "POST", "secret?name=john&age=12&age=13")
        .header("X-Custom", "yes")
        .json(&json!({"a": 1, "b": true}));
    let execution = space.client().send(&request).expect(200).json();
    assert_eq!(state(&execution), "CREATED");
    assert_eq!(execution["trigger"]["id"], "hook");
    assert_eq!(execution["trigger"]["type"], "io.kestra.plugin.core.trigger.Webhook");
    let variables = &execution["trigger"]["variables"];
    assert_eq!(variables["body"], json!({"a": 1, "b": true}));
    assert_eq!(variables["parameters"], json!({"name": ["john"], "age": ["12", "13"]}));
    let custom = variables["headers"]
        .as_object()
        .unwrap()
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("x-custom"));
    assert_eq!(custom.unwrap().1, &json!(["yes"]));
    assert_eq!(execution["labels"], json!([{"key": "team", "value": "a"}]));
    let ended = space.ended(id(&execution));
    assert_eq!(state(&ended), "SUCCESS");
    assert_eq!(space.messages(id(&ended)), ["hey john"]);
}

#[test]
fn every_verb_and_body_arrives() {
    let space = Space::shared("webhook");
    space.create("hooked", FLOW);
    let body = |request: Request| {
        let execution = space.client().send(&request).expect(200).json();
        execution["trigger"]["variables"].get("body").cloned()
    };
    assert_eq!(body(hook(&space, "PUT", "secret").json(&json!([{"a": 1}]))), Some(json!([{"a": 1}])));
    assert_eq!(body(hook(&space, "POST", "secret").body("text/plain", "bla")), Some(json!("bla")));
    assert_eq!(
        body(hook(&space, "POST", "secret").body("application/json", r"{\a}")),
        Some(json!(r"{\a}")),
        "what is no JSON is text"
    );
    assert!(matches!(body(hook(&space, "GET", "secret")), None | Some(Json::Null)));
}

#[test]
fn a_wrong_key_or_flow_is_not_found() {
    let space = Space::shared("webhook");
    space.create("hooked", FLOW);
    for method in ["GET", "POST", "PUT"] {
        let wrong = space.client().send(&hook(&space, method, "wrong")).expect(404);
        assert_eq!(wrong.message(), "Not Found: Flow not found");
        let request =
            Request::new(method, &format!("/api/v1/executions/webhook/{}/no/secret", space.namespace));
        assert_eq!(space.client().send(&request).expect(404).message(), "Not Found: Flow not found");
    }
}
