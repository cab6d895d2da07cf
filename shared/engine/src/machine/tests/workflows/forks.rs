//! Branches side by side, and what joins them.

use serde_json::json;

use super::{broken, inline, output, outputs, played, step};
use crate::{
    conductor::{JoinMode, Step, StepKind},
    execution::State,
};

fn fork(branches: Vec<Vec<Step>>) -> Step {
    step("fork", StepKind::Fork { branches }, json!({}))
}

fn join(on: &[&str]) -> Step {
    let on = on.iter().map(|it| (*it).to_owned()).collect();
    step("join", StepKind::Join { on, mode: JoinMode::Async }, json!({}))
}

#[test]
fn branches_run_side_by_side_and_are_joined() {
    let wait = |reference| step(reference, StepKind::Wait, json!({"duration": "5s"}));
    let play = played(vec![
        fork(vec![
            vec![wait("a"), inline("b", "'b'")],
            vec![wait("c"), inline("d", "$.x || 'd'")],
            Vec::new(),
        ]),
        join(&["b", "d"]),
    ]);
    assert_eq!(play.execution.state.current(), State::Success, "{play}");
    assert_eq!(outputs(&play), json!({"b": {"result": "b"}, "d": {"result": "d"}}));
    let order: Vec<_> = play.execution.task_runs.iter().map(|run| run.task_id.as_str()).collect();
    assert_eq!(order, ["fork", "a", "c", "b", "d", "join"]);
}

#[test]
fn one_that_fails_cancels_the_others() {
    let wait = step("wait", StepKind::Human, json!({}));
    let play = played(vec![fork(vec![vec![wait], vec![broken("bad")]]), join(&["wait", "bad"])]);
    insta::assert_snapshot!(play.to_string(), @r#"
    CREATED > RUNNING > FAILED
      fork: CREATED > RUNNING > KILLED
        wait: CREATED > RUNNING > KILLED [KILLED]
        bad: CREATED > RUNNING > FAILED [FAILED] {"error":"Error: no luck (line 1)"}
    outputs {"error":"Error: no luck (line 1)"}
    ERROR bad: Error: no luck (line 1)
    "#);
}

#[test]
fn one_that_may_fail_lets_the_others_end() {
    let wait = step("wait", StepKind::Wait, json!({"duration": "5s"}));
    let bad = Step { permissive: true, ..broken("bad") };
    let play = played(vec![fork(vec![vec![wait], vec![bad, inline("on", "1")]]), join(&["wait", "bad"])]);
    insta::assert_snapshot!(play.to_string(), @r#"
    CREATED > RUNNING > FAILED
      fork: CREATED > RUNNING > FAILED
        wait: CREATED > RUNNING > SUCCESS [SUCCESS]
        bad: CREATED > RUNNING > FAILED [FAILED] {"error":"Error: no luck (line 1)"}
        on: CREATED > RUNNING > SUCCESS [SUCCESS] {"result":1}
      join: CREATED > RUNNING > FAILED [FAILED] {"wait":{},"bad":{"error":"Error: no luck (line 1)"}}
    outputs {"wait":{},"bad":{"error":"Error: no luck (line 1)"}}
    ERROR bad: Error: no luck (line 1)
    ERROR join: `bad` failed
    "#);
}

#[test]
fn an_optional_failure_shows_in_the_join() {
    let bad = Step { optional: true, ..broken("bad") };
    let play = played(vec![fork(vec![vec![bad], vec![inline("good", "1")]]), join(&["good", "bad"])]);
    let join = play.execution.task_runs.of_task("join").next().unwrap();
    assert_eq!(join.state.current(), State::Warning, "{play}");
    assert_eq!(output(&play, "join")["good"], json!({"result": 1}));
}

#[test]
fn an_exclusive_join_takes_what_ran() {
    let kind = StepKind::ExclusiveJoin { on: vec!["never".to_owned(), "b".to_owned()], default: Vec::new() };
    let play = played(vec![inline("a", "1"), inline("b", "2"), step("either", kind, json!({}))]);
    assert_eq!(outputs(&play), json!({"result": 2}));
    let kind = StepKind::ExclusiveJoin { on: vec!["never".to_owned()], default: vec!["a".to_owned()] };
    let play = played(vec![inline("a", "1"), inline("b", "2"), step("either", kind, json!({}))]);
    assert_eq!(outputs(&play), json!({"result": 1}));
}
