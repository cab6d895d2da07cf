//! Tasks that ask the engine, and tasks that share a directory.

use serde_json::json;
use tests::{
    execution::{check, id, outline, state, task_run},
    http::encoded,
    multipart::Form,
    space::Space,
};

#[test]
fn a_state_is_kept_from_one_execution_to_the_next() {
    let space = Space::shared("asking");
    let flow = r#"
tasks:
  - { id: before, type: io.kestra.plugin.core.state.Get, name: counter }
  - { id: set, type: io.kestra.plugin.core.state.Set, name: counter, data: { runs: ["{{ execution.id }}"], literal: 1 } }
  - { id: after, type: io.kestra.plugin.core.state.Get, name: counter }
"#;
    space.create("counts", flow);
    let first = space.run("counts");
    check(&first);
    assert_eq!(task_run(&first, "before")["outputs"], json!({"count": 0, "data": {}}));
    assert_eq!(
        task_run(&first, "after")["outputs"],
        json!({"count": 2, "data": {"runs": [id(&first)], "literal": 1}})
    );
    let second = space.run("counts");
    assert_eq!(
        task_run(&second, "after")["outputs"]["data"],
        json!({"runs": [id(&first), id(&second)], "literal": 1})
    );
}

#[test]
fn a_value_keeps_its_type_on_the_way() {
    let space = Space::shared("asking");
    let execution = space.play(
        "values",
        r#"
variables: { given: { field: [1, 2] } }
tasks:
  - { id: object, type: io.kestra.plugin.core.kv.Set, key: object, value: "{{ vars.given }}" }
  - { id: number, type: io.kestra.plugin.core.kv.Set, key: number, value: "{{ vars.given.field[1] }}1", kvType: NUMBER }
  - { id: again, type: io.kestra.plugin.core.kv.Set, key: number, value: x, overwrite: false, allowFailure: true }
  - { id: get, type: io.kestra.plugin.core.kv.Get, key: object }
  - { id: read, type: io.kestra.plugin.core.debug.Return, format: "{{ kv('object').field[0] + kv('number') }}" }
  - { id: keys, type: io.kestra.plugin.core.kv.GetKeys, prefix: n }
  - { id: gone, type: io.kestra.plugin.core.kv.Delete, key: "{{ outputs.keys.keys[0] }}" }
"#,
    );
    check(&execution);
    assert_eq!(state(&execution), "WARNING");
    assert_eq!(task_run(&execution, "get")["outputs"]["value"], json!({"field": [1, 2]}));
    assert_eq!(task_run(&execution, "read")["outputs"]["value"], "22");
    assert_eq!(task_run(&execution, "again")["state"]["current"], "WARNING");
    assert_eq!(task_run(&execution, "gone")["outputs"]["deleted"], true);
}

#[test]
fn executions_and_their_log_lines_are_seen() {
    let space = Space::shared("asking");
    let namespace = &space.namespace;
    space.play("counted", "tasks:\n  - { id: a, type: io.kestra.plugin.core.log.Log, message: a }\n");
    let flow = format!(
        r#"
inputs:
  - {{ id: least, type: INT }}
tasks:
  - {{ id: say, type: io.kestra.plugin.core.log.Log, message: [one, two] }}
  - id: count
    type: io.kestra.plugin.core.execution.Count
    flows: [{{ namespace: {namespace}, flowId: counted }}, {{ namespace: {namespace}, flowId: unknown }}]
    expression: "{{{{ count >= inputs.least }}}}"
  - {{ id: lines, type: io.kestra.plugin.core.log.Fetch, tasksId: [say] }}
"#
    );
    space.create("counts_others", &flow);
    let execution = space.run_with("counts_others", Form::new().text("least", "1"));
    check(&execution);
    let count = &task_run(&execution, "count")["outputs"];
    assert_eq!(count["total"], 1, "{count}");
    assert_eq!(count["results"], json!([{"namespace": namespace, "flowId": "counted", "count": 1}]));
    let lines = &task_run(&execution, "lines")["outputs"];
    assert_eq!(lines["size"], 2);
    let uri = encoded(lines["uri"].as_str().unwrap());
    let file = format!("/api/v1/executions/{}/file?path={uri}", id(&execution));
    let body = String::from_utf8(space.client().get(&file).expect(200).body).unwrap();
    assert!(body.lines().count() == 2 && body.contains("\"message\":\"two\""), "{body}");
}

