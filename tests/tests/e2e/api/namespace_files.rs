//! Files of a namespace: written over the API, found by a flow, and written by it.

use serde_json::json;
use tests::{
    execution::{outline, state, task_run},
    http::Request,
    multipart::Form,
    space::Space,
};

fn files(space: &Space) -> String {
    format!("/api/v1/namespaces/{}/files", space.namespace)
}

fn upload(space: &Space, path: &str, content: &str) {
    let form = Form::new().file("fileContent", "any", content.as_bytes());
    space.client().send(&Request::post(&files(space)).query("path", path).form(form)).expect(200);
}

#[test]
fn a_flow_finds_the_files_of_its_namespace() {
    let space = Space::shared("namespace-files");
    upload(&space, "/scripts/double.sh", "echo $(($1 * 2)) > result.txt\n");
    upload(&space, "/ignore/secret.txt", "secret");
    upload(&space, "/greeting.txt", "hello");
    let execution = space.play(
        "uses",
        r#"
tasks:
  - id: group
    type: io.kestra.plugin.core.flow.WorkingDirectory
    namespaceFiles: { exclude: [/ignore/**] }
    tasks:
      - { id: doubles, type: io.kestra.plugin.scripts.shell.Commands, commands: [sh scripts/double.sh 21, ls] }
      - { id: keeps, type: io.kestra.plugin.core.namespace.UploadFiles, namespace: "{{ flow.namespace }}", files: [result.txt], destination: /results }
  - id: alone
    type: io.kestra.plugin.scripts.shell.Commands
    namespaceFiles: { include: "results/**" }
    inputFiles: { other.txt: "{{ fileURI('greeting.txt') }}" }
    commands: [cat results/result.txt other.txt, "wc -c < {{ fileURI('greeting.txt') }}"]
    outputFiles: [other.txt]
  - { id: copies, type: io.kestra.plugin.core.namespace.DownloadFiles, namespace: "{{ flow.namespace }}", files: greeting.txt }
  - { id: removes, type: io.kestra.plugin.core.namespace.DeleteFiles, namespace: "{{ flow.namespace }}", files: /greeting.txt }
  - id: reads
    type: io.kestra.plugin.core.debug.Return
    format: "{{ read('results/result.txt') | trim }} {{ fileExists('greeting.txt') }} {{ read(outputs.copies.files['/greeting.txt']) }} {{ read(outputs.alone.outputFiles['other.txt']) }}"
"#,
    );
    assert_eq!(state(&execution), "SUCCESS", "{}", outline(&execution));
    assert_eq!(task_run(&execution, "reads")["outputs"]["value"], "42 false hello hello");
    let messages = space.messages(execution["id"].as_str().unwrap());
    assert_eq!(messages, ["greeting.txt", "result.txt", "scripts", "42", "hello5"]);
    let found = space.client().get(&format!("{}/search?q=.", files(&space))).expect(200);
    assert_eq!(found.json(), json!(["/ignore/secret.txt", "/results/result.txt", "/scripts/double.sh"]));
    let result = Request::get(&files(&space)).query("path", "/results/result.txt");
    assert_eq!(space.client().send(&result).expect(200).text(), "42\n");
}

#[test]
fn what_no_task_takes_is_refused_at_creation() {
    let space = Space::shared("namespace-files");
    for files in ["{ includes: [a] }", "{ ifExists: FAIL }", "[a]", "{ include: { a: b } }"] {
        let source = space.source(
            "wrong",
            &format!(
                "tasks: [{{ id: s, type: io.kestra.plugin.scripts.shell.Commands, commands: [ls], namespaceFiles: {files} }}]"
            ),
        );
        space.post_flow(&source).expect(422);
    }
}
