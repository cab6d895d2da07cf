//! Every kind of flowable task, played through.

use super::play::Play;

#[track_caller]
fn played(body: &str) -> String {
    Play::of(body).played().to_string()
}

#[test]
fn parallel_tasks_run_side_by_side_as_many_as_may() {
    insta::assert_snapshot!(played(
        "
tasks:
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    concurrent: 2
    tasks:
      - {id: a, type: test.Work}
      - {id: b, type: test.Work, what: fail}
      - {id: c, type: test.Work}
    errors:
      - {id: mend1, type: io.kestra.plugin.core.log.Log, message: one}
      - {id: mend2, type: io.kestra.plugin.core.log.Log, message: two}
  - {id: never, type: test.Work}
errors:
  - {id: last, type: io.kestra.plugin.core.log.Log, message: bye}
"
    ));
}

#[test]
fn a_task_of_a_dag_waits_for_those_it_depends_on() {
    insta::assert_snapshot!(played(
        "
tasks:
  - id: dag
    type: io.kestra.plugin.core.flow.Dag
    tasks:
      - task: {id: last, type: test.Work}
        dependsOn: [a, b]
      - task: {id: a, type: test.Work}
      - task: {id: b, type: test.Work}
        dependsOn: [a]
"
    ));
}

#[test]
fn a_switch_takes_the_case_of_its_value() {
    for value in ["one", "two", "three"] {
        insta::assert_snapshot!(
            format!("switch_{value}"),
            played(&format!(
                "
tasks:
  - id: switch
    type: io.kestra.plugin.core.flow.Switch
    value: '{value}'
    cases:
      one:
        - {{id: a, type: test.Work}}
      two:
        - {{id: b, type: test.Work}}
        - {{id: c, type: test.Work}}
"
            ))
        );
    }
}

#[test]
fn a_for_each_goes_through_its_values_in_order() {
    insta::assert_snapshot!(played(
        r#"
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: '["x", 1, {"k": "v"}, "x"]'
    tasks:
      - {id: a, type: io.kestra.plugin.core.debug.Return, format: "{{ taskrun.value }}"}
      - {id: b, type: test.Work}
"#
    ));
}

#[test]
fn values_side_by_side_keep_the_order_of_their_own_tasks() {
    insta::assert_snapshot!(played(
        r#"
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    concurrencyLimit: 2
    values: ["x", "y", "z"]
    tasks:
      - {id: a, type: test.Work}
      - {id: b, type: io.kestra.plugin.core.debug.Return, format: "{{ taskrun.value }}"}
"#
    ));
}

#[test]
fn each_parallel_scatters_everything() {
    insta::assert_snapshot!(played(
        r#"
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.EachParallel
    value: '["x", "y"]'
    tasks:
      - {id: a, type: test.Work}
      - {id: b, type: test.Work}
"#
    ));
}

#[test]
fn a_null_value_fails_the_for_each() {
    insta::assert_snapshot!(played(
        "
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: '[1, null]'
    tasks:
      - {id: a, type: test.Work}
"
    ));
}

#[test]
fn a_loop_goes_round_until_its_condition_holds() {
    insta::assert_snapshot!(played(
        r#"
tasks:
  - id: loop
    type: io.kestra.plugin.core.flow.LoopUntil
    condition: "{{ outputs.loop.iterationCount == 3 }}"
    checkFrequency: {interval: PT10S}
    tasks:
      - {id: a, type: test.Work}
"#
    ));
}

#[test]
fn a_loop_that_reaches_its_limit_fails_when_it_is_told_to() {
    insta::assert_snapshot!(played(
        r#"
tasks:
  - id: loop
    type: io.kestra.plugin.core.flow.LoopUntil
    condition: "{{ false }}"
    failOnMaxReached: true
    checkFrequency: {interval: PT1S, maxIterations: 2}
    tasks:
      - {id: a, type: io.kestra.plugin.core.debug.Return, format: "{{ taskrun.iteration }}"}
"#
    ));
}

#[test]
fn a_pause_with_a_delay_goes_on_by_itself() {
    insta::assert_snapshot!(played(
        "
tasks:
  - id: pause
    type: io.kestra.plugin.core.flow.Pause
    delay: PT1H
    tasks:
      - {id: a, type: test.Work}
  - {id: b, type: test.Work}
"
    ));
}

#[test]
fn a_pause_whose_time_is_over_fails() {
    insta::assert_snapshot!(played(
        "
tasks:
  - id: pause
    type: io.kestra.plugin.core.flow.Pause
    timeout: PT1H
  - {id: b, type: test.Work}
"
    ));
}

