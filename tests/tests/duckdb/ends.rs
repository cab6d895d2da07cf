//! Queries that do not end well.

use std::{fs, path::PathBuf};

use tests::{
    execution::{id, state},
    http::Request,
    poll,
};

use crate::desk::{Desk, source};

/// Counts for hours.
const ENDLESS: &str =
    "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range + b.range = 7";

#[test]
fn a_mistake_is_shown() {
    let desk = Desk::new("mistake");
    let said = desk.refused("SELECT nothing FROM nowhere");
    assert!(said.contains("Catalog Error: Table with name nowhere does not exist!"), "{said}");
    let said = desk.refused("SELEC 1");
    assert!(said.contains("Parser Error: syntax error at or near \"SELEC\""), "{said}");
    let said = desk.refused("{{ missing }}");
    assert!(said.contains("sql"), "{said}");
    let ended = desk.play("timeZoneId: Europe/Pariss", "SELECT 1");
    assert_eq!(state(&ended), "FAILED");
    let said = desk.space.messages(id(&ended)).concat();
    assert!(said.contains("`timeZoneId`") && said.contains("Europe/Pariss"), "{said}");
}

#[test]
fn too_much_memory_fails_the_query_alone() {
    let desk = Desk::new("memory");
    let said = desk.refused("SELECT string_agg(repeat('x', 1000000), '') FROM range(3000)");
    assert!(said.contains("Out of Memory Error"), "{said}");
    assert_eq!(desk.query("FETCH_ONE", "SELECT 1 AS a")["row"]["a"], 1);
}

#[test]
fn a_kill_ends_the_process() {
    let desk = Desk::new("kill");
    desk.space.create("f", &source("", ENDLESS));
    let begun = desk.space.start("f");
    let process = poll::until("the program", || children(desk.server.process()).pop());
    let kill = format!("/api/v1/executions/{}/kill", id(&begun));
    desk.server.client().send(&Request::delete(&kill)).expect(202);
    assert_eq!(state(&desk.space.ended(id(&begun))), "KILLED");
    assert!(!process.exists(), "the query runs on");
}

#[test]
fn a_timeout_ends_the_process() {
    let desk = Desk::new("timeout");
    let ended = desk.play("timeout: PT0.5S", ENDLESS);
    assert_eq!(state(&ended), "FAILED");
    assert!(children(desk.server.process()).is_empty(), "the query runs on");
}

/// Those of its children that run queries, in `/proc`.
fn children(server: u32) -> Vec<PathBuf> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    let is_query = |process: &PathBuf| {
        let stat = fs::read_to_string(process.join("stat")).unwrap_or_default();
        let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
        stat.contains("(roundtrip-duckd") && !stat.contains(") Z ") && parent == Some(server)
    };
    processes.filter(is_query).collect()
}
