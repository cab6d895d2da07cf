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

#[test]
fn a_webhook_passes_inputs_on_from_its_query() {
    let desk = Desk::new();
    desk.create(HELLO_WORLD);
    let address = "http://localhost:8080/api/v1/executions/webhook/company.team/hello_world/test1234";
    for address in [address.to_owned(), address.replace("/api/v1/", "/api/v1/main/")] {
        let answer = desk
            .shell(&format!(
                "curl --get '{address}' --data-urlencode 'inputs={{\"greeting\": \"hello there\"}}'"
            ))
            .ok();
        let ended = desk.ended(&answer);
        assert_eq!(ended["inputs"]["greeting"], "hello there");
        assert_eq!(desk.space().messages(execution::id(&ended)), ["hello there"]);
    }
    let wrong = desk.shell(&format!("curl '{address}?inputs=%7Bgreeting'"));
    assert_eq!(wrong.status, 422, "{}", wrong.body);
}

#[test]
fn a_signed_delivery_is_told_from_a_forged_one() {
    let desk = Desk::new();
    let signature =
        "    wait: true\n    signature:\n      type: GITHUB\n      secret: It's a Secret to Everybody\n";
    desk.create(&format!("{HELLO_WORLD}{signature}"));
    let deliver = |body: &str| {
        desk.shell(&format!(
            "body='{body}'; curl -X POST http://localhost:8080/api/v1/executions/webhook/company.team/hello_world/test1234 \\\n\
             -H 'X-Hub-Signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' \\\n\
             -H 'Content-Type: application/json' --data-binary \"$body\""
        ))
    };
    let forged = deliver("Hello, World?");
    assert_eq!(forged.status, 401, "{}", forged.body);
    let ended = deliver("Hello, World!").ok();
    assert_eq!(ended["state"]["current"], "SUCCESS");
    assert_eq!(ended.get("taskRunList"), None);
    assert_eq!(desk.space().messages(execution::id(&ended)), ["Hello, World!"]);
}
