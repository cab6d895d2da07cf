//! Stopping and starting again over the same folder.

use std::fs;

use tests::{
    execution::{check, id, outline, state, states, task_run, task_runs},
    http::Request,
    server::{Home, Server},
    space::Space,
};

/// Says that it runs, then waits for a file before it ends.
fn gate(file: &str) -> String {
    format!(
        "
tasks:
  - id: gate
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: {{ type: io.kestra.plugin.core.runner.Process }}
    commands: ['echo x >> {file}.attempts; while [ ! -e {file} ]; do sleep 0.02; done']
  - {{ id: after, type: io.kestra.plugin.core.debug.Return, format: after }}
outputs:
  - {{ id: it, type: STRING, value: '{{{{ outputs.after.value }}}}' }}
"
    )
}

fn running(space: &Space, id: &str) {
    space.until(id, "the start of its task", |it| task_runs(it).iter().any(|run| state(run) == "RUNNING"));
    // The state is durable before the process is there.
}

/// Runs the task, ends the server by `end`, and opens the gate for the next one.
fn interrupted(topic: &str, end: impl Fn(Server)) -> (serde_json::Value, usize) {
    let home = Home::new();
    let server = home.options().set("--grace-seconds", "0").start();
    let space = Space::on(server.client(), topic);
    let file = home.folder().join("gate");
    space.create("gated", &gate(file.to_str().unwrap()));
    let execution = space.start("gated");
    running(&space, id(&execution));
    end(server);
    fs::write(&file, "").unwrap();
    let server = home.start();
    let ended = space.at(server.client()).ended(id(&execution));
    let attempts = fs::read_to_string(home.folder().join("gate.attempts")).unwrap();
    (ended, attempts.lines().count())
}

#[test]
fn a_stop_leaves_a_running_task_to_the_next_start() {
    let (ended, effects) = interrupted("stopped", |server| {
        assert!(server.stop().success());
    });
    check(&ended);
    assert_eq!(outline(&ended), "gate SUCCESS, after SUCCESS");
    assert_eq!(ended["outputs"]["it"], "after");
    assert_eq!(states(&ended), ["CREATED", "RUNNING", "SUCCESS"]);
    let attempts = task_run(&ended, "gate")["attempts"].as_array().unwrap();
    assert_eq!(attempts.iter().map(state).collect::<Vec<_>>(), ["KILLED", "SUCCESS"]);
    assert!((1..=2).contains(&effects), "{effects} effects");
}

#[test]
fn a_death_leaves_a_running_task_to_the_next_start() {
    let (ended, effects) = interrupted("killed", Server::kill);
    check(&ended);
    assert_eq!(outline(&ended), "gate SUCCESS, after SUCCESS");
    let attempts = task_run(&ended, "gate")["attempts"].as_array().unwrap();
    assert_eq!(attempts.iter().map(state).collect::<Vec<_>>(), ["KILLED", "SUCCESS"]);
    assert!((1..=2).contains(&effects), "{effects} effects");
}

/// What ends within the grace ends as if nobody had asked to stop.
#[test]
fn a_stop_waits_for_what_ends_soon() {
    let home = Home::new();
    let server = home.options().set("--grace-seconds", "30").start();
    let space = Space::on(server.client(), "grace");
    let file = home.folder().join("gate");
    space.create("gated", &gate(file.to_str().unwrap()));
    let call = space.call("gated");
    let client = server.client().clone();
    let (caller, started) = std::thread::scope(|scope| {
        let caller = scope.spawn(move || client.send(&call).expect(200).json());
        let found = tests::poll::until("the execution", || {
            let target = format!("/api/v1/executions/search?namespace={}&state=RUNNING", space.namespace);
            let page = space.client().get(&target).expect(200).json();
            page["results"].get(0).map(|it| id(it).to_owned())
        });
        running(&space, &found);
        server.ask_to_stop();
        fs::write(&file, "").unwrap();
        (caller.join().unwrap(), found)
    });
    assert_eq!(id(&caller), started);
    assert_eq!(outline(&caller), "gate SUCCESS, after SUCCESS");
    assert!(server.stop().success());
    let server = home.start();
    let stored = space.at(server.client()).execution(&started);
    assert_eq!(stored["taskRunList"], caller["taskRunList"]);
}

#[test]
fn everything_is_there_after_a_restart() {
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "restart");
    let flow =
        space.create("kept", "tasks:\n  - { id: a, type: io.kestra.plugin.core.log.Log, message: hello }");
    let keyed = |space: &Space| {
        let request = space.call("kept").header("Idempotency-Key", "key");
        space.client().send(&request).expect(200).json()
    };
    let first = keyed(&space);
    let scheduled = Request::post(&space.path("kept")).query("scheduleDate", "2100-01-01T00:00:00Z");
    let scheduled = space.client().send(&scheduled).expect(200).json();
    assert!(server.stop().success());

    let server = home.start();
    let space = space.at(server.client());
    let source = space.client().get(&format!("/api/v1/flows/{}/kept?source=true", space.namespace));
    assert_eq!(source.expect(200).json()["source"], flow["source"]);
    let repeat = keyed(&space);
    assert_eq!(repeat["id"], first["id"]);
    assert_eq!(repeat["taskRunList"], first["taskRunList"]);
    assert_eq!(space.messages(id(&first)), ["hello"]);
    assert_eq!(state(&space.execution(id(&scheduled))), "CREATED");
    let found = space.client().get(&format!("/api/v1/executions/search?namespace={}", space.namespace));
    assert_eq!(found.expect(200).json()["total"], 2);
}