#[test]
fn tasks_share_a_directory() {
    let space = Space::shared("asking");
    let execution = space.play(
        "shares",
        r#"
tasks:
  - id: group
    type: io.kestra.plugin.core.flow.WorkingDirectory
    inputFiles: { given.txt: "given to {{ flow.id }}" }
    outputFiles: ["*.txt"]
    tasks:
      - { id: first, type: io.kestra.plugin.scripts.shell.Commands, commands: ["cat given.txt > taken.txt", "echo '::{\"outputs\":{\"name\":\"more\"}}::'"] }
      - { id: second, type: io.kestra.plugin.core.storage.LocalFiles, inputs: { "{{ outputs.first.vars.name }}.txt": more } }
      - { id: third, type: io.kestra.plugin.scripts.shell.Commands, commands: ["cat taken.txt more.txt; echo; ls"] }
  - { id: apart, type: io.kestra.plugin.scripts.shell.Commands, commands: ["ls"] }
"#,
    );
    check(&execution);
    assert_eq!(state(&execution), "SUCCESS", "{}", outline(&execution));
    let said = space.messages(id(&execution));
    assert_eq!(said, ["given to sharesmore", "given.txt", "more.txt", "taken.txt"]);
    let files = task_run(&execution, "group")["outputs"]["outputFiles"].as_object().unwrap().clone();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["given.txt", "more.txt", "taken.txt"]);
    let uri = encoded(files["taken.txt"].as_str().unwrap());
    let file = format!("/api/v1/executions/{}/file?path={uri}", id(&execution));
    assert_eq!(space.client().get(&file).expect(200).body, b"given to shares");
}

#[test]
fn files_go_from_task_to_task() {
    let space = Space::shared("asking");
    let execution = space.play(
        "storage",
        r#"
tasks:
  - id: write
    type: io.kestra.plugin.core.storage.Write
    extension: .ion
    content: |
      {"id": 1, "name": "old"}
      {id: 2, name: "ion"}
      {"id": 3, "name": "{{ flow.id }}"}
      {"id": 1, "name": "new"}
  - id: latest
    type: io.kestra.core.tasks.storages.DeduplicateItems
    from: "{{ outputs.write.uri }}"
    expr: "{{ id }}"
  - id: filter
    type: io.kestra.plugin.core.storage.FilterItems
    from: "{{ outputs.latest.uri }}"
    filterCondition: "{{ name == flow.id or id == 1 }}"
  - id: split
    type: io.kestra.plugin.core.storage.Split
    from: "{{ outputs.filter.uri }}"
    rows: 1
  - id: concat
    type: io.kestra.plugin.core.storage.Concat
    files: "{{ outputs.split.uris }}"
  - { id: reverse, type: io.kestra.plugin.core.storage.Reverse, from: "{{ outputs.concat.uri }}" }
  - { id: size, type: io.kestra.plugin.core.storage.Size, uri: "{{ outputs.reverse.uri }}" }
  - { id: delete, type: io.kestra.plugin.core.storage.Delete, uri: "{{ outputs.concat.uri }}" }
  - { id: gone, type: io.kestra.plugin.core.storage.Size, uri: "{{ outputs.concat.uri }}", allowFailure: true }
"#,
    );
    check(&execution);
    assert_eq!(state(&execution), "WARNING", "{}", outline(&execution));
    let outputs = |task: &str| task_run(&execution, task)["outputs"].clone();
    assert_eq!(
        (&outputs("latest")["numKeys"], &outputs("filter")["droppedItemsTotal"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(outputs("delete")["deleted"], true);
    assert_eq!(task_run(&execution, "gone")["state"]["current"], "WARNING");
    let uri = encoded(outputs("reverse")["uri"].as_str().unwrap());
    let file = format!("/api/v1/executions/{}/file?path={uri}", id(&execution));
    let body = space.client().get(&file).expect(200).body;
    assert_eq!(outputs("size")["size"], body.len());
    assert_eq!(
        String::from_utf8(body).unwrap(),
        "{\"id\": 1, \"name\": \"new\"}\n{\"id\": 3, \"name\": \"storage\"}\n"
    );
}
