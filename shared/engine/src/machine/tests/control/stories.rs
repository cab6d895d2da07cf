//! Restarts and changes of state, played.

use super::{Ids, LATER, NO_TEMPLATES, outline, path, run};
use crate::{
    execution::{Course, Ending, State, Wait},
    machine::{
        Event, Next, Rejected,
        control::{Anew, Refused, change_status, change_task_run_state, replay, restart},
        tests::play::Play,
    },
};

const FLOW: &str = r"
tasks:
  - id: outer
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - { id: one, type: test.Work }
      - { id: two, type: test.Work }
    errors:
      - { id: local, type: test.Work }
    finally:
      - { id: tidy, type: test.Work }
  - { id: three, type: test.Work }
errors:
  - { id: alarm, type: test.Work }
finally:
  - { id: close, type: test.Work }
";

fn fail(play: &mut Play) {
    let ready = play.begin();
    play.finish(&ready[0], Ending::Failed { message: "broke".to_owned() }).unwrap();
}

fn succeed(play: &mut Play) {
    let ready = play.begin();
    play.finish(&ready[0], Ending::Success).unwrap();
}

/// `two` failed, everything else that ran succeeded.
fn failed() -> Play {
    let mut play = Play::of(FLOW);
    succeed(&mut play);
    fail(&mut play);
    play.played()
}

fn restarted(mut play: Play) -> Play {
    play.execution = restart(&play.flow, &play.execution, play.now).unwrap();
    play
}

#[test]
fn what_failed_runs_again_and_what_came_of_it_is_gone() {
    let play = failed();
    assert_eq!(
        outline(&play.execution),
        "FAILED\n  outer FAILED\n    one SUCCESS\n    two FAILED\n    local SUCCESS\n    tidy SUCCESS\
         \n  alarm SUCCESS\n  close SUCCESS"
    );
    let id = play.execution.id;
    let play = restarted(play);
    assert_eq!(outline(&play.execution), "RESTARTED\n  outer RUNNING\n    one SUCCESS\n    two RESTARTED");
    assert_eq!(play.execution.id, id);
    assert_eq!((play.execution.parent_id, play.execution.metadata.attempt_number), (None, 2));
    assert_eq!(run(&play.execution, "two").attempts.len(), 1);
    let play = play.played();
    assert_eq!(
        outline(&play.execution),
        "SUCCESS\n  outer SUCCESS\n    one SUCCESS\n    two SUCCESS\n    tidy SUCCESS\n  three SUCCESS\n  close SUCCESS"
    );
    assert_eq!(run(&play.execution, "two").attempts.len(), 2);
    assert_eq!(run(&play.execution, "one").attempts.len(), 1);
}

#[test]
fn it_may_fail_and_be_restarted_again() {
    let mut play = restarted(failed());
    fail(&mut play);
    let mut play = restarted(play.played());
    assert_eq!(run(&play.execution, "two").attempts.len(), 2);
    assert_eq!(play.execution.metadata.attempt_number, 3);
    succeed(&mut play);
    assert_eq!(play.played().execution.state.current(), State::Success);
}

#[test]
fn the_result_of_an_earlier_attempt_comes_too_late() {
    let mut play = Play::of(FLOW);
    succeed(&mut play);
    let first = play.begin();
    play.finish(&first[0], Ending::Failed { message: "broke".to_owned() }).unwrap();
    let mut play = restarted(play.played());
    let before = play.execution.clone();
    assert!(matches!(play.finish(&first[0], Ending::Success), Err(Rejected::Stale(_))));
    assert_eq!(play.execution, before);
    play.begin();
    assert!(matches!(play.finish(&first[0], Ending::Success), Err(Rejected::Stale(_))));
}

#[test]
fn a_finally_that_failed_runs_again_from_its_start() {
    let mut play =
        Play::of("tasks: [{ id: work, type: test.Work }]\nfinally: [{ id: close, type: test.Work }]");
    succeed(&mut play);
    fail(&mut play);
    let play = restarted(play.played());
    assert_eq!(outline(&play.execution), "RESTARTED\n  work SUCCESS");
    assert_eq!(outline(&play.played().execution), "SUCCESS\n  work SUCCESS\n  close SUCCESS");
}

