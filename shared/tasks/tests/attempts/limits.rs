use engine::execution::{METRICS_MAX, Metric};
use serde_json::json;

use crate::world::{World, attempt};

#[tokio::test]
async fn a_hundred_thousand_lines() {
    let ran = World::new().script("seq 100000").await;
    assert_eq!(ran.log.len(), 20_001);
    assert_eq!(ran.log[19_999].message, "20000");
    assert_eq!(ran.log[20_000].message, "80000 more lines were not kept");
    assert!(ran.story().starts_with("SUCCESS"));
}

#[tokio::test]
async fn five_megabytes_without_a_newline() {
    let ran = World::new().script("head -c 5000000 /dev/zero | tr '\\0' x").await;
    assert_eq!(ran.log.len(), 5_000_000_usize.div_ceil(10_240));
    assert!(ran.log.iter().all(|line| line.message.len() <= 10_240));
    assert_eq!(ran.log.iter().map(|line| line.message.len()).sum::<usize>(), 5_000_000);
}

#[tokio::test]
async fn outputs_are_reported_after_the_log_is_full() {
    let ran = World::new()
        .script(r#"head -c 20000000 /dev/zero | tr '\0' x; echo; echo '::{"outputs":{"a":1}}::'"#)
        .await;
    let last = ran.messages().last().copied().unwrap();
    assert!(last.ends_with("more lines were not kept"), "{last}");
    assert!(ran.log.len() < 1_000);
    assert_eq!(ran.outcome.outputs["vars"], json!({"a": 1}));
}

#[tokio::test]
async fn too_many_outputs_fail() {
    let world = World::new();
    let ran = world
        .script(r#"x=$(head -c 100000 /dev/zero | tr '\0' x); for n in a b c; do echo "::{\"outputs\":{\"$n\":\"$x\"}}::"; done"#)
        .await;
    assert_eq!(
        ran.failure(),
        "the outputs of the script have more than 262144 bytes; write them to a file and name it in `outputFiles`"
    );
    assert_eq!(ran.outcome.outputs["vars"], json!({}));
    assert_eq!(ran.outcome.outputs["exitCode"], 0);
    // Also in one line that is longer than any that is read.
    let ran = world
        .script(r#"x=$(head -c 1000000 /dev/zero | tr '\0' x); echo "::{\"outputs\":{\"a\":\"$x\"}}::""#)
        .await;
    assert!(ran.failure().starts_with("the outputs of the script have more than"));
    // Replacing one is not adding to it.
    let ran = world
        .script(r#"x=$(head -c 100000 /dev/zero | tr '\0' x); for n in a a a; do echo "::{\"outputs\":{\"$n\":\"$x\"}}::"; done"#)
        .await;
    assert_eq!(ran.outcome.outputs["vars"]["a"].as_str().unwrap().len(), 100_000);
}

#[tokio::test]
async fn more_metrics_than_are_kept_are_told_once() {
    let world = World::new();
    let metric = r#"::{\"metrics\":[{\"name\":\"$n\",\"type\":\"counter\",\"value\":$i}]}::"#;
    let many = format!(r#"n=rows; for i in $(seq 1003); do echo "{metric}"; done"#);
    let ran = world.script(&many).await;
    assert_eq!(ran.outcome.metrics.len(), METRICS_MAX);
    assert_eq!(ran.outcome.metrics[METRICS_MAX - 1], Metric::counter("rows", METRICS_MAX));
    assert_eq!(ran.messages(), [Metric::not_kept(3)]);
    assert!(ran.story().starts_with("SUCCESS"));
    let large =
        format!(r#"n=$(head -c 30000 /dev/zero | tr '\0' x); for i in 1 2 3; do echo "{metric}"; done"#);
    let ran = world.script(&large).await;
    assert_eq!((ran.outcome.metrics.len(), ran.messages()), (2, vec![Metric::not_kept(1).as_str()]));
}

#[tokio::test]
async fn long_commands_are_run_from_a_file() {
    let world = World::new();
    let long = format!(": {}", "x".repeat(200_000));
    let ran = world.run(json!({"commands": [long, "echo ran; false; echo not"]})).await;
    assert_eq!(ran.messages(), ["ran"]);
    let ran = world.run(json!({"commands": [long, "echo ran"], "interpreter": ["/bin/sh", "-ec"]})).await;
    assert_eq!(ran.messages(), ["ran"]);
    let ran = world.run(json!({"commands": [long], "interpreter": ["echo"]})).await;
    assert!(ran.failure().contains("an `interpreter` that ends in -c or -e"), "{}", ran.failure());
    let ran = world.run(json!({"commands": ["x".repeat(5_000_000)]})).await;
    assert!(ran.failure().starts_with("the commands have 5000007 bytes"), "{}", ran.failure());
}

#[tokio::test]
async fn too_many_files_fail() {
    let world = World::new();
    let many: serde_json::Map<_, _> = (0..1_001).map(|it| (it.to_string(), json!(""))).collect();
    let ran = world.run(json!({"inputFiles": many, "commands": ["echo"]})).await;
    assert!(ran.failure().contains("at most 1000 input files"), "{}", ran.failure());
    let ran = world
        .run(json!({"outputFiles": ["**"], "commands": ["for n in $(seq 1001); do : > $n; done"]}))
        .await;
    assert_eq!(ran.failure(), "the patterns name more than 1000 files");
}

#[tokio::test]
async fn an_environment_the_system_refuses_fails() {
    let ran = World::new().run(json!({"env": {"A": "x".repeat(3_000_000)}, "commands": ["echo"]})).await;
    assert!(ran.failure().starts_with("`/bin/sh` cannot be started: "), "{}", ran.failure());
}

/// Nobody reads the log any more.
#[tokio::test]
async fn a_closed_log_does_not_disturb_the_script() {
    let world = World::new();
    let runnable = world.registry.find("io.kestra.plugin.scripts.shell.Commands").unwrap();
    let (_stop, stop) = tokio::sync::watch::channel(false);
    let (log, lines) = tokio::sync::mpsc::channel(1);
    drop(lines);
    let surroundings = world.surroundings(stop, log);
    let attempt = attempt(json!({"commands": ["seq 10000"]}));
    let outcome = runnable.run(&attempt, surroundings).await;
    assert_eq!(outcome.ending, engine::execution::Ending::Success);
}
