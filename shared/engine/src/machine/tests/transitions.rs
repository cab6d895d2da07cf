//! What a person would read of executions of every kind.

use insta::assert_snapshot;

use super::play::Play;
use crate::{
    execution::{Ending, State},
    machine::{Event, Next},
};

#[test]
fn one_pure_task_ends_in_one_fold() {
    let play = Play::of(
        r#"
tasks:
  - { id: hello, type: io.kestra.plugin.core.debug.Return, format: "amount {{ inputs.amount }}" }
outputs:
  - { id: text, type: STRING, value: "{{ outputs.hello.value }}" }
"#,
    );
    assert_snapshot!(play.played());
}

#[test]
fn a_branch_is_chosen_once() {
    let play = Play::of(
        r#"
tasks:
  - id: choice
    type: io.kestra.plugin.core.flow.If
    condition: "{{ inputs.amount > 3 }}"
    then:
      - { id: large, type: io.kestra.plugin.core.log.Log, message: "large" }
    else:
      - { id: small, type: io.kestra.plugin.core.log.Log, message: "small" }
  - { id: after, type: io.kestra.plugin.core.debug.Return, format: "{{ outputs.choice.evaluationResult }}" }
"#,
    );
    assert_snapshot!(play.played());
}

#[test]
fn a_failure_runs_the_nearest_errors_then_the_outer_ones_then_finally() {
    let play = Play::of(
        r#"
tasks:
  - id: outer
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - { id: breaks, type: io.kestra.plugin.core.execution.Fail, errorMessage: "on purpose" }
      - { id: never, type: io.kestra.plugin.core.log.Log, message: "not reached" }
    errors:
      - { id: local, type: io.kestra.plugin.core.log.Log, message: "local" }
  - { id: neither, type: io.kestra.plugin.core.log.Log, message: "not reached" }
errors:
  - { id: alarm, type: io.kestra.plugin.core.execution.Fail, errorMessage: "also fails" }
  - { id: still, type: io.kestra.plugin.core.log.Log, message: "still runs" }
finally:
  - { id: cleanup, type: io.kestra.plugin.core.log.Log, message: "always" }
"#,
    );
    assert_snapshot!(play.played());
}

#[test]
fn allowed_failures_and_warnings_go_on() {
    let play = Play::of(
        r#"
tasks:
  - { id: fails, type: io.kestra.plugin.core.execution.Fail, allowFailure: true }
  - { id: forgiven, type: io.kestra.plugin.core.execution.Fail, allowFailure: true, allowWarning: true }
  - { id: after, type: io.kestra.plugin.core.log.Log, message: "after" }
errors:
  - { id: never, type: io.kestra.plugin.core.log.Log, message: "not reached" }
"#,
    );
    assert_snapshot!(play.played());
}

#[test]
fn disabled_tasks_are_not_there_and_run_if_decides_late() {
    let play = Play::of(
        r#"
tasks:
  - { id: off, type: io.kestra.plugin.core.log.Log, message: "off", disabled: true }
  - { id: first, type: io.kestra.plugin.core.debug.Return, format: "no" }
  - { id: skipped, type: test.Work, runIf: "{{ outputs.first.value == 'yes' }}" }
  - { id: taken, type: test.Work, runIf: "{{ outputs.first.value == 'no' }}" }
  - { id: broken, type: test.Work, runIf: "{{ missing }}" }
"#,
    );
    assert_snapshot!(play.played());
}

#[test]
fn an_output_that_cannot_be_rendered_fails_the_execution() {
    let play = Play::of(
        r#"
tasks:
  - { id: fine, type: io.kestra.plugin.core.debug.Return, format: "x" }
outputs:
  - { id: text, type: STRING, value: "{{ outputs.other.value }}" }
"#,
    );
    assert_snapshot!(play.played());
}

#[test]
fn a_flow_whose_tasks_are_all_disabled_succeeds() {
    let play = Play::of("tasks: [{ id: off, type: test.Work, disabled: true }]");
    assert_snapshot!(play.played());
}

#[test]
fn an_attempt_is_owed_until_it_is_started_and_then_awaited() {
    let mut play =
        Play::of("tasks: [{ id: work, type: test.Work, what: '{{ inputs.amount }}', timeout: PT3S }]");
    let Next::Attempts(owed) = play.fold() else { panic!("{play}") };
    let Next::Attempts(again) = play.fold() else { panic!("{play}") };
    assert_eq!(owed, again, "what is owed is a function of the state alone");
    let ready = play.begin();
    assert_eq!(play.fold(), Next::Waiting);
    play.finish(&ready[0], Ending::Failed { message: "exit 1".to_owned() }).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    assert_snapshot!(play);
}

#[test]
fn a_lost_attempt_is_run_again_and_the_third_one_fails_the_task() {
    let mut play = Play::of("tasks: [{ id: work, type: test.Work }]");
    for number in 1..=3 {
        let ready = play.begin();
        assert_eq!(ready[0].number, number);
        play.tell(Event::AttemptLost { task_run: ready[0].task_run, number }).unwrap();
    }
    assert_eq!(play.fold(), Next::Ended);
    assert_snapshot!(play);
}

#[test]
fn a_kill_ends_what_has_not_begun_and_waits_for_what_runs() {
    let mut play = Play::of(
        r#"
tasks:
  - id: outer
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - { id: work, type: test.Work }
      - { id: never, type: test.Work }
errors:
  - { id: alarm, type: io.kestra.plugin.core.log.Log, message: "not reached" }
outputs:
  - { id: text, type: STRING, value: "never rendered" }
"#,
    );
    let ready = play.begin();
    play.tell(Event::KillRequested).unwrap();
    play.tell(Event::KillRequested).unwrap();
    assert_eq!(play.fold(), Next::Waiting);
    play.finish(&ready[0], Ending::Killed).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    assert_snapshot!(play);
}

#[test]
fn a_kill_before_the_start_ends_at_once() {
    let mut play = Play::of("tasks: [{ id: work, type: test.Work }]");
    play.tell(Event::KillRequested).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    assert_snapshot!(play);
}

#[test]
fn what_waits_for_a_place_is_stopped_without_one() {
    let mut play = Play::of("concurrency: { limit: 1 }\ntasks: [{ id: work, type: test.Work }]");
    assert_eq!(play.fold(), Next::Place);
    play.tell(Event::Queued).unwrap();
    assert_eq!(play.fold(), Next::Place);
    play.tell(Event::StopRequested { state: State::Cancelled, message: None }).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    let states: Vec<State> = play.execution.state.histories().map(|it| it.state).collect();
    assert_eq!(states, [State::Created, State::Queued, State::Cancelled]);
}
