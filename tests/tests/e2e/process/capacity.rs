//! What a server does when it has enough.

use tests::{
    execution::{id, is_terminal, state, task_runs},
    http::Request,
    multipart::Form,
    server::Home,
    space::Space,
};

const SLEEP: &str = "
tasks:
  - id: sleep
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    commands: [sleep 60]
";
const RETURN: &str = "tasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return }";

/// More calls than it carries are told to come again; what only has to be kept is taken, and done when there is room.
#[test]
fn a_full_server_says_so() {
    let home = Home::new();
    let server = home.options().set("--carried-max", "1").start();
    let space = Space::on(server.client(), "capacity");
    space.create("sleep", SLEEP);
    space.create("quick", RETURN);
    let long = space.start("sleep");
    space.until(id(&long), "the start of its task", |it| {
        task_runs(it).iter().any(|run| state(run) == "RUNNING")
    });
    let refused = space.client().send(&space.call("quick")).expect(503);
    assert!(refused.header("retry-after").is_some());
    assert!(refused.message().starts_with("Service Unavailable: "), "{}", refused.message());
    let later = space.start("quick");
    assert_eq!(state(&space.execution(id(&later))), "CREATED");
    let kill = Request::delete(&format!("/api/v1/executions/{}/kill", id(&long)));
    space.client().send(&kill).expect(202);
    assert_eq!(state(&space.ended(id(&long))), "KILLED");
    assert_eq!(state(&space.ended(id(&later))), "SUCCESS");
}

#[test]
fn a_file_may_be_too_large() {
    let home = Home::new();
    let server = home.options().set("--file-bytes-max", "1000").start();
    let space = Space::on(server.client(), "capacity");
    space.create("file", &format!("inputs:\n  - {{ id: it, type: FILE }}\n{RETURN}"));
    let with = |bytes: usize| {
        let form = Form::new().file("files", "it", &vec![b'x'; bytes]);
        space.client().send(&space.call("file").form(form))
    };
    assert_eq!(state(&with(1000).expect(200).json()), "SUCCESS");
    let refused = with(1001).expect(413);
    assert_eq!(refused.message(), "Request Entity Too Large: a file may have at most 1000 bytes");
    let found = space.client().get(&format!("/api/v1/executions/search?namespace={}", space.namespace));
    assert_eq!(found.expect(200).json()["total"], 1);
}

/// A wait that the server limits ends early, and the execution goes on.
#[test]
fn a_wait_has_a_limit() {
    let home = Home::new();
    let server = home.options().set("--wait-max-seconds", "1").start();
    let space = Space::on(server.client(), "capacity");
    space.create("sleep", SLEEP);
    for request in [space.call("sleep"), space.call("sleep").header("Prefer", "wait=30")] {
        let response = space.client().send(&request).expect(200);
        assert!(response.header("location").is_some());
        assert!(!is_terminal(&response.json()));
    }
}
