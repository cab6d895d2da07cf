use insta::assert_snapshot;
use tasks::process::{Runner, Settings};

use crate::world::{World, alive, gone};

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
    let ran = world.script("setsid sh -c 'echo $$; sleep 1000' & sleep 0.2").await;
    gone(ran.messages()[0]).await;
    assert!(ran.story().starts_with("SUCCESS"));
    assert!(world.rooms().is_empty());
}

#[tokio::test]
async fn a_daemon_that_lets_go_ends_with_the_runner() {
    let world = World::new();
    let ran = world.script("setsid sh -c 'echo $$; exec sleep 1000 > /dev/null 2>&1' & sleep 0.2").await;
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
