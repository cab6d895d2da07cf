//! Steps that come with an execution: `FORK_JOIN_DYNAMIC` in its three forms, and `DYNAMIC`.

use axum::http::Method;
use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use crate::{
    app::{App, typed},
    conductor_view::workflow,
};

const JSON: &str = "application/json";

/// Registers a workflow of these tasks, starts it, and works on it as far as it goes; its id.
async fn started(app: &mut App, tasks: Json, input: Json) -> String {
    register(app, "forks", tasks).await;
    let answer = app.post_body("/api/workflow/forks", JSON, input.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    app.work().await;
    answer.text()
}

async fn register(app: &App, name: &str, tasks: Json) {
    let definition = json!({"name": name, "version": 1, "tasks": tasks, "timeoutSeconds": 0});
    let answer = app.post_body("/api/metadata/workflow?overwrite=true", JSON, definition.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn task(task_type: &str, reference: &str, input: &Json) -> Json {
    json!({"name": reference, "taskReferenceName": reference, "type": task_type, "inputParameters": input})
}

fn script(reference: &str, expression: &str) -> Json {
    task("INLINE", reference, &json!({"expression": expression}))
}

/// The first form, with its join: the list and the inputs are those of the workflow unless they are given.
fn fork(input: &Json) -> [Json; 2] {
    let mut fork = task(
        "FORK_JOIN_DYNAMIC",
        "fork",
        &json!({"tasks": "${workflow.input.tasks}", "inputs": "${workflow.input.inputs}"}),
    );
    fork["dynamicForkTasksParam"] = json!("tasks");
    fork["dynamicForkTasksInputParamName"] = json!("inputs");
    for (name, value) in input.as_object().unwrap() {
        fork["inputParameters"][name] = value.clone();
    }
    [fork, json!({"name": "join", "taskReferenceName": "join", "type": "JOIN"})]
}

/// One task, or workflow, for each input.
fn same(input: &Json) -> Json {
    json!([task("FORK_JOIN_DYNAMIC", "fork", input), {"name": "join", "taskReferenceName": "join", "type": "JOIN"}])
}

/// Type, reference and status of every task.
fn shown(seen: &Json) -> String {
    let one = |it: &Json| {
        let text = |name: &str| it[name].as_str().unwrap().to_owned();
        format!("{} {} {}", text("taskType"), text("referenceTaskName"), text("status"))
    };
    seen["tasks"].as_array().unwrap().iter().map(one).collect::<Vec<_>>().join("\n")
}

fn of_reference<'a>(seen: &'a Json, reference: &str) -> &'a Json {
    let tasks = seen["tasks"].as_array().unwrap();
    tasks.iter().rev().find(|it| it["referenceTaskName"] == reference).unwrap()
}

/// A worker's poll, and its report.
async fn worked(app: &mut App, task_type: &str, status: &str, output: Json) -> Json {
    let polled = app.get(&format!("/api/tasks/poll/{task_type}?workerid=w")).await;
    assert_eq!(polled.status, 200, "nobody offers {task_type}");
    let task = polled.json();
    let result = json!({
        "workflowInstanceId": task["workflowInstanceId"], "taskId": task["taskId"], "workerId": "w",
        "status": status, "outputData": output,
    });
    assert_eq!(app.post_body("/api/tasks", JSON, result.to_string()).await.status, 200);
    app.work().await;
    task
}

#[tokio::test]
async fn a_list_of_tasks_runs_side_by_side_and_is_joined() {
    let mut app = App::new();
    let tasks = json!([script("a", "$.x + 1"), task("NOOP", "b", &json!({}))]);
    let input = json!({"tasks": tasks, "inputs": {"a": {"x": 1}}});
    let mut all = fork(&json!({"more": 7})).to_vec();
    all.push(script("after", "$.sum + 1"));
    all[2]["inputParameters"]["sum"] = json!("${join.output.a.result}");
    let id = started(&mut app, json!(all), input).await;
    let seen = workflow(&app, &id).await;
    assert_snapshot!(shown(&seen), @"
    FORK fork COMPLETED
    INLINE a COMPLETED
    NOOP b COMPLETED
    JOIN join COMPLETED
    INLINE after COMPLETED
    ");
    assert_eq!((&seen["status"], &seen["output"]), (&json!("COMPLETED"), &json!({"result": 3})));
    assert_eq!(
        of_reference(&seen, "fork")["inputData"],
        json!({"more": 7, "forkedTasks": ["a", "b"], "forkedTaskDefs": tasks, "forkedTaskInputs": {"a": {"x": 1}}})
    );
    assert_eq!(of_reference(&seen, "a")["inputData"], json!({"expression": "$.x + 1", "x": 1}));
    let join = of_reference(&seen, "join");
    assert_eq!(join["inputData"]["joinOn"], json!(["a", "b"]));
    assert_eq!(join["outputData"], json!({"a": {"result": 2}, "b": {}}));
    // So does whoever waits for it see it.
    let body = json!({"name": "forks", "input": {"tasks": [task("NOOP", "c", &json!({}))], "inputs": {}}});
    let run = app.post_body("/api/workflow/execute/forks/1", JSON, body.to_string()).await.json();
    assert_snapshot!(shown(&run), @"
    FORK fork COMPLETED
    NOOP c COMPLETED
    JOIN join COMPLETED
    INLINE after COMPLETED
    ");
}

#[tokio::test]
async fn workers_take_the_branches() {
    let mut app = App::new();
    let defined = json!([{"name": "greet", "retryCount": 1, "retryDelaySeconds": 0}]);
    assert_eq!(app.post_body("/api/metadata/taskdefs", JSON, defined.to_string()).await.status, 200);
    let input = json!({"forkTaskName": "greet", "forkTaskInputs": [{"name": "bob"}, "eve"]});
    let id = started(&mut app, same(&input), json!({})).await;
    assert_snapshot!(shown(&workflow(&app, &id).await), @"
    FORK fork COMPLETED
    greet _greet_0 SCHEDULED
    greet _greet_1 SCHEDULED
    ");
    let first = worked(&mut app, "greet", "COMPLETED", json!({"said": "hi bob"})).await;
    assert_eq!(first["inputData"], json!({"name": "bob", "__index": 0}));
    assert_eq!((&first["referenceTaskName"], &first["taskDefName"]), (&json!("_greet_0"), &json!("greet")));
    let second = worked(&mut app, "greet", "FAILED", json!({})).await;
    assert_eq!(second["inputData"], json!({"input": "eve", "__index": 1}));
    assert_eq!(worked(&mut app, "greet", "COMPLETED", json!({"said": "hi eve"})).await["retryCount"], 1);
    let seen = workflow(&app, &id).await;
    assert_eq!(seen["status"], "COMPLETED");
    assert_eq!(seen["output"], json!({"_greet_0": {"said": "hi bob"}, "_greet_1": {"said": "hi eve"}}));
}

#[tokio::test]
async fn workflows_are_the_branches() {
    let mut app = App::new();
    register(&app, "child", json!([script("double", "$.n * 2")])).await;
    let child =
        json!([task("INLINE", "double", &json!({"expression": "$.n * 2", "n": "${workflow.input.n}"}))]);
    register(&app, "child", child).await;
    let input = json!({"forkTaskWorkflow": "child", "forkTaskInputs": [{"n": 1}, {"n": 2}]});
    let id = started(&mut app, same(&input), json!({})).await;
    app.work().await;
    let seen = workflow(&app, &id).await;
    assert_eq!(seen["status"], "COMPLETED", "{}", shown(&seen));
    assert_eq!(seen["output"]["_child_1"]["result"], 4);
    let branch = of_reference(&seen, "_child_0");
    assert_eq!(branch["taskType"], "SUB_WORKFLOW");
    let below = workflow(&app, branch["subWorkflowId"].as_str().unwrap()).await;
    assert_eq!((&below["input"], &below["parentWorkflowId"]), (&json!({"n": 1, "__index": 0}), &json!(id)));
}

#[tokio::test]
async fn the_old_form_still_runs() {
    let mut app = App::new();
    let mut tasks = same(&json!({"list": "${workflow.input.list}"}));
    tasks[0]["dynamicForkJoinTasksParam"] = json!("list");
    let list =
        json!([{"taskName": "INLINE", "type": "INLINE", "referenceName": "a", "input": {"expression": "1"}}]);
    let id = started(&mut app, tasks, json!({"list": {"dynamicTasks": list}})).await;
    assert_eq!(workflow(&app, &id).await["output"], json!({"a": {"result": 1}}));
}

#[tokio::test]
async fn no_branches_complete_the_join_at_once() {
    let mut app = App::new();
    let id = started(&mut app, json!(fork(&json!({}))), json!({"tasks": [], "inputs": {}})).await;
    let seen = workflow(&app, &id).await;
    assert_eq!(shown(&seen), "FORK fork COMPLETED\nJOIN join COMPLETED");
    assert_eq!((&seen["status"], &seen["output"]), (&json!("COMPLETED"), &json!({})));
}

#[tokio::test]
async fn a_list_that_cannot_run_fails_its_fork_and_says_why() {
    let mut app = App::new();
    let mut told = Vec::new();
    for (tasks, inputs) in [
        (json!({"a": 1}), json!({})),
        (json!([]), json!([])),
        (json!([{"name": "a", "taskReferenceName": "a", "type": "SWITCH"}]), json!({})),
        (json!([script("a", "1"), script("join", "1")]), json!({})),
        (json!(vec![script("a", "1"); 1_001]), json!({})),
        (json!([script("a", "1")]), json!({"a": {"text": "x".repeat(1 << 20)}})),
    ] {
        let input = json!({"tasks": tasks, "inputs": inputs});
        let id = started(&mut app, json!(fork(&json!({}))), input).await;
        let seen = workflow(&app, &id).await;
        assert_eq!(shown(&seen), "FORK fork FAILED");
        assert_eq!(seen["status"], "FAILED");
        told.push(seen["tasks"][0]["reasonForIncompletion"].as_str().unwrap().to_owned());
    }
    assert_snapshot!(told.join("\n"), @"
    FORK_JOIN_DYNAMIC `fork`: `tasks` has to be a list, and is a map
    FORK_JOIN_DYNAMIC `fork`: `inputs` has to be a map of inputs by task reference, and is a list
    FORK_JOIN_DYNAMIC `fork`: tasks[0].evaluatorType: evaluatorType field is required for taskType: SWITCH taskName: a; tasks[0].expression: expression field is required for taskType: SWITCH taskName: a; tasks[0].decisionCases: decisionCases should have atleast one task for taskType: SWITCH taskName: a
    FORK_JOIN_DYNAMIC `fork`: taskReferenceName: join is one that the workflow has already
    FORK_JOIN_DYNAMIC `fork`: a dynamic fork has 1000 branches at most, and 1001 are given
    the input is 1048688 bytes, 1048576 are allowed
    ");
}

#[tokio::test]
async fn each_round_of_a_loop_has_its_own_list() {
    let mut app = App::new();
    let list = "[...Array($.n).keys()].map(i => ({name: 't' + i, taskReferenceName: 't' + i, \
                type: $.n == 1 ? 'NOOP' : 'INLINE', inputParameters: {expression: '' + $.n * 10 + i}}))";
    let make = task("INLINE", "make", &json!({"expression": list, "n": "${loop.output.iteration}"}));
    let [fork, join] = fork(&json!({"tasks": "${make.output.result}", "inputs": {}}));
    let mut looped = task("DO_WHILE", "loop", &json!({}));
    looped["loopCondition"] = json!("$.loop['iteration'] < 2");
    looped["loopOver"] = json!([make, fork, join]);
    let id = started(&mut app, json!([looped]), json!({})).await;
    let seen = workflow(&app, &id).await;
    assert_snapshot!(shown(&seen), @"
    DO_WHILE loop COMPLETED
    INLINE make__1 COMPLETED
    FORK fork__1 COMPLETED
    NOOP t0__1 COMPLETED
    JOIN join__1 COMPLETED
    INLINE make__2 COMPLETED
    FORK fork__2 COMPLETED
    INLINE t0__2 COMPLETED
    INLINE t1__2 COMPLETED
    JOIN join__2 COMPLETED
    ");
    let rounds = &of_reference(&seen, "loop")["outputData"];
    assert_eq!(rounds["2"]["join"], json!({"t0": {"result": 200}, "t1": {"result": 201}}));
}

#[tokio::test]
async fn a_branch_that_fails_ends_the_workflow_unless_it_is_optional() {
    let mut app = App::new();
    let wait = task("HUMAN", "wait", &json!({}));
    let bad = script("bad", "if ($.x != 1) throw new Error('no luck'); else 'done'");
    let mut optional = bad.clone();
    optional["optional"] = json!(true);
    let input = json!({"tasks": [optional, script("good", "1")], "inputs": {}});
    let id = started(&mut app, json!(fork(&json!({}))), input).await;
    let seen = workflow(&app, &id).await;
    assert_snapshot!(shown(&seen), @"
    FORK fork COMPLETED
    INLINE bad COMPLETED_WITH_ERRORS
    INLINE good COMPLETED
    JOIN join COMPLETED_WITH_ERRORS
    ");
    assert_eq!(seen["status"], "COMPLETED");

    let id = started(&mut app, json!(fork(&json!({}))), json!({"tasks": [wait, bad], "inputs": {}})).await;
    let seen = workflow(&app, &id).await;
    assert_snapshot!(shown(&seen), @"
    FORK fork COMPLETED
    HUMAN wait CANCELED
    INLINE bad FAILED
    ");
    assert_eq!(seen["status"], "FAILED");
    // What is retried finds the same branches; what is restarted makes them again.
    let tell = |what: &str| typed(Method::POST, &format!("/api/workflow/{id}/{what}"), JSON, "{}");
    for what in ["retry", "restart"] {
        assert_eq!(app.send(tell(what)).await.status, 204);
        app.work().await;
        let seen = workflow(&app, &id).await;
        assert_eq!(seen["status"], "FAILED", "{what}");
        assert_eq!(of_reference(&seen, "bad")["status"], "FAILED", "{what}: {}", shown(&seen));
    }
}

#[tokio::test]
async fn a_task_is_what_an_input_names() {
    let mut app = App::new();
    let mut named =
        task("DYNAMIC", "what", &json!({"task": "${workflow.input.task}", "expression": "40 + 2"}));
    named["dynamicTaskNameParam"] = json!("task");
    let tasks = json!([named]);
    let id = started(&mut app, tasks.clone(), json!({"task": "INLINE"})).await;
    let seen = workflow(&app, &id).await;
    assert_eq!(shown(&seen), "INLINE what COMPLETED");
    assert_eq!(
        (&seen["tasks"][0]["taskDefName"], &seen["output"]),
        (&json!("INLINE"), &json!({"result": 42}))
    );

    let defined = json!([{"name": "greet", "responseTimeoutSeconds": 77}]);
    assert_eq!(app.post_body("/api/metadata/taskdefs", JSON, defined.to_string()).await.status, 200);
    let id = started(&mut app, tasks.clone(), json!({"task": "greet"})).await;
    let polled = worked(&mut app, "greet", "COMPLETED", json!({"said": "hi"})).await;
    assert_eq!(
        (&polled["referenceTaskName"], &polled["responseTimeoutSeconds"]),
        (&json!("what"), &json!(77))
    );
    let seen = workflow(&app, &id).await;
    assert_eq!(shown(&seen), "greet what COMPLETED");
    assert_eq!(seen["output"], json!({"said": "hi"}));

    let id = started(&mut app, tasks, json!({"task": "FORK_JOIN"})).await;
    let seen = workflow(&app, &id).await;
    assert_eq!(seen["status"], "FAILED");
    assert_snapshot!(seen["tasks"][0]["reasonForIncompletion"].as_str().unwrap(), @"DYNAMIC `what`: `task` names FORK_JOIN, which is made of other tasks: it has to be written");
}
