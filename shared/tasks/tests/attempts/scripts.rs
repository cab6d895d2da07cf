//! Scripts of other languages, and scripts in one text.

use std::io::Write;

use engine::{
    execution::Ending,
    machine::{OUTPUT_DIR, WORKING_DIR},
};
use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use crate::world::{Memory, Ran, World};

const PYTHON: &str = "scripts.python.Script";
const NODE: &str = "scripts.node.Script";
const SHELL: &str = "scripts.shell.Script";

/// The command line that is built, with the number of the file left out.
async fn built(world: &World, kind: &str, properties: Json) -> String {
    let mut properties = properties;
    properties["interpreter"] = json!(["printf", "%s\n"]);
    let ran = world.task(kind, properties).await;
    assert_eq!(ran.outcome.ending, Ending::Success, "{}", ran.story());
    let text = ran.messages().join("\n");
    let mut parts = text.split("/script-");
    let mut shown = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('.').unwrap();
        assert!(!name.is_empty() && name.chars().all(char::is_alphanumeric), "{name}");
        shown = format!("{shown}/script-N.{rest}");
    }
    shown
}

/// Without its `PATH` no program is there but what a shell has itself.
async fn without_programs(world: &World, kind: &str) -> Ran {
    world.task(kind, json!({"script": "x", "env": {"PATH": "/nowhere"}})).await
}

#[tokio::test]
async fn a_shell_script_is_one_text() {
    let world = World::with(Memory::default().with("main/files/a", "one\n"));
    let script = "for n in 1 2; do\n  echo \"$n\"\ndone\ncat kestra:///a > b\nfalse\necho not\n";
    let ran = world
        .task(SHELL, json!({"script": script, "beforeCommands": ["echo before"], "outputFiles": ["**"]}))
        .await;
    assert_eq!(ran.messages(), ["before", "1", "2"]);
    assert_eq!(ran.failure(), "Command failed with exit code 1");
    assert_eq!(ran.outcome.outputs["outputFiles"].as_object().unwrap().len(), 1);
    let ran = world.task(SHELL, json!({"script": "[1, 2]; x", "interpreter": ["echo"]})).await;
    assert_eq!(ran.messages(), ["set -e", "[1, 2]; x"]);
}

