//! Executions that are to start later.

use jiff::{SignedDuration, Timestamp};
use tests::{
    execution::{check, id, state, states},
    http::Request,
    shape::is_date,
    space::Space,
};

const RETURN: &str = "tasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return }";

#[test]
fn an_execution_waits_for_its_date() {
    let space = Space::shared("schedule");
    space.create("later", RETURN);
    let far = Request::post(&space.path("later")).query("scheduleDate", "2100-01-01T01:00:00+01:00");
    let waiting = space.client().send(&far).expect(200).json();
    assert_eq!(waiting["scheduleDate"], "2100-01-01T00:00:00.000Z");
    assert_eq!(state(&waiting), "CREATED");
    assert_eq!(state(&space.execution(id(&waiting))), "CREATED");
    let kill = Request::delete(&format!("/api/v1/executions/{}/kill", id(&waiting)));
    space.client().send(&kill).expect(202);
}

#[test]
fn an_execution_starts_at_its_date() {
    let space = Space::shared("schedule");
    space.create("soon", RETURN);
    let soon = format!("{:.3}", Timestamp::now() + SignedDuration::from_secs(1));
    let request = Request::post(&space.path("soon")).query("scheduleDate", &soon);
    let execution = space.client().send(&request).expect(200).json();
    assert!(is_date(execution["scheduleDate"].as_str().unwrap()));
    let ended = space.ended(id(&execution));
    check(&ended);
    assert_eq!(states(&ended), ["CREATED", "RUNNING", "SUCCESS"]);
    let started = ended["state"]["histories"][1]["date"].as_str().unwrap();
    assert!(started >= soon.as_str(), "it started at {started}, and should have waited for {soon}");
}

#[test]
fn a_date_that_has_passed_is_now() {
    let space = Space::shared("schedule");
    space.create("past", RETURN);
    let request = space.call("past").query("scheduleDate", "2000-01-01T00:00:00Z");
    let execution = space.client().send(&request).expect(200).json();
    assert_eq!(state(&execution), "SUCCESS");
    assert_eq!(execution["scheduleDate"], "2000-01-01T00:00:00.000Z");
}
