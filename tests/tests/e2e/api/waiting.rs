//! Waiting, with and without an end in sight.

use std::collections::BTreeSet;

use tests::{
    execution::{check, id, is_terminal, state},
    http::Request,
    space::Space,
};

/// Ends when somebody kills it, or in a minute.
const SLEEP: &str = "
tasks:
  - id: sleep
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    commands: [sleep 60]
";
/// Ends soon, but not at once.
const NAP: &str = "
tasks:
  - id: nap
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    commands: [sleep 0.5]
";
const RETURN: &str = "tasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return }";

#[test]
fn a_short_wait_ends_with_a_place_to_go_on() {
    let space = Space::shared("waiting");
    space.create("sleep", SLEEP);
    let request = Request::post(&space.path("sleep")).header("Prefer", "wait=1");
    let early = space.client().send(&request).expect(200);
    assert_eq!(early.header("preference-applied"), Some("wait=1"));
    let execution = early.json();
    assert!(!is_terminal(&execution), "{execution:#}");
    check(&execution);
    let location = early.header("location").expect("a place to go on waiting").to_owned();
    assert!(location.contains(id(&execution)), "{location}");
    let path = location.split_once("/api/").map(|(_, path)| format!("/api/{path}")).unwrap();
    let kill = Request::delete(&format!("/api/v1/executions/{}/kill", id(&execution)));
    let late = std::thread::scope(|scope| {
        let late = scope.spawn(|| space.client().get(&path).expect(200).json());
        space.client().send(&kill).expect(202);
        late.join().unwrap()
    });
    assert_eq!(state(&late), "KILLED");
    check(&late);
}

#[test]
fn a_wait_that_is_long_enough_ends_with_the_end() {
    let space = Space::shared("waiting");
    space.create("quick", RETURN);
    let request = Request::post(&space.path("quick")).header("Prefer", "respond-async, wait=20");
    let response = space.client().send(&request).expect(200);
    assert_eq!(response.header("location"), None);
    assert_eq!(state(&response.json()), "SUCCESS");
}

/// RFC 7240: a preference that cannot be read is none.
#[test]
fn a_wait_that_cannot_be_read_is_none() {
    let space = Space::shared("waiting");
    space.create("quick", RETURN);
    for preference in ["wait=soon", "wait", "wait=-1", "wait=1.5", "return=minimal", ",;=,"] {
        let request = Request::post(&space.path("quick")).header("Prefer", preference);
        let response = space.client().send(&request).expect(200);
        assert_eq!(response.header("preference-applied"), None, "{preference}");
        assert_eq!(state(&response.json()), "CREATED", "{preference}");
    }
}

#[test]
fn a_read_may_wait() {
    let space = Space::shared("waiting");
    space.create("nap", NAP);
    let started = space.start("nap");
    let target = format!("/api/v1/executions/{}?wait=true", id(&started));
    let ended = space.client().get(&target).expect(200).json();
    assert_eq!(state(&ended), "SUCCESS");
    assert_eq!(ended.get("url"), None);

    space.create("sleep", SLEEP);
    let started = space.start("sleep");
    let request = Request::get(&format!("/api/v1/executions/{}", id(&started))).header("Prefer", "wait=1");
    let early = space.client().send(&request).expect(200);
    assert!(!is_terminal(&early.json()));
    assert!(early.header("location").is_some());
    let kill = Request::delete(&format!("/api/v1/executions/{}/kill", id(&started)));
    space.client().send(&kill).expect(202);
    let target = format!("/api/v1/executions/{}?wait=true", id(&started));
    assert_eq!(state(&space.client().get(&target).expect(200).json()), "KILLED");
}

#[test]
fn many_wait_for_one() {
    let space = Space::shared("waiting");
    space.create("nap", NAP);
    let started = space.start("nap");
    let target = format!("/api/v1/executions/{}?wait=true", id(&started));
    std::thread::scope(|scope| {
        let waiters: Vec<_> =
            (0..20).map(|_| scope.spawn(|| space.client().get(&target).expect(200).json())).collect();
        for waiter in waiters {
            assert_eq!(state(&waiter.join().unwrap()), "SUCCESS");
        }
    });
}

#[test]
fn many_call_at_once() {
    let space = Space::shared("waiting");
    space.create("quick", RETURN);
    let ids: BTreeSet<String> = std::thread::scope(|scope| {
        let caller = || (0..25).map(|_| space.run("quick")).collect::<Vec<_>>();
        let callers: Vec<_> = (0..16).map(|_| scope.spawn(caller)).collect();
        let executions = callers.into_iter().flat_map(|caller| caller.join().unwrap());
        executions
            .map(|execution| {
                check(&execution);
                assert_eq!(state(&execution), "SUCCESS");
                id(&execution).to_owned()
            })
            .collect()
    });
    assert_eq!(ids.len(), 400);
}

#[test]
fn what_is_answered_is_stored() {
    let space = Space::shared("waiting");
    space.create("quick", RETURN);
    let mut answer = space.run("quick");
    answer.as_object_mut().unwrap().shift_remove("url");
    assert_eq!(space.execution(id(&answer)), answer);
}
