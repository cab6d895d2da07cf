//! Another revision of the flow: what has a counterpart there is kept.

use super::{
    Ids, LATER, NO_TEMPLATES, outline,
    trees::{complete, flow},
};
use crate::{
    execution::{Execution, State},
    machine::control::{Anew, Refused, replay, restart_onto},
};

/// `one`, `two`, `three` ended; the last of them failed.
fn failed() -> Execution {
    let mut execution = complete(&flow("one\ntwo\nthree"), &[]);
    execution.task_runs = execution
        .task_runs
        .iter()
        .cloned()
        .map(|mut run| {
            if run.task_id == "three" {
                run.state.enter(State::Failed, LATER);
            }
            run
        })
        .collect();
    execution.state.enter(State::Failed, LATER);
    execution
}

fn onto(tasks: &str) -> String {
    let ids = Ids::new();
    let next = restart_onto(
        &Anew { flow: &flow(tasks), revision: 2, templates: &NO_TEMPLATES, ids: &|| ids.next() },
        &failed(),
        LATER,
    );
    let next = next.unwrap();
    assert_eq!((next.flow_revision, next.parent_id), (2, Some(failed().id)));
    assert_ne!(next.id, failed().id);
    outline(&next)
}

#[test]
fn what_is_as_it_was_is_kept() {
    assert_eq!(onto("one\ntwo\nthree\nfour"), "RESTARTED\n  one SUCCESS\n  two SUCCESS\n  three RESTARTED");
}

#[test]
fn a_task_that_is_gone_leaves_no_run() {
    assert_eq!(onto("one\ntwo"), "RESTARTED\n  one SUCCESS\n  two SUCCESS");
    assert_eq!(onto("one\nthree"), "RESTARTED\n  one SUCCESS\n  three RESTARTED");
}

#[test]
fn what_comes_after_a_new_task_runs_again() {
    assert_eq!(onto("one\nnew\ntwo\nthree"), "RESTARTED\n  one SUCCESS");
    assert_eq!(onto("all sequential\n  one\n  two\nthree"), "RESTARTED");
}

#[test]
fn a_task_run_without_a_counterpart_cannot_be_replayed() {
    let execution = failed();
    let target = execution.task_runs.of_task("two").next().unwrap().id;
    let ids = Ids::new();
    let flow = flow("one\nthree");
    let anew = Anew { flow: &flow, revision: 2, templates: &NO_TEMPLATES, ids: &|| ids.next() };
    assert_eq!(replay(&anew, &execution, Some(target), LATER), Err(Refused::NoTask));
}
