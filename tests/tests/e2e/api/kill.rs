//! Killing executions.

use tests::{
    execution::{check, id, outline, state, states, task_run, task_runs},
    http::Request,
    space::Space,
};

const SLEEP: &str = "
tasks:
  - id: sleep
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    commands: [sleep 60]
  - { id: never, type: io.kestra.plugin.core.log.Log, message: x }
errors:
  - { id: alarm, type: io.kestra.plugin.core.log.Log, message: never }
outputs:
  - { id: it, type: STRING, value: x }
";

#[test]
fn a_running_execution_is_killed() {
    let space = Space::shared("kill");
    space.create("sleeps", SLEEP);
    let execution = space.start("sleeps");
    let id = id(&execution);
    space.until(id, "the start of its task", |it| task_runs(it).iter().any(|run| state(run) == "RUNNING"));
    let kill = Request::delete(&format!("/api/v1/executions/{id}/kill"));
    let answer = space.client().send(&kill).expect(202);
    assert_eq!(answer.text(), "");
    let ended = space.ended(id);
    check(&ended);
    assert_eq!(states(&ended), ["CREATED", "RUNNING", "KILLING", "KILLED"]);
    assert_eq!(outline(&ended), "sleep KILLED");
    assert_eq!(task_run(&ended, "sleep")["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(ended.get("outputs"), None);

    // Kestra: the kill of what has ended is forwarded to its children, and refused when it is not to be.
    space.client().send(&kill).expect(202);
    let alone = Request::delete(&format!("/api/v1/executions/{id}/kill?isOnKillCascade=false"));
    space.client().send(&alone).expect(409);
    assert_eq!(space.execution(id)["state"], ended["state"]);
}

#[test]
fn an_execution_that_has_not_started_is_killed() {
    let space = Space::shared("kill");
    space.create("sleeps", SLEEP);
    let request = Request::post(&space.path("sleeps")).query("scheduleDate", "2100-01-01T00:00:00Z");
    let execution = space.client().send(&request).expect(200).json();
    let kill = Request::delete(&format!("/api/v1/executions/{}/kill", id(&execution)));
    space.client().send(&kill).expect(202);
    let ended = space.ended(id(&execution));
    assert_eq!(state(&ended), "KILLED");
    assert_eq!(outline(&ended), "");
    check(&ended);
}

#[test]
fn newer_clients_get_the_execution() {
    let space = Space::shared("kill");
    space.create("sleeps", SLEEP);
    let execution = space.start("sleeps");
    let kill = Request::delete(&format!("/api/v1/main/executions/{}/actions/kill", id(&execution)));
    let answer = space.client().send(&kill).expect(200).json();
    assert_eq!((&answer["id"], &answer["tenantId"]), (&execution["id"], &"main".into()));
    assert_eq!(state(&space.ended(id(&execution))), "KILLED");
}

#[test]
fn an_ended_execution_is_deleted() {
    let space = Space::shared("kill");
    space.create("sleeps", SLEEP);
    let execution = space.start("sleeps");
    let delete = Request::delete(&format!("/api/v1/executions/{}", id(&execution)));
    let refused = space.client().send(&delete).expect(409);
    assert!(refused.message().starts_with("Illegal state: "), "{}", refused.message());
    let kill = Request::delete(&format!("/api/v1/executions/{}/kill", id(&execution)));
    space.client().send(&kill).expect(202);
    space.ended(id(&execution));
    space.client().send(&delete).expect(204);
    space.client().send(&delete).expect(404);
    space.client().get(&format!("/api/v1/executions/{}", id(&execution))).expect(404);
    let found = space.client().get(&format!("/api/v1/executions/search?namespace={}", space.namespace));
    assert_eq!(found.expect(200).json()["total"], 0);
}

#[test]
fn an_unknown_execution_is_not_killed() {
    let space = Space::shared("kill");
    space.client().send(&Request::delete("/api/v1/executions/0000000000000000000001/kill")).expect(404);
}
