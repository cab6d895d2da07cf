//! Where executions once stood still for good, or did a thing twice.

use super::play::Play;
use crate::{
    execution::{Ending, State},
    machine::{DirectoryStep, Event, Next, Rejected, Work, vanished, wake_at},
};

#[track_caller]
fn step(play: &mut Play) -> (crate::machine::Ready, DirectoryStep) {
    let ready = play.begin().remove(0);
    let Work::Run { directory: Some(directory), .. } = &ready.work else { panic!("{play}") };
    let step = directory.step;
    (ready, step)
}

#[test]
fn tasks_after_the_end_have_nothing_left_to_stop() {
    let play = Play::of(
        "
tasks: [{id: first, type: io.kestra.plugin.core.debug.Return}]
listeners:
  - tasks: [{id: exit, type: io.kestra.plugin.core.execution.Exit, state: KILLED}]
afterExecution:
  - {id: pause, type: io.kestra.plugin.core.flow.Pause, delay: PT1M, behavior: CANCEL}
  - {id: never, type: test.Work}",
    )
    .played();
    let ends: Vec<State> = play.execution.task_runs.iter().map(|run| run.state.current()).collect();
    assert_eq!(ends, [State::Success, State::Success, State::Killed], "{play}");
    assert_eq!(play.execution.state.current(), State::Success);
}

#[test]
fn what_runs_below_a_lost_directory_is_lost_with_it() {
    let mut play = Play::of(
        "
tasks:
  - id: directory
    type: io.kestra.plugin.core.flow.WorkingDirectory
    tasks: [{id: breaks, type: io.kestra.plugin.core.execution.Fail}]
    errors:
      - id: group
        type: io.kestra.plugin.core.flow.Sequential
        tasks: [{id: deep, type: test.Work}]",
    );
    let (open, _) = step(&mut play);
    play.finish(&open, Ending::Success).unwrap();
    assert_eq!(play.begin()[0].task_id, "deep");
    let gone = vanished(&play.execution, &|_| false);
    assert_eq!(gone, [Event::DirectoryLost { task_run: open.task_run, number: 1 }]);
    for event in gone {
        play.tell(event).unwrap();
    }
    assert_eq!(step(&mut play).1, DirectoryStep::Open);
}

#[test]
fn a_lost_directory_is_not_left_once_more_in_place_of_the_next() {
    let mut play = Play::of(DIRECTORY);
    let (open, _) = step(&mut play);
    play.finish(&open, Ending::Success).unwrap();
    play.begin();
    for event in vanished(&play.execution, &|_| false) {
        play.tell(event).unwrap();
    }
    let (open, _) = step(&mut play);
    play.finish(&open, Ending::Success).unwrap();
    let left = Event::DirectoryLeft { task_run: open.task_run, number: 1 };
    assert!(matches!(play.tell(left), Err(Rejected::Stale(_))));
    assert_eq!(step(&mut play).1, DirectoryStep::Use);
}

#[test]
fn what_is_being_stopped_is_not_woken_by_the_rule_that_stopped_it() {
    let mut play = Play::of("timeout: PT1M\ntasks: [{id: work, type: test.Work}]");
    play.begin();
    play.now = wake_at(&play.execution).unwrap();
    assert_eq!(play.fold(), Next::Waiting);
    assert_eq!(play.execution.course.stopping, Some(State::Failed));
    assert_eq!(wake_at(&play.execution), None);
}

#[test]
fn a_directory_is_closed_by_one_attempt_at_a_time() {
    let mut play = Play::of(DIRECTORY);
    let closing = closing(&mut play);
    let again =
        Event::AttemptStarted { task_run: closing.task_run, number: closing.number + 1, deadline: None };
    assert!(matches!(play.tell(again), Err(Rejected::Stale(_))));
}

#[test]
fn a_directory_whose_closing_cannot_be_rendered_fails() {
    let mut play = Play::of(DIRECTORY);
    let closing = closing(&mut play);
    play.tell(Event::AttemptLost { task_run: closing.task_run, number: closing.number }).unwrap();
    play.tell(Event::VariablesSet { set: serde_json::Map::new(), unset: vec!["name".to_owned()] }).unwrap();
    play.flow.variables.clear();
    assert_eq!(play.fold(), Next::Ended, "{play}");
    assert_eq!(play.execution.state.current(), State::Failed);
}

#[test]
fn an_attempt_that_was_ready_and_is_stopped_is_not_owed() {
    let mut play = Play::of(
        "
variables: {broken: 'no'}
sla: [{id: holds, type: EXECUTION_ASSERTION, behavior: FAIL, assert: \"{{ vars.broken == 'no' }}\"}]
tasks:
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - {id: set, type: io.kestra.plugin.core.execution.SetVariables, variables: {broken: 'yes'}}
      - {id: work, type: test.Work}
afterExecution:
  - {id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT1M}",
    );
    assert_eq!(play.fold(), Next::Waiting, "{play}");
    assert_eq!(play.execution.state.current(), State::Failed);
}

#[test]
fn only_what_somebody_runs_can_be_lost() {
    let mut play = Play::of("tasks: [{id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT1M}]");
    play.fold();
    let task_run = play.execution.task_runs.of_task("nap").next().unwrap().id;
    let lost = play.tell(Event::AttemptLost { task_run, number: 1 });
    assert!(matches!(lost, Err(Rejected::Impossible(_))));
    assert_eq!(play.played().execution.state.current(), State::Success);
}

#[test]
fn who_sleeps_wakes_up_though_nothing_new_begins() {
    let mut play = Play::of(
        "
tasks:
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - {id: short, type: io.kestra.plugin.core.flow.Pause, delay: PT1M}
      - {id: long, type: io.kestra.plugin.core.flow.Sleep, duration: PT2M}",
    );
    play.fold();
    play.tell(Event::PauseRequested).unwrap();
    play.now = wake_at(&play.execution).unwrap();
    assert_eq!(play.fold(), Next::Waiting);
    let state = |task: &str| play.execution.task_runs.of_task(task).next().unwrap().state.current();
    assert_eq!((state("short"), state("long")), (State::Paused, State::Success), "{play}");
    assert_eq!(wake_at(&play.execution), None);
}

const DIRECTORY: &str = "
variables: {name: a}
tasks:
  - id: directory
    type: io.kestra.plugin.core.flow.WorkingDirectory
    outputFiles: ['{{ vars.name }}']
    tasks: [{id: work, type: test.Work}]";

/// To where its directory is being closed.
fn closing(play: &mut Play) -> crate::machine::Ready {
    for expected in [DirectoryStep::Open, DirectoryStep::Use] {
        let (ready, step) = step(play);
        assert_eq!(step, expected);
        play.finish(&ready, Ending::Success).unwrap();
    }
    let (closing, step) = step(play);
    assert_eq!(step, DirectoryStep::Close);
    closing
}
