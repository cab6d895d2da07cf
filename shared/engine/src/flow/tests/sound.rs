use serde_json::json;

use super::{HEAD, read};
use crate::flow::{Branch, Flowable, FlowableKind, Messages, PureTask, Rendered, TaskKind, TopList};

pub(super) const BIG: &str = r#"
id: big
namespace: company.team
revision: 7
description: "Everything *at once*"
labels:
  team: data
  version: 1.10
  on: true
  system.readOnly: true
inputs:
  - id: name
    type: STRING
    validator: "[a-z]+"
    defaults: world
  - name: old.style
    type: INT
    min: 1
    max: "10"
    required: no
  - id: day
    type: DATE
    after: 2023-01-01
    displayName: The day
    dependsOn:
      inputs: [name]
      condition: "{{ inputs.name == 'x' }}"
  - {id: file, type: FILE, extension: .csv}
  - {id: pick, type: SELECT, values: [a, 1], allowCustomValue: true}
  - {id: many, type: MULTISELECT, options: [x, y], defaults: [x]}
  - {id: numbers, type: ARRAY, itemType: INT, defaults: "[1, 2]"}
  - {id: wait, type: DURATION, min: PT1S, defaults: 90}
  - {id: tree, type: YAML, defaults: {a: [1, null]}}
outputs:
  - id: all
    type: JSON
    description: of it
    value:
      plain: 1
      "{{ inputs.name }}": ["{{ outputs.one.value }}", text]
variables:
  nothing: ~
  path: "{{ inputs.name }}"
pluginDefaults:
  - type: io.kestra.plugin.core.log
    values: {level: WARN}
tasks:
  - id: one
    type: io.kestra.plugin.core.debug.Return
    format: 1.10
    timeout: PT5M
    allowFailure: true
  - id: all
    type: io.kestra.core.tasks.flows.SEQUENTIAL
    runIf: "{{ inputs.name }}"
    tasks:
      - id: choose
        type: io.kestra.plugin.core.flow.If
        condition: "{{ inputs.name }}"
        then:
          - {id: yes, type: io.kestra.plugin.core.log.Log, message: "hi {{ inputs.name }}"}
        else:
          - {id: no, type: io.kestra.plugin.core.log.Log, message: [a, 2], level: ERROR}
          - {id: stop, type: io.kestra.plugin.core.execution.Fail, description: ~}
        errors:
          - {id: mend, type: io.kestra.plugin.core.debug.Return}
    finally:
      - {id: sweep, type: io.kestra.plugin.core.debug.Return}
  - id: script
    type: io.kestra.core.tasks.scripts.bash
    commands: ["echo {{ inputs.name }}", 2]
    env: {A: 1, B: "{{ x }}"}
    failFast: "{{ inputs.fast }}"
    attempts: "3"
    wait: 90
    target: LINUX
    inputFiles: "{{ outputs.one.value }}"
    script: "{{ kept as it is }}"
    fixed: {k: ["{{ kept }}"]}
    taskRunner: {type: io.kestra.plugin.core.runner.Process, grace: 5}
errors:
  - {id: alarm, type: io.kestra.plugin.core.debug.Return}
finally:
  - {id: last, type: io.kestra.plugin.core.debug.Return}
triggers:
  - {id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: "{{ flow.id }}"}
"#;

