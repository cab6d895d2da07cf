use insta::assert_snapshot;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{PROBLEMS_MAX, duration, of_json, parse, slices, task_definition_of_json, tasks_of_json, until};
use crate::conductor::{Definition, DynamicFork, StepKind, TimeoutPolicy};

fn problems(source: &str) -> String {
    parse(source).unwrap_err().problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What is wrong with one task, in a definition that is else in order.
fn of_task(task: &Json) -> String {
    let mut task = task.clone();
    task["name"] = "n".into();
    task["taskReferenceName"] = "r".into();
    let join = json!({"name": "j", "taskReferenceName": "j", "type": "JOIN"});
    let source = json!({"name": "w", "tasks": [task, join]});
    match of_json(&source) {
        Ok(_) => "nothing".to_owned(),
        Err(invalid) => invalid.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

#[test]
fn a_definition_as_the_python_client_sends_it() {
    let read = parse(
        r#"{"name": "hello", "version": 1, "tasks": [{"name": "greet", "taskReferenceName": "greet_ref", "type": "SIMPLE",
            "inputParameters": {"name": "${workflow.input.name}"}}], "failureWorkflow": "", "timeoutSeconds": 60,
            "schemaVersion": 2, "enforceSchema": false, "restartable": true, "unknown": [1], "ownerEmail": null,
            "inputParameters": [], "outputParameters": {"said": "${greet_ref.output.result}"}}"#,
    )
    .unwrap();
    assert_eq!((read.name.as_str(), read.version, read.failure_workflow), ("hello", 1, None));
    assert_eq!(read.timeout.map(|it| it.as_secs()), Some(60));
    assert_eq!(read.timeout_policy, TimeoutPolicy::AlertOnly);
    assert_eq!(read.tasks[0].kind, StepKind::Worker { task_type: "greet".to_owned() });
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let source = r#"{
  "name": "bad/name",
  "version": "one",
  "schemaVersion": 1,
  "timeoutPolicy": "RETRY",
  "timeoutSeconds": -1,
  "inputSchema": {"name": "s"},
  "tasks": [
    {"name": "a", "taskReferenceName": "a", "inputParameters": {"x": ["${gone.output.y}", "$${gone.output.y}"]}},
    {"name": "b", "taskReferenceName": "a", "type": "HTTP"},
    {"taskReferenceName": "c", "type": "EVENT"},
    {"name": "d", "taskReferenceName": "d", "type": "DO_WHILE", "loopCondition": "if (", "loopOver": [
      {"name": "e", "type": "INLINE", "inputParameters": {"expression": "1 +", "y": "${d.output.z}"}}
    ]},
    {"name": "f", "taskReferenceName": "f", "type": "GRPC"},
    {"name": "g", "taskReferenceName": "g", "type": "SWITCH", "evaluatorType": "python", "decisionCases": {"a.b": [
      {"name": "h", "taskReferenceName": "h", "type": "TERMINATE", "optional": true}
    ]}},
    {"name": "i", "taskReferenceName": "i", "type": "FORK_JOIN", "forkTasks": [[], 1]},
    {"name": "j", "taskReferenceName": "j", "type": "JOIN", "joinOn": ["h", "nobody"]},
    "k"
  ]
}"#;
    assert_snapshot!(problems(source), @r#"
    name: WorkflowDef name: `bad/name` may have letters, digits, _ < > { } # - : and blanks within (line 2, column 11)
    version: WorkflowDef version has to be a whole number (line 3, column 14)
    schemaVersion: WorkflowDef schemaVersion: 1 must be 2 (line 4, column 20)
    timeoutPolicy: timeoutPolicy has to be one of TIME_OUT_WF, ALERT_ONLY, not `RETRY` (line 5, column 20)
    timeoutSeconds: WorkflowDef timeoutSeconds: -1 must be >= 0 (line 6, column 21)
    inputSchema: inputSchema is not enforced in this version; leave it out, or say enforceSchema: false (line 7, column 18)
    tasks[0].inputParameters.x[0]: taskReferenceName: gone for given task: a input value: ${gone.output.y} of input parameter: x is not defined in workflow definition. (line 9, column 71)
    tasks[1].inputParameters.http_request: inputParameters.http_request field is required for taskType: HTTP taskName: b (line 10, column 5)
    tasks[1].taskReferenceName: taskReferenceName: a should be unique across tasks for a given workflowDefinition: bad/name (line 10, column 40)
    tasks[2].name: WorkflowTask name cannot be empty or null (line 11, column 5)
    tasks[2].sink: sink field is required for taskType: EVENT taskName:  (line 11, column 5)
    tasks[3].loopCondition: not JavaScript: unexpected token in expression: '' (line 1) (line 12, column 82)
    tasks[3].loopOver[0].taskReferenceName: WorkflowTask taskReferenceName name cannot be empty or null (line 13, column 7)
    tasks[3].loopOver[0].inputParameters.expression: not JavaScript: unexpected token in expression: '' (line 1) (line 13, column 73)
    tasks[4].type: taskType: GRPC taskName: f is not built in this version (line 15, column 53)
    tasks[5].expression: expression field is required for taskType: SWITCH taskName: g (line 16, column 5)
    tasks[5].evaluatorType: evaluatorType has to be value-param, javascript or graaljs, not `python`, for taskType: SWITCH taskName: g (line 16, column 80)
    tasks[5].decisionCases.a.b[0].inputParameters.terminationStatus: inputParameters.terminationStatus field is required for taskType: TERMINATE taskName: h (line 17, column 7)
    tasks[5].decisionCases.a.b[0].optional: terminate task cannot be optional, taskName: h (line 17, column 80)
    tasks[6].forkTasks[0]: a branch has to have a task (line 19, column 80)
    tasks[6].forkTasks[1]: a branch has to be a list of tasks (line 19, column 84)
    tasks[7].joinOn[1]: taskReferenceName: nobody for given task: j in joinOn is not defined in workflow definition. (line 20, column 77)
    tasks[8]: a task has to be an object (line 21, column 5)
    "#);
}

