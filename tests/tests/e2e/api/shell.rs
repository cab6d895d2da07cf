//! `shell.Commands`: what a process gets, and what becomes of what it does.

use serde_json::json;
use tests::{
    execution::{check, id, outline, state, states, task_run},
    http::{Request, encoded},
    multipart::Form,
    space::Space,
};

/// A task of that id with these properties.
fn commands(id: &str, rest: &str) -> String {
    format!(
        "tasks:\n  - id: {id}\n    type: io.kestra.plugin.scripts.shell.Commands\n    taskRunner: \
         {{ type: io.kestra.plugin.core.runner.Process }}\n{rest}"
    )
}

#[test]
fn what_it_writes_is_logged_and_taken() {
    let space = Space::shared("shell");
    let execution = space.play(
        "writes",
        &commands(
            "say",
            r#"    env: { NAME: "{{ flow.id }}" }
    commands:
      - echo "hello $NAME"
      - echo '::{"outputs":{"count":3,"name":"x"}}::'
      - printf 'last line'
outputs:
  - { id: count, type: INT, value: "{{ outputs.say.vars.count }}" }
"#,
        ),
    );
    check(&execution);
    assert_eq!(state(&execution), "SUCCESS");
    assert_eq!(states(&execution), ["CREATED", "RUNNING", "SUCCESS"]);
    assert_eq!(execution["outputs"], json!({"count": 3}));
    assert_eq!(task_run(&execution, "say")["outputs"]["exitCode"], 0);
    assert_eq!(task_run(&execution, "say")["outputs"]["vars"], json!({"count": 3, "name": "x"}));
    assert_eq!(space.messages(id(&execution)), ["hello writes", "last line"]);
}

#[test]
fn a_wrong_exit_fails() {
    let space = Space::shared("shell");
    let execution =
        space.play("exits", &commands("exit", "    commands: [echo before, exit 3, echo after]\n"));
    assert_eq!(outline(&execution), "exit FAILED");
    assert_eq!(task_run(&execution, "exit")["outputs"]["exitCode"], 3);
    let messages = space.messages(id(&execution));
    assert_eq!(messages, ["before", "Command failed with exit code 3"]);
}

#[test]
fn a_complaint_is_a_warning() {
    let space = Space::shared("shell");
    let warned = space.play("complains", &commands("complain", "    commands: ['echo oops >&2']\n"));
    assert_eq!(state(&warned), "WARNING");
    let lines = space.logs(id(&warned), "");
    assert_eq!((&lines[0]["level"], &lines[0]["message"]), (&json!("ERROR"), &json!("oops")));
    let silent = space.play(
        "allows",
        &commands("complain", "    warningOnStdErr: false\n    commands: ['echo oops >&2']\n"),
    );
    assert_eq!(state(&silent), "SUCCESS");
}

#[test]
fn it_runs_out_of_time() {
    let space = Space::shared("shell");
    let execution = space.play("late", &commands("late", "    timeout: PT0.3S\n    commands: [sleep 60]\n"));
    check(&execution);
    assert_eq!(outline(&execution), "late FAILED");
    let messages = space.messages(id(&execution));
    assert!(messages.iter().any(|message| message.to_lowercase().contains("timeout")), "{messages:?}");
}

#[test]
fn files_go_in_and_come_out() {
    let space = Space::shared("shell");
    space.create(
        "files",
        &format!(
            "inputs:\n  - {{ id: text, type: FILE }}\n{}",
            commands(
                "copy",
                r#"    inputFiles:
      in.txt: "{{ inputs.text }}"
      script.sh: "cat in.txt > out/copy.txt"
    outputFiles: ["out/*.txt"]
    commands: [mkdir out, sh script.sh]
  - { id: read, type: io.kestra.plugin.core.debug.Return, format: "{{ read(outputs.copy.outputFiles['out/copy.txt']) }}" }
"#,
            )
        ),
    );
    let execution = space.run_with("files", Form::new().file("files", "text", b"content"));
    assert_eq!(outline(&execution), "copy SUCCESS, read SUCCESS", "{:?}", space.messages(id(&execution)));
    assert_eq!(task_run(&execution, "read")["outputs"]["value"], "content");
    let uri = task_run(&execution, "copy")["outputs"]["outputFiles"]["out/copy.txt"].as_str().unwrap();
    let target = format!("/api/v1/executions/{}/file?path={}", id(&execution), encoded(uri));
    assert_eq!(space.client().get(&target).expect(200).text(), "content");
}

