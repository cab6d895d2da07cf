//! Tasks that decide which tasks run: `Sequential` and `If`, `errors` and `finally`, and what of a failure goes up.

use tests::{
    execution::{check, id, outline, state, states, task_run},
    multipart::Form,
    space::Space,
};

const IF: &str = r#"
inputs:
  - { id: number, type: INT }
tasks:
  - id: decide
    type: io.kestra.plugin.core.flow.If
    condition: "{{ inputs.number > 10 }}"
    then:
      - { id: large, type: io.kestra.plugin.core.debug.Return, format: "{{ inputs.number }} is large" }
    else:
      - { id: small, type: io.kestra.plugin.core.debug.Return, format: "{{ inputs.number }} is small" }
  - { id: after, type: io.kestra.plugin.core.log.Log, message: "{{ outputs.decide.evaluationResult }}" }
"#;

#[test]
fn an_if_takes_one_branch() {
    let space = Space::shared("flowable");
    space.create("if", IF);
    let large = space.run_with("if", Form::new().text("number", "11"));
    assert_eq!(outline(&large), "decide SUCCESS, large SUCCESS, after SUCCESS");
    assert_eq!(task_run(&large, "large")["outputs"]["value"], "11 is large");
    assert_eq!(task_run(&large, "large")["parentTaskRunId"], task_run(&large, "decide")["id"]);
    assert_eq!(space.messages(id(&large)), ["true"]);
    let small = space.run_with("if", Form::new().text("number", "10"));
    assert_eq!(outline(&small), "decide SUCCESS, small SUCCESS, after SUCCESS");
    check(&small);
}

#[test]
fn what_an_if_takes_for_true() {
    let space = Space::shared("flowable");
    for (index, (condition, branch)) in [
        ("false", "no"),
        ("'0'", "no"),
        ("''", "no"),
        ("'-0'", "no"),
        ("'False'", "yes"),
        ("'0.0'", "yes"),
        ("'{{ null ?? false }}'", "no"),
        ("'{{ 1 == 1 }}'", "yes"),
    ]
    .into_iter()
    .enumerate()
    {
        let execution = space.play(
            &format!("truth{index}"),
            &format!(
                "tasks:\n  - id: decide\n    type: io.kestra.plugin.core.flow.If\n    condition: {condition}\n    \
                 then: [{{ id: yes, type: io.kestra.plugin.core.debug.Return }}]\n    \
                 else: [{{ id: no, type: io.kestra.plugin.core.debug.Return }}]"
            ),
        );
        assert_eq!(outline(&execution), format!("decide SUCCESS, {branch} SUCCESS"), "{condition}");
    }
}

#[test]
fn a_sequence_runs_in_order() {
    let space = Space::shared("flowable");
    let execution = space.play(
        "sequence",
        r#"
tasks:
  - id: outer
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - { id: one, type: io.kestra.plugin.core.debug.Return, format: "1" }
      - id: inner
        type: io.kestra.plugin.core.flow.Sequential
        tasks:
          - { id: two, type: io.kestra.plugin.core.debug.Return, format: "{{ outputs.one.value }}2" }
  - { id: three, type: io.kestra.plugin.core.debug.Return, format: "{{ outputs.two.value }}3" }
"#,
    );
    assert_eq!(outline(&execution), "outer SUCCESS, one SUCCESS, inner SUCCESS, two SUCCESS, three SUCCESS");
    assert_eq!(task_run(&execution, "three")["outputs"]["value"], "123");
    assert_eq!(task_run(&execution, "two")["parentTaskRunId"], task_run(&execution, "inner")["id"]);
    assert_eq!(task_run(&execution, "outer").get("attempts"), None);
    assert_eq!(states(&execution), ["CREATED", "RUNNING", "SUCCESS"]);
    check(&execution);
}

#[test]
fn a_failure_runs_the_errors_and_the_end() {
    let space = Space::shared("flowable");
    let execution = space.play(
        "errors",
        r#"
tasks:
  - { id: fail, type: io.kestra.plugin.core.execution.Fail, errorMessage: no luck }
  - { id: never, type: io.kestra.plugin.core.log.Log, message: x }
errors:
  - { id: alarm, type: io.kestra.plugin.core.log.Log, level: ERROR, message: "alarm {{ tasks.fail.state }}" }
finally:
  - { id: tidy, type: io.kestra.plugin.core.log.Log, message: tidy }
"#,
    );
    assert_eq!(outline(&execution), "fail FAILED, alarm SUCCESS, tidy SUCCESS");
    assert_eq!(state(&execution), "FAILED");
    assert_eq!(space.messages(id(&execution)), ["no luck", "alarm FAILED", "tidy"]);
    check(&execution);
}

