use insta::assert_snapshot;
use serde_json::json;

use crate::world::{Memory, World, runner};

#[tokio::test]
async fn input_files_are_there() {
    let world = World::with(Memory::default().with("main/files/in/my data.json", r#"{"a":1}"#));
    let ran = world
        .run(json!({
            "inputFiles": {"myfile.json": "kestra:///in/my%20data.json", "dir/./inline.txt": "some text\n", "empty": ""},
            "commands": ["cat myfile.json; echo", "cat dir/inline.txt", "wc -c < empty"],
        }))
        .await;
    assert_eq!(ran.messages(), [r#"{"a":1}"#, "some text", "0"]);
}

#[tokio::test]
async fn a_large_input_file_arrives_whole() {
    let world = World::with(Memory::default().with("main/files/large", vec![b'x'; 3_000_001]));
    let ran = world.run(json!({"inputFiles": {"f": "kestra:///large"}, "commands": ["wc -c < f"]})).await;
    assert_eq!(ran.messages(), ["3000001"]);
}

#[tokio::test]
async fn input_files_that_cannot_be_had_fail() {
    let world = World::with(Memory::default().with("other/files/secret", "s"));
    let mut failures = String::new();
    for files in [
        json!({"f": "kestra:///missing.txt"}),
        json!({"f": "kestra:///secret"}),
        json!({"f": "kestra:///../../other/files/secret"}),
        json!({"f": "kestra://host/secret"}),
        json!({"../f": "x"}),
        json!({"/tmp/f": "x"}),
        json!({"a/../../f": "x"}),
        json!({"": "x"}),
        json!({".": "x"}),
        json!({"d/": "x"}),
        json!({".roundtrip/script": "x"}),
        json!({"a": "x", "a/b": "x"}),
        json!({"a": "x", "./a": "x"}),
    ] {
        let ran = world.run(json!({"inputFiles": files, "commands": ["echo ran"]})).await;
        assert!(ran.log.is_empty());
        failures.push_str(ran.failure());
        failures.push('\n');
    }
    assert_snapshot!(failures, @"
    input file `f`: there is no file kestra:///missing.txt
    input file `f`: there is no file kestra:///secret
    input file `f`: `kestra:///../../other/files/secret` is not the URI of an internal-storage file, such as kestra:///company/team/a.csv
    input file `f`: `kestra://host/secret` is not the URI of an internal-storage file, such as kestra:///company/team/a.csv
    input file `../f`: the name must be a path below the working directory, such as data/a.csv
    input file `/tmp/f`: the name must be a path below the working directory, such as data/a.csv
    input file `a/../../f`: the name must be a path below the working directory, such as data/a.csv
    input file ``: the name must be a path below the working directory, such as data/a.csv
    input file `.`: the name must be a path below the working directory, such as data/a.csv
    input file `d/`: the name must be a path below the working directory, such as data/a.csv
    input file `.roundtrip/script`: the name must be a path below the working directory, such as data/a.csv
    input file `a/b`: `b` cannot be written: File exists (os error 17)
    input file `./a`: `a` cannot be written: File exists (os error 17)
    ");
    assert!(world.rooms().is_empty());
}

#[tokio::test]
async fn uris_in_commands_become_local_files() {
    let world = World::with(
        Memory::default()
            .with("main/files/batch/1.ion", "one\n")
            .with("main/files/it's $(touch hacked) `x`.csv", "two\n"),
    );
    let ran = world
        .script(
            r#"
            cat "kestra:///batch/1.ion"
            cat kestra:///batch/1.ion
            cat 'kestra:///it%27s%20%24%28touch%20hacked%29%20%60x%60.csv'; ls
            case kestra:///batch/1.ion in "$WORKING_DIR"/*) echo local;; esac
            echo kestra:// kestra:///
            "#,
        )
        .await;
    assert_eq!(ran.messages(), ["one", "one", "two", "local", "kestra:// kestra:///"]);
}

#[tokio::test]
async fn a_uri_in_commands_that_means_no_file_fails() {
    let world = World::with(Memory::default().with("other/files/secret", "s"));
    for (uri, failure) in [
        ("kestra:///secret", "there is no file kestra:///secret"),
        (
            "kestra:///a/../b",
            "`kestra:///a/../b` is not the URI of an internal-storage file, such as kestra:///company/team/a.csv",
        ),
    ] {
        assert_eq!(world.script(&format!("cat {uri}")).await.failure(), failure);
    }
}

#[tokio::test]
async fn output_files_are_stored() {
    let world = World::new();
    let ran = world
        .run(json!({
            "inputFiles": {"given.csv": "given"},
            "outputFiles": ["*.csv", "out/**"],
            "commands": [
                "echo a > a.csv; mkdir -p out/deep sub; echo b > 'out/deep/b c.txt'; echo no > sub/no.csv; echo no > no.txt",
                "ln -s /etc/passwd link.csv; ln -s /etc out/etc; mkfifo pipe.csv",
                "head -c 200000 /dev/zero > out/zeros",
            ],
        }))
        .await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"vars":{},"exitCode":0,"outputFiles":{"a.csv":"kestra:///company/team/flow/executions/1/tasks/task/2/a.csv","given.csv":"kestra:///company/team/flow/executions/1/tasks/task/2/given.csv","out/deep/b c.txt":"kestra:///company/team/flow/executions/1/tasks/task/2/out/deep/b%20c.txt","out/zeros":"kestra:///company/team/flow/executions/1/tasks/task/2/out/zeros"}}
    "#);
    let folder = "main/files/company/team/flow/executions/1/tasks/task/2";
    assert_eq!(world.blobs.content(&format!("{folder}/a.csv")).unwrap(), "a\n");
    assert_eq!(world.blobs.content(&format!("{folder}/out/deep/b c.txt")).unwrap(), "b\n");
    assert_eq!(world.blobs.content(&format!("{folder}/out/zeros")).unwrap().len(), 200_000);
}

#[tokio::test]
async fn output_files_are_stored_after_a_failure_too() {
    let ran = World::new().run(json!({"outputFiles": ["a"], "commands": ["echo a > a", "exit 1"]})).await;
    assert_snapshot!(ran.story(), @r#"
    FAILED Command failed with exit code 1
    {"vars":{},"exitCode":1,"outputFiles":{"a":"kestra:///company/team/flow/executions/1/tasks/task/2/a"}}
    "#);
}

#[tokio::test]
async fn a_file_that_cannot_be_stored_fails() {
    let ran = World::new().run(json!({"outputFiles": ["*"], "commands": [r"touch 'a\b'"]})).await;
    assert_snapshot!(ran.failure(), @r#"output file `a\b` cannot be stored: a path may have no control characters and no `\`, and 1,024 bytes with its folder"#);
}

#[tokio::test]
async fn our_own_corner_is_no_output() {
    let world = World::with(Memory::default().with("main/files/a", "one"));
    let ran = world.run(json!({"outputFiles": ["**"], "commands": ["cat kestra:///a > b"]})).await;
    assert_eq!(ran.outcome.outputs["outputFiles"].as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn a_root_with_a_difficult_name_does_no_harm() {
    let root = tempfile::tempdir().unwrap();
    let difficult = root.path().join("my data; $(exit 1)");
    let blobs = Memory::default().with("main/files/a", "one\n");
    let world = World::over(blobs, root, runner(&difficult, 1));
    let ran = world
        .run(json!({"inputFiles": {"b": "kestra:///a"}, "outputFiles": ["*"], "commands": ["cat kestra:///a b"]}))
        .await;
    assert_eq!(ran.messages(), ["one", "one"]);
    assert_eq!(ran.outcome.outputs["outputFiles"].as_object().unwrap().len(), 1);
}

/// `nsfile://` names a file of the flow's namespace, or of another one.
#[tokio::test]
async fn files_of_namespaces_are_named_in_short() {
    let files = Memory::default()
        .with("main/files/company/team/_files/sql/a b.sql", "select 1\n")
        .with("main/files/other/_files/c.txt", "other\n");
    let world = World::with(files);
    let ran = world
        .run(json!({
            "inputFiles": {"in.sql": "nsfile:///sql/a%20b.sql"},
            "commands": ["cat in.sql", "cat nsfile://other/c.txt", "echo nsfile://"],
        }))
        .await;
    assert_eq!(ran.messages(), ["select 1", "other", "nsfile://"]);
    let size = world.task("core.storage.Size", json!({"uri": "nsfile://other/c.txt"})).await;
    assert_eq!(size.story(), "SUCCESS\n{\"size\":6}");
    let missing = world.run(json!({"inputFiles": {"f": "nsfile:///c.txt"}, "commands": ["echo"]})).await;
    assert_eq!(missing.failure(), "input file `f`: there is no file nsfile:///c.txt");
    let wrong = world.task("core.storage.Size", json!({"uri": "nsfile:///../c.txt"})).await;
    assert_eq!(
        wrong.failure(),
        "`nsfile:///../c.txt` is not the URI of an internal-storage file, such as kestra:///company/team/a.csv"
    );
}
