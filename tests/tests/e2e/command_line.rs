//! `roundtrip run` and `roundtrip validate`, as a person at a terminal has them.

use std::fs;

use serde_json::Value as Json;
use tests::{
    command::roundtrip,
    execution::{check, state},
    shape::is_duration,
};

const FLOW: &str = r#"id: greet
namespace: command.line

inputs:
  - { id: name, type: STRING }
  - { id: text, type: FILE, required: false }

tasks:
  - { id: hello, type: io.kestra.plugin.core.debug.Return, format: "hello {{ inputs.name }}" }
  - { id: log, type: io.kestra.plugin.core.log.Log, message: "{{ inputs.text == null ? 'no file' : read(inputs.text) }}" }
  - { id: odd, type: io.kestra.plugin.core.execution.Fail, condition: "{{ inputs.name == 'nobody' }}" }

outputs:
  - { id: greeting, type: STRING, value: "{{ outputs.hello.value }}" }
"#;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// Every duration replaced, as it differs each time.
fn timeless(text: &str) -> String {
    let line = |line: &str| match line.rsplit_once(' ') {
        Some((before, last)) if is_duration(last) => format!("{before} PT…\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn a_flow_is_run() {
    let folder = folder(&[("greet.yaml", FLOW), ("text.txt", "from a file")]);
    let done = roundtrip(folder.path(), &["run", "greet.yaml", "-i", "name=you", "-f", "text=@text.txt"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    insta::assert_snapshot!(timeless(&done.stdout));
    assert_eq!(done.stderr, "");
    assert!(!folder.path().join("data").exists(), "nothing is kept");
}

#[test]
fn a_flow_that_fails_says_so() {
    let folder = folder(&[("greet.yaml", FLOW)]);
    let done = roundtrip(folder.path(), &["run", "greet.yaml", "-i", "name=nobody"]);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    insta::assert_snapshot!(timeless(&done.stdout));
}

#[test]
fn an_execution_is_printed_as_json() {
    let folder = folder(&[("greet.yaml", FLOW)]);
    let run = |name: &str| {
        let done = roundtrip(folder.path(), &["run", "greet.yaml", "--json", "-i", name]);
        let execution: Json = serde_json::from_str(&done.stdout).unwrap();
        check(&execution);
        (done.code, execution)
    };
    let (code, execution) = run("name=you");
    assert_eq!((code, state(&execution)), (Some(0), "SUCCESS"));
    assert_eq!(execution["outputs"]["greeting"], "hello you");
    let (code, execution) = run("name=nobody");
    assert_eq!((code, state(&execution)), (Some(1), "FAILED"));
}

#[test]
fn what_cannot_be_run_is_told() {
    let folder = folder(&[("greet.yaml", FLOW), ("wrong.yaml", WRONG)]);
    let told = |arguments: &[&str]| {
        let done = roundtrip(folder.path(), arguments);
        assert_eq!(done.stdout, "");
        assert_ne!(done.code, Some(0));
        format!("$ roundtrip {}\n{}→ {}\n", arguments.join(" "), done.stderr, done.code.unwrap())
    };
    let all = [
        told(&["run", "nowhere.yaml"]),
        told(&["run", "wrong.yaml"]),
        told(&["run", "greet.yaml"]),
        told(&["run", "greet.yaml", "-i", "name"]),
        told(&["run", "greet.yaml", "-i", "name=a", "-f", "text=@nowhere.txt"]),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

const WRONG: &str = r#"id: wrong flow
namespace: command.line
tasks:
  - id: hello
    type: io.kestra.plugin.core.debug.Retrun
    format: "{{ inputs.name"
  - id: hello
    type: io.kestra.plugin.core.log.Log
    level: LOUD
retries: 3
"#;

#[test]
fn wrong_flows_are_shown_with_the_place() {
    let folder = folder(&[("greet.yaml", FLOW), ("wrong.yaml", WRONG), ("broken.yml", "id: a\n  b: [1\n")]);
    let done = roundtrip(folder.path(), &["validate", "."]);
    assert_eq!(done.code, Some(1));
    assert_eq!(done.stdout, "");
    insta::assert_snapshot!(done.stderr);
}

#[test]
fn sound_flows_are_counted() {
    let two = format!("{FLOW}---\n{}", FLOW.replace("id: greet", "id: other"));
    let folder = folder(&[("greet.yaml", &two)]);
    let done = roundtrip(folder.path(), &["validate", "greet.yaml"]);
    assert_eq!((done.code, done.stdout.as_str()), (Some(0), "2 flow(s), nothing wrong\n"));
    let nowhere = roundtrip(folder.path(), &["validate", "nowhere.yaml"]);
    assert_eq!(nowhere.code, Some(2));
    assert!(nowhere.stderr.starts_with("error: cannot read nowhere.yaml"), "{}", nowhere.stderr);
}