#[test]
fn what_a_task_may_fail_is_a_warning() {
    insta::assert_snapshot!(played(
        "
tasks:
  - id: allow
    type: io.kestra.plugin.core.flow.AllowFailure
    tasks:
      - {id: a, type: test.Work, what: fail}
    errors:
      - {id: mend, type: test.Work}
  - {id: b, type: test.Work}
"
    ));
}

#[test]
fn a_working_directory_is_opened_and_closed_around_its_tasks() {
    insta::assert_snapshot!(played(
        "
tasks:
  - id: dir
    type: io.kestra.plugin.core.flow.WorkingDirectory
    tasks:
      - {id: a, type: test.Work}
      - {id: b, type: test.Work}
  - {id: after, type: test.Work}
"
    ));
}

#[test]
fn a_failed_task_is_tried_again_as_its_policy_says() {
    for (name, policy) in [
        ("constant", "{type: constant, interval: PT5S, maxAttempts: 3}"),
        ("exponential", "{type: exponential, interval: PT1S, maxInterval: PT10S, maxAttempts: 4}"),
        ("random", "{type: random, minInterval: PT1S, maxInterval: PT10S, maxDuration: PT15S}"),
    ] {
        let play = Play::of(&format!(
            "
tasks:
  - id: seq
    type: io.kestra.plugin.core.flow.Sequential
    retry: {policy}
    tasks:
      - {{id: a, type: test.Work, what: fail}}
    errors:
      - {{id: mend, type: io.kestra.plugin.core.log.Log, message: mended}}
"
        ));
        let play = play.played();
        let starts: Vec<_> = play.execution.task_runs.of_task("a").flat_map(|run| &run.attempts).collect();
        let gaps: Vec<_> = starts
            .windows(2)
            .map(|two| two[1].state.first().date.since(two[0].state.last().date).as_secs_f64().to_string())
            .collect();
        insta::assert_snapshot!(format!("retry_{name}"), format!("{play}gaps {}\n", gaps.join(" ")));
    }
}

#[test]
fn a_new_execution_takes_the_place_of_one_that_is_retried() {
    let play = Play::of(
        "
retry: {type: constant, interval: PT5S, maxAttempts: 3, behavior: CREATE_NEW_EXECUTION}
tasks:
  - id: seq
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - {id: a, type: test.Work, what: fail}
",
    )
    .played();
    insta::assert_snapshot!(format!("{play}{:?}", play.execution.course.retried_at));
}

#[test]
fn tasks_after_the_end_change_nothing() {
    insta::assert_snapshot!(played(
        "
tasks:
  - {id: a, type: test.Work, what: fail}
finally:
  - {id: always, type: test.Work}
afterExecution:
  - {id: after, type: test.Work, what: fail}
  - {id: never, type: test.Work}
listeners:
  - tasks:
      - {id: one, type: test.Work, what: fail}
  - tasks:
      - {id: two, type: test.Work}
"
    ));
}

#[test]
fn effects_of_pure_tasks_on_their_execution() {
    let play = Play::of(
        r#"
variables: {a: 1, b: flow}
labels: {x: flow}
tasks:
  - {id: labels, type: io.kestra.plugin.core.execution.Labels, labels: {x: task, "y-{{ task.id }}": "2"}}
  - {id: set, type: io.kestra.plugin.core.execution.SetVariables, variables: {a: "{{ task.id }}", c: 3}}
  - {id: unset, type: io.kestra.plugin.core.execution.UnsetVariables, variables: [c]}
  - {id: values, type: io.kestra.plugin.core.output.OutputValues, values: {a: "{{ vars.a }}", n: 5}}
  - {id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT1H}
  - {id: templated, type: io.kestra.plugin.core.templating.TemplatedTask, spec: "{id: x, type: io.kestra.plugin.core.debug.Return, format: hello}"}
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - {id: long, type: io.kestra.plugin.core.flow.Sleep, duration: PT1H}
      - {id: exit, type: io.kestra.plugin.core.execution.Exit, state: WARNING}
  - {id: never, type: test.Work}
"#,
    )
    .played();
    insta::assert_snapshot!(format!("{play}{:?}\n{:?}", play.execution.labels, play.execution.variables));
}

#[test]
fn a_flow_that_takes_too_long_is_stopped() {
    insta::assert_snapshot!(played(
        "
timeout: PT1M
tasks:
  - {id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT1H}
"
    ));
    insta::assert_snapshot!(played(
        "
sla:
  - {id: quick, type: MAX_DURATION, duration: PT1M, behavior: CANCEL, labels: {slow: 'yes'}}
tasks:
  - {id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT1H}
"
    ));
}
