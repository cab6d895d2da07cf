//! Documents that are refused: what is said of each, and where.

use super::refused_whole;

/// A flow with this in place of its tasks' list, from line 3.
fn tasks(list: &str) -> String {
    format!("id: f\nnamespace: n\ntasks:\n{list}")
}

/// A flow with a task of that type and these properties, from line 6.
fn task(type_name: &str, properties: &str) -> String {
    tasks(&format!("- id: a\n  type: {type_name}\n{properties}"))
}

const RETURN: &str = "io.kestra.plugin.core.debug.Return";
const LOG: &str = "io.kestra.plugin.core.log.Log";
const IF: &str = "io.kestra.plugin.core.flow.If";
const SHELL: &str = "io.kestra.plugin.scripts.shell.Commands";

/// What is said of each document, numbered.
fn said(documents: &[String]) -> String {
    let each = documents.iter().enumerate().map(|(n, it)| format!("{}. {}", n + 1, refused_whole(it)));
    each.collect::<Vec<_>>().join("\n")
}

#[test]
fn documents_of_another_shape() {
    let documents = [
        "",
        "# nothing",
        "text",
        "[a, b]",
        "id: f\nid: g",
        "id: f\n namespace: n",
        "id: \"f",
        "id: f\nnamespace: n\ntasks: none",
        "id: f\nnamespace: n\ntasks: [none, 1, ~]",
        "id: {a: b}\nnamespace: n\ntasks: [{id: a, type: io.kestra.plugin.core.debug.Return}]",
        "id: f\nnamespace: n\ntaks: []",
        "id: f\nnamespace: n\nvariables: [a]\ndisabled: maybe\ndescription: [a]\nrevision: x\ninputs: {a: b}\ntasks: []",
        "id: {{ x }}",
        "id: f\nnamespace: n\ntasks:\n\t- id: a",
    ];
    insta::assert_snapshot!(said(&documents.map(ToOwned::to_owned)), @r#"
    1. Illegal flow yaml: a flow is expected, but there is nothing (line 1, column 1)
    2. Illegal flow yaml: a flow is expected, but there is nothing (line 1, column 1)
    3. Illegal flow yaml: a map is expected, but this is the text `text` (line 1, column 1)
    4. Illegal flow yaml: a map is expected, but this is a list (line 1, column 1)
    5. Illegal flow yaml: Duplicate field 'id' (line 2, column 1)
    6. Illegal flow yaml: mapping values are not allowed in this context (line 2, column 11)
    7. Illegal flow yaml: unclosed quote (line 1, column 5)
    8. Illegal flow yaml: tasks: a list is expected, but this is the text `none` (line 3, column 8)
    9. Illegal flow yaml: tasks[0]: a map is expected, but this is the text `none` (line 3, column 9)
    tasks[1]: a map is expected, but this is the number 1 (line 3, column 15)
    tasks[2]: a map is expected, but this is null (line 3, column 18)
    10. Illegal flow yaml: id: a text is expected, but this is a map (line 1, column 5)
    11. Invalid entity: tasks: must not be empty (line 1, column 1)
    io.kestra.core.models.flows.Flow["taks"]: Unrecognized field "taks" (class io.kestra.core.models.flows.Flow), not marked as ignorable (22 known properties: "id", "namespace", "revision", "description", "disabled", "deleted", "labels", "inputs", "outputs", "variables", "tasks", "errors", "finally", "afterExecution", "listeners", "triggers", "pluginDefaults", "taskDefaults", "concurrency", "retry", "sla", "timeout"); did you mean "tasks"? (line 3, column 1)
    12. Illegal flow yaml: variables: a map is expected, but this is a list (line 3, column 12)
    disabled: true or false is expected, but this is the text `maybe` (line 4, column 11)
    description: a text is expected, but this is a list (line 5, column 14)
    revision: a whole number is expected, but this is the text `x` (line 6, column 11)
    inputs: a list is expected, but this is a map (line 7, column 9)
    tasks: must not be empty (line 8, column 1)
    13. Illegal flow yaml: a key has to be a text; an expression that starts a value has to be in quotes: "{{ … }}" (line 1, column 6)
    14. Illegal flow yaml: tabs disallowed within this context (block indentation) (line 4, column 2)
    "#);
}

#[test]
fn tasks_of_no_type_or_an_unknown_one() {
    let documents = [
        tasks("- id: a"),
        tasks("- id: a\n  type: ~\n- type: x\n- {}"),
        tasks("- id: a\n  type: [x]"),
        tasks("- id: a\n  type: Log"),
        tasks("- id: a\n  type: io.kestra.plugin.core.log.Lag"),
        tasks("- id: a\n  type: io.kestra.plugin.core.storage.Reverse"),
        tasks("- id: a\n  type: io.kestra.core.tasks.executions.counts"),
        tasks("- id: a\n  type: io.kestra.plugin.scripts.python.Script"),
        tasks("- id: a\n  type: io.kestra.plugin.core.trigger.Schedule"),
        tasks("- id: a\n  type: com.acme.Task"),
        task(
            RETURN,
            "triggers: [{id: t, type: io.kestra.plugin.core.http.Trigger, uri: x}, {id: u, type: com.acme.T}, {id: v}, {id: w, type: io.kestra.plugin.core.log.Log}]",
        ),
    ];
    insta::assert_snapshot!(said(&documents), @r#"
    1. Invalid type: null (line 4, column 3)
    tasks[0]: Could not resolve subtype of Task: missing type id property 'type' (for POJO property 'tasks') (line 4, column 3)
    2. Invalid type: null (line 4, column 3)
    tasks[0]: Could not resolve subtype of Task: missing type id property 'type' (for POJO property 'tasks') (line 4, column 3)
    tasks[1].id: must not be null (line 6, column 3)
    tasks[1].type: No plugin registered for the defined type: 'x' (line 6, column 9)
    tasks[2].id: must not be null (line 7, column 3)
    tasks[2]: Could not resolve subtype of Task: missing type id property 'type' (for POJO property 'tasks') (line 7, column 3)
    3. Illegal flow yaml: tasks[0].type: a text is expected, but this is a list (line 5, column 9)
    4. Invalid type: Log (line 5, column 9)
    tasks[0].type: No plugin registered for the defined type: 'Log'; did you mean "io.kestra.plugin.core.log.Log"? (line 5, column 9)
    5. Invalid type: io.kestra.plugin.core.log.Lag (line 5, column 9)
    tasks[0].type: No plugin registered for the defined type: 'io.kestra.plugin.core.log.Lag'; did you mean "io.kestra.plugin.core.log.Log"? (line 5, column 9)
    6. Invalid type: io.kestra.plugin.core.storage.Reverse (line 5, column 9)
    tasks[0].type: `io.kestra.plugin.core.storage.Reverse` is a task of Kestra that is not built in this version (line 5, column 9)
    7. Invalid type: io.kestra.core.tasks.executions.counts (line 5, column 9)
    tasks[0].type: `io.kestra.core.tasks.executions.counts` is a task of Kestra that is not built in this version (line 5, column 9)
    8. Invalid type: io.kestra.plugin.scripts.python.Script (line 5, column 9)
    tasks[0].type: `io.kestra.plugin.scripts.python.Script` belongs to a plugin of Kestra that is not built in this version (line 5, column 9)
    9. Invalid type: io.kestra.plugin.core.trigger.Schedule (line 5, column 9)
    tasks[0].type: `io.kestra.plugin.core.trigger.Schedule` is a trigger, and a task is expected here (line 5, column 9)
    10. Invalid type: com.acme.Task (line 5, column 9)
    tasks[0].type: No plugin registered for the defined type: 'com.acme.Task' (line 5, column 9)
    11. Invalid type: io.kestra.plugin.core.http.Trigger (line 6, column 26)
    triggers[0].type: `io.kestra.plugin.core.http.Trigger` is a trigger of Kestra that is not built in this version (line 6, column 26)
    triggers[1].type: No plugin registered for the defined type: 'com.acme.T' (line 6, column 85)
    triggers[2]: Could not resolve subtype of AbstractTrigger: missing type id property 'type' (for POJO property 'triggers') (line 6, column 98)
    triggers[3].type: `io.kestra.plugin.core.log.Log` is a task, and a trigger is expected here (line 6, column 121)
    "#);
}

#[test]
fn properties_that_are_wrong() {
    let documents = [
        task(RETURN, "  fromat: x"),
        task(RETURN, "  format: [x]"),
        task(RETURN, "  disabled: 1\n  allowFailure: yes please\n  runIf: [a]\n  logLevel: info"),
        task(RETURN, "  timeout: soon"),
        task(RETURN, "  timeout: PT-5S"),
        task(RETURN, "  retry: 3"),
        task(RETURN, "  workerGroup: {fallback: SOMETIMES, name: x}"),
        task(LOG, ""),
        task(LOG, "  message: 42"),
        task(LOG, "  message: {a: b}\n  level: LOUD"),
        task(LOG, "  message: [a, [b]]"),
        task(IF, ""),
        task(IF, "  condition: x\n  then: []\n  else: x"),
        task(IF, "  condition: x\n  then:\n  - id: b\n    type: nope"),
        task("io.kestra.plugin.core.flow.Sequential", "  tasks: x"),
        task("io.kestra.plugin.core.execution.Fail", "  errorMessage: {a: b}"),
        task(RETURN, "triggers:\n- id: t\n  type: io.kestra.plugin.core.trigger.Webhook"),
        task(
            RETURN,
            &format!(
                "triggers:\n- id: t\n  type: io.kestra.plugin.core.trigger.Webhook\n  key: {}\n  weit: true",
                "k".repeat(257)
            ),
        ),
        task(RETURN, "triggers: [x]\nerrors: {a: b}\nfinally: [1]"),
    ];
    insta::assert_snapshot!(said(&documents), @r#"
    1. Invalid entity: io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[0]->io.kestra.plugin.core.debug.Return["fromat"]: Unrecognized field "fromat" (class io.kestra.plugin.core.debug.Return), not marked as ignorable (13 known properties: "format", "id", "type", "description", "retry", "timeout", "disabled", "runIf", "allowFailure", "allowWarning", "logLevel", "logToFile", "workerGroup"); did you mean "format"? (line 6, column 3)
    2. Illegal flow yaml: tasks[0].format: a text is expected, but this is a list (line 6, column 11)
    3. Illegal flow yaml: tasks[0].disabled: true or false is expected, but this is the number 1 (line 6, column 13)
    tasks[0].allowFailure: true or false is expected, but this is the text `yes please` (line 7, column 17)
    tasks[0].runIf: a text is expected, but this is a list (line 8, column 10)
    tasks[0].logLevel: `info` is not one of TRACE, DEBUG, INFO, WARN, ERROR; did you mean "INFO"? (line 9, column 13)
    4. Illegal flow yaml: tasks[0].timeout: `soon` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds (line 6, column 12)
    5. Illegal flow yaml: tasks[0].timeout: `PT-5S` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds, not negative (line 6, column 12)
    6. Illegal flow yaml: tasks[0].retry: a map is expected, but this is the number 3 (line 6, column 10)
    7. Illegal flow yaml: tasks[0].workerGroup: Worker Group is an Enterprise Edition functionality (line 6, column 3)
    tasks[0].workerGroup.fallback: `SOMETIMES` is not one of WAIT, FAIL, CANCEL (line 6, column 27)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[0]->io.kestra.plugin.core.debug.Return["workerGroup"]->io.kestra.core.models.tasks.WorkerGroup["name"]: Unrecognized field "name" (class io.kestra.core.models.tasks.WorkerGroup), not marked as ignorable (2 known properties: "key", "fallback") (line 6, column 38)
    8. Invalid entity: tasks[0].message: must not be null (line 4, column 3)
    9. Illegal flow yaml: tasks[0].message: Invalid message type 'java.lang.Integer': a text or a list of texts is expected (line 6, column 12)
    10. Illegal flow yaml: tasks[0].message: Invalid message type 'java.util.LinkedHashMap': a text or a list of texts is expected (line 6, column 12)
    tasks[0].level: `LOUD` is not one of TRACE, DEBUG, INFO, WARN, ERROR (line 7, column 10)
    11. Illegal flow yaml: tasks[0].message[1]: a text is expected, but this is a list (line 6, column 16)
    12. Invalid entity: tasks[0].condition: must not be null (line 4, column 3)
    tasks[0].then: must not be empty (line 4, column 3)
    13. Illegal flow yaml: tasks[0].then: must not be empty (line 7, column 3)
    tasks[0].else: a list is expected, but this is the text `x` (line 8, column 9)
    14. Invalid type: nope (line 9, column 11)
    tasks[0].then[0].type: No plugin registered for the defined type: 'nope' (line 9, column 11)
    15. Illegal flow yaml: tasks[0].tasks: a list is expected, but this is the text `x` (line 6, column 10)
    16. Illegal flow yaml: tasks[0].errorMessage: a text is expected, but this is a map (line 6, column 17)
    17. Invalid entity: triggers[0].key: must not be null (line 7, column 3)
    18. Invalid entity: triggers[0].key: size must be between 0 and 256 (line 9, column 8)
    io.kestra.core.models.flows.Flow["triggers"]->java.util.ArrayList[0]->io.kestra.plugin.core.trigger.Webhook["weit"]: Unrecognized field "weit" (class io.kestra.plugin.core.trigger.Webhook), not marked as ignorable (19 known properties: "key", "inputs", "wait", "returnOutputs", "responseContentType", "responseCode", "signature", "idempotencyKey", "id", "type", "description", "conditions", "disabled", "workerGroup", "logLevel", "minLogLevel", "labels", "stopAfter", "logToFile"); did you mean "wait"? (line 10, column 3)
    19. Illegal flow yaml: triggers[0]: a map is expected, but this is the text `x` (line 6, column 12)
    errors: a list is expected, but this is a map (line 7, column 9)
    finally[0]: a map is expected, but this is the number 1 (line 8, column 11)
    "#);
}

#[test]
fn properties_that_have_another_shape_than_the_catalogue_says() {
    let documents = [
        task(SHELL, ""),
        task(SHELL, "  commands: []"),
        task(
            SHELL,
            "  commands: ls\n  env: [A]\n  failFast: 1\n  attempts: many\n  wait: soon\n  target: WINDOWS",
        ),
        task(SHELL, "  commands: [[ls]]\n  env: {A: {b: c}}\n  inputFiles: [a]\n  script: [x]"),
        task(SHELL, "  commands: [ls]\n  containerImage: ubuntu\n  comands: []"),
        task(SHELL, "  commands: [ls]\n  taskRunner: {type: io.kestra.plugin.scripts.runner.docker.Docker}"),
        task(SHELL, "  commands: [ls]\n  taskRunner: {type: com.acme.Runner}"),
        task(SHELL, "  commands: [ls]\n  taskRunner: {grace: 1}"),
        task(SHELL, "  commands: [ls]\n  taskRunner: io.kestra.plugin.core.runner.Process"),
        task(
            SHELL,
            "  commands: [ls]\n  taskRunner: {type: io.kestra.plugin.core.runner.Process, grace: soon, more: 1}",
        ),
    ];
    insta::assert_snapshot!(said(&documents), @r#"
    1. Invalid entity: tasks[0].commands: must not be null (line 4, column 3)
    2. Invalid entity: tasks[0].commands: must not be empty (line 6, column 13)
    3. Illegal flow yaml: tasks[0].commands: a list of texts is expected, but this is the text `ls` (line 6, column 13)
    tasks[0].env: a map of texts is expected, but this is a list (line 7, column 8)
    tasks[0].failFast: true or false is expected, but this is the number 1 (line 8, column 13)
    tasks[0].attempts: a whole number is expected, but this is the text `many` (line 9, column 13)
    tasks[0].wait: `soon` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds (line 10, column 9)
    tasks[0].target: `WINDOWS` is not one of AUTO, LINUX (line 11, column 11)
    4. Illegal flow yaml: tasks[0].commands[0]: a text is expected, but this is a list (line 6, column 14)
    tasks[0].env.A: a text is expected, but this is a map (line 7, column 12)
    tasks[0].inputFiles: a map of texts is expected, but this is a list (line 8, column 15)
    tasks[0].script: a text is expected, but this is a list (line 9, column 11)
    5. Invalid entity: tasks[0].containerImage: `containerImage` is not built in this version (line 7, column 19)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[0]->io.kestra.plugin.scripts.shell.Commands["comands"]: Unrecognized field "comands" (class io.kestra.plugin.scripts.shell.Commands), not marked as ignorable (24 known properties: "commands", "env", "interpreter", "failFast", "attempts", "wait", "target", "inputFiles", "script", "fixed", "taskRunner", "containerImage", "id", "type", "description", "retry", "timeout", "disabled", "runIf", "allowFailure", "allowWarning", "logLevel", "logToFile", "workerGroup"); did you mean "commands"? (line 8, column 3)
    6. Invalid type: io.kestra.plugin.scripts.runner.docker.Docker (line 7, column 22)
    tasks[0].taskRunner.type: `io.kestra.plugin.scripts.runner.docker.Docker` is not built in this version; what is: io.kestra.plugin.core.runner.Process (line 7, column 22)
    7. Invalid type: com.acme.Runner (line 7, column 22)
    tasks[0].taskRunner.type: No plugin registered for the defined type: 'com.acme.Runner'; what is built: io.kestra.plugin.core.runner.Process (line 7, column 22)
    8. Invalid type: null (line 7, column 15)
    tasks[0].taskRunner: Could not resolve subtype of Plugin: missing type id property 'type' (for POJO property 'taskRunner') (line 7, column 15)
    9. Illegal flow yaml: tasks[0].taskRunner: a map is expected, but this is the text `io.kestra.plugin.core.runner.Process` (line 7, column 15)
    10. Illegal flow yaml: tasks[0].taskRunner.grace: `soon` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds (line 7, column 67)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[0]->io.kestra.plugin.scripts.shell.Commands["taskRunner"]->io.kestra.plugin.core.runner.Process["more"]: Unrecognized field "more" (class io.kestra.plugin.core.runner.Process), not marked as ignorable (2 known properties: "type", "grace") (line 7, column 73)
    "#);
}

#[test]
fn expressions_that_cannot_be_parsed() {
    let documents = [
        task(RETURN, "  format: hello {{ a | }}"),
        task(RETURN, "  format: 'it''s {{ a | }}'"),
        task(RETURN, "  format: \"\\t\\u00e9 {{ a | }}\""),
        task(RETURN, "  format: |\n    one\n    two {{ a | }}\n"),
        task(RETURN, "  format: >-\n    one\n    two {{ a | }}\n"),
        task(RETURN, "  format: one\n    two {{ a | }}\n"),
        task(RETURN, "  format: '{{ unclosed'"),
        task(RETURN, "  format: '{{ a ? }}'\n  runIf: '{{ 1 + }}'"),
        task(LOG, "  message: [fine, '{{ ( }}']"),
        task(
            IF,
            "  condition: '{{ }}'\n  then: [{id: b, type: io.kestra.plugin.core.debug.Return, format: '{% if x %}'}]",
        ),
        task(
            SHELL,
            "  commands: ['{{ | }}']\n  env: {A: '{{ ] }}', '{{ [ }}': x}\n  interpreter: [{a: ['{{ { }}']}]",
        ),
        task(RETURN, "outputs: [{id: o, type: STRING, value: {a: ['{{ | }}']}}]"),
        task(RETURN, "inputs: [{id: i, type: STRING, dependsOn: {inputs: [], condition: '{{ | }}'}}]"),
        task(RETURN, "triggers: [{id: t, type: io.kestra.plugin.core.trigger.Webhook, key: '{{ | }}'}]"),
    ];
    insta::assert_snapshot!(said(&documents), @r#"
    1. Invalid entity: tasks[0].format: Unexpected token of value "}}" and type PRINT_END, expected token of type NAME (line 6, column 24)
    2. Invalid entity: tasks[0].format: Unexpected token of value "}}" and type PRINT_END, expected token of type NAME (line 6, column 25)
    3. Invalid entity: tasks[0].format: Unexpected token of value "}}" and type PRINT_END, expected token of type NAME (line 6, column 28)
    4. Invalid entity: tasks[0].format: Unexpected token of value "}}" and type PRINT_END, expected token of type NAME (line 8, column 16)
    5. Invalid entity: tasks[0].format: Unexpected token of value "}}" and type PRINT_END, expected token of type NAME (line 8, column 16)
    6. Invalid entity: tasks[0].format: Unexpected token of value "}}" and type PRINT_END, expected token of type NAME (line 7, column 16)
    7. Invalid entity: tasks[0].format: Unexpected token of value "null" and type EOF, expected token of type PRINT_END (line 6, column 23)
    8. Invalid entity: tasks[0].format: Unexpected token "PRINT_END" of value "}}" (line 6, column 19)
    tasks[0].runIf: Unexpected token "PRINT_END" of value "}}" (line 7, column 18)
    9. Invalid entity: tasks[0].message[1]: Unexpected "}" (line 6, column 25)
    10. Invalid entity: tasks[0].condition: Unexpected token "PRINT_END" of value "}}" (line 6, column 18)
    tasks[0].then[0].format: Unexpected end of template: expected elseif or else or endif (line 7, column 79)
    11. Invalid entity: tasks[0].commands[0]: Unexpected token "PUNCTUATION" of value "|" (line 6, column 18)
    tasks[0].env.A: Unexpected "]" (line 7, column 16)
    tasks[0].env: Unexpected "}" (line 7, column 23)
    tasks[0].interpreter[0].a[0]: Unexpected "}" (line 8, column 29)
    12. Invalid entity: outputs[0].value.a[0]: Unexpected token "PUNCTUATION" of value "|" (line 6, column 49)
    13. Invalid entity: inputs[0].dependsOn.condition: Unexpected token "PUNCTUATION" of value "|" (line 6, column 71)
    14. Invalid entity: triggers[0].key: Unexpected token "PUNCTUATION" of value "|" (line 6, column 74)
    "#);
}
