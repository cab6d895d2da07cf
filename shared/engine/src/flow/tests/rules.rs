use super::{refused, refused_whole};

#[test]
fn names_are_unique() {
    insta::assert_snapshot!(refused("
  - id: seq
    type: io.kestra.plugin.core.flow.Sequential
    tasks: [{id: one, type: io.kestra.plugin.core.debug.Return}]
    errors: [{id: two, type: io.kestra.plugin.core.debug.Return}]
errors: [{id: two, type: io.kestra.plugin.core.debug.Return}]
finally: [{id: one, type: io.kestra.plugin.core.debug.Return}]
inputs: [{id: x, type: STRING}, {id: x, type: INT}, {name: x, type: INT}]
outputs: [{id: y, type: STRING, value: a}, {id: y, type: STRING, value: b}]
triggers:
  - {id: t, type: io.kestra.plugin.core.trigger.Webhook, key: a}
  - {id: t, type: io.kestra.plugin.core.trigger.Webhook, key: b}
"), @r"
    Invalid entity: Invalid Flow: Duplicate task id with name [one, two] (line 9, column 18)
    Invalid Flow: Duplicate input with name [x] (line 13, column 38)
    Invalid Flow: Duplicate output with name [y] (line 14, column 49)
    Invalid Flow: Duplicate trigger id with name [t] (line 17, column 10)
    ");
}

#[test]
fn a_flow_does_not_call_itself() {
    insta::assert_snapshot!(refused("  - {id: again, type: io.kestra.plugin.core.flow.Subflow, namespace: n, flowId: f}\n"), @"Invalid entity: Invalid Flow: Recursive call to flow [n.f] (line 6, column 73)");
    insta::assert_snapshot!(refused("  - {id: again, type: io.kestra.core.tasks.flows.ForEachItem, namespace: n, flowId: f, items: x}\n"), @"Invalid entity: Invalid Flow: Recursive call to flow [n.f] (line 6, column 77)");
    super::read(&format!(
        "{}  - {{id: other, type: io.kestra.core.tasks.flows.Flow, namespace: n, flowId: g}}",
        super::HEAD
    ));
}

#[test]
fn dependencies_exist_and_end() {
    insta::assert_snapshot!(refused("inputs:
  - {id: a, type: STRING, dependsOn: {inputs: [b]}}
  - {id: b, type: STRING, dependsOn: {inputs: [c, d]}}
  - {id: c, type: STRING, dependsOn: {inputs: [a]}}
  - {id: d, type: STRING}
  - {id: e, type: STRING, dependsOn: {inputs: [a, nobody]}}
  - {id: me, type: STRING, dependsOn: {inputs: [me]}}
"), @r"
    Invalid entity: Invalid Flow: Cycle dependency detected for input with id 'a': [a, b, c] (line 7, column 10)
    Invalid Flow: Cycle dependency detected for input with id 'b': [a, b, c] (line 8, column 10)
    Invalid Flow: Cycle dependency detected for input with id 'c': [a, b, c] (line 9, column 10)
    Invalid Flow: Input with id 'e' depends on a non-existent input 'nobody'. (line 11, column 51)
    Invalid Flow: Cycle dependency detected for input with id 'me': [me] (line 12, column 10)
    ");
}

#[test]
fn only_the_engine_sets_system_labels() {
    insta::assert_snapshot!(refused("labels: {system.readOnly: true, system.x: v, plain: v, list: [1], none: ~}\n"), @r"
    Illegal flow yaml: Invalid Flow: System labels can only be set by Kestra itself, offending label: system.x=v (line 6, column 33)
    labels: Unsupported type for key: list, value: [1] (line 6, column 62)
    labels: Unsupported type for key: none, value: null (line 6, column 73)
    ");
    insta::assert_snapshot!(refused("labels: [{key: system.id, value: 1}, {key: k}, {value: v, more: 1}, text]\n"), @r#"
    Illegal flow yaml: Invalid Flow: System labels can only be set by Kestra itself, offending label: system.id=1 (line 6, column 10)
    labels[1].value: must not be null (line 6, column 38)
    labels[2].key: must not be null (line 6, column 48)
    io.kestra.core.models.flows.Flow["labels"]->java.util.ArrayList[2]->io.kestra.core.models.Label["more"]: Unrecognized field "more" (class io.kestra.core.models.Label), not marked as ignorable (2 known properties: "key", "value") (line 6, column 59)
    labels[3]: a map is expected, but this is the text `text` (line 6, column 69)
    "#);
    insta::assert_snapshot!(refused("labels: text\n"), @"Illegal flow yaml: labels: a map of labels, or a list of keys and values, is expected, but this is the text `text` (line 6, column 9)");
}

#[test]
fn ids_match_their_patterns() {
    insta::assert_snapshot!(refused_whole("id: -a\nnamespace: Big\ntasks: [{id: a.b, type: io.kestra.plugin.core.debug.Return}]\ninputs: [{id: a b, type: STRING}]\ntriggers: [{id: 'ü', type: io.kestra.plugin.core.trigger.Webhook, key: k}]\noutputs: [{id: '', type: STRING, value: ''}]"), @r#"
    Invalid entity: id: must match "^[a-zA-Z0-9][a-zA-Z0-9._-]*" (line 1, column 5)
    namespace: must match "^[a-z0-9][a-z0-9._-]*" (line 2, column 12)
    tasks[0].id: must match "^[a-zA-Z0-9][a-zA-Z0-9_-]*" (line 3, column 14)
    inputs[0].id: must match "^[a-zA-Z0-9][.a-zA-Z0-9_-]*" (line 4, column 15)
    triggers[0].id: must match "^[a-zA-Z0-9][a-zA-Z0-9_-]*" (line 5, column 17)
    outputs[0].id: must not be blank (line 6, column 16)
    "#);
    insta::assert_snapshot!(refused_whole(&format!("id: {}\nnamespace: {}\ntasks: []", "a".repeat(101), "n".repeat(151))), @r"
    Invalid entity: id: size must be between 1 and 100 (line 1, column 5)
    namespace: size must be between 1 and 150 (line 2, column 12)
    tasks: must not be empty (line 3, column 1)
    ");
    insta::assert_snapshot!(refused_whole("{}"), @r"
    Invalid entity: id: must not be null (line 1, column 1)
    namespace: must not be null (line 1, column 1)
    tasks: must not be empty (line 1, column 1)
    ");
    insta::assert_snapshot!(refused_whole("id: ~\nnamespace: [a]\ntasks:"), @r"
    Illegal flow yaml: id: must not be null (line 1, column 1)
    namespace: a text is expected, but this is a list (line 2, column 12)
    tasks: must not be empty (line 3, column 1)
    ");
}

#[test]
fn inputs_keep_the_rules_of_their_types() {
    insta::assert_snapshot!(refused(r#"inputs:
  - {id: file, type: FILE, defaults: x}
  - {id: array, type: ARRAY, itemType: ARRAY}
  - {id: untyped, type: ARRAY}
  - {id: odd, type: ARRAY, itemType: NUMBER}
  - {id: pattern, type: STRING, validator: '('}
  - {id: java, type: SECRET, validator: '(?=a)b'}
  - {id: huge, type: STRING, validator: '(a{1000}){1000}'}
  - {id: choice, type: SELECT}
  - {id: both, type: SELECT, values: [a], expression: "{{ x }}"}
  - {id: two, type: MULTISELECT, values: [a], options: [b]}
  - {id: enum, type: ENUM}
  - {id: int, type: INT, defaults: x, min: 1.5}
  - {id: float, type: FLOAT, defaults: x}
  - {id: bool, type: BOOLEAN, defaults: maybe}
  - {id: date, type: DATE, defaults: 2024-13-01, after: soon}
  - {id: time, type: TIME, defaults: 25:00}
  - {id: moment, type: DATETIME, defaults: 2024-01-01}
  - {id: wait, type: DURATION, defaults: PT-5S}
  - {id: list, type: MULTISELECT, values: [a], defaults: a}
  - {id: long, type: STRING, displayName: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}
  - {id: map, type: STRING, defaults: {a: 1}}
"#), @r"
    Illegal flow yaml: file: no `defaults` can be set for inputs of type 'FILE' (line 7, column 38)
    array: `itemType` cannot be `ARRAY` (line 8, column 40)
    inputs[2].itemType: must not be null (line 9, column 5)
    inputs[3].itemType: `NUMBER` is not a type of inputs and outputs: STRING, SECRET, INT, FLOAT, BOOLEAN, BOOL, DATETIME, DATE, TIME, DURATION, FILE, JSON, YAML, URI, EMAIL, ENUM, SELECT, MULTISELECT, ARRAY (line 10, column 38)
    inputs[4].validator: invalid pattern [(]: unclosed group (line 11, column 44)
    inputs[5].validator: invalid pattern [(?=a)b]: look-around, including look-ahead and look-behind, is not supported (line 12, column 41)
    inputs[6].validator: invalid pattern [(a{1000}){1000}]: Compiled regex exceeds size limit of 1048576 bytes. (line 13, column 41)
    choice: you must define either `values` or `expression` (line 14, column 5)
    both: you can't define both `values` and `expression` (line 15, column 43)
    two: you can't define both `values` and `options` (line 16, column 47)
    inputs[10].values: must not be null (line 17, column 5)
    inputs[11].defaults: a whole number is expected, but this is the text `x` (line 18, column 36)
    inputs[11].min: a whole number is expected, but this is the number 1.5 (line 18, column 44)
    inputs[12].defaults: a number is expected, but this is the text `x` (line 19, column 40)
    inputs[13].defaults: true or false is expected, but this is the text `maybe` (line 20, column 41)
    inputs[14].defaults: a date such as 2023-01-31 is expected, but this is the text `2024-13-01` (line 21, column 38)
    inputs[14].after: a date such as 2023-01-31 is expected, but this is the text `soon` (line 21, column 57)
    inputs[15].defaults: a time such as 12:30:00 is expected, but this is the text `25:00` (line 22, column 38)
    inputs[16].defaults: a date-time such as 2023-01-31T12:30:00Z is expected, but this is the text `2024-01-01` (line 23, column 44)
    inputs[17].defaults: `PT-5S` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds, not negative (line 24, column 42)
    inputs[18].defaults: a list is expected, but this is the text `a` (line 25, column 58)
    inputs[19].displayName: size must be between 0 and 64 (line 26, column 43)
    inputs[20].defaults: a text is expected, but this is a map (line 27, column 39)
    ");
    insta::assert_snapshot!(refused("inputs: [{id: x, type: STRNG}]\noutputs: [{id: y, type: STRNG, value: 1}, {id: z}]\n"), @r#"
    Invalid type: STRNG (line 6, column 24)
    inputs[0].type: `STRNG` is not a type of inputs and outputs: STRING, SECRET, INT, FLOAT, BOOLEAN, BOOL, DATETIME, DATE, TIME, DURATION, FILE, JSON, YAML, URI, EMAIL, ENUM, SELECT, MULTISELECT, ARRAY; did you mean "STRING"? (line 6, column 24)
    outputs[0].type: `STRNG` is not a type of inputs and outputs: STRING, SECRET, INT, FLOAT, BOOLEAN, BOOL, DATETIME, DATE, TIME, DURATION, FILE, JSON, YAML, URI, EMAIL, ENUM, SELECT, MULTISELECT, ARRAY; did you mean "STRING"? (line 7, column 25)
    outputs[1].type: must not be null (line 7, column 43)
    outputs[1].value: must not be null (line 7, column 43)
    "#);
}

#[test]
fn retries_keep_their_durations_in_order() {
    insta::assert_snapshot!(refused("
  - {id: a, type: io.kestra.plugin.core.debug.Return, retry: {type: constant, interval: PT10S, maxDuration: PT5S}}
  - {id: b, type: io.kestra.plugin.core.debug.Return, retry: {type: exponential, interval: PT10S, maxInterval: 5, maxDuration: PT5S}}
  - {id: c, type: io.kestra.plugin.core.debug.Return, retry: {type: random, minInterval: PT20S, maxInterval: PT10S, maxDuration: PT5S}}
  - {id: d, type: io.kestra.plugin.core.debug.Return, retry: {type: constant, maxAttempt: 0, behavior: AGAIN, minInterval: 1}}
  - {id: e, type: io.kestra.plugin.core.debug.Return, retry: {type: linear}}
"), @r#"
    Illegal flow yaml: tasks[1].retry: 'interval' must be less than 'maxDuration' but is PT10S (line 7, column 89)
    tasks[2].retry: 'interval' must be less than 'maxDuration' but is PT10S (line 8, column 92)
    tasks[2].retry: 'interval' must be less than 'maxInterval' but is PT10S (line 8, column 92)
    tasks[3].retry: 'minInterval' must be less than 'maxDuration' but is PT20S (line 9, column 90)
    tasks[3].retry: 'minInterval' must be less than 'maxInterval' but is PT20S (line 9, column 90)
    tasks[3].retry: 'maxInterval' must be less than 'maxDuration' but is PT10S (line 9, column 110)
    tasks[4].retry.interval: must not be null (line 10, column 62)
    tasks[4].retry.maxAttempt: must be greater than or equal to 1 (line 10, column 91)
    tasks[4].retry.behavior: `AGAIN` is not one of RETRY_FAILED_TASK, CREATE_NEW_EXECUTION (line 10, column 104)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[4]->io.kestra.plugin.core.debug.Return["retry"]->io.kestra.core.models.tasks.retrys.AbstractRetry["minInterval"]: Unrecognized field "minInterval" (class io.kestra.core.models.tasks.retrys.AbstractRetry), not marked as ignorable (7 known properties: "interval", "type", "maxAttempt", "maxAttempts", "maxDuration", "warningOnRetry", "behavior") (line 10, column 111)
    tasks[5].retry.type: `linear` is not one of constant, exponential, random (line 11, column 69)
    "#);
    insta::assert_snapshot!(refused("retry: {interval: 1}\n"), @r"
    Invalid type: null (line 6, column 8)
    retry: Could not resolve subtype of AbstractRetry: missing type id property 'type' (for POJO property 'retry') (line 6, column 8)
    ");
}

#[test]
fn plugin_defaults_name_what_exists() {
    insta::assert_snapshot!(refused("pluginDefaults:
  - {type: io.kestra.plugin.core.debug.Return}
  - {values: {a: 1}}
  - {type: io.kestra.plugin.core.debug.Return, values: {format: ~, fromat: 1}}
  - {type: io.kestra.plugin.core, values: {anything: goes}}
  - {type: io.kestra.plugin.core.debug.Return, values: [], extra: 1}
"), @r#"
    Illegal flow yaml: pluginDefaults[0]: Invalid Plugin Default: No 'values' provided (line 7, column 5)
    pluginDefaults[1]: Invalid Plugin Default: No 'type' provided (line 8, column 5)
    pluginDefaults[2]: Invalid Plugin Default: No value provided for key 'format' (line 9, column 57)
    pluginDefaults[2]: Invalid Plugin Default: No property 'fromat' exists in plugin 'io.kestra.plugin.core.debug.Return' (line 9, column 68)
    io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[0]->io.kestra.plugin.core.debug.Return["anything"]: Unrecognized field "anything" (class io.kestra.plugin.core.debug.Return), not marked as ignorable (13 known properties: "format", "id", "type", "description", "retry", "timeout", "disabled", "runIf", "allowFailure", "allowWarning", "logLevel", "logToFile", "workerGroup") (line 10, column 44)
    pluginDefaults[4].values: a map is expected, but this is a list (line 11, column 56)
    io.kestra.core.models.flows.Flow["pluginDefaults"]->java.util.ArrayList[4]->io.kestra.core.models.flows.PluginDefault["extra"]: Unrecognized field "extra" (class io.kestra.core.models.flows.PluginDefault), not marked as ignorable (3 known properties: "type", "forced", "values") (line 11, column 60)
    "#);
    insta::assert_snapshot!(refused("pluginDefaults: []\ntaskDefaults: []\n"), @"Invalid entity: taskDefaults: `taskDefaults` is the older name of `pluginDefaults`; give one of them (line 7, column 1)");
    insta::assert_snapshot!(refused("pluginDefaults:
  - type: io.kestra.plugin.core.debug.Return
    values: {x: {type: io.kestra.plugin.core.debug.Return}}
"), @"Invalid entity: pluginDefaults[0]: Invalid Plugin Default: No property 'x' exists in plugin 'io.kestra.plugin.core.debug.Return' (line 8, column 14)");
    insta::assert_snapshot!(refused("
  - {id: s, type: io.kestra.plugin.core.flow.Sequential}
pluginDefaults:
  - type: io.kestra.plugin.core.flow.Sequential
    values: {tasks: [{id: a, type: io.kestra.plugin.core.flow.Sequential}, {id: b, type: io.kestra.plugin.core.flow.Sequential}]}
").lines().find(|it| it.contains("Default")).unwrap(), @"Invalid Flow: Invalid Plugin Default: applied, they make the flow larger than 200000 values or 4194304 bytes of text, or deeper than 100 levels (line 10, column 27)");
}

#[test]
fn what_is_not_built_is_refused_by_name() {
    insta::assert_snapshot!(refused("
    retry: {type: constant, interval: PT1S}
    logToFile: true
    workerGroup: {key: gpu}
  - {id: off, type: io.kestra.plugin.core.debug.Return, logToFile: false}
concurrency: {limit: 1}
retry: {type: constant, interval: PT1S}
sla: [{id: s, type: MAX_DURATION, duration: PT1H, behavior: FAIL}]
timeout: PT1H
listeners: [{tasks: [{id: l, type: io.kestra.plugin.core.debug.Return}]}]
afterExecution: [{id: a, type: io.kestra.plugin.core.debug.Return}]
triggers:
  - id: t
    type: io.kestra.plugin.core.trigger.Webhook
    key: k
    conditions: [{type: io.kestra.plugin.core.condition.Weekend}]
    stopAfter: [FAILED]
    labels: {a: b}
    minLogLevel: INFO
    workerGroup: {key: gpu}
"), @r"
    Invalid entity: tasks[0].workerGroup: Worker Group is an Enterprise Edition functionality (line 9, column 5)
    triggers[0].workerGroup: Worker Group is an Enterprise Edition functionality (line 25, column 5)
    ");
    insta::assert_snapshot!(refused("
concurrency: {limit: 0, behavior: WAIT}
sla: [{type: MAX_DURATION, labels: {system.a: b}}, {id: s}, {id: t, type: EXECUTION_ASSERTION, assert: x, duration: PT1S, behavior: FAIL}]
"), @r#"
    Invalid type: null (line 8, column 52)
    concurrency.limit: must be greater than 0 (line 7, column 22)
    concurrency.behavior: `WAIT` is not one of QUEUE, CANCEL, FAIL (line 7, column 35)
    sla[0].id: must not be null (line 8, column 7)
    sla[0].behavior: must not be null (line 8, column 7)
    sla[0].duration: must not be null (line 8, column 7)
    sla[0].labels: System labels can only be set by Kestra itself, offending label: system.a=b. (line 8, column 37)
    sla[1]: Could not resolve subtype of SLA: missing type id property 'type' (for POJO property 'sla') (line 8, column 52)
    io.kestra.core.models.flows.Flow["sla"]->java.util.ArrayList[2]->io.kestra.core.models.flows.sla.SLA["duration"]: Unrecognized field "duration" (class io.kestra.core.models.flows.sla.SLA), not marked as ignorable (5 known properties: "id", "type", "behavior", "labels", "assert") (line 8, column 107)
    "#);
}
