//! `DO_WHILE`.

use serde_json::{Value as Json, json};

use super::{broken, inline, output, played, step};
use crate::{
    conductor::{Evaluator, Step, StepKind},
    execution::State,
};

fn looped(condition: Option<&str>, over: Vec<Step>, items: Option<Json>, input: Json) -> Step {
    step("loop", StepKind::DoWhile { condition: condition.map(ToOwned::to_owned), over, items }, input)
}

fn counted() -> Step {
    let mut count = inline("count", "$.n * 10");
    count.input.insert("n".to_owned(), json!("${loop.output.iteration}"));
    count
}

#[test]
fn rounds_follow_while_the_condition_holds() {
    let condition = "$.loop['iteration'] < $.most && $.count.result < 1000";
    let again = inline("again", "$.c + 1");
    let again = Step {
        input: super::object(json!({"expression": "$.c + 1", "c": "${count.output.result}"})),
        ..again
    };
    let play = played(vec![looped(Some(condition), vec![counted(), again], None, json!({"most": 3}))]);
    assert_eq!(
        output(&play, "loop"),
        json!({
            "iteration": 3,
            "1": {"count": {"result": 10}, "again": {"result": 11}},
            "2": {"count": {"result": 20}, "again": {"result": 21}},
            "3": {"count": {"result": 30}, "again": {"result": 31}},
        })
    );
    assert_eq!(play.execution.state.current(), State::Success);
    let rounds: Vec<_> = play.execution.task_runs.of_task("count").map(|run| run.iteration).collect();
    assert_eq!(rounds, [Some(1), Some(2), Some(3)]);
}

#[test]
fn a_round_for_each_item() {
    let mut shown = inline("show", "$.index + ':' + $.item");
    shown.input.insert("item".to_owned(), json!("${loop.output.loopItem}"));
    shown.input.insert("index".to_owned(), json!("${loop.output.loopIndex}"));
    let items = json!("${workflow.input.list}");
    let of = super::definition(vec![looped(
        None,
        vec![shown.clone()],
        Some(items.clone()),
        json!({"keepLastN": 1}),
    )]);
    let mut play = super::begun(&of);
    play.execution.inputs = super::object(json!({"list": ["x", "y"]}));
    let play = play.played();
    assert_eq!(
        output(&play, "loop"),
        json!({"iteration": 2, "loopItem": "y", "loopIndex": 1, "2": {"show": {"result": "1:y"}}})
    );
    let play = played(vec![looped(None, vec![shown.clone()], Some(items), json!({}))]);
    assert_eq!(
        (output(&play, "loop"), play.execution.state.current()),
        (json!({"iteration": 0}), State::Success)
    );
    let play = played(vec![looped(None, vec![shown], Some(json!(7)), json!({}))]);
    assert_eq!(play.execution.state.current(), State::Failed);
}

#[test]
fn a_loop_with_a_switch_and_a_loop_in_it() {
    let kind = StepKind::Switch {
        legacy: false,
        evaluator: Evaluator::Parameter,
        expression: "n".to_owned(),
        cases: vec![("1".to_owned(), vec![inline("first", "'first'")])],
        default: vec![step(
            "inner",
            StepKind::DoWhile {
                condition: Some("$.inner.iteration < 2".to_owned()),
                over: vec![inline("deep", "1")],
                items: None,
            },
            json!({}),
        )],
    };
    let choice = step("choice", kind, json!({"n": "${loop.output.iteration}"}));
    let play = played(vec![looped(Some("$.loop.iteration < 2"), vec![choice], None, json!({}))]);
    insta::assert_snapshot!(play.to_string(), @r#"
    CREATED > RUNNING > SUCCESS
      loop: CREATED > RUNNING > SUCCESS {"iteration":2,"1":{"choice":{"evaluationResult":["1"],"selectedCase":"1"},"first":{"result":"first"}},"2":{"choice":{"evaluationResult":["2"],"selectedCase":"2"},"inner":{"iteration":2,"1":{"deep":{"result":1}},"2":{"deep":{"result":1}}},"deep":{"result":1}}}
        choice: CREATED > RUNNING > SUCCESS {"evaluationResult":["1"],"selectedCase":"1"}
          first: CREATED > RUNNING > SUCCESS [SUCCESS] {"result":"first"}
        choice: CREATED > RUNNING > SUCCESS {"evaluationResult":["2"],"selectedCase":"2"}
          inner: CREATED > RUNNING > SUCCESS {"iteration":2,"1":{"deep":{"result":1}},"2":{"deep":{"result":1}}}
            deep: CREATED > RUNNING > SUCCESS [SUCCESS] {"result":1}
            deep: CREATED > RUNNING > SUCCESS [SUCCESS] {"result":1}
    outputs {"result":1}
    "#);
}

#[test]
fn a_condition_that_is_wrong_fails_the_loop() {
    let play = played(vec![looped(Some("nobody.knows"), vec![inline("once", "1")], None, json!({}))]);
    assert_eq!(play.execution.state.current(), State::Failed);
    assert!(play.execution.course.reason.as_deref().unwrap().contains("nobody"), "{play}");
}

#[test]
fn a_round_that_fails_ends_all() {
    let play = played(vec![looped(Some("true"), vec![broken("bad")], None, json!({})), inline("never", "1")]);
    assert_eq!((play.execution.state.current(), play.execution.task_runs.len()), (State::Failed, 2));
}
