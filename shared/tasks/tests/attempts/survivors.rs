use std::io::{BufRead, Write};

use insta::assert_snapshot;
use tasks::process::{Runner, Settings};

use crate::world::{Memory, World, alive, gone, runner};

#[tokio::test]
async fn a_process_left_in_the_background_ends_with_the_attempt() {
    let ran = World::new().script("sleep 1000 > /dev/null 2>&1 & echo $!").await;
    gone(ran.messages()[0]).await;
    assert!(ran.story().starts_with("SUCCESS"));
}

#[tokio::test]
async fn what_a_process_in_the_background_still_writes_is_kept() {
    let ran = World::new().script("(sleep 0.1; echo late) & echo first").await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"vars":{},"exitCode":0,"outputFiles":{}}
    INFO first
    INFO late
    "#);
}

#[tokio::test]
async fn a_process_in_the_background_cannot_hold_the_attempt() {
    let ran = World::new().script("sleep 1000 & printf unfinished").await;
    assert_snapshot!(ran.story(), @r#"
    SUCCESS
    {"vars":{},"exitCode":0,"outputFiles":{}}
    INFO unfinished
    WARN a process left in the background held the output open and was killed
    "#);
}

#[tokio::test]
async fn a_daemon_that_holds_the_output_cannot_hold_the_attempt() {
    let world = World::new();
    let ran = world.script("setsid sh -c 'echo $$; : > up; sleep 1000' & until [ -e up ]; do :; done").await;
    gone(ran.messages()[0]).await;
    assert!(ran.story().starts_with("SUCCESS"));
    assert!(world.rooms().is_empty());
}

#[tokio::test]
async fn a_daemon_that_lets_go_ends_with_the_runner() {
    let world = World::new();
    let ran = world
        .script("setsid sh -c 'echo $$; exec > /dev/null 2>&1; : > up; exec sleep 1000' & until [ -e up ]; do :; done")
        .await;
    let id = ran.messages()[0].to_owned();
    assert!(alive(&id));
    drop(world);
    gone(&id).await;
}

#[tokio::test]
async fn a_start_clears_up_after_dead_servers_and_leaves_living_ones_alone() {
    let root = tempfile::tempdir().unwrap();
    let start = || {
        Runner::start(Settings { root: root.path().to_owned(), environment: Vec::new(), running_max: 1 })
            .unwrap()
    };
    let living = start();
    // As a server leaves it that was killed, and its keeper too.
    let dead = root.path().join("run-dead");
    let left_room = dead.join("7");
    std::fs::create_dir_all(left_room.join("below")).unwrap();
    std::fs::write(root.path().join("note.txt"), "not ours").unwrap();
    let orphan = |directory: &std::path::Path| {
        std::process::Command::new("sleep").arg("1000").env("WORKING_DIR", directory).spawn().unwrap()
    };
    let mut ours = orphan(&left_room);
    let mut other = orphan(&root.path().join("run-deadly").join("7"));

    let next = start();
    assert!(!ours.wait().unwrap().success());
    assert!(other.try_wait().unwrap().is_none());
    other.kill().unwrap();
    other.wait().unwrap();
    let mut left: Vec<String> = std::fs::read_dir(root.path())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!((left[0].as_str(), left.len()), ("note.txt", 3), "{left:?}");
    drop((living, next));
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
}

/// Says to the test below where the server that is to be killed keeps its working directories.
const ROOT: &str = "ROUNDTRIP_TEST_ROOT";

#[tokio::test]
async fn nothing_outlives_a_server_that_is_killed() {
    let root = tempfile::tempdir().unwrap();
    let mut server = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "survivors::as_a_server_of_its_own", "--ignored", "--nocapture"])
        .env(ROOT, root.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = std::io::BufReader::new(server.stdout.take().unwrap()).lines();
    let ids: Vec<String> = lines
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("started ").map(str::to_owned))
        .take(3)
        .collect();
    assert!(ids.iter().all(|id| alive(id)), "{ids:?}");
    server.kill().unwrap();
    server.wait().unwrap();
    for id in &ids {
        gone(id).await;
    }
    let cleared = async {
        while std::fs::read_dir(root.path()).unwrap().count() > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), cleared)
        .await
        .expect("its working directories stay");
}

#[tokio::test]
#[ignore = "not a test by itself: the one above starts it, and kills it"]
async fn as_a_server_of_its_own() {
    let root = std::path::PathBuf::from(std::env::var_os(ROOT).unwrap());
    let world = World::over(Memory::default(), tempfile::tempdir().unwrap(), runner(&root, 1));
    let (_stop, stop) = tokio::sync::watch::channel(false);
    let script = "touch file; sleep 1000 & echo $!; setsid sh -c 'echo $$; exec sleep 1000' & echo $$; wait";
    world
        .run_until(serde_json::json!({ "commands": [script] }), stop, |id| {
            let mut out = std::io::stdout();
            writeln!(out, "started {id}").and_then(|()| out.flush()).unwrap();
        })
        .await;
}
