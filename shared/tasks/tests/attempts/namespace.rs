//! Files of namespaces, in directories and out of them.

use engine::{
    id::TaskRunId,
    machine::{
        Directory,
        DirectoryStep::{Open, Use},
    },
};
use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use crate::world::{Memory, Ran, World};

const FILES: &str = "main/files/company/team/_files";
const GROUP: TaskRunId = TaskRunId::from_u128(8);

/// Files of this namespace and of another one.
fn world() -> World {
    let mut files = Memory::default();
    for (path, content) in
        [("a.txt", "a"), ("scripts/run.sh", "echo ran"), ("scripts/deep/b.txt", "b"), ("ignore/c.txt", "c")]
    {
        files = files.with(&format!("{FILES}/{path}"), content);
    }
    World::with(files.with("main/files/other/_files/a.txt", "theirs"))
}

/// What a script finds.
async fn found(namespace_files: Json) -> Vec<String> {
    let commands = ["find . -type f | sort | while read f; do echo \"$f $(cat $f)\"; done"];
    let properties = json!({
        "namespaceFiles": namespace_files, "commands": commands, "inputFiles": {"a.txt": "mine"},
    });
    let ran = world().run(properties).await;
    ran.messages().into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_script_finds_those_it_wants() {
    assert_eq!(found(json!({"enabled": false})).await, ["./a.txt mine"]);
    assert_eq!(
        found(json!({})).await,
        ["./a.txt mine", "./ignore/c.txt c", "./scripts/deep/b.txt b", "./scripts/run.sh echo ran"]
    );
    assert_eq!(
        found(json!({"exclude": ["/ignore/**", "a.txt"]})).await,
        ["./a.txt mine", "./scripts/deep/b.txt b", "./scripts/run.sh echo ran"]
    );
    assert_eq!(found(json!({"include": "b.txt"})).await, ["./a.txt mine", "./scripts/deep/b.txt b"]);
    assert_eq!(found(json!({"include": "/b.txt"})).await, ["./a.txt mine"]);
    assert_eq!(
        found(json!({"include": ["scripts/*"], "exclude": "**/deep/**"})).await,
        ["./a.txt mine", "./scripts/run.sh echo ran"]
    );
}

#[tokio::test]
async fn a_later_namespace_replaces_files_of_an_earlier_one() {
    let namespaces = json!({"include": ["/a.txt"], "namespaces": ["company.team", "other"]});
    let ran = world().run(json!({"namespaceFiles": namespaces, "commands": ["cat a.txt"]})).await;
    assert_eq!(ran.messages(), ["theirs"]);
    let many: Vec<String> = (0..21).map(|it| format!("n{it}")).collect();
    let ran = world().run(json!({"namespaceFiles": {"namespaces": many}, "commands": ["cat a.txt"]})).await;
    assert_eq!(ran.failure(), "`namespaceFiles`: `namespaces` has more than 20");
}

#[tokio::test]
async fn a_file_that_cannot_stand_in_a_directory_fails() {
    for path in [".roundtrip/script", "a.txt/b"] {
        let world = World::with(
            Memory::default().with(&format!("{FILES}/{path}"), "x").with(&format!("{FILES}/a.txt"), "a"),
        );
        let ran = world.run(json!({"namespaceFiles": {}, "commands": ["true"]})).await;
        assert!(
            ran.failure().starts_with(&format!("file `{path}` of the namespace company.team: ")),
            "{}",
            ran.failure()
        );
    }
}

#[tokio::test]
async fn tasks_that_share_a_directory_find_them() {
    let world = world();
    let open = Directory { of: GROUP, step: Open };
    let properties =
        json!({"namespaceFiles": {"include": ["**.txt"]}, "inputFiles": {"scripts/deep/b.txt": "new"}});
    world.shared(open, "core.flow.WorkingDirectory", properties).await;
    let commands = json!({"commands": ["cat a.txt scripts/deep/b.txt; ls scripts"]});
    let ran = world.shared(Directory { of: GROUP, step: Use }, "scripts.shell.Commands", commands).await;
    assert_eq!(ran.messages(), ["anewdeep"]);
}

async fn upload(world: &World, properties: Json) -> Ran {
    world.task("core.namespace.UploadFiles", properties).await
}

#[tokio::test]
async fn files_are_uploaded_by_uri() {
    let world = World::with(Memory::default().with("main/files/in/x y.csv", "1,2"));
    let uri = "kestra:///in/x%20y.csv";
    let ran = upload(&world, json!({"namespace": "n", "filesMap": {"/a/b.csv": uri}})).await;
    assert_eq!(ran.story(), "SUCCESS\n{\"files\":{\"/a/b.csv\":\"kestra:///n/_files/a/b.csv\"}}");
    assert_eq!(world.blobs.content("main/files/n/_files/a/b.csv").as_deref(), Some("1,2"));
    upload(&world, json!({"namespace": "n", "files": {"c.csv": uri}})).await;
    let ran = upload(&world, json!({"namespace": "n", "files": [uri], "destination": "/to/"})).await;
    assert_eq!(ran.outcome.outputs["files"], json!({"/to/x y.csv": "kestra:///n/_files/to/x%20y.csv"}));
    let mut failures = String::new();
    for properties in [
        json!({"namespace": "n"}),
        json!({"files": "*"}),
        json!({"namespace": "n", "files": 3}),
        json!({"namespace": "n", "files": "["}),
        json!({"namespace": "n", "conflict": "MAYBE", "files": "*"}),
        json!({"namespace": "n", "filesMap": {"a": "kestra:///none"}}),
        json!({"namespace": "n", "filesMap": {"a": "text"}}),
        json!({"namespace": "n", "filesMap": {"../a": uri}}),
        json!({"namespace": "n", "filesMap": {"c.csv": uri}, "conflict": "ERROR"}),
    ] {
        failures.push_str(upload(&world, properties).await.failure());
        failures.push('\n');
    }
    assert_snapshot!(failures);
    let skipped =
        upload(&world, json!({"namespace": "n", "filesMap": {"c.csv": uri}, "conflict": "SKIP"})).await;
    assert_eq!(skipped.story(), "SUCCESS\n{\"files\":{}}");
}

#[tokio::test]
async fn files_of_a_working_directory_are_uploaded() {
    let world = World::new();
    let open = Directory { of: GROUP, step: Open };
    let files = json!({"inputFiles": {"out/a.txt": "1", "out/b.csv": "2", "c.txt": "3"}});
    world.shared(open, "core.flow.WorkingDirectory", files).await;
    let order = json!({"namespace": "n", "files": ["**.txt"], "destination": "to"});
    let used = Directory { of: GROUP, step: Use };
    let ran = world.shared(used, "core.namespace.UploadFiles", order).await;
    assert_eq!(
        ran.outcome.outputs["files"],
        json!({"/to/c.txt": "kestra:///n/_files/to/c.txt", "/to/out/a.txt": "kestra:///n/_files/to/out/a.txt"})
    );
    assert_eq!(world.blobs.below("main/files/n/").len(), 2);
}

#[tokio::test]
async fn files_are_downloaded_and_deleted() {
    let world = world();
    let files = json!({"namespace": "company.team", "files": ["/scripts/**"], "destination": "/to"});
    let ran = world.task("core.namespace.DownloadFiles", files).await;
    let folder = "company/team/flow/executions/1/tasks/task/2/to";
    assert_eq!(
        ran.outcome.outputs["files"],
        json!({
            "/scripts/deep/b.txt": format!("kestra:///{folder}/scripts/deep/b.txt"),
            "/scripts/run.sh": format!("kestra:///{folder}/scripts/run.sh"),
        })
    );
    assert_eq!(world.blobs.content(&format!("main/files/{folder}/scripts/deep/b.txt")).as_deref(), Some("b"));
    let ran = world
        .task("core.namespace.DeleteFiles", json!({"namespace": "company.team", "files": "b.txt"}))
        .await;
    assert_eq!(
        ran.outcome.outputs["files"],
        json!({"/scripts/deep/b.txt": "kestra:///company/team/_files/scripts/deep/b.txt"})
    );
    assert_eq!(world.blobs.below(FILES).len(), 3);
    let none = world.task("core.namespace.DownloadFiles", json!({"namespace": "n", "files": "**"})).await;
    assert_eq!(none.story(), "SUCCESS\n{\"files\":{}}");
    for task in ["DownloadFiles", "DeleteFiles"] {
        let ran = world.task(&format!("core.namespace.{task}"), json!({"namespace": "n", "files": []})).await;
        assert_eq!(ran.failure(), "`files` must have at least one pattern");
    }
}