#[test]
fn the_document_shows_what_was_given() {
    let line = |name: &str, value: &serde_json::Value| match value.as_array() {
        Some(items) => {
            format!("{name}:\n  {}", items.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  "))
        }
        None => format!("{name}: {value}"),
    };
    let lines: Vec<_> = read(BIG).document.iter().map(|(name, value)| line(name, value)).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    id: "big"
    namespace: "company.team"
    description: "Everything *at once*"
    inputs:
      {"id":"name","type":"STRING","required":true,"validator":"[a-z]+","defaults":"world"}
      {"id":"old.style","type":"INT","min":1,"max":"10","required":false}
      {"id":"day","type":"DATE","required":true,"after":"2023-01-01","displayName":"The day","dependsOn":{"inputs":["name"],"condition":"{{ inputs.name == 'x' }}"}}
      {"id":"file","type":"FILE","required":true,"extension":".csv"}
      {"id":"pick","type":"SELECT","required":true,"values":["a",1],"allowCustomValue":true}
      {"id":"many","type":"MULTISELECT","required":true,"options":["x","y"],"defaults":["x"]}
      {"id":"numbers","type":"ARRAY","required":true,"itemType":"INT","defaults":"[1, 2]"}
      {"id":"wait","type":"DURATION","required":true,"min":"PT1S","defaults":90}
      {"id":"tree","type":"YAML","required":true,"defaults":{"a":[1,null]}}
    outputs:
      {"id":"all","type":"JSON","description":"of it","value":{"plain":1,"{{ inputs.name }}":["{{ outputs.one.value }}","text"]}}
    disabled: false
    deleted: false
    labels:
      {"key":"team","value":"data"}
      {"key":"version","value":"1.1"}
      {"key":"on","value":"true"}
      {"key":"system.readOnly","value":"true"}
    variables: {"nothing":null,"path":"{{ inputs.name }}"}
    tasks:
      {"id":"one","type":"io.kestra.plugin.core.debug.Return","format":"1.10","timeout":"PT5M","allowFailure":true}
      {"id":"all","type":"io.kestra.core.tasks.flows.SEQUENTIAL","runIf":"{{ inputs.name }}","tasks":[{"id":"choose","type":"io.kestra.plugin.core.flow.If","condition":"{{ inputs.name }}","then":[{"id":"yes","type":"io.kestra.plugin.core.log.Log","message":"hi {{ inputs.name }}"}],"else":[{"id":"no","type":"io.kestra.plugin.core.log.Log","message":["a",2],"level":"ERROR"},{"id":"stop","type":"io.kestra.plugin.core.execution.Fail"}],"errors":[{"id":"mend","type":"io.kestra.plugin.core.debug.Return"}]}],"finally":[{"id":"sweep","type":"io.kestra.plugin.core.debug.Return"}]}
      {"id":"script","type":"io.kestra.core.tasks.scripts.bash","commands":["echo {{ inputs.name }}",2],"env":{"A":1,"B":"{{ x }}"},"failFast":"{{ inputs.fast }}","attempts":"3","wait":90,"target":"LINUX","inputFiles":"{{ outputs.one.value }}","script":"{{ kept as it is }}","fixed":{"k":["{{ kept }}"]},"taskRunner":{"type":"io.kestra.plugin.core.runner.Process","grace":5}}
    errors:
      {"id":"alarm","type":"io.kestra.plugin.core.debug.Return"}
    finally:
      {"id":"last","type":"io.kestra.plugin.core.debug.Return"}
    triggers:
      {"id":"hook","type":"io.kestra.plugin.core.trigger.Webhook","key":"{{ flow.id }}"}
    pluginDefaults:
      {"type":"io.kestra.plugin.core.log","values":{"level":"WARN"}}
    "#);
}

#[test]
fn the_document_has_kestras_order() {
    let source = "tasks:\n- type: io.kestra.plugin.core.debug.Return\n  id: date\n  format: \"{{taskrun.startDate}}\"\nlabels: [{key: system.readOnly, value: true}]\nnamespace: io.test\nid: minimal";
    insta::assert_snapshot!(serde_json::to_string(&read(source).document).unwrap(), @r#"{"id":"minimal","namespace":"io.test","disabled":false,"deleted":false,"labels":[{"key":"system.readOnly","value":"true"}],"tasks":[{"id":"date","type":"io.kestra.plugin.core.debug.Return","format":"{{taskrun.startDate}}"}]}"#);
}

#[test]
fn the_parts_are_typed() {
    let flow = read(BIG);
    let inputs = flow.inputs.iter().map(|it| {
        let required = if it.required { "required" } else { "optional" };
        let defaults = it.defaults.as_ref().map_or(String::new(), |it| format!(" = {it}"));
        format!("{} {required}{defaults}: {:?}", it.id, it.kind)
    });
    insta::assert_snapshot!(inputs.collect::<Vec<_>>().join("\n"), @r#"
    name required = "world": String { validator: Some(Validator { pattern: "[a-z]+", regex: Regex("\\A(?:[a-z]+)\\z") }) }
    old.style optional: Int { min: Some(1), max: Some(10) }
    day required: Date { after: Some(2023-01-01), before: None }
    file required: File { extension: ".csv" }
    pick required: Select { choices: Values(["a", "1"]), allow_custom_value: true, is_radio: false }
    many required = ["x"]: MultiSelect { choices: Values(["x", "y"]), allow_custom_value: false, item: String { validator: None } }
    numbers required = "[1, 2]": Array { item: Int { min: None, max: None } }
    wait required = "PT1M30S": Duration { min: Some(1s), max: None }
    tree required = {"a":[1,null]}: Yaml
    "#);
    let labels: Vec<_> = flow.labels.iter().map(|it| format!("{}={}", it.key, it.value)).collect();
    insta::assert_snapshot!(labels.join(" "), @"team=data version=1.1 on=true system.readOnly=true");
    assert_eq!(flow.variables["nothing"], json!(null));
    let day = flow.inputs[2].depends_on.as_ref().unwrap();
    assert_eq!(day.inputs, ["name"]);
    assert!(day.condition.is_some());
}

#[test]
fn every_task_is_found_where_it_stands() {
    let flow = read(BIG);
    let mut found: Vec<String> = flow
        .places
        .iter()
        .map(|(id, place)| {
            assert_eq!(flow.task(id).unwrap().id, *id);
            format!("{id}: {:?} {} {:?}", place.list, place.index, place.below)
        })
        .collect();
    found.sort();
    insta::assert_snapshot!(found.join("\n"), @r"
    alarm: Errors 0 []
    all: Tasks 1 []
    choose: Tasks 1 [(Tasks, 0)]
    last: Finally 0 []
    mend: Tasks 1 [(Tasks, 0), (Errors, 0)]
    no: Tasks 1 [(Tasks, 0), (Else, 0)]
    one: Tasks 0 []
    script: Tasks 2 []
    stop: Tasks 1 [(Tasks, 0), (Else, 1)]
    sweep: Tasks 1 [(Finally, 0)]
    yes: Tasks 1 [(Tasks, 0), (Then, 0)]
    ");
    assert_eq!(flow.places["mend"].below, [(Branch::Tasks, 0), (Branch::Errors, 0)]);
    assert_eq!(flow.top(TopList::Errors).len(), 1);
}

pub(super) fn shown(rendered: &Rendered) -> String {
    match rendered {
        Rendered::Literal(json) => json.to_string(),
        Rendered::Template(template) | Rendered::Typed(template) => format!("<{}>", template.source()),
        Rendered::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Rendered::Map(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|(key, value)| format!("{}: {}", key.source(), shown(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

#[test]
fn properties_are_parsed_where_they_may_hold_expressions() {
    let flow = read(BIG);
    let TaskKind::Runnable(script) = &flow.task("script").unwrap().kind else { unreachable!() };
    let lines: Vec<_> =
        script.properties.iter().map(|(name, value)| format!("{name}: {}", shown(value))).collect();
    insta::assert_snapshot!(format!("{}\n{}", script.type_name, lines.join("\n")), @r#"
    io.kestra.plugin.scripts.shell.Commands
    commands: [<echo {{ inputs.name }}>, "2"]
    env: {A: "1", B: <{{ x }}>}
    failFast: <{{ inputs.fast }}>
    attempts: 3
    wait: "PT1M30S"
    target: "LINUX"
    inputFiles: <{{ outputs.one.value }}>
    script: "{{ kept as it is }}"
    fixed: {"k":["{{ kept }}"]}
    taskRunner: {"type":"io.kestra.plugin.core.runner.Process","grace":"PT5S"}
    "#);
    insta::assert_snapshot!(shown(&flow.outputs[0].value), @r#"{plain: 1, {{ inputs.name }}: [<{{ outputs.one.value }}>, "text"]}"#);
}

#[test]
fn plugin_defaults_fill_what_a_task_leaves_out() {
    let flow = read(&format!(
        "{HEAD}{}",
        r"
  - {id: own, type: io.kestra.plugin.core.log.Log, level: ERROR}
  - {id: none, type: io.kestra.core.tasks.log.log, message: [mine]}
  - {id: sub, type: io.kestra.plugin.core.flow.Sequential, tasks: [{id: deep, type: io.kestra.plugin.core.log.Log}]}
  - {id: script, type: io.kestra.plugin.scripts.shell.Commands, commands: [b], env: {A: task}}
pluginDefaults:
  - {type: io.kestra.plugin.core.log.Log, values: {message: [default], level: TRACE}}
  - {type: io.kestra.plugin.core.log, values: {level: WARN}}
  - {type: io.kestra.plugin.core.log, forced: true, values: {logLevel: DEBUG}}
  - {type: io.kestra.core.tasks.scripts.Bash, values: {commands: [a], env: {A: default, B: default}}}
  - {type: io.kestra.plugin.scripts, forced: true, values: {commands: [c], env: {B: forced}, target: AUTO}}
"
    ));
    let logs: Vec<_> = ["own", "none", "deep"]
        .map(|id| {
            let task = flow.task(id).unwrap();
            let TaskKind::Pure(PureTask::Log { message: Messages::Many(all), level }) = &task.kind else {
                unreachable!()
            };
            let all: Vec<_> = all.iter().map(expression::Template::source).collect();
            format!("{id} {level:?} {:?} {}", task.log_level, all.join(","))
        })
        .into();
    insta::assert_snapshot!(logs.join("\n"), @r"
    own Error Some(Debug) default
    none Trace Some(Debug) default,mine
    deep Trace Some(Debug) default
    ");
    let TaskKind::Runnable(script) = &flow.task("script").unwrap().kind else { unreachable!() };
    let lines: Vec<_> =
        script.properties.iter().map(|(name, value)| format!("{name}: {}", shown(value))).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    commands: ["a","b","c"]
    env: {"B":"forced","A":"task"}
    target: "AUTO"
    "#);
    assert!(flow.document["tasks"][1].get("message").is_none(), "the document shows what was written");
}

#[test]
fn an_older_name_is_as_good_as_the_canonical_one() {
    let flow = read(BIG);
    let task = flow.task("all").unwrap();
    assert!(matches!(task.kind, TaskKind::Flowable(Flowable { kind: FlowableKind::Sequential { .. }, .. })));
    assert_eq!(task.type_name, "io.kestra.core.tasks.flows.SEQUENTIAL");
}
