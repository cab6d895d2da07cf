//! What is refused of the engine's own task types.

use super::refused;

/// What is said of one task of a type of `core`, with these properties.
fn task(type_name: &str, properties: &str) -> String {
    refused(&format!("  - {{id: it, type: io.kestra.plugin.core.{type_name}, {properties}}}\n"))
}

const A: &str = "{id: a, type: io.kestra.plugin.core.debug.Return}";

#[test]
fn lists_of_tasks() {
    insta::assert_snapshot!(task("flow.Parallel", "tasks: [], concurrent: -1"), @r"
    Invalid entity: tasks[1].tasks: must not be empty (line 6, column 57)
    tasks[1].concurrent: must be greater than or equal to 0 (line 6, column 80)
    ");
    insta::assert_snapshot!(task("flow.Parallel", &format!("tasks: [{A}], concurrent: 4294967296")), @"Invalid entity: tasks[1].concurrent: must be less than or equal to 4294967295 (line 6, column 129)");
    insta::assert_snapshot!(task("flow.Switch", "value: x"), @"Invalid entity: it: No task defined, neither cases or default have any tasks (line 6, column 5)");
    insta::assert_snapshot!(task("flow.Switch", "cases: {a: [], b: ~}, defaults: []"), @r"
    Invalid entity: tasks[1].value: must not be null (line 6, column 5)
    it: No task defined, neither cases or default have any tasks (line 6, column 5)
    ");
    insta::assert_snapshot!(task("flow.Switch", &format!("value: x, cases: [{A}]")), @r"
    Illegal flow yaml: it: No task defined, neither cases or default have any tasks (line 6, column 5)
    tasks[1].cases: a map is expected, but this is a list (line 6, column 72)
    ");
    insta::assert_snapshot!(task("flow.Switch", "value: x, cases: {a: [{id: b}]}"), @r"
    Invalid type: null (line 6, column 77)
    tasks[1].cases.a[0]: Could not resolve subtype of Task: missing type id property 'type' (for POJO property 'a') (line 6, column 77)
    ");
}

#[test]
fn graphs() {
    insta::assert_snapshot!(task("flow.Dag", ""), @"Invalid entity: it: No task defined (line 6, column 5)");
    let node = |id: &str, on: &str| {
        format!("{{task: {{id: {id}, type: io.kestra.plugin.core.debug.Return}}, dependsOn: {on}}}")
    };
    let graph = |nodes: &[String]| task("flow.Dag", &format!("tasks: [{}]", nodes.join(", ")));
    insta::assert_snapshot!(graph(&[node("a", "[b]"), node("b", "[c]"), node("c", "[a]"), node("d", "[a, d]"), node("e", "[a]")]), @"Invalid entity: it: Cyclic dependency detected: a, b, c, d (line 6, column 52)");
    insta::assert_snapshot!(graph(&[node("a", "[x]"), node("b", "[a, y]")]), @"Invalid entity: it: Not existing task id in dependency: x, y (line 6, column 130)");
    insta::assert_snapshot!(graph(&[node("a", "b"), "{dependsOn: [], after: []}".to_owned(), "a".to_owned()]), @r#"
    Illegal flow yaml: tasks[1].tasks[0].dependsOn: a list is expected, but this is the text `b` (line 6, column 129)
    tasks[1].tasks[1].task: must not be null (line 6, column 133)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[1]->io.kestra.plugin.core.flow.Dag["tasks"]->java.util.ArrayList[1]->io.kestra.plugin.core.flow.Dag$DagTask["after"]: Unrecognized field "after" (class io.kestra.plugin.core.flow.Dag$DagTask), not marked as ignorable (2 known properties: "task", "dependsOn") (line 6, column 149)
    tasks[1].tasks[2]: a map is expected, but this is the text `a` (line 6, column 161)
    "#);
}

#[test]
fn loops() {
    insta::assert_snapshot!(task("flow.ForEach", &format!("tasks: [{A}], concurrencyLimit: few")), @r"
    Illegal flow yaml: tasks[1].values: must not be null (line 6, column 5)
    tasks[1].concurrencyLimit: a whole number is expected, but this is the text `few` (line 6, column 134)
    ");
    insta::assert_snapshot!(task("flow.ForEach", &format!("values: {{a: 1}}, tasks: [{A}]")), @"Illegal flow yaml: tasks[1].values: a list, or a text that renders to one, is expected, but this is a map (line 6, column 64)");
    insta::assert_snapshot!(task("flow.EachParallel", "value: 3"), @r"
    Illegal flow yaml: tasks[1].tasks: must not be empty (line 6, column 5)
    tasks[1].value: a list, or a text that renders to one, is expected, but this is the number 3 (line 6, column 68)
    ");
    insta::assert_snapshot!(task("flow.EachSequential", &format!("values: [1], tasks: [{A}]")), @r#"
    Invalid entity: tasks[1].value: must not be null (line 6, column 5)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[1]->io.kestra.plugin.core.flow.EachSequential["values"]: Unrecognized field "values" (class io.kestra.plugin.core.flow.EachSequential), not marked as ignorable (16 known properties: "value", "tasks", "errors", "finally", "id", "type", "description", "retry", "timeout", "disabled", "runIf", "allowFailure", "allowWarning", "logLevel", "logToFile", "workerGroup"); did you mean "value"? (line 6, column 63)
    "#);
    insta::assert_snapshot!(task("flow.LoopUntil", "checkFrequency: {maxIterations: 4294967296, interval: soon, times: 1}"), @r#"
    Illegal flow yaml: tasks[1].condition: must not be null (line 6, column 5)
    tasks[1].tasks: must not be null (line 6, column 5)
    tasks[1].checkFrequency.maxIterations: must be less than or equal to 4294967295 (line 6, column 90)
    tasks[1].checkFrequency.interval: `soon` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds (line 6, column 112)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[1]->io.kestra.plugin.core.flow.LoopUntil["checkFrequency"]->io.kestra.plugin.core.flow.LoopUntil$CheckFrequency["times"]: Unrecognized field "times" (class io.kestra.plugin.core.flow.LoopUntil$CheckFrequency), not marked as ignorable (3 known properties: "maxIterations", "maxDuration", "interval") (line 6, column 118)
    "#);
    insta::assert_snapshot!(task("flow.WaitFor", &format!("condition: x, tasks: [{A}], checkFrequency: {{maxIterations: 0}}")), @"Invalid entity: tasks[1].checkFrequency.maxIterations: must be greater than or equal to 1 (line 6, column 162)");
}

#[test]
fn pauses() {
    insta::assert_snapshot!(task("flow.Pause", "delay: soon, pauseDuration: PT1S, behavior: SLEEP"), @r"
    Illegal flow yaml: tasks[1].delay: `delay` is the older name of `pauseDuration`; give one of them (line 6, column 54)
    tasks[1].delay: `soon` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds (line 6, column 61)
    tasks[1].behavior: `SLEEP` is not one of RESUME, WARN, CANCEL, FAIL (line 6, column 98)
    ");
    insta::assert_snapshot!(task("flow.Pause", &format!("onPause: {A}, onResume: [{{id: x, type: STRNG}}]")), @r#"
    Invalid type: STRNG (line 6, column 139)
    tasks[1].onPause: `onPause` is not built in this version (line 6, column 54)
    tasks[1].onResume[0].type: `STRNG` is not a type of inputs and outputs: STRING, SECRET, INT, FLOAT, BOOLEAN, BOOL, DATETIME, DATE, TIME, DURATION, FILE, JSON, YAML, URI, EMAIL, ENUM, SELECT, MULTISELECT, ARRAY; did you mean "STRING"? (line 6, column 139)
    "#);
    insta::assert_snapshot!(task("flow.Pause", "onResume: [{id: x, type: INT}, {id: x, type: INT}]"), @"Invalid entity: Invalid Flow: Duplicate input with name [x] (line 6, column 90)");
    insta::assert_snapshot!(task("flow.Sleep", "duration: soon"), @"Illegal flow yaml: tasks[1].duration: `soon` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds (line 6, column 64)");
    insta::assert_snapshot!(task("flow.Sleep", ""), @"Invalid entity: tasks[1].duration: must not be null (line 6, column 5)");
}

#[test]
fn directories() {
    insta::assert_snapshot!(task("flow.WorkingDirectory", "inputFiles: [a], outputFiles: a, cache: {ttl: PT1H}, namespaceFiles: {ifExists: FAIL}"), @r"
    Illegal flow yaml: it: The 'tasks' property cannot be empty (line 6, column 5)
    tasks[1].inputFiles: a map of texts is expected, but this is a list (line 6, column 77)
    tasks[1].outputFiles: a list of texts is expected, but this is the text `a` (line 6, column 95)
    tasks[1].cache.patterns: must not be null (line 6, column 105)
    tasks[1].namespaceFiles.ifExists: `ifExists` is not built in this version (line 6, column 145)
    ");
    insta::assert_snapshot!(task("flow.WorkingDirectory", "tasks: [{id: p, type: io.kestra.plugin.core.flow.Pause}]"), @"Invalid entity: it: Only runnable tasks are allowed as children of a WorkingDirectory task (line 6, column 65)");
    insta::assert_snapshot!(task("flow.WorkingDirectory", "tasks: [{id: p, type: io.kestra.plugin.core.flow.Subflow, namespace: a, flowId: b}]"), @"Invalid entity: it: Only runnable tasks are allowed as children of a WorkingDirectory task (line 6, column 65)");
    insta::assert_snapshot!(task("flow.WorkingDirectory", "tasks: [{id: p, type: io.kestra.plugin.core.debug.Return, workerGroup: {key: x}}]"), @r"
    Invalid entity: it: Cannot set a Worker Group in any WorkingDirectory sub-tasks, it is only supported at the WorkingDirectory level (line 6, column 65)
    tasks[1].tasks[0].workerGroup: Worker Group is an Enterprise Edition functionality (line 6, column 123)
    ");
}

#[test]
fn flows_that_start_flows() {
    insta::assert_snapshot!(task("flow.Subflow", "namespace: ''"), @r"
    Invalid entity: tasks[1].flowId: must not be null (line 6, column 5)
    tasks[1].namespace: must not be empty (line 6, column 67)
    ");
    insta::assert_snapshot!(task("flow.Subflow", "namespace: a, flowId: b, revision: 0, inputs: [a], labels: x, wait: maybe, outputs: 1, restartBehavior: NEW_EXECUTION"), @r"
    Illegal flow yaml: tasks[1].revision: must be greater than or equal to 1 (line 6, column 91)
    tasks[1].inputs: a map is expected, but this is a list (line 6, column 102)
    tasks[1].labels: a map of labels, or a list of keys and values, is expected, but this is the text `x` (line 6, column 115)
    tasks[1].wait: true or false is expected, but this is the text `maybe` (line 6, column 124)
    tasks[1].outputs: a map is expected, but this is the number 1 (line 6, column 140)
    tasks[1].restartBehavior: `restartBehavior` is not built in this version (line 6, column 143)
    ");
    insta::assert_snapshot!(task("flow.Subflow", "namespace: a, flowId: b, labels: {system.x: 1, ok: {a: b}}"), @r"
    Illegal flow yaml: tasks[1].labels: System labels can only be set by Kestra itself, offending label: system.x=1. (line 6, column 100)
    tasks[1].labels.ok: a text is expected, but this is a map (line 6, column 107)
    ");
    insta::assert_snapshot!(task("flow.Subflow", "namespace: a, flowId: b, labels: [{key: system.x, value: 1}, {key: k}, {value: v, more: 1}]"), @r#"
    Invalid entity: tasks[1].labels: System labels can only be set by Kestra itself, offending label: system.x=1. (line 6, column 113)
    tasks[1].labels[1].value: must not be null (line 6, column 117)
    tasks[1].labels[2].key: must not be null (line 6, column 127)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[1]->io.kestra.plugin.core.flow.Subflow["labels"]->java.util.ArrayList[2]->io.kestra.core.models.Label["more"]: Unrecognized field "more" (class io.kestra.core.models.Label), not marked as ignorable (2 known properties: "key", "value") (line 6, column 138)
    "#);
    insta::assert_snapshot!(task("flow.ForEachItem", "namespace: a, batch: {rows: many, lines: 1}, outputs: {}"), @r#"
    Illegal flow yaml: tasks[1].items: must not be null (line 6, column 5)
    tasks[1].flowId: must not be null (line 6, column 5)
    tasks[1].batch.rows: a whole number is expected, but this is the text `many` (line 6, column 88)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[1]->io.kestra.plugin.core.flow.ForEachItem["batch"]->io.kestra.plugin.core.flow.ForEachItem$Batch["lines"]: Unrecognized field "lines" (class io.kestra.plugin.core.flow.ForEachItem$Batch), not marked as ignorable (4 known properties: "rows", "partitions", "bytes", "separator") (line 6, column 94)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[1]->io.kestra.plugin.core.flow.ForEachItem["outputs"]: Unrecognized field "outputs" (class io.kestra.plugin.core.flow.ForEachItem), not marked as ignorable (26 known properties: "items", "batch", "namespace", "flowId", "revision", "inputs", "labels", "wait", "transmitFailed", "inheritLabels", "scheduleDate", "restartBehavior", "errors", "finally", "id", "type", "description", "retry", "timeout", "disabled", "runIf", "allowFailure", "allowWarning", "logLevel", "logToFile", "workerGroup") (line 6, column 105)
    "#);
    insta::assert_snapshot!(task("flow.ForEachItem", "namespace: a, flowId: b, items: ''"), @"Invalid entity: tasks[1].items: must not be empty (line 6, column 92)");
}

#[test]
fn ids_of_the_engine_clash_only_with_written_ones() {
    let each = |id: &str| {
        format!(
            "  - {{id: {id}, type: io.kestra.plugin.core.flow.ForEachItem, namespace: a, flowId: b, items: x}}\n"
        )
    };
    insta::assert_snapshot!(refused(&format!("{}{}", each("it"), each("it"))), @"Invalid entity: Invalid Flow: Duplicate task id with name [it] (line 7, column 10)");
    insta::assert_snapshot!(refused(&format!("{}{}", each("it"), each("it_split"))), @"Invalid entity: Invalid Flow: Duplicate task id with name [it_split] (line 6, column 10)");
    insta::assert_snapshot!(refused(&format!("{}  - {{id: it_merge, type: io.kestra.plugin.core.debug.Return}}\n", each("it"))), @"Invalid entity: Invalid Flow: Duplicate task id with name [it_merge] (line 6, column 10)");
    insta::assert_snapshot!(refused(&each("\"a'b\"")), @r#"Invalid entity: tasks[1].id: must match "^[a-zA-Z0-9][a-zA-Z0-9_-]*" (line 6, column 10)"#);
}

#[test]
fn what_is_said_about_the_execution() {
    insta::assert_snapshot!(task("execution.Labels", ""), @"Invalid entity: tasks[1].labels: must not be null (line 6, column 5)");
    insta::assert_snapshot!(task("execution.Labels", "labels: 3"), @"Illegal flow yaml: tasks[1].labels: a map of labels, or a list of keys and values, is expected, but this is the number 3 (line 6, column 68)");
    insta::assert_snapshot!(task("execution.SetVariables", "variables: text, overwrite: perhaps"), @r"
    Illegal flow yaml: tasks[1].variables: a map is expected, but this is the text `text` (line 6, column 77)
    tasks[1].overwrite: true or false is expected, but this is the text `perhaps` (line 6, column 94)
    ");
    insta::assert_snapshot!(task("execution.UnsetVariables", "variables: a"), @"Illegal flow yaml: tasks[1].variables: a list is expected, but this is the text `a` (line 6, column 79)");
    insta::assert_snapshot!(task("execution.Exit", "state: RUNNING"), @"Illegal flow yaml: tasks[1].state: `RUNNING` is not one of SUCCESS, WARNING, KILLED, FAILED, CANCELED, CANCELLED (line 6, column 65)");
    insta::assert_snapshot!(task("execution.Assert", "conditions: '{{ a }}'"), @"Illegal flow yaml: tasks[1].conditions: a list is expected, but this is the text `{{ a }}` (line 6, column 72)");
    insta::assert_snapshot!(task("execution.Assert", ""), @"Invalid entity: tasks[1].conditions: must not be null (line 6, column 5)");
    insta::assert_snapshot!(task("output.OutputValues", "values: [a]"), @"Illegal flow yaml: tasks[1].values: a map is expected, but this is a list (line 6, column 71)");
    insta::assert_snapshot!(task("templating.TemplatedTask", ""), @"Invalid entity: tasks[1].spec: must not be null (line 6, column 5)");
    insta::assert_snapshot!(task("debug.Return", "retry: {type: constant, interval: 1, maxAttempt: 1, maxAttempts: 2}"), @"Invalid entity: tasks[1].retry.maxAttempt: `maxAttempt` is the older name of `maxAttempts`; give one of them (line 6, column 93)");
}
