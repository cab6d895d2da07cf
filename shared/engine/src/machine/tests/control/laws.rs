//! Laws of restart, replay and changes of state: for any states in which the runs of an execution may be.

use std::{collections::HashSet, sync::LazyLock};

use proptest::prelude::*;

use super::{
    Ids, LATER, NO_TEMPLATES, above,
    trees::{complete, flow},
};
use crate::{
    execution::{Execution, State, TaskRun},
    flow::Flow,
    id::TaskRunId,
    machine::{
        control::{Anew, Refused, change_status, change_task_run_state, replay, restart, restart_onto},
        running_attempts,
    },
};

const OUTLINE: &str = "\
first
all parallel
  each each
    inner
    nested scattered
      leaf
  graph dag
    one
    two
shared directory
  file
  use
rounds each-at-once
  left
  right
last";

/// As [`OUTLINE`], with a task more, one less and one elsewhere.
const CHANGED: &str = "\
first
all parallel
  graph dag
    two
    one
  each each
    inner
    new
    nested scattered
      leaf
rounds each-at-once
  right
shared directory
  file
left
last";

/// Read once.
static FLOW: LazyLock<Flow> = LazyLock::new(|| flow(OUTLINE));
static CHANGED_FLOW: LazyLock<Flow> = LazyLock::new(|| flow(CHANGED));

fn state() -> impl Strategy<Value = State> {
    prop::sample::select(&State::ALL[..])
}

/// An execution whose runs are in any states; those below what has not begun are gone.
fn execution(flow: &Flow, states: &[State], own: State) -> Execution {
    let mut execution = complete(flow, &["a", "b"]);
    let states = states.iter().cycle();
    let mut nothing_below = HashSet::new();
    let runs = execution.task_runs.iter().zip(states).filter_map(|(run, state)| {
        let gone = run.parent.is_some_and(|parent| nothing_below.contains(&parent));
        if gone || matches!(state, State::Created | State::Restarted | State::Skipped) {
            nothing_below.insert(run.id);
        }
        let mut run = run.clone();
        run.state.enter(*state, LATER);
        if let Some(attempt) = run.attempts.last_mut().filter(|_| *state == State::Running) {
            attempt.state.enter(State::Running, LATER);
        }
        (!gone).then_some(run)
    });
    execution.task_runs = runs.collect();
    execution.state.enter(own, LATER);
    execution
}

/// What is true of every execution.
fn is_sound(execution: &Execution) {
    let mut seen = HashSet::new();
    for run in &execution.task_runs {
        assert!(run.parent.is_none_or(|parent| seen.contains(&parent)), "whoever is above came before");
        assert!(seen.insert(run.id), "an id is of one run");
        let dates: Vec<_> = run.state.histories().map(|it| it.date).collect();
        assert!(dates.is_sorted());
    }
    let dates: Vec<_> = execution.state.histories().map(|it| it.date).collect();
    assert!(dates.is_sorted());
}

/// That a run is the continuation of another.
fn goes_back_to(run: &TaskRun, old: &TaskRun) {
    let (new, before): (Vec<_>, Vec<_>) = (run.state.histories().collect(), old.state.histories().collect());
    assert!(new.starts_with(&before), "histories only grow");
    assert_eq!(run.attempts.len(), old.attempts.len(), "attempts are kept");
    assert_eq!((&run.task_id, &run.value, run.index), (&old.task_id, &old.value, old.index));
}

/// That of the runs that had ended only those named and those above them were touched.
fn touches_only(before: &Execution, after: &Execution, named: &HashSet<TaskRunId>) {
    let mut may: HashSet<TaskRunId> = named.clone();
    for run in before.task_runs.iter().filter(|run| named.contains(&run.id)) {
        may.extend(above(before, run).iter().map(|it| it.id));
    }
    for run in &after.task_runs {
        let old = before.task_runs.get(run.id).unwrap();
        goes_back_to(run, old);
        if old.state.is_terminal() && !may.contains(&old.id) {
            assert_eq!(run, old, "what had ended is as it was");
        }
    }
}

fn anew<'a>(flow: &'a Flow, ids: &'a dyn Fn() -> u128) -> Anew<'a> {
    Anew { flow, revision: 1, templates: &NO_TEMPLATES, ids }
}

