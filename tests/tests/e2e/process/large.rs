//! A large file goes through a flow, and the server holds none of it.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::Value as Json;
use tests::{
    command::Done,
    execution::{id, state, task_run},
    http::encoded,
    server::Home,
    space::Space,
};

const SIZE: u64 = 1 << 30;
/// What streams need on their way in, into a working directory, out of it and out again; far less than the file.
const MEMORY_MAX: u64 = 16 << 20;
/// Between two places of the file that are not zero, and all different.
const MARK_EVERY: u64 = (16 << 20) + 4_321;

const FLOW: &str = r#"
inputs:
  - { id: large, type: FILE }
tasks:
  - id: pass
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    inputFiles: { in.bin: "{{ inputs.large }}" }
    outputFiles: [out.bin]
    commands: [mv in.bin out.bin]
"#;

/// A file of that size, which takes no room on the disk.
fn sparse(path: &Path, size: u64) {
    let file = File::create(path).unwrap();
    file.set_len(size).unwrap();
    for mark in (0..size / MARK_EVERY).map(|number| number * MARK_EVERY) {
        file.write_all_at(format!("<{mark}>").as_bytes(), mark).unwrap();
    }
    file.write_all_at(b"the end", size - 7).unwrap();
}

/// Sends the file, and compares what comes out of the flow with it byte by byte.
fn pass(space: &Space, file: &Path) -> Duration {
    let begun = Instant::now();
    let (base, path) = (space.client().base(), file.to_str().unwrap());
    let call = format!("{base}{}?wait=true", space.path("passes"));
    let mut upload = Command::new("curl");
    upload.args(["--silent", "--show-error", "--fail-with-body", "-F", &format!("large=@{path}"), &call]);
    let answer: Json = serde_json::from_str(&Done::of(&mut upload).expect_success().stdout).unwrap();
    assert_eq!(state(&answer), "SUCCESS", "{:?}", space.messages(id(&answer)));
    let uri = task_run(&answer, "pass")["outputs"]["outputFiles"]["out.bin"].as_str().unwrap().to_owned();
    let file = format!("{base}/api/v1/executions/{}/file?path={}", id(&answer), encoded(&uri));
    let mut download = Command::new("bash");
    let script = r#"set -o pipefail; curl --silent --show-error --fail "$1" | cmp - "$2""#;
    download.args(["-c", script, "compare", &file, path]);
    let _ = Done::of(&mut download).expect_success();
    begun.elapsed()
}

#[test]
fn a_large_file_passes_through_a_flow() {
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "large");
    space.create("passes", FLOW);
    // What the first call costs once is not what the file costs.
    let small = home.folder().join("small.bin");
    sparse(&small, 1 << 20);
    pass(&space, &small);

    let large = home.folder().join("large.bin");
    sparse(&large, SIZE);
    server.forget_peak();
    let before = server.memory().now;
    let took = pass(&space, &large);
    let grown = server.memory().peak.saturating_sub(before);
    eprintln!("a file of {SIZE} bytes took {grown} bytes of memory, and {took:?}");
    assert!(grown <= MEMORY_MAX, "a file of {SIZE} bytes took {grown} bytes of memory");
}
