//! "Extend Kestra with the API": create a flow, execute it, get what became of it.

use serde_json::json;
use tests::{execution, shape};

use super::Desk;

#[test]
fn a_flow_is_created() {
    let desk = Desk::new();
    let answer = desk
        .shell(
            r#"curl -X POST http://localhost:8084/api/v1/flows -H "Content-Type:application/x-yaml" -d "id: created_by_api
namespace: company.team

tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: Hello World! 🚀""#,
        )
        .ok();
    let documented = json!({
        "id": "created_by_api",
        "namespace": "company.team",
        "revision": 1,
        "disabled": false,
        "deleted": false,
        "tasks": [{"id": "hello", "type": "io.kestra.plugin.core.log.Log", "message": "Hello World! \u{1F680}"}],
        "source": "id: created_by_api\nnamespace: company.team\n\ntasks:\n  - id: hello\n    type: \
                   io.kestra.plugin.core.log.Log\n    message: Hello World! \u{1F680}"
    });
    shape::assert_same(&documented, &answer);
}

const HELLO_WORLD: &str = r#"id: hello_world
namespace: company.team

inputs:
  - id: greeting
    type: STRING
    defaults: hey

tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: "{{ inputs.greeting }}"
"#;

#[test]
fn a_flow_with_a_default_is_executed() {
    let desk = Desk::new();
    desk.create(HELLO_WORLD);
    let answer =
        desk.shell("curl -X POST \\\nhttp://localhost:8080/api/v1/executions/company.team/hello_world").ok();
    assert_eq!(answer["inputs"], json!({"greeting": "hey"}));
    execution::check(&answer);
}

#[test]
fn an_input_is_sent_and_the_execution_is_read() {
    let desk = Desk::new();
    desk.create(HELLO_WORLD);
    let answer = desk
        .shell(
            "curl -X POST \\\nhttp://localhost:8080/api/v1/executions/company.team/hello_world \\\n\
             -F greeting=\"hey there\"",
        )
        .ok();
    let base = desk.client().base();
    // Slips of the document: it shows the default although a value was sent, a duration as a number, and the address
    // with the slash doubled that its configuration ended with.
    let documented = json!({
        "id": "MYkTmLrI36s10iVXHwRbR",
        "namespace": "company.team",
        "flowId": "hello_world",
        "flowRevision": 1,
        "inputs": {"greeting": "hey there"},
        "labels": [{"key": "system.correlationId", "value": "MYkTmLrI36s10iVXHwRbR"}],
        "state": {
            "current": "CREATED",
            "histories": [{"state": "CREATED", "date": "2024-11-21T16:31:27.943162175Z"}],
            "duration": "PT0.044177500S",
            "startDate": "2024-11-21T16:31:27.943162175Z"
        },
        "originalId": "MYkTmLrI36s10iVXHwRbR",
        "deleted": false,
        "metadata": {"attemptNumber": 1, "originalCreatedDate": "2024-11-21T16:31:27.943194342Z"},
        "url": format!("{base}/ui/executions/company.team/hello_world/MYkTmLrI36s10iVXHwRbR")
    });
    shape::assert_same(&documented, &answer);
    execution::check(&answer);

    desk.ended(&answer);
    let read = "curl -X GET http://localhost:8084/api/v1/executions/MYkTmLrI36s10iVXHwRbR";
    let read = desk.shell(&read.replace("MYkTmLrI36s10iVXHwRbR", execution::id(&answer))).ok();
    shape::assert_same(
        &documented_end("hello_world", 1, &json!({}), &json!({"greeting": "hey there"})),
        &read,
    );
    execution::check(&read);
}

#[test]
fn a_task_gives_an_output() {
    let desk = Desk::new();
    desk.create(HELLO_WORLD);
    let flow = desk.create(
        "id: hello_world
namespace: company.team

tasks:
  - id: hello
    type: io.kestra.plugin.core.debug.Return
    format: \"This is an output\"
",
    );
    assert_eq!(flow["revision"], 2);
    let command = "curl -X POST -u 'admin@kestra.io:kestra'  http://localhost:8084/api/v1/executions/company.team/hello_world";
    let answer = desk.shell(command).ok();
    let read = desk.ended(&answer);
    let mut documented = documented_end("hello_world", 2, &json!({"value": "This is an output"}), &json!({}));
    documented.as_object_mut().unwrap().shift_remove("inputs");
    shape::assert_same(&documented, &read);
    execution::check(&read);

    let with_token = "curl -X POST http://localhost:8080/api/v1/executions/company.team/hello_world \\\n\
                      -H \"Authorization: Bearer YOUR_API_TOKEN\"";
    execution::check(&desk.shell(with_token).ok());
}

/// What the document shows of an execution that has ended. Its durations are numbers there, and the end comes after the
/// start, against the other documents.
fn documented_end(
    flow: &str,
    revision: u32,
    outputs: &serde_json::Value,
    inputs: &serde_json::Value,
) -> serde_json::Value {
    let state = json!({
        "current": "SUCCESS",
        "histories": [
            {"state": "CREATED", "date": "2024-11-21T16:31:29.463Z"},
            {"state": "RUNNING", "date": "2024-11-21T16:31:29.463Z"},
            {"state": "SUCCESS", "date": "2024-11-21T16:31:29.512Z"}
        ],
        "duration": "PT0.049S",
        "endDate": "2024-11-21T16:31:29.512Z",
        "startDate": "2024-11-21T16:31:29.463Z"
    });
    json!({
        "id": "MYkTmLrI36s10iVXHwRbR",
        "namespace": "company.team",
        "flowId": flow,
        "flowRevision": revision,
        "taskRunList": [{
            "id": "1ZSXuswTiOeLggIwxT3V98",
            "executionId": "MYkTmLrI36s10iVXHwRbR",
            "namespace": "company.team",
            "flowId": flow,
            "taskId": "hello",
            "attempts": [{"state": state}],
            "outputs": outputs,
            "state": state
        }],
        "inputs": inputs,
        "labels": [{"key": "system.correlationId", "value": "MYkTmLrI36s10iVXHwRbR"}],
        "state": state,
        "originalId": "MYkTmLrI36s10iVXHwRbR",
        "deleted": false,
        "metadata": {"attemptNumber": 1, "originalCreatedDate": "2024-11-21T16:31:27.943Z"}
    })
}
