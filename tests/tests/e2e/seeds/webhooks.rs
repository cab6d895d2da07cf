//! "Webhook vs. API call".

use serde_json::json;
use tests::execution;

use super::Desk;

const HELLO_WORLD: &str = r#"id: hello_world
namespace: company.team

inputs:
  - id: greeting
    type: STRING
    defaults: hey

tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: "{{ trigger.body ?? inputs.greeting }}"

triggers:
  - id: webhook
    type: io.kestra.plugin.core.trigger.Webhook
    key: test1234
"#;

#[test]
fn a_flow_with_a_webhook_is_created_and_called() {
    let desk = Desk::new();
    let flow = desk.create(HELLO_WORLD);
    assert_eq!(flow["triggers"][0]["key"], "test1234");
    let answer =
        desk.shell("curl -X POST \\\nhttp://localhost:8080/api/v1/executions/company.team/hello_world").ok();
    let ended = desk.ended(&answer);
    assert_eq!(desk.space().messages(execution::id(&ended)), ["hey"]);
}

#[test]
fn a_webhook_passes_its_body_on() {
    let desk = Desk::new();
    desk.create(HELLO_WORLD);
    let address = "http://localhost:8080/api/v1/executions/webhook/company.team/hello_world/test1234";
    let answer = desk
        .shell(&format!("curl -X POST {address} -H 'Content-Type: application/json' -d '{{\"a\": 1}}'"))
        .ok();
    assert_eq!(answer["state"]["current"], "CREATED");
    assert_eq!(answer["trigger"]["id"], "webhook");
    assert_eq!(answer["trigger"]["variables"]["body"], json!({"a": 1}));
    assert_eq!(answer.get("url"), None);
    let ended = desk.ended(&answer);
    assert_eq!(execution::state(&ended), "SUCCESS");
    assert_eq!(desk.space().messages(execution::id(&ended)), ["{\"a\":1}"]);

    let wrong = desk.shell(&format!("curl -X POST {}", address.replace("test1234", "test1235")));
    assert_eq!(wrong.status, 404, "{}", wrong.body);
}
