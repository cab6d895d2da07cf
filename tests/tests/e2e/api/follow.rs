//! Following an execution to its end.

use tests::{
    execution::{check, id, is_terminal, state, task_runs},
    http::Request,
    space::Space,
    sse::Event,
};

#[test]
fn an_ended_execution_has_one_event() {
    let space = Space::shared("follow");
    let execution = space.play("ended", "tasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return }");
    let events: Vec<Event> =
        space.client().events(&format!("/api/v1/executions/{}/follow", id(&execution))).collect();
    let last = events.last().unwrap();
    assert_eq!(last.id, "end");
    assert_eq!(last.data["id"], execution["id"]);
    assert_eq!(state(&last.data), "SUCCESS");
    check(&last.data);
}

#[test]
fn each_change_is_an_event() {
    let space = Space::shared("follow");
    space.create(
        "changes",
        "
tasks:
  - id: wait
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    commands: [sleep 60]
  - { id: never, type: io.kestra.plugin.core.log.Log, message: x }
",
    );
    let execution = space.start("changes");
    let follow = format!("/api/v1/executions/{}/follow", id(&execution));
    let mut events = space.client().events(&follow);
    let mut seen: Vec<Event> = Vec::new();
    let running = |event: &Event| task_runs(&event.data).iter().any(|run| state(run) == "RUNNING");
    for event in events.by_ref() {
        let stop = running(&event);
        seen.push(event);
        if stop {
            break;
        }
    }
    let kill = Request::delete(&format!("/api/v1/executions/{}/kill", id(&execution)));
    space.client().send(&kill).expect(202);
    seen.extend(events);
    // Behind a gateway that holds answers back, a stream ends before the execution does, and is taken up again.
    if seen.last().is_none_or(|event| event.id != "end") {
        seen.extend(space.client().events(&follow));
    }
    for event in &seen {
        check(&event.data);
        assert_eq!(event.data["id"], execution["id"]);
        assert!(["start", "progress", "end"].contains(&event.id.as_str()), "{event:?}");
    }
    let ends: Vec<&Event> = seen.iter().filter(|event| event.id == "end").collect();
    assert_eq!(ends.len(), 1);
    assert_eq!(seen.last().unwrap().id, "end");
    assert_eq!(state(&ends[0].data), "KILLED");
    assert!(is_terminal(&ends[0].data));
}

#[test]
fn an_unknown_execution_is_not_followed() {
    let space = Space::shared("follow");
    space.client().get("/api/v1/executions/0000000000000000000001/follow").expect(404);
}