#[test]
fn tasks_in_a_row_see_each_other() {
    let space = Space::shared("shell");
    let execution = space.play(
        "row",
        &format!(
            "{}{}",
            commands("first", "    commands: ['echo ''::{\"outputs\":{\"n\":1}}::''']\n"),
            r#"  - id: second
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    commands: ["echo got {{ outputs.first.vars.n }}"]
"#
        ),
    );
    assert_eq!(outline(&execution), "first SUCCESS, second SUCCESS");
    assert_eq!(space.messages(id(&execution)), ["got 1"]);
}

#[test]
fn five_in_a_row_are_one_call() {
    let space = Space::shared("shell");
    let task = |n: usize| {
        let before = if n == 1 { "0".to_owned() } else { format!("{{{{ outputs.t{}.vars.n }}}}", n - 1) };
        let command =
            format!("    commands: ['echo \"::{{\\\"outputs\\\":{{\\\"n\\\":$(({before} + 1))}}}}::\"']\n");
        commands(&format!("t{n}"), &command).replace("tasks:\n", "")
    };
    let tasks: String = (1..=5).map(task).collect();
    let end = "outputs:\n  - { id: n, type: INT, value: '{{ outputs.t5.vars.n }}' }\n";
    let execution = space.play("five", &format!("tasks:\n{tasks}{end}"));
    check(&execution);
    assert_eq!(outline(&execution), "t1 SUCCESS, t2 SUCCESS, t3 SUCCESS, t4 SUCCESS, t5 SUCCESS");
    assert_eq!(execution["outputs"], json!({"n": 5}));
}

/// Where it works, and a file of its namespace, in short.
#[test]
fn it_knows_its_directory_and_the_files_of_its_namespace() {
    let space = Space::shared("shell");
    let target = format!("/api/v1/namespaces/{}/files?path=sql/a.sql", space.namespace);
    let file = Form::new().file("fileContent", "a.sql", b"select 1");
    space.client().send(&Request::post(&target).form(file)).expect(200);
    let execution = space.play(
        "places",
        &commands(
            "say",
            r#"    env: { HERE: "{{ workingDir }}/x" }
    outputDirectory: true
    inputFiles: { in.sql: "nsfile:///sql/a.sql" }
    commands:
      - '[ "{{ workingDir }}" = "$PWD" ] && [ "$HERE" = "$PWD/x" ] && echo same'
      - cat in.sql nsfile:///sql/a.sql > "{{ outputDir }}/both.sql"
  - { id: size, type: io.kestra.plugin.core.storage.Size, uri: "nsfile:///sql/a.sql" }
  - id: read
    type: io.kestra.plugin.core.debug.Return
    format: "{{ read('nsfile:///sql/a.sql') }} {{ read(outputs.say.outputFiles['both.sql']) }} {{ outputs.size.size }}"
  - { id: not, type: io.kestra.plugin.core.debug.Return, format: "{{ workingDir is defined }}" }
"#,
        ),
    );
    assert_eq!(state(&execution), "SUCCESS", "{:?}", space.messages(id(&execution)));
    assert_eq!(space.messages(id(&execution)), ["same"]);
    assert_eq!(task_run(&execution, "read")["outputs"]["value"], "select 1 select 1select 1 8");
    assert_eq!(task_run(&execution, "not")["outputs"]["value"], "false");
}
