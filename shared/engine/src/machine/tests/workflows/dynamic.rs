//! Steps that come with an execution.

use serde_json::{Value as Json, json};

use super::{begun, definition, inline, output, outputs, played, step};
use crate::{
    conductor::{DynamicFork, ForkedSame, JoinMode, Step, StepKind, reference},
    execution::{Execution, State, TaskRun},
    machine::{Next, Work, tests::play::Play},
};

pub(super) fn listed(input: Json) -> Step {
    let form = DynamicFork::Tasks { tasks_from: "tasks".to_owned(), inputs_from: "inputs".to_owned() };
    step("fork", StepKind::DynamicFork(form), input)
}

fn same(form: ForkedSame, input: Json) -> Step {
    step("fork", StepKind::DynamicFork(DynamicFork::Same(form)), input)
}

pub(super) fn join() -> Step {
    step("join", StepKind::Join { on: Vec::new(), mode: JoinMode::Async }, json!({}))
}

/// A task of a list, whose script sees `x`.
fn script(reference: &str, expression: &str) -> Json {
    let input = json!({"evaluatorType": "graaljs", "expression": expression});
    json!({"name": reference, "taskReferenceName": reference, "type": "INLINE", "inputParameters": input})
}

fn dynamic(input: Json) -> Step {
    step("what", StepKind::Dynamic { name_from: "task".to_owned() }, input)
}

fn run<'p>(play: &'p Play, reference: &str) -> &'p TaskRun {
    let run = play.execution.task_runs.of_task(reference).next_back();
    run.unwrap_or_else(|| panic!("{reference} did not run: {play}"))
}

#[test]
fn the_branches_are_those_of_a_list() {
    let tasks = json!([script("a", "$.x + 1"), script("b", "$.x + $.y")]);
    let inputs = json!({"a": {"x": "${workflow.input.amount}"}, "b": {"x": 3, "y": 4}, "unknown": {}});
    let play = played(vec![listed(json!({"tasks": tasks, "inputs": inputs, "more": 1})), join()]);
    assert_eq!(outputs(&play), json!({"a": {"result": 6}, "b": {"result": 7}}), "{play}");
    let fork = run(&play, "fork").input.as_ref().unwrap();
    assert_eq!(fork["forkedTasks"], json!(["a", "b"]));
    assert_eq!(fork["forkedTaskDefs"], tasks);
    assert_eq!(fork["more"], 1);
    assert_eq!(run(&play, "join").input.as_ref().unwrap()["joinOn"], json!(["a", "b"]));
    assert_eq!(run(&play, "a").parent, Some(run(&play, "fork").id));
}

#[test]
fn what_is_given_to_a_branch_is_not_looked_into() {
    let mut task = script("a", "$.own + $.given + $.both");
    task["inputParameters"]["own"] = json!("${workflow.input.amount}");
    task["inputParameters"]["both"] = json!("${workflow.input.amount}");
    let source = json!({
        "expression": "({tasks: $.tasks, inputs: {a: {given: ' $' + '{workflow.input.amount} ', both: 'x'}}})",
        "tasks": "${workflow.input.tasks}",
    });
    let source = step("source", StepKind::Inline, source);
    let fork =
        listed(json!({"tasks": "${workflow.input.tasks}", "inputs": "${source.output.result.inputs}"}));
    let mut play = begun(&definition(vec![source, fork, join()]));
    play.execution.inputs.insert("tasks".to_owned(), json!([task]));
    let play = play.played();
    assert_eq!(output(&play, "a")["result"], "5 ${workflow.input.amount} x", "{play}");
}

