//! Callers who leave early, or never come to the point.

use tests::{
    execution::{id, outline, state, task_runs},
    poll,
    server::Home,
    space::Space,
};

const FLOWS: [(&str, &str); 2] = [
    (
        "gated",
        "
inputs:
  - { id: gate, type: STRING }
tasks:
  - id: wait
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    commands: ['while [ ! -e {{ inputs.gate }} ]; do sleep 0.02; done']
  - { id: after, type: io.kestra.plugin.core.debug.Return }
",
    ),
    ("quick", "tasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return }"),
];
/// Connections that say half a request; a server of few files would run out of them.
const HALF_REQUESTS: usize = 500;

#[test]
fn an_execution_outlives_its_caller() {
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "callers");
    let gate = home.folder().join("gate");
    for (flow, source) in FLOWS {
        space.create(flow, source);
    }
    let body = format!("{{\"gate\": \"{}\"}}", gate.display());
    let call = format!(
        "POST {}?wait=true HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        space.path("gated"),
        body.len()
    );
    let caller = server.client().say(call.as_bytes()).unwrap();
    let execution = poll::until("the start of its task", || {
        let target = format!("/api/v1/executions/search?namespace={}", space.namespace);
        let page = space.client().get(&target).expect(200).json();
        let execution = page["results"].get(0)?.clone();
        task_runs(&execution).iter().any(|run| state(run) == "RUNNING").then_some(execution)
    });
    drop(caller);
    // The server hears of it while it serves others.
    for _ in 0..20 {
        assert_eq!(state(&space.run("quick")), "SUCCESS");
    }
    assert_eq!(state(&space.execution(id(&execution))), "RUNNING");
    std::fs::write(&gate, "").unwrap();
    assert_eq!(outline(&space.ended(id(&execution))), "wait SUCCESS, after SUCCESS");
}

#[test]
fn half_a_request_keeps_nobody_waiting() {
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "callers");
    let (flow, source) = FLOWS[1];
    space.create(flow, source);
    let half = format!("POST {} HTTP/1.1\r\nHost: a\r\nContent-Le", space.path(flow));
    let callers: Vec<_> = (0..HALF_REQUESTS).map(|_| server.client().say(half.as_bytes()).unwrap()).collect();
    assert_eq!(state(&space.run(flow)), "SUCCESS");
    drop(callers);
    let found = space.client().get(&format!("/api/v1/executions/search?namespace={}", space.namespace));
    assert_eq!(found.expect(200).json()["total"], 1);
}

/// A process that never stops talking is heard to its end, and not remembered whole.
#[test]
fn a_loud_task_is_not_kept_whole() {
    const MEMORY_MAX: u64 = 64 << 20;
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "callers");
    space.create(
        "loud",
        "
tasks:
  - id: shout
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    commands: ['yes | head -n 1000000', 'head -c 50000000 /dev/zero', 'echo last']
",
    );
    let before = server.memory().now;
    let execution = space.run("loud");
    assert_eq!(state(&execution), "SUCCESS");
    let grown = server.memory().peak.saturating_sub(before);
    assert!(grown <= MEMORY_MAX, "{grown} bytes of memory");
    let last = space.messages(id(&execution)).pop().unwrap();
    assert!(last.contains("more lines were not kept"), "{last}");
}