#[tokio::test]
async fn python_runs_a_script_from_a_file() {
    let world = World::with(Memory::default().with("main/files/data.csv", "it's \"data\"\n"));
    let script = r#"
import os, sys, json
import beside
print(beside.WORD, os.environ["A"], 'quote " and $HOME')
print(open("kestra:///data.csv").read().strip())
print('::' + json.dumps({"outputs": {"rows": 2}}) + '::')
open("out.py", "w").write("x")
print(os.path.dirname(os.path.abspath(__file__)) == os.environ["WORKING_DIR"])
sys.exit(3)
"#;
    let ran = world
        .task(
            PYTHON,
            json!({
                "script": script,
                "env": {"A": "given"},
                "inputFiles": {"beside.py": "WORD = 'imported'"},
                "beforeCommands": ["mkdir sub", "cd sub", "cat kestra:///data.csv"],
                "outputFiles": ["*.py"],
            }),
        )
        .await;
    assert_snapshot!(ran.story(), @r#"
    FAILED Command failed with exit code 3
    {"vars":{"rows":2},"exitCode":3,"outputFiles":{"beside.py":"kestra:///company/team/flow/executions/1/tasks/task/2/beside.py"}}
    INFO it's "data"
    INFO imported given quote " and $HOME
    INFO it's "data"
    INFO True
    "#);
    assert!(world.rooms().is_empty());
}

#[tokio::test]
async fn python_shows_its_lines_as_they_come() {
    let world = World::new();
    let (ask, stop) = tokio::sync::watch::channel(false);
    let script = "import time\nprint('ready')\ntime.sleep(1000)";
    let ran = world
        .attempt(PYTHON, crate::world::attempt(json!({"script": script})), stop, |line| {
            assert_eq!(line, "ready");
            ask.send_replace(true);
        })
        .await;
    assert_eq!(ran.outcome.ending, Ending::Killed);
    assert_eq!(ran.messages(), ["ready"]);
}

#[tokio::test]
async fn python_tells_an_error_and_fails() {
    let ran = World::new().task(PYTHON, json!({"script": "print('x')\nraise ValueError('no good')"})).await;
    assert_eq!(ran.failure(), "Command failed with exit code 1");
    assert!(ran.messages().contains(&"ValueError: no good"), "{}", ran.story());
}

#[tokio::test]
async fn commands_of_a_language_are_those_of_a_shell() {
    let world = World::new();
    let ran = world
        .task(
            "scripts.python.Commands",
            json!({
                "inputFiles": {"main.py": "import os; print(os.environ['PYTHONUNBUFFERED'])"},
                "commands": ["python3 main.py", "false", "echo not"],
                "env": {"PYTHONUNBUFFERED": "mine"},
            }),
        )
        .await;
    assert_eq!(ran.messages(), ["mine"]);
    assert_eq!(ran.failure(), "Command failed with exit code 1");
    let ran = world.task("scripts.node.Commands", json!({"commands": ["echo $((1 + 1))"]})).await;
    assert_eq!(ran.messages(), ["2"]);
    let ran = world.task("scripts.node.Commands", json!({})).await;
    assert_eq!(ran.failure(), "`commands` must have at least one command");
}

#[tokio::test]
async fn the_command_line_starts_the_first_program_there_is() {
    let world = World::new();
    let properties = json!({"script": "x", "beforeCommands": ["npm install"]});
    assert_snapshot!(built(&world, NODE, properties.clone()).await, @r#"
    set -e
    npm install
    if command -v node > /dev/null 2>&1; then
      node "$WORKING_DIR/script-N.js"
    else
      echo 'there is no node in the PATH of this task' >&2
      exit 127
    fi
    "#);
    assert_snapshot!(built(&world, PYTHON, properties).await, @r#"
    set -e
    npm install
    if command -v python > /dev/null 2>&1; then
      python "$WORKING_DIR/script-N.py"
    elif command -v python3 > /dev/null 2>&1; then
      python3 "$WORKING_DIR/script-N.py"
    else
      echo 'there is no python or python3 in the PATH of this task' >&2
      exit 127
    fi
    "#);
}

#[tokio::test]
async fn a_program_that_is_missing_is_named() {
    let world = World::new();
    let ran = without_programs(&world, PYTHON).await;
    assert_snapshot!(ran.story(), @r#"
    FAILED Command failed with exit code 127
    {"vars":{},"exitCode":127,"outputFiles":{}}
    ERROR there is no python or python3 in the PATH of this task
    "#);
    let ran = without_programs(&world, NODE).await;
    assert_eq!(ran.messages(), ["there is no node in the PATH of this task"]);
}

#[tokio::test]
async fn a_program_of_another_name_will_do() {
    let world = World::new();
    let before = "mkdir bin; printf '#!/bin/sh\\necho \"found by $0: $(cat \"$1\")\"' > bin/python3; chmod +x bin/python3; cat=$(command -v cat); ln -s \"$cat\" bin/cat; PATH=$PWD/bin";
    let ran = world.task(PYTHON, json!({"script": "print(1)", "beforeCommands": [before]})).await;
    assert!(ran.messages()[0].ends_with("/bin/python3: print(1)"), "{}", ran.story());
}

#[tokio::test]
async fn node_runs_a_script_from_a_file() {
    let there =
        std::process::Command::new("node").arg("--version").output().is_ok_and(|it| it.status.success());
    if !there {
        // Not captured, so that it is seen.
        writeln!(std::io::stdout(), "skipped: there is no node here; its command line is tested above")
            .unwrap();
        return;
    }
    let world = World::new();
    let script = "const beside = require('./beside.js');\nconsole.log(beside.word, process.env.A);\nconsole.error('oops');";
    let ran = world
        .task(
            NODE,
            json!({
                "script": script,
                "inputFiles": {"beside.js": "exports.word = 'required'"},
                "env": {"A": "given"},
                "outputFiles": ["*.js"],
            }),
        )
        .await;
    assert_eq!(ran.outcome.ending, Ending::Warning, "{}", ran.story());
    let mut said = ran.messages();
    said.sort_unstable();
    assert_eq!(said, ["oops", "required given"]);
    assert_eq!(ran.outcome.outputs["outputFiles"].as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn a_script_that_is_none_fails() {
    let world = World::new();
    for kind in [SHELL, PYTHON, NODE] {
        for properties in [json!({}), json!({"script": " \n"})] {
            assert_eq!(world.task(kind, properties).await.failure(), "`script` must not be empty");
        }
        let ran = world.task(kind, json!({"script": ["x"]})).await;
        assert_eq!(ran.failure(), "`script` must be a string");
    }
    let ran = world.task(PYTHON, json!({"script": "x".repeat(5_000_000)})).await;
    assert!(
        ran.failure().starts_with("the script has 5000000 bytes, of 4194304 at most"),
        "{}",
        ran.failure()
    );
}

#[tokio::test]
async fn a_long_script_is_no_argument() {
    let script = format!("word = '{}'\nprint(len(word))", "x".repeat(2_000_000));
    assert_eq!(World::new().task(PYTHON, json!({"script": script})).await.messages(), ["2000000"]);
}

/// What `{{ workingDir }}` and `{{ outputDir }}` were rendered to is told apart only here.
#[tokio::test]
async fn directories_are_put_where_they_are_spoken_of() {
    let world = World::new();
    let ran = world
        .run(json!({
            "outputDirectory": true,
            "outputFiles": ["same.txt"],
            "env": {"WORK": format!("{WORKING_DIR}/in"), "OUT": OUTPUT_DIR},
            "inputFiles": {"path.txt": WORKING_DIR},
            "commands": [
                format!("[ \"{WORKING_DIR}\" = \"$PWD\" ] && [ \"$WORK\" = \"$PWD/in\" ] && echo working"),
                "[ \"$(cat path.txt)\" = \"$PWD\" ] && echo input",
                format!("[ '{OUTPUT_DIR}' = \"$OUTPUT_DIR\" ] && [ \"$OUT\" = \"$OUTPUT_DIR\" ] && echo output"),
                "echo outer > same.txt",
                format!("mkdir {OUTPUT_DIR}/deep; echo inner > {OUTPUT_DIR}/other.txt; echo deep > {OUTPUT_DIR}/deep/a"),
            ],
        }))
        .await;
    assert_eq!(ran.messages(), ["working", "input", "output"]);
    let folder = "kestra:///company/team/flow/executions/1/tasks/task/2";
    let files = json!({
        "same.txt": format!("{folder}/same.txt"),
        "other.txt": format!("{folder}/outputDir/other.txt"),
        "deep/a": format!("{folder}/outputDir/deep/a"),
    });
    assert_eq!(ran.outcome.outputs["outputFiles"], files);
    let script = format!("import os\nprint('{WORKING_DIR}' == os.environ['WORKING_DIR'])");
    assert_eq!(world.task(PYTHON, json!({"script": script})).await.messages(), ["True"]);
    let without = world.run(json!({"commands": [format!("echo {OUTPUT_DIR}")]})).await;
    assert_eq!(without.failure(), "`outputDir` needs `outputDirectory: true`");
}