#[test]
fn the_end_comes_after_success_too() {
    let space = Space::shared("flowable");
    let execution = space.play(
        "finally",
        r#"
tasks:
  - { id: work, type: io.kestra.plugin.core.log.Log, message: work }
errors:
  - { id: alarm, type: io.kestra.plugin.core.log.Log, message: alarm }
finally:
  - { id: tidy, type: io.kestra.plugin.core.log.Log, message: tidy }
"#,
    );
    assert_eq!(outline(&execution), "work SUCCESS, tidy SUCCESS");
    assert_eq!(state(&execution), "SUCCESS");
}

#[test]
fn a_failure_goes_up_branch_by_branch() {
    let space = Space::shared("flowable");
    let execution = space.play(
        "upwards",
        r#"
tasks:
  - id: outer
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - id: inner
        type: io.kestra.plugin.core.flow.If
        condition: "true"
        then:
          - { id: fail, type: io.kestra.plugin.core.execution.Fail }
        errors:
          - { id: inner-alarm, type: io.kestra.plugin.core.log.Log, message: inner }
    errors:
      - { id: outer-alarm, type: io.kestra.plugin.core.log.Log, message: outer }
errors:
  - { id: alarm, type: io.kestra.plugin.core.log.Log, message: flow }
"#,
    );
    assert_eq!(
        outline(&execution),
        "outer FAILED, inner FAILED, fail FAILED, inner-alarm SUCCESS, outer-alarm SUCCESS, alarm SUCCESS"
    );
    assert_eq!(space.messages(id(&execution)), ["Task failure", "inner", "outer", "flow"]);
}

#[test]
fn an_allowed_failure_is_a_warning() {
    let space = Space::shared("flowable");
    let execution = space.play(
        "allowed",
        r#"
tasks:
  - { id: fail, type: io.kestra.plugin.core.execution.Fail, allowFailure: true }
  - id: group
    type: io.kestra.plugin.core.flow.Sequential
    allowFailure: true
    tasks:
      - { id: inside, type: io.kestra.plugin.core.execution.Fail }
  - { id: both, type: io.kestra.plugin.core.execution.Fail, allowFailure: true, allowWarning: true }
  - { id: after, type: io.kestra.plugin.core.log.Log, message: x }
errors:
  - { id: alarm, type: io.kestra.plugin.core.log.Log, message: never }
"#,
    );
    assert_eq!(
        outline(&execution),
        "fail WARNING, group WARNING, inside FAILED, both SUCCESS, after SUCCESS"
    );
    assert_eq!(state(&execution), "WARNING");
}

#[test]
fn a_task_may_be_left_out() {
    let space = Space::shared("flowable");
    let execution = space.play(
        "left-out",
        r#"
tasks:
  - { id: disabled, type: io.kestra.plugin.core.log.Log, message: x, disabled: true }
  - { id: skipped, type: io.kestra.plugin.core.log.Log, message: x, runIf: "{{ 1 == 2 }}" }
  - { id: run, type: io.kestra.plugin.core.log.Log, message: x, runIf: "{{ flow.id == 'left-out' }}" }
  - { id: broken, type: io.kestra.plugin.core.log.Log, message: x, runIf: "{{ nowhere }}", allowFailure: true }
"#,
    );
    assert_eq!(outline(&execution), "skipped SKIPPED, run SUCCESS, broken WARNING");
    assert_eq!(task_run(&execution, "skipped").get("attempts"), None);
    assert_eq!(state(&execution), "WARNING");
}

#[test]
fn a_flow_of_disabled_tasks_ends_at_once() {
    let space = Space::shared("flowable");
    let execution = space.play(
        "idle",
        "tasks:\n  - { id: off, type: io.kestra.plugin.core.log.Log, message: x, disabled: true }",
    );
    assert_eq!(state(&execution), "SUCCESS");
    assert_eq!(outline(&execution), "");
}