#[test]
fn a_definition_without_anything() {
    assert_snapshot!(problems("{}"), @r#"
    name: WorkflowDef name cannot be null or empty (line 1, column 1)
    tasks: WorkflowTask list cannot be empty (line 1, column 1)
    "#);
    assert_snapshot!(problems(r#"{"name": " ", "tasks": []}"#), @r#"
    name: WorkflowDef name cannot be null or empty (line 1, column 10)
    tasks: WorkflowTask list cannot be empty (line 1, column 24)
    "#);
    assert_snapshot!(problems("[]"), @"a definition has to be a JSON object (line 1, column 1)");
    assert_snapshot!(problems("{\"name\": \"a\",\n \"tasks\": oops}"), @"not JSON: expected value (line 2, column 11)");
    assert_snapshot!(problems(""), @"not JSON: EOF while parsing a value (line 1, column 1)");
}

#[test]
fn each_type_says_what_it_cannot_do_without() {
    let bad = [
        json!({"type": "EVENT"}),
        json!({"type": "EVENT", "sink": "kafka:topic"}),
        json!({"type": "DYNAMIC"}),
        json!({"type": "DO_WHILE"}),
        json!({"type": "DECISION"}),
        json!({"type": "SWITCH"}),
        json!({"type": "FORK_JOIN"}),
        json!({"type": "FORK_JOIN_DYNAMIC"}),
        json!({"type": "FORK_JOIN_DYNAMIC", "dynamicForkTasksParam": "x"}),
        json!({"type": "FORK_JOIN_DYNAMIC", "dynamicForkTasksParam": "x", "dynamicForkTasksInputParamName": "y", "dynamicForkJoinTasksParam": "z"}),
        json!({"type": "FORK_JOIN_DYNAMIC", "inputParameters": {"forkTaskName": "x"}}),
        json!({"type": "HTTP", "inputParameters": {}}),
        json!({"type": "INLINE", "inputParameters": {"expression": "1", "evaluatorType": "python"}}),
        json!({"type": "LAMBDA"}),
        json!({"type": "TERMINATE", "inputParameters": {"terminationStatus": "DONE"}}),
        json!({"type": "SUB_WORKFLOW"}),
        json!({"type": "SUB_WORKFLOW", "subWorkflowParam": {"workflowDefinition": {"name": "in", "tasks": []}}}),
        json!({"type": "START_WORKFLOW", "inputParameters": {"startWorkflow": {}}}),
        json!({"type": "JSON_JQ_TRANSFORM"}),
        json!({"type": "WAIT", "inputParameters": {"duration": "1 day", "until": "2025-01-01"}}),
        json!({"type": "WAIT", "inputParameters": {"duration": "soon"}}),
        json!({"type": "WAIT", "inputParameters": {"until": "soon"}}),
        json!({"type": "KAFKA_PUBLISH"}),
        json!({"type": "LLM_CHAT_COMPLETE"}),
        json!({"startDelay": -1, "retryCount": "x", "taskDefinition": {"responseTimeoutSeconds": 9, "timeoutSeconds": 5}}),
        json!({"onStateChange": {"onStart": [{}]}}),
    ];
    let all: Vec<String> = bad.iter().map(of_task).collect();
    assert_snapshot!(all.join("\n"), @r#"
    tasks[0].sink: sink field is required for taskType: EVENT taskName: n
    tasks[0].sink: sinks of kafka are not built in this version; there are `conductor`, `conductor:<queue>` and `sqs:<name or URL of a queue>`
    tasks[0].dynamicTaskNameParam: dynamicTaskNameParam field is required for taskType: DYNAMIC taskName: n
    tasks[0].loopCondition: loopCondition field is required for taskType: DO_WHILE taskName: n
    tasks[0].loopOver: loopOver field is required for taskType: DO_WHILE taskName: n
    tasks[0].decisionCases: decisionCases should have atleast one task for taskType: DECISION taskName: n
    tasks[0].caseValueParam: caseValueParam or caseExpression field is required for taskType: DECISION taskName: n
    tasks[0].evaluatorType: evaluatorType field is required for taskType: SWITCH taskName: n
    tasks[0].expression: expression field is required for taskType: SWITCH taskName: n
    tasks[0].decisionCases: decisionCases should have atleast one task for taskType: SWITCH taskName: n
    tasks[0].forkTasks: forkTasks field is required for taskType: FORK_JOIN taskName: n
    tasks[0].dynamicForkTasksParam: dynamicForkTasksParam field is required for taskType: FORK_JOIN_DYNAMIC taskName: n
    tasks[0].dynamicForkTasksInputParamName: dynamicForkTasksInputParamName field is required for taskType: FORK_JOIN_DYNAMIC taskName: n
    tasks[0]: dynamicForkTasksParam with dynamicForkTasksInputParamName, dynamicForkJoinTasksParam, or forkTaskName or forkTaskWorkflow: one of these, for taskType: FORK_JOIN_DYNAMIC taskName: n
    tasks[0].inputParameters.forkTaskInputs: inputParameters.forkTaskInputs field is required for taskType: FORK_JOIN_DYNAMIC taskName: n
    tasks[0].inputParameters.http_request: inputParameters.http_request field is required for taskType: HTTP taskName: n
    tasks[0].inputParameters.evaluatorType: evaluatorType has to be value-param, javascript or graaljs, not `python`, for taskType: INLINE taskName: n
    tasks[0].inputParameters.scriptExpression: inputParameters.scriptExpression field is required for taskType: LAMBDA taskName: n
    tasks[0].inputParameters.terminationStatus: terminationStatus has to be COMPLETED, FAILED or TERMINATED, not `DONE`, for taskType: TERMINATE taskName: n
    tasks[0].subWorkflowParam: subWorkflowParam field is required for taskType: SUB_WORKFLOW taskName: n
    tasks[0].subWorkflowParam.workflowDefinition.tasks: WorkflowTask list cannot be empty
    tasks[0].inputParameters.startWorkflow.name: inputParameters.startWorkflow.name field is required for taskType: START_WORKFLOW taskName: n
    tasks[0].inputParameters.queryExpression: inputParameters.queryExpression field is required for taskType: JSON_JQ_TRANSFORM taskName: n
    tasks[0].inputParameters.until: Both 'duration' and 'until' specified. Please provide only one input
    tasks[0].inputParameters.duration: `soon` is not a duration such as 1 days 2 hours 3 minutes 4 seconds, or 2h 30m
    tasks[0].inputParameters.until: `soon` is not a time such as 2025-01-31, 2025-01-31 15:30 or 2025-01-31 15:30 GMT+2
    tasks[0].type: taskType: KAFKA_PUBLISH taskName: n is not built in this version
    tasks[0].type: taskType: LLM_CHAT_COMPLETE taskName: n is not built in this version
    tasks[0].taskDefinition.responseTimeoutSeconds: TaskDef: n responseTimeoutSeconds: 9 must be less than timeoutSeconds: 5
    tasks[0].startDelay: WorkflowTask startDelay: -1 must be >= 0
    tasks[0].retryCount: WorkflowTask retryCount has to be a whole number
    tasks[0].onStateChange: onStateChange is not built in this version: nobody would be told
    "#);
}

#[test]
fn each_type_is_taken_with_what_it_needs() {
    let good = [
        json!({"type": "MY_OWN"}),
        json!({"type": "EVENT", "sink": "sqs:queue"}),
        json!({"type": "DYNAMIC", "dynamicTaskNameParam": "x"}),
        json!({"type": "DO_WHILE", "items": "${workflow.input.all}", "loopOver": [{"name": "a", "taskReferenceName": "a"}]}),
        json!({"type": "DECISION", "caseValueParam": "x", "decisionCases": {"a": []}}),
        json!({"type": "SWITCH", "evaluatorType": "javascript", "expression": "$.x > 1 ? 'a' : 'b'", "decisionCases": {"a": []}}),
        json!({"type": "FORK_JOIN_DYNAMIC", "inputParameters": {"forkTaskName": "x", "forkTaskInputs": []}}),
        json!({"type": "HTTP", "inputParameters": {"uri": "http://a"}}),
        json!({"type": "HTTP", "taskDefinition": {"inputTemplate": {"uri": "http://a"}}}),
        json!({"type": "INLINE", "inputParameters": {"expression": "(function () { return $.a; })();"}}),
        json!({"type": "TERMINATE", "inputParameters": {"terminationStatus": "${workflow.input.how}"}}),
        json!({"type": "SUB_WORKFLOW", "subWorkflowParam": {"workflowDefinition": "${workflow.input.it}"}}),
        json!({"type": "START_WORKFLOW", "inputParameters": {"startWorkflow": {"name": "x"}}}),
        json!({"type": "WAIT"}),
        json!({"type": "WAIT", "inputParameters": {"duration": "${workflow.input.d}"}}),
        json!({"retryCount": "2", "optional": "true"}),
    ];
    for task in good {
        assert_eq!(of_task(&task), "nothing", "{task}");
    }
}

#[test]
fn forms_of_dynamic_forks() {
    let fork = |fork: Json| match &tasks_of_json(
        &json!([fork, {"name": "j", "taskReferenceName": "j", "type": "JOIN"}]),
        "tasks",
        0,
    )
    .unwrap()[0]
        .kind
    {
        StepKind::DynamicFork(fork) => fork.clone(),
        other => panic!("{other:?}"),
    };
    let read = fork(
        json!({"name": "f", "taskReferenceName": "f", "type": "FORK_JOIN_DYNAMIC", "dynamicForkTasksParam": "t", "dynamicForkTasksInputParamName": "i"}),
    );
    assert_eq!(read, DynamicFork::Tasks { tasks_from: "t".to_owned(), inputs_from: "i".to_owned() });
}

#[test]
fn problems_and_nesting_are_bounded() {
    let tasks: Vec<Json> = (0..PROBLEMS_MAX + 9).map(|_| json!({})).collect();
    assert_eq!(of_json(&json!({"name": "w", "tasks": tasks})).unwrap_err().problems.len(), PROBLEMS_MAX);
    let mut inner = json!([]);
    for depth in 0..40 {
        inner = json!([{"name": "n", "taskReferenceName": format!("r{depth}"), "type": "SWITCH",
            "evaluatorType": "value-param", "expression": "x", "decisionCases": {"a": inner}}]);
    }
    assert_snapshot!(of_json(&json!({"name": "w", "tasks": inner})).unwrap_err().problems[0].message, @"a definition can have 10000 tasks at most, and 32 within each other; start a sub-workflow for some of them");
}

#[test]
fn task_definitions_and_what_is_wrong_with_them() {
    let read = task_definition_of_json(&json!({"name": "t", "timeoutSeconds": 60})).unwrap();
    assert_eq!((read.retry_count, read.response_timeout.as_secs()), (3, 60));
    let bad = json!({"retryCount": -1, "retryLogic": "NEVER", "timeoutSeconds": 5, "responseTimeoutSeconds": 0, "backoffScaleFactor": 0});
    assert_snapshot!(task_definition_of_json(&bad).unwrap_err(), @r#"
    Invalid entity: name: TaskDef name cannot be null or empty
    responseTimeoutSeconds: TaskDef responseTimeoutSeconds: 0 must be >= 1
    retryCount: TaskDef retryCount: -1 must be >= 0
    retryLogic: retryLogic has to be one of FIXED, LINEAR_BACKOFF, EXPONENTIAL_BACKOFF, not `NEVER`
    backoffScaleFactor: TaskDef backoffScaleFactor: 0 must be >= 1
    "#);
}

#[test]
fn durations_and_times_of_a_wait() {
    let seconds = |text: &str| duration(text).map(|it| it.as_secs());
    assert_eq!(seconds("1 days 2 hours 3 minutes 4 seconds"), Some(93_784));
    assert_eq!(seconds("2h 30m"), Some(9_000));
    assert_eq!(seconds("5s"), Some(5));
    assert_eq!(seconds("7"), Some(7));
    for none in ["", "x", "1 week", "-1 s", "1 s of rest"] {
        assert_eq!(seconds(none), None, "{none}");
    }
    let at = |text: &str| until(text, &TimeZone::UTC).map(|it| it.to_string()).unwrap_or_default();
    assert_eq!(at("2025-01-31"), "2025-01-31T00:00:00Z");
    assert_eq!(at("2025-01-31 15:30"), "2025-01-31T15:30:00Z");
    assert_eq!(at("2025-01-31 15:30 GMT+2"), "2025-01-31T13:30:00Z");
    assert_eq!(at("2025-01-31 15:30 +05:30"), "2025-01-31T10:00:00Z");
    assert_eq!(at("2025-01-31 GMT-1"), "2025-01-31T01:00:00Z");
    assert_eq!(at("2025-01-31T15:30:00Z"), "2025-01-31T15:30:00Z");
    for none in ["", "soon", "2025-13-01", "2025-01-31 25:00 x"] {
        assert_eq!(at(none), "", "{none}");
    }
}

#[test]
fn items_of_a_list_keep_their_text() {
    let source = " [ {\"a\" : \"]},\\\"\"} ,1, [ 2 ] , \"x\"] ";
    assert_eq!(slices(source), ["{\"a\" : \"]},\\\"\"}", "1", "[ 2 ]", "\"x\""]);
    assert_eq!(slices("{\"a\": 1}"), [""; 0]);
}

fn any_json() -> impl Strategy<Value = Json> {
    let key = prop::sample::select(vec![
        "name",
        "taskReferenceName",
        "type",
        "tasks",
        "inputParameters",
        "forkTasks",
        "decisionCases",
        "loopOver",
        "loopCondition",
        "subWorkflowParam",
        "workflowDefinition",
        "joinOn",
        "version",
        "taskDefinition",
        "a\"é",
    ]);
    let text = prop::sample::select(vec![
        "SWITCH",
        "FORK_JOIN",
        "DO_WHILE",
        "SUB_WORKFLOW",
        "${a.b}",
        "é\"\\",
        "",
        "a",
    ]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        text.prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|pairs| Json::Object(
                pairs.into_iter().map(|(key, it)| (key.to_owned(), it)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,64}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_json_panics_and_every_problem_has_a_place(json in any_json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) }.unwrap();
        let read: Result<Definition, _> = parse(&text);
        if let Err(invalid) = read {
            prop_assert!(!invalid.problems.is_empty());
            for problem in invalid.problems {
                let at = problem.at.unwrap();
                let line = text.lines().nth(at.line - 1).unwrap();
                prop_assert!(at.column <= line.chars().count());
            }
        }
    }
}