#[test]
fn one_task_for_each_input() {
    let input = json!({
        "forkTaskName": "INLINE", "forkTaskType": "INLINE",
        "forkTaskInputs": [{"expression": "$.__index"}, {"expression": "$.__index * 10"}],
    });
    let play = played(vec![same(ForkedSame::Task, input), join()]);
    assert_eq!(outputs(&play), json!({"_INLINE_0": {"result": 0}, "_INLINE_1": {"result": 10}}), "{play}");

    let input = json!({"forkTaskName": "greet", "forkTaskInputs": ["x", {"name": "bob"}]});
    let mut play = begun(&definition(vec![same(ForkedSame::Task, input), join()]));
    let Next::Attempts(ready) = play.fold() else { panic!("{play}") };
    let offers: Vec<_> = ready.iter().map(|it| (it.task_id.as_str(), &it.work)).collect();
    let offer = |input: Json| Work::Offer {
        task_type: "greet".to_owned(),
        domain: None,
        input: super::object(input),
    };
    assert_eq!(
        offers,
        [
            ("_greet_0", &offer(json!({"input": "x", "__index": 0}))),
            ("_greet_1", &offer(json!({"name": "bob", "__index": 1}))),
        ]
    );
}

#[test]
fn one_workflow_for_each_input() {
    let input = json!({
        "forkTaskWorkflow": "child", "forkTaskWorkflowVersion": "2", "forkTaskInputs": [{"n": 1}, {"n": 2}],
    });
    let mut play = begun(&definition(vec![same(ForkedSame::Workflow, input), join()]));
    let Next::Attempts(ready) = play.fold() else { panic!("{play}") };
    let tasks: Vec<_> = ready.iter().map(|it| it.task_id.as_str()).collect();
    assert_eq!(tasks, ["_child_0", "_child_1"]);
    assert_eq!(run(&play, "_child_1").input, Some(super::object(json!({"n": 2, "__index": 1}))));
}

#[test]
fn the_old_form_brings_its_inputs_along() {
    let tasks = json!([
        {"taskName": "INLINE", "type": "INLINE", "referenceName": "a", "input": {"expression": "1"}},
        {"taskName": "NOOP", "type": "NOOP", "referenceName": "b"},
    ]);
    for given in [tasks.clone(), json!({"dynamicTasks": tasks})] {
        let legacy = DynamicFork::Legacy { tasks_from: "list".to_owned() };
        let play = played(vec![step("fork", StepKind::DynamicFork(legacy), json!({"list": given})), join()]);
        assert_eq!(outputs(&play), json!({"a": {"result": 1}, "b": {}}), "{play}");
    }
}