#[test]
fn a_flowable_task_that_failed_by_itself_chooses_anew() {
    let play = Play::of(
        r#"
tasks:
  - id: choice
    type: io.kestra.plugin.core.flow.If
    condition: "{{ nothing }}"
    then: [{ id: then, type: test.Work }]
"#,
    );
    let play = restarted(play.played());
    assert_eq!(outline(&play.execution), "RESTARTED\n  choice RESTARTED");
    let play = play.played();
    let path = path(run(&play.execution, "choice"));
    assert_eq!(path, [State::Created, State::Failed, State::Restarted, State::Failed]);
}

#[test]
fn there_is_nothing_to_restart_where_nothing_failed_and_none_before_the_end() {
    let play = Play::of(FLOW).played();
    assert_eq!(restart(&play.flow, &play.execution, LATER), Err(Refused::NoTask));
    let mut play = Play::of(FLOW);
    play.begin();
    let refused = restart(&play.flow, &play.execution, LATER).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Execution must be terminated to be restarted, current state is 'RUNNING' !"
    );
}

#[test]
fn what_waits_goes_on_when_it_is_restarted() {
    let mut play = Play::of(FLOW);
    succeed(&mut play);
    let mut run = play.execution.task_runs.iter().next().unwrap().clone();
    run.state.enter(State::Paused, play.now);
    run.wait = Some(Wait::Resume { delay: None, timeout: None });
    let others = play.execution.task_runs.iter().skip(1).cloned();
    play.execution.task_runs = std::iter::once(run).chain(others).collect();
    play.execution.state.enter(State::Paused, play.now);
    play.execution.course = Course { admitted: true, held_back: true, ..Course::default() };
    let play = restarted(play);
    assert_eq!(outline(&play.execution), "RESTARTED\n  outer RUNNING\n    one SUCCESS");
    assert_eq!(super::run(&play.execution, "outer").wait, None);
    assert_eq!(
        play.execution.course,
        Course { admitted: true, ..Course::default() },
        "it never gave its place back"
    );
    assert_eq!(play.played().execution.state.current(), State::Success);
}

#[test]
fn a_task_run_set_to_success_lets_its_execution_go_on_after_it() {
    let mut play = failed();
    let two = run(&play.execution, "two").id;
    play.execution =
        change_task_run_state(&play.flow, &play.execution, two, State::Success, play.now).unwrap();
    assert_eq!(outline(&play.execution), "RESTARTED\n  outer RUNNING\n    one SUCCESS\n    two SUCCESS");
    assert_eq!(run(&play.execution, "two").attempts[0].state.current(), State::Success);
    let play = play.played();
    assert_eq!(
        outline(&play.execution),
        "SUCCESS\n  outer SUCCESS\n    one SUCCESS\n    two SUCCESS\n    tidy SUCCESS\n  three SUCCESS\n  close SUCCESS"
    );
    assert_eq!(run(&play.execution, "two").attempts.len(), 1);
}

#[test]
fn a_task_run_set_to_failed_runs_what_failures_run() {
    let mut play = Play::of(FLOW).played();
    let three = run(&play.execution, "three").id;
    play.execution =
        change_task_run_state(&play.flow, &play.execution, three, State::Failed, play.now).unwrap();
    let play = play.played();
    assert_eq!(
        outline(&play.execution),
        "FAILED\n  outer SUCCESS\n    one SUCCESS\n    two SUCCESS\n    tidy SUCCESS\n  three FAILED\n  alarm SUCCESS\
         \n  close SUCCESS"
    );
}