proptest! {
    #[test]
    fn a_restart_leaves_a_sound_execution(states in prop::collection::vec(state(), 1..40), own in state()) {
        let flow = &*FLOW;
        let before = execution(flow, &states, own);
        let of = |wanted: State| before.task_runs.iter().filter(move |it| it.state.current() == wanted).map(|it| it.id);
        let named: HashSet<_> = of(State::Failed).chain(of(State::Paused)).collect();
        match restart(flow, &before, LATER) {
            Ok(after) => {
                is_sound(&after);
                touches_only(&before, &after, &named);
                prop_assert_eq!(after.id, before.id);
                prop_assert_eq!(after.state.current(), State::Restarted);
                prop_assert_eq!(running_attempts(&after).count(), 0);
                prop_assert!(after.task_runs.iter().all(|it| it.state.current() != State::Failed));
            }
            Err(Refused::NotEnded(state)) => {
                prop_assert_eq!(state, own);
                prop_assert!(!own.is_terminal() && own != State::Paused);
            }
            Err(Refused::NoTask) => prop_assert!(named.is_empty()),
            Err(refused) => prop_assert_eq!(refused, Refused::Running),
        }
    }

    #[test]
    fn a_replay_leaves_a_sound_execution(
        states in prop::collection::vec(state(), 1..40),
        own in state(),
        target in any::<prop::sample::Index>(),
    ) {
        let flow = &*FLOW;
        let before = execution(flow, &states, own);
        let runs: Vec<&TaskRun> = before.task_runs.iter().collect();
        let target = target.get(&runs);
        let ids = Ids::new();
        let next = || ids.next();
        let after = replay(&anew(flow, &next), &before, Some(target.id), LATER).unwrap();
        is_sound(&after);
        prop_assert!(after.task_runs.iter().all(|run| before.task_runs.get(run.id).is_none()), "all ids are new");
        prop_assert_eq!(running_attempts(&after).count(), 0, "nobody runs anything of a copy");
        prop_assert_eq!(after.state.current(), State::Restarted);
        let ended = after.task_runs.iter().filter(|run| run.state.is_terminal()).count();
        let had_ended = before.task_runs.iter().filter(|run| run.state.is_terminal()).count();
        prop_assert!(ended <= had_ended);
        prop_assert!(after.task_runs.iter().all(|run| run.state.current() != State::Killing));
    }

    #[test]
    fn another_revision_leaves_nothing_that_it_does_not_know(
        states in prop::collection::vec(state(), 1..40),
        own in prop::sample::select(&[State::Failed, State::Killed, State::Paused][..]),
    ) {
        let before = execution(&FLOW, &states, own);
        let changed = &*CHANGED_FLOW;
        let ids = Ids::new();
        let next = || ids.next();
        let Ok(after) = restart_onto(&anew(changed, &next), &before, LATER) else { return Ok(()) };
        is_sound(&after);
        prop_assert_eq!(running_attempts(&after).count(), 0);
        for run in &after.task_runs {
            let task = changed.task(&run.task_id);
            prop_assert!(task.is_some());
            prop_assert!(run.task_id != "left" && run.task_id != "nested" && run.task_id != "leaf");
        }
    }

    #[test]
    fn a_change_of_state_leaves_a_sound_execution(
        states in prop::collection::vec(state(), 1..40),
        own in state(),
        target in any::<prop::sample::Index>(),
        to in state(),
    ) {
        let flow = &*FLOW;
        let before = execution(flow, &states, own);
        let runs: Vec<&TaskRun> = before.task_runs.iter().collect();
        let target = target.get(&runs);
        if let Ok(after) = change_task_run_state(flow, &before, target.id, to, LATER) {
            is_sound(&after);
            touches_only(&before, &after, &HashSet::from([target.id]));
            let now = after.task_runs.get(target.id).unwrap().state.current();
            // One that had chosen nothing yet begins anew.
            prop_assert!(now == to || (to == State::Running && now == State::Restarted));
            prop_assert!(now == State::Restarted || after.task_runs.len() == before.task_runs.len());
            prop_assert!(matches!(after.state.current(), State::Restarted) || after.state == before.state);
        }
    }

    #[test]
    fn a_change_of_status_leaves_the_task_runs(states in prop::collection::vec(state(), 1..40), own in state(), to in state()) {
        let before = execution(&FLOW, &states, own);
        match change_status(&before, to, LATER) {
            Ok(after) => {
                prop_assert!(own.is_terminal() && to.is_terminal());
                prop_assert_eq!(after.task_runs, before.task_runs);
                prop_assert_eq!(after.state.current(), to);
            }
            Err(_) => prop_assert!(!own.is_terminal() || !to.is_terminal()),
        }
    }
}
