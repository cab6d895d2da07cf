//! System tasks, each with a success and a failure, and what expressions see.

use serde_json::json;

use super::{begun, broken, inline, output, outputs, played, step, with_outputs};
use crate::{
    conductor::{Definition, Evaluator, Step, StepKind, TimeoutPolicy},
    execution::State,
};

#[test]
fn a_script_sees_its_input() {
    let mut one = inline("sum", "$.a + $.b");
    one.input.insert("a".to_owned(), json!("${workflow.input.amount}"));
    one.input.insert("b".to_owned(), json!(37));
    let play = played(vec![one]);
    assert_eq!(play.execution.state.current(), State::Success);
    // Nothing is declared: the output of the task that ran last.
    assert_eq!(outputs(&play), json!({"result": 42}));
    let run = play.execution.task_runs.iter().next().unwrap();
    assert_eq!(run.input.as_ref().unwrap()["a"], json!(5));
}

#[test]
fn a_workflow_of_scripts_ends_in_one_fold() {
    let play = &mut begun(&super::definition(vec![inline("one", "1"), inline("two", "2")]));
    assert_eq!(play.fold(), crate::machine::Next::Ended);
}

#[test]
fn a_script_that_throws_fails_the_workflow() {
    let play = played(vec![broken("bad"), inline("never", "1")]);
    insta::assert_snapshot!(play.to_string(), @r#"
    CREATED > RUNNING > FAILED
      bad: CREATED > RUNNING > FAILED [FAILED] {"error":"Error: no luck (line 1)"}
    outputs {"error":"Error: no luck (line 1)"}
    ERROR bad: Error: no luck (line 1)
    "#);
    assert_eq!(
        play.execution.course.reason.as_deref(),
        Some("Task 0000000000000000000001 failed with status: FAILED and reason: 'Error: no luck (line 1)'")
    );
}

#[test]
fn an_optional_failure_is_passed_over() {
    let play = played(vec![Step { optional: true, ..broken("bad") }, inline("next", "$.x")]);
    assert_eq!(play.execution.state.current(), State::Warning);
    assert_eq!(output(&play, "next"), json!({"result": null}));
}

#[test]
fn value_param_and_lambda() {
    let by_name =
        json!({"evaluatorType": "value-param", "expression": "who", "who": {"name": "Ada"}, "n": 3});
    let lambda = json!({"scriptExpression": "return {n: $.n * 2}", "n": "${named.input.n}"});
    let wrong = json!({"evaluatorType": "python", "expression": "1"});
    let play = played(vec![
        step("named", StepKind::Inline, by_name),
        step("twice", StepKind::Lambda, lambda),
        step("wrong", StepKind::Inline, wrong),
    ]);
    assert_eq!(output(&play, "named"), json!({"result": {"name": "Ada"}}));
    assert_eq!(output(&play, "twice"), json!({"result": {"n": 6}}));
    assert_eq!(play.execution.state.current(), State::Failed);
    assert!(output(&play, "wrong")["error"].as_str().unwrap().contains("python"), "{play}");
}

#[test]
fn variables_are_set_and_seen() {
    let of = Definition {
        variables: super::object(json!({"kept": 1, "changed": 1})),
        ..with_outputs(
            vec![step(
                "set",
                StepKind::SetVariable,
                json!({"changed": "${workflow.input.amount}", "new": [2]}),
            )],
            json!({"all": "${workflow.variables}", "one": "${workflow.variables.new[0]}"}),
        )
    };
    let play = begun(&of).played();
    assert_eq!(outputs(&play), json!({"all": {"kept": 1, "changed": 5, "new": [2]}, "one": 2}));
    let large = "x".repeat(300 << 10);
    let play = played(vec![step("set", StepKind::SetVariable, json!({"large": large}))]);
    assert_eq!(play.execution.state.current(), State::Failed);
}

fn switch(evaluator: Evaluator, expression: &str, input: serde_json::Value) -> Step {
    let kind = StepKind::Switch {
        legacy: false,
        evaluator,
        expression: expression.to_owned(),
        cases: vec![("a".to_owned(), vec![inline("in_a", "'a'")]), ("empty".to_owned(), Vec::new())],
        default: vec![inline("other", "'other'")],
    };
    step("choice", kind, input)
}

#[test]
fn a_switch_takes_the_branch_of_its_case() {
    let ran = |step: Step| {
        let play = played(vec![step, inline("after", "1")]);
        let runs = play.execution.task_runs.iter().map(|run| run.task_id.clone());
        (runs.collect::<Vec<_>>().join(" "), output(&play, "choice"), play.execution.state.current())
    };
    let by = |value: &str| switch(Evaluator::Parameter, "case", json!({"case": value}));
    let chosen = |case: &str| json!({"evaluationResult": [case], "selectedCase": case});
    assert_eq!(ran(by("a")), ("choice in_a after".to_owned(), chosen("a"), State::Success));
    assert_eq!(ran(by("empty")), ("choice after".to_owned(), chosen("empty"), State::Success));
    assert_eq!(ran(by("b")), ("choice other after".to_owned(), chosen("b"), State::Success));
    let script = switch(Evaluator::Script, "$.n > 3 ? 'a' : 'b'", json!({"n": "${workflow.input.amount}"}));
    assert_eq!(ran(script).0, "choice in_a after");
    let wrong = switch(Evaluator::Script, "nobody.knows", json!({}));
    let play = played(vec![wrong, inline("after", "1")]);
    assert_eq!((play.execution.state.current(), play.execution.task_runs.len()), (State::Failed, 1));
}

#[test]
fn terminate_ends_the_workflow() {
    let ends = |input| played(vec![step("end", StepKind::Terminate, input), inline("never", "1")]);
    let play = ends(json!({
        "terminationStatus": "COMPLETED", "terminationReason": "enough", "workflowOutput": {"a": "${workflow.input.amount}"}
    }));
    assert_eq!((play.execution.state.current(), outputs(&play)), (State::Success, json!({"a": 5})));
    assert_eq!(play.execution.course.reason.as_deref(), Some("enough"));
    assert_eq!(play.execution.task_runs.len(), 1);
    let play = ends(json!({"terminationStatus": "FAILED", "workflowOutput": 7}));
    assert_eq!((play.execution.state.current(), outputs(&play)), (State::Failed, json!({"output": 7})));
    let play = ends(json!({"terminationStatus": "TERMINATED"}));
    assert_eq!(play.execution.state.current(), State::Killed);
    let play = ends(json!({"terminationStatus": "GONE"}));
    assert_eq!(play.execution.state.current(), State::Failed);
    assert!(play.to_string().contains("`terminationStatus` is COMPLETED, FAILED or TERMINATED"), "{play}");
}

#[test]
fn jq() {
    let query = json!({"list": [{"n": 1}, {"n": 2}], "queryExpression": ".list[].n"});
    let play = played(vec![step("jq", StepKind::Jq, query)]);
    assert_eq!(outputs(&play), json!({"result": 1, "resultList": [1, 2]}));
    let play = played(vec![step("jq", StepKind::Jq, json!({"queryExpression": ".list["}))]);
    assert_eq!(play.execution.state.current(), State::Failed);
    assert!(output(&play, "jq")["error"].as_str().unwrap().contains("jq"), "{play}");
}

#[test]
fn expressions_see_the_workflow_and_its_tasks() {
    let of = with_outputs(
        vec![inline("first", "({a: [1, {b: true}]})"), step("nothing", StepKind::Noop, json!({"k": "v"}))],
        json!({
            "whole": "${first.output.result}",
            "part": "${first.output.result.a[1].b}",
            "text": "is ${first.output.result.a[0]}/${first.nothing.there}",
            "status": "${first.status} ${workflow.status}",
            "type": ["${nothing.taskType}", "${nothing.input.k}", "${nothing.referenceTaskName}", "${nothing.iteration}"],
            "name": "${workflow.workflowType}:${workflow.version}",
            "correlation": "${workflow.correlationId}",
            "missing": "${nobody.output.x}",
            "wrong": "${workflow.input[}",
            "plain": "$${first.output}",
        }),
    );
    let play = begun(&of).played();
    assert_eq!(
        outputs(&play),
        json!({
            "whole": {"a": [1, {"b": true}]},
            "part": true,
            "text": "is 1/null",
            "status": "COMPLETED RUNNING",
            "type": ["NOOP", "v", "nothing", 0],
            "name": "greet:2",
            "correlation": null,
            "missing": null,
            "wrong": null,
            "plain": "${first.output}",
        })
    );
}

#[test]
fn its_time_ends_it() {
    let of = |timeout_policy| Definition {
        timeout: Some(std::time::Duration::from_mins(1)),
        timeout_policy,
        ..super::definition(vec![step("wait", StepKind::Wait, json!({"duration": "2 minutes"}))])
    };
    assert_eq!(begun(&of(TimeoutPolicy::TimeOut)).played().execution.state.current(), State::Failed);
    assert_eq!(begun(&of(TimeoutPolicy::AlertOnly)).played().execution.state.current(), State::Success);
}
