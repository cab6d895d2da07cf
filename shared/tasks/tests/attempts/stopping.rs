use std::time::{Duration, Instant};

use engine::execution::Ending;
use serde_json::json;
use tokio::sync::watch;

use crate::world::{Ran, World, alive, attempt, gone, runner};

/// Runs commands and asks them to stop at the first line that says `ready`.
async fn stopped_when_ready(world: &World, commands: &str) -> Ran {
    let (ask, stop) = watch::channel(false);
    let ran = world
        .run_until(json!({"commands": [commands]}), stop, |line| {
            if line == "ready" {
                ask.send_replace(true);
            }
        })
        .await;
    assert_eq!(ran.outcome.ending, Ending::Killed, "{}", ran.story());
    assert!(ran.outcome.outputs.is_empty());
    assert!(world.rooms().is_empty());
    ran
}

#[tokio::test]
async fn a_tree_of_processes_is_killed() {
    let world = World::new();
    let before = Instant::now();
    let ran = stopped_when_ready(&world, "sleep 1000 & echo $!; sh -c 'sleep 1000 & echo $!; : > up; wait' & echo $!; echo $$; until [ -e up ]; do :; done; echo ready; sleep 1000").await;
    let ids = ran.messages();
    assert_eq!(ids.len(), 5);
    for id in ids.iter().filter(|it| **it != "ready") {
        gone(id).await;
    }
    assert!(before.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn a_script_may_say_goodbye() {
    let ran =
        stopped_when_ready(&World::new(), "trap 'echo goodbye; exit 0' TERM; sleep 1000 & echo ready; wait")
            .await;
    assert_eq!(ran.messages(), ["ready", "goodbye"]);
}

#[tokio::test]
async fn what_was_measured_before_the_end_is_kept() {
    let measure = r#"echo '::{"metrics":[{"name":"rows","type":"counter","value":7}]}::'"#;
    let ran = stopped_when_ready(&World::new(), &format!("{measure}; echo ready; sleep 1000")).await;
    assert_eq!(ran.outcome.metrics, [engine::execution::Metric::counter("rows", 7)]);
}

#[tokio::test]
async fn a_script_that_will_not_end_is_killed() {
    let ran =
        stopped_when_ready(&World::new(), "trap '' TERM; echo $$; echo ready; while :; do sleep 0.01; done")
            .await;
    assert!(!alive(ran.messages()[0]));
}

#[tokio::test]
async fn a_process_that_left_the_group_is_killed_too() {
    let ran = stopped_when_ready(
        &World::new(),
        "setsid sh -c 'trap \"\" TERM HUP; echo $$; : > up; sleep 1000' & until [ -e up ]; do :; done; echo ready; sleep 1000",
    )
    .await;
    gone(ran.messages()[0]).await;
}

#[tokio::test]
async fn a_flood_of_output_does_not_delay_the_stop() {
    stopped_when_ready(&World::new(), "echo ready; yes").await;
}

/// The log is full and nobody reads it, so that the task hangs in the middle of a line.
#[tokio::test]
async fn a_log_that_is_stuck_does_not_delay_the_stop() {
    let world = World::new();
    let runnable = world.registry.find("io.kestra.plugin.scripts.shell.Commands").unwrap();
    let (ask, stop) = watch::channel(false);
    let (log, mut lines) = tokio::sync::mpsc::channel(1);
    let surroundings = world.surroundings(stop, log);
    let attempt = attempt(json!({"commands": ["echo $$; yes"]}));
    let watcher = async {
        let first = lines.recv().await.unwrap();
        ask.send_replace(true);
        first.message
    };
    let both = async { tokio::join!(runnable.run(&attempt, surroundings), watcher) };
    let (outcome, id) = tokio::time::timeout(Duration::from_secs(30), both).await.unwrap();
    assert_eq!(outcome.ending, Ending::Killed);
    gone(&id).await;
}

#[tokio::test]
async fn an_attempt_that_already_has_to_stop_starts_nothing() {
    let world = World::new();
    let (_ask, stop) = watch::channel(true);
    let ran = world.run_until(json!({"commands": ["echo started"]}), stop, |_| {}).await;
    assert_eq!(ran.story(), "KILLED\n{}");
}

#[tokio::test]
async fn an_attempt_that_waits_for_its_turn_can_be_stopped() {
    let root = tempfile::tempdir().unwrap();
    let world =
        World::over(crate::world::Memory::default(), tempfile::tempdir().unwrap(), runner(root.path(), 1));
    let (ask_first, first_stop) = watch::channel(false);
    let (ask_second, second_stop) = watch::channel(false);
    let first = world.run_until(json!({"commands": ["echo ready; sleep 1000"]}), first_stop, |_| {
        ask_second.send_replace(true);
    });
    let second = async {
        let ran = world.run_until(json!({"commands": ["echo started"]}), second_stop, |_| {}).await;
        ask_first.send_replace(true);
        ran
    };
    let (_, second) = tokio::join!(first, second);
    assert!(second.story().starts_with("KILLED"));
}

#[tokio::test]
async fn an_attempt_that_is_dropped_leaves_nothing() {
    let world = World::new();
    let (ids, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let (_ask, stop) = watch::channel(false);
    let run = world.run_until(json!({"commands": ["sleep 1000 & echo $!; echo $$; wait"]}), stop, |line| {
        ids.send(line.to_owned()).unwrap();
    });
    tokio::select! {
        _ = run => panic!("it does not end by itself"),
        (one, two) = async { (seen.recv().await.unwrap(), seen.recv().await.unwrap()) } => {
            gone(&one).await;
            gone(&two).await;
        }
    }
    assert!(world.rooms().is_empty());
}
