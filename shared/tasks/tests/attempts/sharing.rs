//! Tasks that share a directory.

use std::time::Duration;

use engine::{
    id::{ExecutionId, TaskRunId},
    machine::{
        Directory,
        DirectoryStep::{Close, Open, Use},
    },
};
use insta::assert_snapshot;
use ports::run::Attempt;
use serde_json::{Value as Json, json};

use crate::world::{Memory, Ran, World, attempt};

const GROUP: TaskRunId = TaskRunId::from_u128(8);
const OPENED: Directory = Directory { of: GROUP, step: Open };
const USED: Directory = Directory { of: GROUP, step: Use };
const CLOSED: Directory = Directory { of: GROUP, step: Close };
const FOLDER: &str = "main/files/company/team/flow";

async fn open(world: &World, properties: Json) -> Ran {
    world.shared(OPENED, "core.flow.WorkingDirectory", properties).await
}

async fn close(world: &World, properties: Json) -> Ran {
    world.shared(CLOSED, "core.flow.WorkingDirectory", properties).await
}

async fn script(world: &World, commands: &[&str]) -> Ran {
    world.shared(USED, "scripts.shell.Commands", json!({"commands": commands})).await
}

async fn local(world: &World, properties: Json) -> Ran {
    world.shared(USED, "core.storage.LocalFiles", properties).await
}