#[test]
fn no_branches_are_joined_at_once() {
    let play = played(vec![listed(json!({"tasks": [], "inputs": {}})), join(), inline("after", "1")]);
    insta::assert_snapshot!(play.to_string(), @r#"
    CREATED > RUNNING > SUCCESS
      fork: CREATED > RUNNING > SUCCESS
      join: CREATED > RUNNING > SUCCESS [SUCCESS]
      after: CREATED > RUNNING > SUCCESS [SUCCESS] {"result":1}
    outputs {"result":1}
    "#);
}

#[test]
fn a_bad_list_fails_the_fork() {
    let told = |fork: Step| {
        let play = played(vec![fork, join()]);
        assert_eq!(play.execution.state.current(), State::Failed, "{play}");
        assert_eq!(run(&play, "fork").state.current(), State::Failed, "{play}");
        play.execution.logs.iter().map(|it| it.message.clone()).collect::<Vec<_>>().join("\n")
    };
    let of = |tasks: Json| told(listed(json!({"tasks": tasks, "inputs": {}})));
    let mut many: Vec<Json> = (0..1_001).map(|it| script(&format!("t{it}"), "1")).collect();
    let told = [
        of(json!("a")),
        told(listed(json!({"tasks": []}))),
        told(listed(json!({"tasks": [], "inputs": {"a": 1}}))),
        of(json!([1])),
        of(json!([{"name": "a"}])),
        of(json!([script("a", "1"), script("a", "1")])),
        of(json!([script("join", "1")])),
        of(json!([script("fork", "1")])),
        of(json!([script("a", "not javascript")])),
        of(json!([{"name": "a", "taskReferenceName": "a", "type": "GRPC"}])),
        of(json!([{"name": "a", "taskReferenceName": "a", "type": "JOIN"}])),
        of(
            json!([{"name": "a", "taskReferenceName": "a", "type": "FORK_JOIN", "forkTasks": [[script("b", "1")]]}]),
        ),
        of(Json::Array(many.clone())),
        told(same(ForkedSame::Task, json!({"forkTaskName": "a", "forkTaskInputs": {}}))),
        told(same(ForkedSame::Workflow, json!({"forkTaskWorkflow": "", "forkTaskInputs": []}))),
    ];
    insta::assert_snapshot!(told.join("\n"), @r"
    FORK_JOIN_DYNAMIC `fork`: `tasks` has to be a list, and is a text
    FORK_JOIN_DYNAMIC `fork`: `inputs` has to be a map of inputs by task reference, and is not there
    FORK_JOIN_DYNAMIC `fork`: `inputs.a` has to be a map, and is a number
    FORK_JOIN_DYNAMIC `fork`: tasks[0]: a task has to be an object
    FORK_JOIN_DYNAMIC `fork`: tasks[0].taskReferenceName: WorkflowTask taskReferenceName name cannot be empty or null
    FORK_JOIN_DYNAMIC `fork`: tasks[1].taskReferenceName: taskReferenceName: a should be unique across tasks for a given workflowDefinition: tasks
    FORK_JOIN_DYNAMIC `fork`: taskReferenceName: join is one that the workflow has already
    FORK_JOIN_DYNAMIC `fork`: taskReferenceName: fork is one that the workflow has already
    FORK_JOIN_DYNAMIC `fork`: tasks[0].inputParameters.expression: not JavaScript: expecting ';' (line 1)
    FORK_JOIN_DYNAMIC `fork`: tasks[0].type: taskType: GRPC taskName: a is not built in this version
    FORK_JOIN_DYNAMIC `fork`: taskReferenceName: a is a join of no fork before it: the branches of a dynamic fork are joined by the JOIN that follows it
    FORK_JOIN_DYNAMIC `fork`: tasks[0]: a JOIN task has to follow taskType: FORK_JOIN taskName: a
    FORK_JOIN_DYNAMIC `fork`: a dynamic fork has 1000 branches at most, and 1001 are given
    FORK_JOIN_DYNAMIC `fork`: `forkTaskInputs` has to be a list, and is a map
    FORK_JOIN_DYNAMIC `fork`: `forkTaskWorkflow` has to be the name of a workflow, and is nothing
    ");
    many.pop();
    let play = played(vec![listed(json!({"tasks": many, "inputs": {}})), join()]);
    assert_eq!(play.execution.state.current(), State::Success);
    assert_eq!(output(&play, "join").as_object().unwrap().len(), 1_000);
}

#[test]
fn an_optional_fork_without_branches_goes_on() {
    let fork = Step { optional: true, ..listed(json!({"tasks": null})) };
    let play = played(vec![fork, join(), inline("after", "1")]);
    assert_eq!(play.execution.state.current(), State::Warning, "{play}");
    assert_eq!(run(&play, "fork").state.current(), State::Warning);
    assert_eq!(outputs(&play), json!({"result": 1}));
}

#[test]
fn a_failing_branch_is_that_of_any_fork() {
    let wait = json!({"name": "wait", "taskReferenceName": "wait", "type": "HUMAN"});
    let bad = script("bad", "throw new Error('no luck')");
    let play = played(vec![listed(json!({"tasks": [wait, bad], "inputs": {}})), join()]);
    assert_eq!(play.execution.state.current(), State::Failed, "{play}");
    assert_eq!(run(&play, "wait").state.current(), State::Killed, "{play}");

    let mut bad = bad;
    bad["optional"] = json!(true);
    let play = played(vec![listed(json!({"tasks": [bad, script("good", "1")], "inputs": {}})), join()]);
    assert_eq!(run(&play, "join").state.current(), State::Warning, "{play}");
    assert_eq!(output(&play, "join")["good"], json!({"result": 1}));
}

/// Rounds with as many branches as their number, of types that change with it.
fn in_rounds() -> Vec<Step> {
    let lists = "[...Array($.round).keys()].map(i => ({name: 't' + i, taskReferenceName: 't' + i, \
                 type: ($.round + i) % 2 ? 'INLINE' : 'NOOP', inputParameters: {expression: '' + $.round * 10 + i}}))";
    let mut make = inline("make", lists);
    make.input.insert("round".to_owned(), json!("${loop.output.iteration}"));
    let fork = listed(json!({"tasks": "${make.output.result}", "inputs": {}}));
    let second = |name: &str, step: Step| Step { reference: name.to_owned(), ..step };
    // A reference that the fork of another round has is none that is there already.
    let also = json!([{"name": "t", "taskReferenceName": "t2", "type": "NOOP"}]);
    let also = Step {
        kind: StepKind::Switch {
            evaluator: crate::conductor::Evaluator::Parameter,
            expression: "round".to_owned(),
            cases: vec![(
                "1".to_owned(),
                vec![
                    second("fork_2", listed(json!({"tasks": also, "inputs": {}}))),
                    second("join_2", join()),
                ],
            )],
            default: Vec::new(),
            legacy: false,
        },
        ..step("first", StepKind::Noop, json!({"round": "${loop.output.iteration}"}))
    };
    let over = vec![make, fork, join(), also];
    let condition = Some("$.loop.iteration < 3".to_owned());
    vec![step("loop", StepKind::DoWhile { condition, over, items: None }, json!({}))]
}

#[test]
fn each_round_has_its_own_branches() {
    let play = begun(&definition(in_rounds())).played();
    assert_eq!(play.execution.state.current(), State::Success, "{play}");
    let runs = &play.execution.task_runs;
    let below_forks = runs.iter().filter(|run| run.task_id.starts_with('t'));
    let shown: Vec<_> = below_forks.map(|it| (reference(it, runs), &it.outputs)).collect();
    let shown: Vec<_> = shown.iter().map(|(name, outputs)| format!("{name} {}", json!(outputs))).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    t0__1 {"result":100}
    t2__1 {}
    t0__2 {}
    t1__2 {"result":201}
    t0__3 {"result":300}
    t1__3 {}
    t2__3 {"result":302}
    "#);
    assert_eq!(output(&play, "loop")["2"]["join"]["t1"], json!({"result": 201}));
    // The flow has the steps of the last round; who shows those of the others knows them as well.
    let flow = play.flow.clone().with_past(runs);
    let type_of = |run| flow.task_of(run).map(|it| it.type_name.as_str());
    let types: Vec<_> = runs.of_task("t0").map(type_of).collect();
    assert_eq!(types, [Some("INLINE"), Some("NOOP"), Some("INLINE")]);
    assert_eq!(runs.of_task("t2").map(type_of).collect::<Vec<_>>(), [Some("NOOP"), Some("INLINE")]);
}

/// What an execution comes to when it is stored and read, and its flow is made anew, before every fold.
fn with_strangers(steps: Vec<Step>) -> Play {
    let mut play = begun(&definition(steps));
    let base = play.flow.clone();
    for _ in 0..1_000 {
        play.room = 1;
        let stored = serde_json::to_string(&play.execution).unwrap();
        play.execution = serde_json::from_str::<Execution>(&stored).unwrap();
        play.flow = base.grown(&play.execution.task_runs);
        match play.fold() {
            Next::Ended => return play,
            Next::Waiting => {
                play.now = crate::machine::wake_at(&play.execution).expect("it waits for a time");
            }
            other => panic!("{other:?}: {play}"),
        }
    }
    panic!("it does not end: {play}")
}

#[test]
fn whoever_takes_it_up_sees_the_same_flow() {
    let wait = |name: &str| json!({"name": name, "taskReferenceName": name, "type": "WAIT", "inputParameters": {"duration": "5s"}});
    let inner = json!([wait("inner_a"), wait("inner_b")]);
    let nested = json!([
        {"name": "inner", "taskReferenceName": "inner", "type": "FORK_JOIN_DYNAMIC",
            "dynamicForkTasksParam": "tasks", "dynamicForkTasksInputParamName": "inputs",
            "inputParameters": {"tasks": inner, "inputs": {}}},
        {"name": "inner_join", "taskReferenceName": "inner_join", "type": "JOIN"},
        {"name": "named", "taskReferenceName": "named", "type": "DYNAMIC", "dynamicTaskNameParam": "task",
            "inputParameters": {"task": "WAIT", "duration": "7s"}},
    ]);
    let mut steps = in_rounds();
    steps.push(Step { reference: "outer".to_owned(), ..listed(json!({"tasks": nested, "inputs": {}})) });
    steps.push(Step { reference: "outer_join".to_owned(), ..join() });
    let one = begun(&definition(steps.clone())).played();
    assert_eq!(one.execution.state.current(), State::Success, "{one}");
    assert_eq!(outputs(&one), json!({"inner_join": {"inner_a": {}, "inner_b": {}}, "named": {}}), "{one}");
    let other = with_strangers(steps);
    let shown = |play: &Play| play.to_string();
    assert_eq!(shown(&one), shown(&other));
}

#[test]
fn a_task_is_what_its_input_names() {
    let play = played(vec![dynamic(
        json!({"task": "INLINE", "expression": "$.a * 2", "a": "${workflow.input.amount}"}),
    )]);
    assert_eq!(outputs(&play), json!({"result": 10}), "{play}");
    assert_eq!(play.flow.task("what").unwrap().type_name, "INLINE");

    let mut play = begun(&definition(vec![dynamic(json!({"task": "greet", "name": "bob"}))]));
    let Next::Attempts(ready) = play.fold() else { panic!("{play}") };
    let Work::Offer { task_type, input, .. } = &ready[0].work else { panic!("{ready:?}") };
    assert_eq!((task_type.as_str(), &input["name"]), ("greet", &json!("bob")));

    let input = json!({"task": "SUB_WORKFLOW", "subWorkflowName": "child", "subWorkflowVersion": "3"});
    let mut play = begun(&definition(vec![dynamic(input)]));
    let Next::Attempts(ready) = play.fold() else { panic!("{play}") };
    assert_eq!(ready[0].work, Work::Calls { splits: None });
}

#[test]
fn a_name_that_cannot_stand_there_fails_the_task() {
    let told = |input: Json| {
        let play = played(vec![dynamic(input)]);
        assert_eq!(play.execution.state.current(), State::Failed, "{play}");
        play.execution.logs.iter().map(|it| it.message.clone()).collect::<Vec<_>>().join("\n")
    };
    let told = [
        told(json!({})),
        told(json!({"task": 1})),
        told(json!({"task": "SWITCH"})),
        told(json!({"task": "HTTP"})),
        told(json!({"task": "GRPC"})),
        told(json!({"task": "SUB_WORKFLOW"})),
    ];
    insta::assert_snapshot!(told.join("\n"), @r"
    DYNAMIC `what`: `task` has to name a task, and is nothing
    DYNAMIC `what`: `task` has to name a task, and is 1
    DYNAMIC `what`: `task` names SWITCH, which is made of other tasks: it has to be written
    DYNAMIC `what`: inputParameters.http_request field is required for taskType: HTTP taskName: HTTP
    DYNAMIC `what`: taskType: GRPC taskName: GRPC is not built in this version
    DYNAMIC `what`: subWorkflowParam.name field is required for taskType: SUB_WORKFLOW taskName: SUB_WORKFLOW
    ");
}
