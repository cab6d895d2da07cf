//! The engine's own task types, as they are read.

use std::fmt::Write;

use super::{catalogue, read, sound::shown};
use crate::flow::{
    Branch, Executable, Flow, Flowable, FlowableKind, PureTask, Subflow, Task, TaskKind, TopList, parse_task,
};

pub(super) const ALL: &str = r#"
id: all
namespace: company.team
concurrency: {limit: 2, behavior: CANCEL}
retry: {type: constant, interval: PT1S, maxAttempts: 3, behavior: CREATE_NEW_EXECUTION}
timeout: PT1H
sla: [{id: soon, type: MAX_DURATION, duration: PT1M, behavior: NONE}]
tasks:
  - id: side
    type: io.kestra.plugin.core.flow.Parallel
    concurrent: 3
    tasks: [{id: side1, type: io.kestra.plugin.core.debug.Return}]
    errors: [{id: side2, type: io.kestra.plugin.core.debug.Return}]
    finally: [{id: side3, type: io.kestra.plugin.core.debug.Return}]
  - id: graph
    type: io.kestra.plugin.core.flow.Dag
    tasks:
      - {task: {id: last, type: io.kestra.plugin.core.debug.Return}, dependsOn: [first, second]}
      - {task: {id: first, type: io.kestra.plugin.core.debug.Return}}
      - {task: {id: second, type: io.kestra.plugin.core.debug.Return}, dependsOn: [first]}
  - id: switch
    type: io.kestra.plugin.core.flow.Switch
    value: "{{ inputs.x }}"
    cases:
      true: [{id: yes, type: io.kestra.plugin.core.debug.Return}]
      1: [{id: one, type: io.kestra.plugin.core.debug.Return}]
      none: ~
    defaults: [{id: other, type: io.kestra.plugin.core.debug.Return}]
  - id: values
    type: io.kestra.plugin.core.flow.ForEach
    values: [a, 1, {k: "{{ b }}"}]
    concurrencyLimit: 0
    tasks:
      - id: ordered
        type: io.kestra.core.tasks.flows.EachSequential
        value: "{{ taskrun.value }}"
        tasks:
          - id: scattered
            type: io.kestra.core.tasks.flows.EachParallel
            value: '["x"]'
            tasks: [{id: leaf, type: io.kestra.plugin.core.debug.Return}]
  - id: mild
    type: io.kestra.plugin.core.flow.AllowFailure
    tasks: [{id: harsh, type: io.kestra.plugin.core.execution.Fail, retry: {type: constant, interval: 1, maxAttempt: 2}}]
  - id: old
    type: io.kestra.plugin.core.flow.WaitFor
    condition: "{{ x }}"
    tasks: [{id: round, type: io.kestra.plugin.core.debug.Return}]
  - id: new
    type: io.kestra.plugin.core.flow.LoopUntil
    condition: "{{ x }}"
    failOnMaxReached: true
    checkFrequency: {maxIterations: "7", maxDuration: PT1M, interval: 0.5}
    tasks: []
  - id: stop
    type: io.kestra.plugin.core.flow.Pause
    pauseDuration: PT5M
    behavior: WARN
    timeout: PT1H
    onResume: [{id: asked, type: STRING}, {id: kept, type: INT, required: false}]
    tasks: [{id: after, type: io.kestra.plugin.core.debug.Return}]
  - id: wait
    type: io.kestra.plugin.core.flow.Pause
    delay: "{{ inputs.delay }}"
  - id: directory
    type: io.kestra.core.tasks.flows.Worker
    inputFiles: {a.txt: "{{ inputs.a }}"}
    outputFiles: ["*.csv"]
    namespaceFiles: {enabled: true, exclude: [/ignore/**]}
    cache: {ttl: 3600, patterns: [node_modules/**]}
    tasks:
      - {id: shell, type: io.kestra.core.tasks.scripts.bash, commands: [ls], logToFile: true}
      - {id: said, type: io.kestra.plugin.core.log.Log, message: x}
    errors:
      - {id: calls, type: io.kestra.plugin.core.flow.Subflow, namespace: n, flowId: f}
  - id: call
    type: io.kestra.core.tasks.flows.Flow
    namespace: company.team
    flowId: "{{ inputs.flow }}"
    revision: 3
    inputs: {a: 1, "{{ k }}": "{{ v }}"}
    labels: {version: 1.10, who: "{{ me }}"}
    wait: false
    transmitFailed: false
    inheritLabels: true
    scheduleDate: "{{ now() }}"
    outputs: {o: "{{ outputs.x }}"}
  - id: each
    type: io.kestra.plugin.core.flow.ForEachItem
    items: "{{ inputs.file }}"
    batch: {rows: "{{ inputs.rows }}", separator: ";"}
    namespace: company.team
    flowId: child
    inputs: {items: "{{ taskrun.items }}"}
    labels: [{key: batch, value: "{{ taskrun.iteration }}"}]
    errors: [{id: mend, type: io.kestra.plugin.core.debug.Return}]
  - id: template
    type: io.kestra.core.tasks.flows.template
    namespace: company.team
    templateId: steps
    args: {a: "{{ b }}", n: 1}
  - {id: values1, type: io.kestra.plugin.core.output.OutputValues, values: {a: 1, b: "{{ c }}"}}
  - {id: values2, type: io.kestra.plugin.core.output.OutputValues}
  - {id: labels1, type: io.kestra.plugin.core.execution.Labels, labels: "{{ inputs.json }}"}
  - {id: labels2, type: io.kestra.core.tasks.executions.Labels, labels: [{key: "{{ k }}", value: 2}]}
  - {id: set1, type: io.kestra.plugin.core.execution.SetVariables, variables: {a: [1]}, overwrite: false}
  - {id: set2, type: io.kestra.plugin.core.execution.SetVariables, variables: "{{ outputs.map }}"}
  - {id: unset, type: io.kestra.plugin.core.execution.UnsetVariables, variables: [a, "{{ b }}"], ignoreMissing: true}
  - {id: exit1, type: io.kestra.plugin.core.execution.Exit}
  - {id: exit2, type: io.kestra.plugin.core.execution.Exit, state: CANCELED}
  - {id: assert, type: io.kestra.plugin.core.execution.Assert, conditions: ["{{ a }}", "true"], errorMessage: no}
  - {id: sleep, type: io.kestra.plugin.core.flow.Sleep, duration: PT0.5S}
  - {id: templated, type: io.kestra.plugin.core.templating.TemplatedTask, spec: "{{ inputs.task }}"}
afterExecution:
  - {id: afterwards, type: io.kestra.plugin.core.debug.Return}
listeners:
  - tasks: [{id: listener, type: io.kestra.plugin.core.debug.Return}]
"#;

/// Branches as lines below, everything else behind the id.
fn write(text: &mut String, depth: usize, task: &Task) {
    let indent = "  ".repeat(depth);
    let TaskKind::Flowable(flowable) = &task.kind else {
        writeln!(text, "{indent}{}: {}", task.id, leaf(&task.kind)).unwrap();
        return;
    };
    writeln!(text, "{indent}{}: {}", task.id, group(flowable)).unwrap();
    for branch in flowable.branches() {
        for child in flowable.branch(branch) {
            if branch != Branch::Tasks {
                write!(text, "{indent} {branch:?}").unwrap();
            }
            write(text, depth + 1, child);
        }
    }
}

fn group(flowable: &Flowable) -> String {
    match &flowable.kind {
        FlowableKind::Sequential { .. } => "Sequential".to_owned(),
        FlowableKind::AllowFailure { .. } => "AllowFailure".to_owned(),
        FlowableKind::Parallel { concurrent, .. } => format!("Parallel {concurrent:?}"),
        FlowableKind::Dag { depends_on, concurrent, .. } => format!("Dag {depends_on:?} {concurrent:?}"),
        FlowableKind::If { condition, .. } => format!("If {}", condition.source()),
        FlowableKind::Switch { value, cases, .. } => {
            let cases: Vec<_> = cases.iter().map(|(case, _)| case).collect();
            format!("Switch {} {cases:?}", value.source())
        }
        FlowableKind::ForEach(it) => {
            format!("ForEach {} {:?} scattered={}", shown(&it.values), it.concurrent, it.scattered)
        }
        FlowableKind::LoopUntil(it) => format!(
            "LoopUntil {} fail={} {} {:?} {:?}",
            it.condition.source(),
            it.fail_on_max_reached,
            it.iterations_max,
            it.duration_max,
            it.interval
        ),
        FlowableKind::Pause(it) => {
            let asked: Vec<_> = it.on_resume.iter().map(|input| (&input.id, input.required)).collect();
            let delay = it.delay.as_ref().map(expression::Template::source);
            format!("Pause {delay:?} {:?} {asked:?}", it.behavior)
        }
        FlowableKind::WorkingDirectory { properties, .. } => {
            let properties: Vec<_> =
                properties.iter().map(|(name, value)| format!("{name}={}", shown(value))).collect();
            format!("WorkingDirectory {}", properties.join(" "))
        }
        FlowableKind::ForEachItem { .. } => "ForEachItem".to_owned(),
        FlowableKind::Decision(_) | FlowableKind::Fork { .. } | FlowableKind::DoWhile(_) => {
            unreachable!("no flow in YAML has one")
        }
        FlowableKind::Template(it) => format!("Template {} {:?}", it.name, it.args.as_ref().map(shown)),
    }
}

fn leaf(kind: &TaskKind) -> String {
    match kind {
        TaskKind::Flowable(_) => unreachable!("written with its branches"),
        TaskKind::Runnable(it) => {
            let properties: Vec<_> =
                it.properties.iter().map(|(name, value)| format!("{name}={}", shown(value))).collect();
            format!("{} {}", it.type_name, properties.join(" "))
        }
        TaskKind::Worker(it) => {
            let domain = it.domain.as_ref().map(expression::Template::source);
            format!("Worker {} {domain:?} {}", it.task_type.source(), shown(&it.input))
        }
        TaskKind::Executable(Executable::Subflow(it)) => subflow(it),
        TaskKind::Executable(Executable::Items { subflow: it, splits }) => {
            format!("Items {} {}", splits.source(), subflow(it))
        }
        TaskKind::Pure(pure) => match pure {
            PureTask::Return { .. } => "Return".to_owned(),
            PureTask::Log { .. } => "Log".to_owned(),
            PureTask::Fail { .. } => "Fail".to_owned(),
            PureTask::Assert { conditions, error_message } => format!(
                "Assert {:?} {:?}",
                conditions.iter().map(expression::Template::source).collect::<Vec<_>>(),
                error_message.as_ref().map(expression::Template::source)
            ),
            PureTask::OutputValues { values } => format!("OutputValues {}", shown(values)),
            PureTask::Labels { labels } => format!("Labels {}", shown(labels)),
            PureTask::SetVariables { variables, overwrite } => {
                format!("Set {} {overwrite}", shown(variables))
            }
            PureTask::UnsetVariables { variables, ignore_missing } => {
                format!("Unset {} {ignore_missing}", shown(variables))
            }
            PureTask::Exit { state } => format!("Exit {state:?}"),
            PureTask::Sleep { duration } => format!("Sleep {}", duration.source()),
            PureTask::System(_) => unreachable!("no flow in YAML has one"),
            PureTask::Templated { spec } => format!("Templated {}", spec.source()),
        },
    }
}

fn subflow(it: &Subflow) -> String {
    let source = |it: &Option<expression::Template>| it.as_ref().map(|it| it.source().to_owned());
    let value = |it: &Option<crate::flow::Rendered>| it.as_ref().map_or("-".to_owned(), shown);
    format!(
        "Subflow {}.{} {:?} inputs={} labels={} wait={} transmit={} inherit={} at={:?} outputs={}",
        it.namespace.source(),
        it.flow_id.source(),
        it.revision,
        value(&it.inputs),
        value(&it.labels),
        it.wait,
        it.transmit_failed,
        it.inherit_labels,
        source(&it.schedule_date),
        value(&it.outputs),
    )
}

fn written(flow: &Flow) -> String {
    let mut text = String::new();
    for task in &flow.tasks {
        write(&mut text, 0, task);
    }
    text
}

#[test]
fn every_type_is_read() {
    insta::assert_snapshot!(written(&read(ALL)), @r#"
    side: Parallel Some(3)
      side1: Return
     Errors  side2: Return
     Finally  side3: Return
    graph: Dag [[1, 2], [], [1]] None
      last: Return
      first: Return
      second: Return
    switch: Switch {{ inputs.x }} ["true", "1", "none"]
     Case(0)  yes: Return
     Case(1)  one: Return
     Defaults  other: Return
    values: ForEach ["a", 1, {k: <{{ b }}>}] None scattered=false
      ordered: ForEach <{{ taskrun.value }}> Some(1) scattered=false
        scattered: ForEach "[\"x\"]" None scattered=true
          leaf: Return
    mild: AllowFailure
      harsh: Fail
    old: LoopUntil {{ x }} fail=false 100 3600s 1s
      round: Return
    new: LoopUntil {{ x }} fail=true 7 60s 500ms
    stop: Pause Some("PT5M") Warn [("asked", true), ("kept", false)]
      after: Return
    wait: Pause Some("{{ inputs.delay }}") Resume []
    directory: WorkingDirectory inputFiles={a.txt: <{{ inputs.a }}>} outputFiles=["*.csv"] namespaceFiles={"enabled":true,"exclude":["/ignore/**"]} cache={"ttl":"PT1H","patterns":["node_modules/**"]}
      shell: io.kestra.plugin.scripts.shell.Commands commands=["ls"]
      said: Log
     Errors  calls: Subflow n.f None inputs=- labels=- wait=true transmit=true inherit=false at=None outputs=-
    call: Subflow company.team.{{ inputs.flow }} Some(3) inputs={a: 1, {{ k }}: <{{ v }}>} labels={version: "1.1", who: <{{ me }}>} wait=false transmit=false inherit=true at=Some("{{ now() }}") outputs={o: <{{ outputs.x }}>}
    each: ForEachItem
      each_split: io.kestra.plugin.core.flow.ForEachItem$ForEachItemSplit items=<{{ inputs.file }}> batch={rows: <{{ inputs.rows }}>, separator: ";"}
      each_items: Items {{ currentEachOutput(outputs['each_split']).splits }} Subflow company.team.child None inputs={items: <{{ taskrun.items }}>} labels=[{key: "batch", value: <{{ taskrun.iteration }}>}] wait=true transmit=true inherit=false at=None outputs=-
      each_merge: io.kestra.plugin.core.flow.ForEachItem$ForEachItemMergeOutputs subflowOutputsBaseUri=<{{ currentEachOutput(outputs['each_items']).subflowOutputsBaseUri ?? '' }}> numberOfBatches=<{{ currentEachOutput(outputs['each_items']).numberOfBatches ?? 0 }}>
     Errors  mend: Return
    template: Template company.team.steps Some("{a: <{{ b }}>, n: \"1\"}")
    values1: OutputValues {a: 1, b: <{{ c }}>}
    values2: OutputValues {}
    labels1: Labels <{{ inputs.json }}>
    labels2: Labels [{key: <{{ k }}>, value: "2"}]
    set1: Set {"a":[1]} false
    set2: Set <{{ outputs.map }}> true
    unset: Unset ["a", <{{ b }}>] true
    exit1: Exit Success
    exit2: Exit Cancelled
    assert: Assert ["{{ a }}", "true"] Some("no")
    sleep: Sleep PT0.5S
    templated: Templated {{ inputs.task }}
    "#);
}

#[test]
fn what_a_flow_says_of_its_executions_is_read() {
    let flow = read(ALL);
    let retry = flow.retry.as_ref().unwrap();
    insta::assert_snapshot!(format!("{:?}\n{retry:?}\n{:?}\n{:?}", flow.concurrency, flow.timeout, flow.sla), @r#"
    Some(Concurrency { limit: 2, behavior: Cancel })
    Retry { kind: Constant { interval: 1s }, attempts_max: Some(3), duration_max: None, warning_on_retry: false, behavior: CreateNewExecution }
    Some(3600s)
    [Sla { id: "soon", kind: MaxDuration(60s), behavior: None, labels: [] }]
    "#);
    let fail = flow.task("harsh").unwrap();
    assert_eq!(fail.retry.as_ref().unwrap().attempts_max, Some(2));
    assert!(flow.task("shell").unwrap().log_to_file);
    assert_eq!(flow.list_of("afterwards"), Some(TopList::AfterExecution));
    assert_eq!(flow.list_of("listener"), Some(TopList::Listener(0)));
}

#[test]
fn tasks_are_found_in_every_branch() {
    let flow = read(ALL);
    for (id, place) in &flow.places {
        assert_eq!(flow.task(id).unwrap().id, *id, "{place:?}");
    }
    for (id, branch) in [
        ("side1", Branch::Tasks),
        ("side2", Branch::Errors),
        ("side3", Branch::Finally),
        ("second", Branch::Tasks),
        ("yes", Branch::Case(0)),
        ("one", Branch::Case(1)),
        ("other", Branch::Defaults),
        ("leaf", Branch::Tasks),
        ("round", Branch::Tasks),
        ("after", Branch::Tasks),
        ("shell", Branch::Tasks),
        ("each_split", Branch::Tasks),
        ("each_items", Branch::Tasks),
        ("each_merge", Branch::Tasks),
        ("mend", Branch::Errors),
    ] {
        assert_eq!(flow.branch_of(id), Some(branch), "{id}");
    }
}

#[test]
fn the_document_shows_no_task_that_nobody_wrote() {
    let flow = read(ALL);
    let shown = |id: &str| {
        let all = flow.document["tasks"].as_array().unwrap();
        all.iter().find(|it| it["id"] == id).unwrap().to_string()
    };
    insta::assert_snapshot!(shown("each"), @r#"{"id":"each","type":"io.kestra.plugin.core.flow.ForEachItem","items":"{{ inputs.file }}","batch":{"rows":"{{ inputs.rows }}","separator":";"},"namespace":"company.team","flowId":"child","inputs":{"items":"{{ taskrun.items }}"},"labels":[{"key":"batch","value":"{{ taskrun.iteration }}"}],"errors":[{"id":"mend","type":"io.kestra.plugin.core.debug.Return"}]}"#);
    insta::assert_snapshot!(shown("graph"), @r#"{"id":"graph","type":"io.kestra.plugin.core.flow.Dag","tasks":[{"task":{"id":"last","type":"io.kestra.plugin.core.debug.Return"},"dependsOn":["first","second"]},{"task":{"id":"first","type":"io.kestra.plugin.core.debug.Return"}},{"task":{"id":"second","type":"io.kestra.plugin.core.debug.Return"},"dependsOn":["first"]}]}"#);
    insta::assert_snapshot!(shown("switch"), @r#"{"id":"switch","type":"io.kestra.plugin.core.flow.Switch","value":"{{ inputs.x }}","cases":{"true":[{"id":"yes","type":"io.kestra.plugin.core.debug.Return"}],"1":[{"id":"one","type":"io.kestra.plugin.core.debug.Return"}]},"defaults":[{"id":"other","type":"io.kestra.plugin.core.debug.Return"}]}"#);
}

#[test]
fn one_task_is_read_by_itself() {
    let task = |source: &str| parse_task(source, &catalogue());
    let sound = task("type: io.kestra.plugin.scripts.shell.Commands\ncommands: [ls]").unwrap();
    assert_eq!(sound.id, "task");
    assert!(matches!(sound.kind, TaskKind::Runnable(_)));
    let pure = task("{id: a, type: io.kestra.plugin.core.debug.Return, timeout: PT1S}").unwrap();
    assert_eq!((pure.id.as_str(), pure.timeout.is_some()), ("a", true));
    insta::assert_snapshot!(task("{id: ~, type: io.kestra.plugin.core.flow.Sequential}").unwrap_err(), @"Invalid entity: The templated task must be a runnable task (line 1, column 1)");
    insta::assert_snapshot!(task("{type: io.kestra.plugin.core.flow.Subflow, namespace: a, flowId: b}").unwrap_err(), @"Invalid entity: The templated task must be a runnable task (line 1, column 1)");
    insta::assert_snapshot!(task("{type: io.kestra.core.tasks.templating.TemplatedTask, spec: x}").unwrap_err(), @"Invalid entity: The templated task cannot be of type 'io.kestra.core.tasks.templating.TemplatedTask' (line 1, column 1)");
    insta::assert_snapshot!(task("{id: a.b, type: io.kestra.plugin.core.log.Log, mesage: x}").unwrap_err(), @r#"
    Invalid entity: message: must not be null (line 1, column 1)
    id: must match "^[a-zA-Z0-9][a-zA-Z0-9_-]*" (line 1, column 6)
    io.kestra.plugin.core.log.Log["mesage"]: Unrecognized field "mesage" (class io.kestra.plugin.core.log.Log), not marked as ignorable (14 known properties: "message", "level", "id", "type", "description", "retry", "timeout", "disabled", "runIf", "allowFailure", "allowWarning", "logLevel", "logToFile", "workerGroup"); did you mean "message"? (line 1, column 48)
    "#);
    insta::assert_snapshot!(task("").unwrap_err(), @"Illegal flow yaml: a map is expected, but this is null (line 1, column 1)");
    insta::assert_snapshot!(task("a: [").unwrap_err(), @"Illegal flow yaml: unclosed bracket '[' (line 1, column 4)");
}
