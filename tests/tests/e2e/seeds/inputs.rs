//! "Execute a flow via an API call": revisions and inputs of every kind, in one chunked form with a large file.

use std::fs::File;

use serde_json::json;
use tests::execution;

use super::{Desk, Host};

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

triggers:
  - id: webhook
    type: io.kestra.plugin.core.trigger.Webhook
    key: test1234
"#;

#[test]
fn the_latest_revision_is_executed() {
    let desk = Desk::new();
    desk.create(HELLO_WORLD);
    let answer =
        desk.shell("curl -X POST \\\nhttp://localhost:8080/api/v1/executions/company.team/hello_world").ok();
    assert_eq!(answer["flowRevision"], 1);
    let ended = desk.ended(&answer);
    assert_eq!(desk.space().messages(execution::id(&ended)), ["hey"]);
}

#[test]
fn a_revision_is_executed() {
    let desk = Desk::new();
    for defaults in ["first", "second", "third"] {
        desk.create(&HELLO_WORLD.replace("hey", defaults));
    }
    let command =
        "curl -X POST \\\nhttp://localhost:8080/api/v1/executions/company.team/hello_world?revision=2";
    let answer = desk.shell(command).ok();
    assert_eq!(answer["flowRevision"], 2);
    assert_eq!(answer["inputs"]["greeting"], "second");
    let unknown = desk.shell(&command.replace("revision=2", "revision=4"));
    assert_eq!(unknown.status, 404, "{}", unknown.body);
}

#[test]
fn an_input_is_sent() {
    let desk = Desk::new();
    desk.create(HELLO_WORLD);
    let command = "curl -X POST \\\nhttp://localhost:8080/api/v1/executions/company.team/hello_world \\\n\
                   -F greeting=\"hey there\"";
    let answer = desk.shell(command).ok();
    assert_eq!(answer["inputs"], json!({"greeting": "hey there"}));
    let ended = desk.ended(&answer);
    assert_eq!(execution::state(&ended), "SUCCESS");
    assert_eq!(desk.space().messages(execution::id(&ended)), ["hey there"]);
}

const KESTRA_INPUTS: &str = "id: kestra-inputs
namespace: company.team

inputs:
  - id: string
    type: STRING
  - id: optional
    type: STRING
    required: false
  - id: int
    type: INT
  - id: float
    type: FLOAT
  - id: boolean
    type: BOOLEAN
  - id: instant
    type: DATETIME
  - id: file
    type: FILE

tasks:
  - id: using_inputs
    type: io.kestra.plugin.core.log.Log
    message: \"{{ inputs.string }}\"
";

const SIZE: u64 = 128 << 20;
/// More than a stream needs, and far less than the file.
const MEMORY_MAX: u64 = 16 << 20;

/// The document's longest command, and the memory the server spends on it.
#[test]
fn every_kind_of_input_is_sent_in_chunks_with_a_large_file() {
    let desk = Desk::new();
    desk.create(KESTRA_INPUTS);
    let large = desk.home.folder().join("128M.txt");
    let command = r#"curl -v "http://localhost:8080/api/v1/executions/company.team/kestra-inputs" \
    -H "Transfer-Encoding:chunked" \
    -H "Content-Type:multipart/form-data" \
    -F string="a string"  \
    -F optional="an optional string"  \
    -F int=1  \
    -F float=1.255  \
    -F boolean=true  \
    -F instant="2023-12-24T23:00:00.000Z" \
    -F "files=@/tmp/128M.txt;filename=file""#
        .replace("/tmp/128M.txt", large.to_str().unwrap());

    // What the first request of its kind costs once is not what the file costs.
    File::create(&large).unwrap().set_len(1 << 20).unwrap();
    desk.shell(&command).ok();
    let (size, answer) = match &desk.host {
        Host::Process(server) => {
            File::create(&large).unwrap().set_len(SIZE).unwrap();
            server.forget_peak();
            let before = server.memory().now;
            let answer = desk.shell(&command).ok();
            let grown = server.memory().peak.saturating_sub(before);
            eprintln!("a file of {SIZE} bytes took {grown} bytes of memory");
            assert!(grown <= MEMORY_MAX, "a file of {SIZE} bytes took {grown} bytes of memory");
            (SIZE, answer)
        }
        // A function is handed whole bodies, and none so large.
        Host::Watch(_) => (1 << 20, desk.shell(&command).ok()),
    };

    execution::check(&answer);
    let id = execution::id(&answer);
    let uri = format!("kestra:///company/team/kestra-inputs/executions/{id}/inputs/file/");
    let file = answer["inputs"]["file"].as_str().unwrap().to_owned();
    assert!(file.starts_with(&uri), "{file} instead of {uri}…");
    let documented = json!({
        "string": "a string",
        "optional": "an optional string",
        "int": 1,
        "float": 1.255,
        "boolean": true,
        "instant": "2023-12-24T23:00:00Z",
        "file": file
    });
    assert_eq!(answer["inputs"], documented);
    let metas = desk.client().get(&format!("/api/v1/executions/{id}/file/metas?path={file}"));
    assert_eq!(metas.expect(200).json(), json!({"size": size}));
    assert_eq!(execution::state(&desk.ended(&answer)), "SUCCESS");
}