#[tokio::test]
async fn what_one_task_leaves_the_next_one_finds() {
    let world = World::with(Memory::default().with("main/files/in.csv", "from a file"));
    let inputs = json!({"inputFiles": {"a/in.txt": "given", "b.csv": "kestra:///in.csv"}});
    assert_eq!(open(&world, inputs).await.story(), "SUCCESS\n{}");
    assert_eq!(
        script(&world, &["cat a/in.txt b.csv > out.txt"]).await.story().lines().next(),
        Some("SUCCESS")
    );
    let ran = script(&world, &["cat out.txt; echo; pwd"]).await;
    assert_eq!(ran.messages()[0], "givenfrom a file");
    assert_eq!(world.rooms().len(), 1);
    let uris = local(&world, json!({"inputs": {"b.csv": "replaced"}, "outputs": ["*.csv"]})).await;
    assert_snapshot!(uris.story(), @r#"
    SUCCESS
    {"uris":{"b.csv":"kestra:///company/team/flow/executions/1/tasks/task/2/b.csv"}}
    "#);
    let closed = close(&world, json!({"outputFiles": ["out.txt", "b.*"]})).await;
    assert_snapshot!(closed.story(), @r#"
    SUCCESS
    {"outputFiles":{"b.csv":"kestra:///company/team/flow/executions/1/tasks/task/2/b.csv","out.txt":"kestra:///company/team/flow/executions/1/tasks/task/2/out.txt"}}
    "#);
    let content = |name: &str| world.blobs.content(&format!("{FOLDER}/executions/1/tasks/task/2/{name}"));
    assert_eq!(
        (content("out.txt").unwrap(), content("b.csv").unwrap()),
        ("givenfrom a file".into(), "replaced".into())
    );
    assert!(world.rooms().is_empty());
}

#[tokio::test]
async fn the_file_of_a_script_is_left_to_nobody() {
    let world = World::new();
    open(&world, json!({})).await;
    let source = "import os\nopen('found', 'w').write(str(len(os.listdir('.'))))";
    let ran = world.shared(USED, "scripts.python.Script", json!({"script": source})).await;
    assert_eq!(ran.story().lines().next(), Some("SUCCESS"));
    assert_eq!(script(&world, &["ls -A; cat found"]).await.messages(), ["found", "2"]);
    close(&world, json!({})).await;
    assert!(world.rooms().is_empty());
}

#[tokio::test]
async fn each_task_brings_in_files_of_its_own() {
    let world = World::with(Memory::default().with("main/files/1", "one").with("main/files/2", "two"));
    open(&world, json!({})).await;
    for (uri, content) in [("kestra:///1", "one"), ("kestra:///2", "two")] {
        let files =
            json!({"inputFiles": {"f": uri}, "outputFiles": ["f"], "commands": [format!("cat {uri} f")]});
        let ran = world.shared(USED, "scripts.shell.Commands", files).await;
        assert_eq!(ran.messages(), [format!("{content}{content}")]);
        assert_eq!(ran.outcome.outputs["outputFiles"].as_object().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_link_that_a_script_left_is_not_followed() {
    let world = World::new();
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("file");
    std::fs::write(&file, "untouched").unwrap();
    open(&world, json!({})).await;
    let link = format!("ln -s {0}/file a; ln -s {0} b", outside.path().display());
    script(&world, &[&link]).await;
    assert_eq!(local(&world, json!({"inputs": {"a": "new"}})).await.story(), "SUCCESS\n{\"uris\":{}}");
    let ran = local(&world, json!({"inputs": {"b/file": "new"}})).await;
    assert_eq!(
        ran.failure(),
        "input file `b/file`: `file` cannot be written: it leads out of the working directory"
    );
    assert_eq!(std::fs::read_to_string(file).unwrap(), "untouched");
}

#[tokio::test]
async fn a_directory_that_is_not_here_is_told() {
    let world = World::new();
    let gone = "the working directory that this task shares with others is gone";
    assert_eq!(script(&world, &["echo ran"]).await.failure(), gone);
    assert_eq!(local(&world, json!({})).await.failure(), gone);
    assert_eq!(close(&world, json!({})).await.failure(), "the working directory of these tasks is gone");
}

#[tokio::test]
async fn a_directory_goes_when_the_execution_is_let_go() {
    let world = World::new();
    open(&world, json!({})).await;
    script(&world, &["mkdir -p a/b; echo > a/b/c"]).await;
    let runnable = world.registry.find("io.kestra.plugin.core.flow.WorkingDirectory").unwrap();
    runnable.let_go(ExecutionId::from_u128(99));
    assert_eq!(world.rooms().len(), 1);
    runnable.let_go(ExecutionId::from_u128(1));
    let empty = async {
        while !world.rooms().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), empty).await.expect("the directory stays");
    assert!(script(&world, &["echo ran"]).await.failure().ends_with("is gone"));
}

#[tokio::test]
async fn a_directory_that_cannot_be_filled_is_not_open() {
    let world = World::new();
    let mut failures = String::new();
    for properties in [
        json!({"inputFiles": {"a": "kestra:///missing"}}),
        json!({"inputFiles": {"../a": ""}}),
        json!({"cache": {"ttl": "soon"}}),
        json!({"cache": {"patterns": ["["]}}),
        json!({"cache": {}}),
        json!({"namespaceFiles": {"include": ["["]}}),
        json!({"namespaceFiles": "all"}),
    ] {
        failures.push_str(open(&world, properties).await.failure());
        failures.push('\n');
        assert!(world.rooms().is_empty());
    }
    assert_snapshot!(failures, @r"
    input file `a`: there is no file kestra:///missing
    input file `../a`: the name must be a path below the working directory, such as data/a.csv
    `cache`: `ttl`: `soon` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds
    `cache`: `patterns`: pattern `[`: a `[` has no `]`
    `cache`: `patterns` must have at least one pattern
    `namespaceFiles`: pattern `[`: a `[` has no `]`
    `namespaceFiles` must be a map
    ");
    assert_eq!(open(&world, json!({"namespaceFiles": {"enabled": "false"}})).await.story(), "SUCCESS\n{}");
}

/// What a group with a cache finds, having run `commands`; the value is that of a `ForEach` around it.
async fn cached(world: &World, value: Option<&str>, ttl: &str, commands: &[&str]) -> Vec<String> {
    let cache = json!({"cache": {"ttl": ttl, "patterns": ["kept/**", "*.lock"]}});
    let group = |directory| Attempt {
        directory: Some(directory),
        value: value.map(str::to_owned),
        ..attempt(cache.clone())
    };
    let opened = world.with_attempt("core.flow.WorkingDirectory", group(OPENED)).await;
    assert_eq!(opened.story(), "SUCCESS\n{}");
    let found =
        script(world, &["find . -type f | sort"]).await.messages().iter().map(|&it| it.to_owned()).collect();
    assert!(script(world, commands).await.story().starts_with("SUCCESS"));
    let closed = world.with_attempt("core.flow.WorkingDirectory", group(CLOSED)).await;
    assert_eq!(closed.story(), "SUCCESS\n{}");
    found
}

#[tokio::test]
async fn files_are_kept_for_the_next_execution() {
    let world = World::new();
    let fill = "mkdir -p kept/deep; echo one > kept/deep/a; echo no > b; printf '#!/bin/sh\\necho ran' > x.lock; chmod 755 x.lock; : > kept/empty";
    assert!(cached(&world, None, "PT1H", &[fill]).await.is_empty());
    let restored = ["./kept/deep/a", "./kept/empty", "./x.lock"];
    assert_eq!(cached(&world, None, "PT1H", &["[ $(cat kept/deep/a) = one ]; ./x.lock"]).await, restored);
    assert!(cached(&world, Some("v"), "PT1H", &["true"]).await.is_empty());
    world.clock.advance(Duration::from_hours(1));
    assert!(cached(&world, None, "PT1H", &["true"]).await.is_empty());
}

#[tokio::test]
async fn a_cache_is_written_again_only_when_a_file_has_changed() {
    let world = World::new();
    cached(&world, None, "PT1H", &["echo one > a.lock"]).await;
    let file = format!("{FOLDER}/task/cache/cache");
    let first = world.blobs.content(&file).unwrap();
    world.clock.advance(Duration::from_mins(1));
    cached(&world, None, "PT1H", &["cat a.lock; echo x > other"]).await;
    assert_eq!(world.blobs.content(&file).unwrap(), first);
    cached(&world, None, "PT1H", &["echo two > a.lock"]).await;
    assert!(world.blobs.content(&file).unwrap().ends_with("a.locktwo\n"));
}

#[tokio::test]
async fn a_cache_that_is_none_fails() {
    for content in [
        "",
        "RTCACHE1",
        "something else entirely",
        "RTCACHE1........\0\0\0\0\0\0\0\0\0\0\0\u{1}\0\0\0\u{2}..x",
    ] {
        let world = World::with(Memory::default().with(&format!("{FOLDER}/task/cache/cache"), content));
        let ran = open(&world, json!({"cache": {"patterns": ["*"]}})).await;
        assert!(ran.failure().starts_with("the cache cannot be restored: "), "{}", ran.story());
        assert!(world.rooms().is_empty());
    }
}
