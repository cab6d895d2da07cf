//! Conductor's official client for Python, unmodified: the newest, and the one that was there in the middle of 2025.

use std::process::Command;

use serde_json::{Value as Json, json};
use tests::{command::Done, site, space::Space, venv::Venv};

const CLIENTS: [Venv; 2] = [
    Venv { name: "conductor", requirements: include_str!("conductor/newest.txt"), bare: "" },
    Venv { name: "conductor-2025", requirements: include_str!("conductor/of-2025.txt"), bare: "" },
];

/// Asks both clients to do it, and looks at what each of them saw.
fn with_both(scenario: &str, look: impl Fn(&Json)) {
    for client in CLIENTS {
        let folder = tempfile::tempdir().unwrap();
        let space = Space::shared("conductor").namespace.replace('.', "_");
        let mut command = Command::new(client.executables().join("python"));
        std::fs::write(folder.path().join("client.py"), include_str!("conductor/client.py")).unwrap();
        command
            .args(["client.py", scenario])
            .current_dir(folder.path())
            .env("CONDUCTOR_SERVER_URL", format!("{}/api", site::client().base()))
            .env("FOLDER", folder.path())
            .env("SPACE", space);
        for variable in ["CONDUCTOR_AUTH_KEY", "CONDUCTOR_AUTH_SECRET"] {
            command.env_remove(variable);
        }
        let done = Done::of(&mut command).expect_success();
        let line = done.stdout.lines().rfind(|line| line.starts_with('{')).unwrap_or_default();
        let seen = serde_json::from_str(line);
        look(&seen.unwrap_or_else(|error| panic!("{error}: {}\n{}", done.stdout, done.stderr)));
    }
}

#[test]
fn a_worker_does_a_task_of_a_workflow_that_is_waited_for() {
    with_both("worked", |seen| {
        assert_eq!(seen["status"], "COMPLETED", "{seen}");
        assert_eq!(seen["output"], json!({"text": "hi bob"}));
        assert_eq!(seen["request"], "r-1");
        assert_eq!(seen["tasks"], json!([["g", "COMPLETED", {"result": "hi bob"}]]));
        assert_eq!(seen["seen"][0], "COMPLETED");
        assert_eq!(seen["seen"][1], json!({"text": "hi bob"}));
    });
}

#[test]
fn a_workflow_runs_without_being_registered() {
    with_both("inline", |seen| {
        assert_eq!(seen["status"], "COMPLETED", "{seen}");
        assert_eq!(seen["output"], json!({"text": "hi bob", "meta": {"dynamic": true}}));
        assert_eq!((&seen["seen"][0], &seen["registered"]), (&json!("COMPLETED"), &json!(false)));
        assert_eq!(seen["seen"][2], 3);
    });
}

#[test]
fn a_key_starts_one_workflow() {
    with_both("idempotent", |seen| {
        assert_eq!(*seen, json!({"same": true, "refused": 409, "status": "TERMINATED"}));
    });
}

#[test]
fn a_workflow_is_paused_resumed_and_terminated() {
    with_both("controlled", |seen| {
        assert_eq!(
            *seen,
            json!({
                "paused": "PAUSED",
                "resumed": "RUNNING",
                "ended": ["TERMINATED", "enough"],
                "tasks": [["n", "CANCELED"]],
            })
        );
    });
}

#[test]
fn a_workflow_that_failed_is_retried_from_there() {
    with_both("retried", |seen| {
        assert_eq!(seen["failed"], "FAILED", "{seen}");
        assert_eq!(seen["ended"], json!(["COMPLETED", {"text": "mended for eve"}]));
        assert_eq!(seen["tasks"], json!([["f", "FAILED", 0], ["f", "COMPLETED", 1]]));
    });
}

#[test]
fn tasks_come_with_the_input() {
    with_both("forked", |seen| {
        let joined = json!({"a": {"result": "hi bob"}, "b": {"result": "hi eve"}});
        assert_eq!(seen["status"], "COMPLETED", "{seen}");
        assert_eq!(seen["output"], json!({"joined": joined, "named": "hi hi eve"}));
        let tasks = [("fork", false), ("a", true), ("b", true), ("join", false), ("named", true)];
        assert_eq!(
            seen["tasks"],
            json!(tasks.map(|(reference, greets)| json!([reference, "COMPLETED", greets])))
        );
    });
}
