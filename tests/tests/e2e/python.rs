//! "Execute a flow from Python": the documents' clients, unmodified.

use std::process::Command;

use serde_json::{Value as Json, json};
use tests::{command::Done, execution, python, site, space::Space};

/// What a script prints, as JSON.
fn python(script: &str, space: &Space) -> Json {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("example.txt"), "one\ntwo").unwrap();
    let mut command = Command::new(python::interpreter());
    command
        .args(["-c", script])
        .current_dir(folder.path())
        .env("KESTRA_HOSTNAME", site::client().base())
        .env("NAMESPACE", &space.namespace);
    for variable in ["KESTRA_USER", "KESTRA_API_TOKEN"] {
        command.env_remove(variable);
    }
    let done = Done::of(&mut command).expect_success();
    let line = done.stdout.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {}\n{}", done.stdout, done.stderr))
}

const HELLO_WORLD: &str = r#"
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
fn a_flow_is_executed_and_waited_for() {
    let space = Space::shared("python");
    space.create("hello_world", HELLO_WORLD);
    let result = python(
        "
import json, os
from kestra import Flow
flow = Flow()
result = flow.execute(os.environ['NAMESPACE'], 'hello_world', {'greeting': 'hello from Python'})
print(json.dumps({'id': result.execution_id, 'status': result.status, 'log': result.log, 'error': result.error}))
",
        &space,
    );
    assert_eq!(result["status"], "SUCCESS");
    assert_eq!(result["error"], Json::Null);
    assert!(result["log"].as_str().unwrap().ends_with(" INFO hello from Python\n"), "{result}");
    let execution = space.execution(result["id"].as_str().unwrap());
    execution::check(&execution);
    assert_eq!(execution["inputs"], json!({"greeting": "hello from Python"}));
}

#[test]
fn a_flow_is_executed_and_left() {
    let space = Space::shared("python");
    space.create("hello_world", HELLO_WORLD);
    let result = python(
        "
import json, os
from kestra import Flow
flow = Flow(wait_for_completion=False, labels_from_inputs=True, tenant='main')
result = flow.execute(os.environ['NAMESPACE'], 'hello_world', {'greeting': 'bye'})
print(json.dumps({'id': result.execution_id, 'status': result.status}))
",
        &space,
    );
    assert_eq!(result["status"], "STARTED");
    let execution = space.ended(result["id"].as_str().unwrap());
    assert_eq!(execution::state(&execution), "SUCCESS");
    assert_eq!(execution["labels"][0], json!({"key": "greeting", "value": "bye"}));
}

#[test]
fn a_flow_without_inputs_is_executed() {
    let space = Space::shared("python");
    space.create("hello_world", HELLO_WORLD);
    let result = python(
        "
import json, os
from kestra import Flow
result = Flow(poll_interval=0.1).execute(os.environ['NAMESPACE'], 'hello_world')
print(json.dumps({'id': result.execution_id, 'status': result.status}))
",
        &space,
    );
    assert_eq!(result["status"], "SUCCESS");
    assert_eq!(space.execution(result["id"].as_str().unwrap())["inputs"], json!({"greeting": "hey"}));
}

#[test]
fn a_file_is_an_input() {
    let space = Space::shared("python");
    space.create(
        "myflow",
        "
inputs:
  - id: myfile
    type: FILE

tasks:
  - id: print_data
    type: io.kestra.plugin.core.log.Log
    message: \"file's content {{ read(inputs.myfile) }}\"
",
    );
    let result = python(
        "
import json, os
from kestra import Flow
flow = Flow()
with open('example.txt', 'rb') as fh:
    result = flow.execute(os.environ['NAMESPACE'], 'myflow', {'files': ('myfile', fh, 'text/plain')})
print(json.dumps({'id': result.execution_id, 'status': result.status}))
",
        &space,
    );
    assert_eq!(result["status"], "SUCCESS");
    assert_eq!(space.messages(result["id"].as_str().unwrap()), ["file's content one\ntwo"]);
}

/// The document's own numbers are no text, which the encoder refuses to send; here they are.
#[test]
fn a_form_is_encoded_by_requests_toolbelt() {
    let space = Space::shared("python");
    space.create(
        "hello_world",
        "
inputs:
  - { id: string, type: STRING }
  - { id: int, type: INT }
  - { id: float, type: FLOAT }
  - { id: datetime, type: DATETIME }
  - { id: file, type: FILE }

tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: \"{{ inputs.string }} {{ inputs.int }} {{ inputs.float }} {{ inputs.datetime }} {{ read(inputs.file) }}\"
",
    );
    let result = python(
        "
import json, os
import requests
from requests_toolbelt.multipart.encoder import MultipartEncoder

with open('example.txt', 'rb') as fh:
  url = os.environ['KESTRA_HOSTNAME'] + '/api/v1/executions/' + os.environ['NAMESPACE'] + '/hello_world'
  mp_encoder = MultipartEncoder(fields={
    'string': 'a string',
    'int': str(1),
    'float': str(1.255),
    'datetime': '2025-04-20T13:00:00.000Z',
    'files': ('file', fh, 'text/plain')
  })
  result = requests.post(
      url,
      data=mp_encoder,
      headers={'Content-Type': mp_encoder.content_type},
  )
  result.raise_for_status()
print(json.dumps(result.json()))
",
        &space,
    );
    assert_eq!(result["state"]["current"], "CREATED");
    assert_eq!(result["inputs"]["float"], 1.255);
    let id = execution::id(&result);
    let ended = space.ended(id);
    assert_eq!(execution::state(&ended), "SUCCESS");
    assert_eq!(space.messages(id), ["a string 1 1.255 2025-04-20T13:00:00Z one\ntwo"]);
}
