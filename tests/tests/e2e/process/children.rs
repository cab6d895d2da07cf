//! Processes that tasks start, and their children, and theirs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tests::{
    execution::{id, outline},
    http::Request,
    poll,
    server::Home,
    space::Space,
};

/// Processes whose command line contains this text.
fn processes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if entry.file_name().to_string_lossy().parse::<u32>().is_ok() && line.contains(text) {
            found.push(line);
        }
    }
    found
}

/// A tree of processes: a shell, a child, one that left its session, one that ignores to be asked.
fn tree(mark: &str) -> String {
    format!(
        "
tasks:
  - id: tree
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: {{ type: io.kestra.plugin.core.runner.Process }}
    commands:
      - sh -c 'sleep 300.{mark}' &
      - setsid sleep 301.{mark} &
      - sh -c 'trap \"\" TERM INT; sleep 302.{mark}' &
      - sleep 303.{mark}
"
    )
}

fn wait_for_tree(mark: &str) {
    poll::until("all of the tree", || {
        (300..=303).all(|number| !processes(&format!("sleep {number}.{mark}")).is_empty()).then_some(())
    });
}

fn wait_for_nothing(mark: &str) {
    poll::until("the end of the tree", || {
        (300..=303).all(|number| processes(&format!("sleep {number}.{mark}")).is_empty()).then_some(())
    });
}

/// Digits after the point of a number of seconds, unlike anybody else's.
fn mark(number: u32) -> String {
    format!("{:010}{number}", std::process::id())
}

#[test]
fn a_kill_takes_the_whole_tree() {
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "children");
    let mark = mark(1);
    space.create("tree", &tree(&mark));
    let execution = space.start("tree");
    wait_for_tree(&mark);
    let kill = Request::delete(&format!("/api/v1/executions/{}/kill", id(&execution)));
    space.client().send(&kill).expect(202);
    assert_eq!(outline(&space.ended(id(&execution))), "tree KILLED");
    wait_for_nothing(&mark);
}

#[test]
fn a_timeout_takes_the_whole_tree() {
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "children");
    let mark = mark(2);
    let grown = home.folder().join("grown");
    let tree = tree(&mark)
        .replace("      - sleep 303", &format!("      - echo > {}\n      - sleep 303", grown.display()));
    space.create("tree", &format!("{tree}    timeout: PT5S\n"));
    let execution = space.start("tree");
    assert_eq!(outline(&space.ended(id(&execution))), "tree FAILED");
    assert!(grown.exists(), "there was a tree");
    wait_for_nothing(&mark);
}

#[test]
fn a_killed_server_leaves_no_process() {
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "children");
    let mark = mark(3);
    space.create("tree", &tree(&mark));
    space.start("tree");
    wait_for_tree(&mark);
    server.kill();
    wait_for_nothing(&mark);
}

/// The working directories below a folder: `…/run-<server>/<number>`.
fn rooms(below: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(below) else { return Vec::new() };
    let entries = entries.flatten().map(|it| it.path()).filter(|it| it.is_dir());
    let is_site = below.file_name().is_some_and(|it| it.to_string_lossy().starts_with("run-"));
    if is_site { entries.collect() } else { entries.flat_map(|it| rooms(&it)).collect() }
}

/// What a flood may cost the server: the lines that are kept (8 MiB), on their way into the store.
const FLOOD_MEMORY_MAX: u64 = 64 << 20;
/// What is written before it is stopped: far more than that.
const FLOOD: u64 = 160 << 20;

/// Processes that ignore to be asked and write without end, lines and one line. Says when it has written much.
fn flood(much: &Path) -> String {
    format!(
        "
tasks:
  - id: flood
    type: io.kestra.plugin.scripts.python.Script
    script: |
      import os, signal
      signal.signal(signal.SIGTERM, signal.SIG_IGN)
      other = os.fork()
      line = b'x' * 65535 + (b'\\n' if other else b'y')
      written = 0
      while True:
          written += os.write(1 if other else 2, line)
          if other and written > {FLOOD}:
              open('{}', 'w').close()
",
        much.display()
    )
}

#[test]
fn a_flood_is_cut_and_stopped_and_costs_no_memory() {
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "children");
    let much = home.folder().join("much");
    space.create("flood", &flood(&much));
    let before = server.memory();
    let scripts =
        || processes(&home.folder().display().to_string()).into_iter().filter(|it| it.contains(".py"));
    let execution = space.start("flood");
    poll::until("a flood", || much.exists().then_some(()));
    assert_eq!(scripts().count(), 2);
    let kill = Request::delete(&format!("/api/v1/executions/{}/kill", id(&execution)));
    space.client().send(&kill).expect(202);
    assert_eq!(outline(&space.ended(id(&execution))), "flood KILLED");
    let rise = server.memory().peak.saturating_sub(before.peak);
    assert!(rise < FLOOD_MEMORY_MAX, "{rise} bytes for {FLOOD}");
    let kept: usize = space.messages(id(&execution)).iter().map(String::len).sum();
    assert!((1 << 20..16 << 20).contains(&kept), "{kept} bytes were kept");
    poll::until("the end of its processes", || (scripts().count() == 0).then_some(()));
}

#[test]
fn a_shared_directory_goes_with_its_execution() {
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "children");
    let mark = mark(4);
    let group = format!(
        "
tasks:
  - id: group
    type: io.kestra.plugin.core.flow.WorkingDirectory
    tasks:
      - {{ id: leaves, type: io.kestra.plugin.scripts.shell.Commands, commands: [mkdir -p a/b] }}
      - {{ id: stays, type: io.kestra.plugin.scripts.shell.Commands, commands: [cd a/b, sleep 300.{mark}] }}
"
    );
    space.create("group", &group);
    let execution = space.start("group");
    poll::until("the second task", || (!processes(&format!("sleep 300.{mark}")).is_empty()).then_some(()));
    assert_eq!(rooms(home.folder()).len(), 1);
    let kill = Request::delete(&format!("/api/v1/executions/{}/kill", id(&execution)));
    space.client().send(&kill).expect(202);
    space.ended(id(&execution));
    poll::until("the end of the directory", || rooms(home.folder()).is_empty().then_some(()));
}