#[test]
fn a_state_that_cannot_be_set_is_refused() {
    let play = failed();
    let change = |task, state| {
        let run = run(&play.execution, task).id;
        change_task_run_state(&play.flow, &play.execution, run, state, LATER).map(|it| outline(&it))
    };
    assert_eq!(change("two", State::Running), Err(Refused::NoStateToSet(State::Running)));
    assert_eq!(change("two", State::Queued), Err(Refused::NoStateToSet(State::Queued)));
    assert!(change("outer", State::Running).unwrap().starts_with("RESTARTED\n  outer RUNNING"));
    let mut play = Play::of(FLOW);
    play.begin();
    let set = |task, state| {
        change_task_run_state(&play.flow, &play.execution, run(&play.execution, task).id, state, LATER)
    };
    assert_eq!(
        set("one", State::Success).map(|it| outline(&it)),
        Ok("RESTARTED\n  outer RUNNING\n    one SUCCESS".to_owned())
    );
    assert_eq!(set("outer", State::Success), Err(Refused::OpenBelow));
}

#[test]
fn an_end_becomes_another_end() {
    let mut play = Play::of(FLOW);
    play.begin();
    assert_eq!(change_status(&play.execution, State::Warning, LATER), Err(Refused::NotTerminal));
    let play = failed();
    assert_eq!(change_status(&play.execution, State::Paused, LATER), Err(Refused::StatusNotTerminal));
    let changed = change_status(&play.execution, State::Warning, LATER).unwrap();
    assert_eq!(changed.state.current(), State::Warning);
    assert_eq!(changed.task_runs, play.execution.task_runs);
}

#[test]
fn a_killed_execution_is_over() {
    let mut play = Play::of(FLOW);
    let ready = play.begin();
    play.tell(Event::KillRequested).unwrap();
    let one = ready[0].task_run;
    let set = change_task_run_state(&play.flow, &play.execution, one, State::Success, LATER);
    assert_eq!(set, Err(Refused::Running), "a kill is not taken back");
    play.finish(&ready[0], Ending::Killed).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    assert_eq!(restart(&play.flow, &play.execution, LATER), Err(Refused::NoTask));
}

#[test]
fn the_values_that_were_left_follow_after_a_restart() {
    let mut play = Play::of(
        r#"
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: ["a", "b", "c"]
    tasks: [{ id: one, type: test.Work }, { id: two, type: test.Work }]
"#,
    );
    succeed(&mut play);
    succeed(&mut play);
    fail(&mut play);
    let play = restarted(play.played());
    assert_eq!(
        outline(&play.execution),
        "RESTARTED\n  each RUNNING\n    one[a] SUCCESS\n    two[a] SUCCESS\n    one[b] RESTARTED"
    );
    let play = play.played();
    assert_eq!(
        outline(&play.execution),
        "SUCCESS\n  each SUCCESS\n    one[a] SUCCESS\n    two[a] SUCCESS\n    one[b] SUCCESS\n    two[b] SUCCESS\
         \n    one[c] SUCCESS\n    two[c] SUCCESS"
    );
}

#[test]
fn a_replay_comes_to_as_many_runs_as_the_first_time() {
    let nested = r#"
tasks:
  - id: 1_each
    type: io.kestra.plugin.core.flow.EachSequential
    value: ["s1", "s2", "s3"]
    tasks:
      - { id: 1-1, type: test.Work }
      - id: 1-2
        type: io.kestra.plugin.core.flow.EachSequential
        value: ["a a", "b b"]
        tasks: [{ id: 1-2-1, type: test.Work }, { id: 1-2-2, type: test.Work }]
      - id: 1-3
        type: io.kestra.plugin.core.flow.WorkingDirectory
        tasks: [{ id: 1-3-1, type: test.Work }]
  - { id: 2, type: test.Work }
"#;
    let first = Play::of(nested).played().execution;
    for run in &first.task_runs {
        let mut play = Play::of(nested);
        let ids = Ids::new();
        let next = || ids.next();
        let anew = Anew { flow: &play.flow, revision: 1, templates: &NO_TEMPLATES, ids: &next };
        play.execution = replay(&anew, &first, Some(run.id), play.now).unwrap();
        let play = play.played();
        assert_eq!(play.execution.state.current(), State::Success, "from {}: {play}", run.task_id);
        assert_eq!(play.execution.task_runs.len(), first.task_runs.len(), "from {}: {play}", run.task_id);
    }
}
