//! What a replay keeps, by the kind of task that is above.

use super::{
    Ids, LATER, NO_TEMPLATES, outline, path, run,
    trees::{complete, flow},
};
use crate::{
    execution::{Execution, State},
    flow::Flow,
    id::TaskRunId,
    machine::control::{Anew, Refused, replay},
};

fn replayed(flow: &Flow, execution: &Execution, from: TaskRunId) -> Execution {
    let ids = Ids::new();
    let anew = Anew { flow, revision: 1, templates: &NO_TEMPLATES, ids: &|| ids.next() };
    replay(&anew, execution, Some(from), LATER).unwrap()
}

/// Of the first run of a task with this value.
fn from(flow: &Flow, execution: &Execution, task_id: &str, value: Option<&str>) -> Execution {
    let mut runs = execution.task_runs.of_task(task_id);
    replayed(flow, execution, runs.find(|run| run.value.as_deref() == value).unwrap().id)
}

const NESTED: &str = "\
1_each each
  1-1_return
  1-2_each each
    1-2-1_return
    1-2-2_return
  1-3_return
2_return";

#[test]
fn one_value_after_another_is_chained_task_by_task() {
    let flow = flow(NESTED);
    let execution = complete(&flow, &["s1", "s2", "s3"]);
    let replayed = from(&flow, &execution, "1-2_each", Some("s1"));
    assert_eq!(
        outline(&replayed),
        "RESTARTED\n  1_each RUNNING\n    1-1_return[s1] SUCCESS\n    1-2_each[s1] RUNNING\n    1-1_return[s2] SUCCESS\
         \n    1-1_return[s3] SUCCESS"
    );
    assert_eq!(replayed.state.histories().count(), 4);
    let target = run(&replayed, "1-2_each");
    assert_eq!(path(target), [State::Created, State::Running, State::Success, State::Running]);
}

#[test]
fn a_leaf_keeps_what_its_parent_keeps_and_itself() {
    let flow = flow(NESTED);
    let execution = complete(&flow, &["s1", "s2", "s3"]);
    let leaf = execution.task_runs.of_task("1-2-1_return").next().unwrap();
    let replayed = replayed(&flow, &execution, leaf.id);
    assert_eq!(replayed.task_runs.len(), 6, "{}", outline(&replayed));
    assert_eq!(run(&replayed, "1-2-1_return").state.current(), State::Restarted);
    assert_eq!(run(&replayed, "1-2_each").state.current(), State::Running);
}

#[test]
fn the_last_task_keeps_everything_before_it() {
    let flow = flow(
        "\
1_each each-at-once
  2-1_seq sequential
    2-1-1_t1
    2-1-2_t2 each-at-once
      2-1-2-1_t1
2_end",
    );
    let execution = complete(&flow, &["1", "2", "3"]);
    assert_eq!(execution.task_runs.len(), 20);
    let replayed = from(&flow, &execution, "2_end", None);
    assert_eq!(replayed.task_runs.len(), 20);
    assert_eq!(run(&replayed, "2_end").state.current(), State::Restarted);
    let others = replayed.task_runs.iter().filter(|it| it.task_id != "2_end");
    assert!(others.clone().all(|it| it.state.current() == State::Success));
    assert!(replayed.task_runs.iter().all(|it| execution.task_runs.get(it.id).is_none()), "ids are new");
    assert_eq!(replayed.parent_id, Some(execution.id));
    assert_eq!(replayed.original_id, execution.original_id);
}

#[test]
fn what_runs_side_by_side_is_kept() {
    let flow = flow("all parallel\n  one\n  two\n  three\nend");
    let execution = complete(&flow, &[]);
    assert_eq!(
        outline(&from(&flow, &execution, "two", None)),
        "RESTARTED\n  all RUNNING\n    one SUCCESS\n    two RESTARTED\n    three SUCCESS"
    );
    let flow = super::trees::flow("all scattered\n  one\n  two\nend");
    let execution = complete(&flow, &["a", "b"]);
    assert_eq!(
        outline(&from(&flow, &execution, "one", Some("a"))),
        "RESTARTED\n  all RUNNING\n    one[a] RESTARTED\n    two[a] SUCCESS\n    one[b] SUCCESS\n    two[b] SUCCESS"
    );
}

#[test]
fn values_side_by_side_keep_each_others_tasks() {
    let flow = flow("all each-at-once\n  one\n  two\nend");
    let execution = complete(&flow, &["a", "b"]);
    assert_eq!(
        outline(&from(&flow, &execution, "one", Some("a"))),
        "RESTARTED\n  all RUNNING\n    one[a] RESTARTED\n    one[b] SUCCESS\n    two[b] SUCCESS"
    );
}

#[test]
fn what_depends_on_a_task_comes_after_it() {
    let flow = flow("all dag\n  first\n  second\n  third\nend");
    let execution = complete(&flow, &[]);
    assert_eq!(
        outline(&from(&flow, &execution, "first", None)),
        "RESTARTED\n  all RUNNING\n    first RESTARTED"
    );
    assert_eq!(
        outline(&from(&flow, &execution, "second", None)),
        "RESTARTED\n  all RUNNING\n    first SUCCESS\n    second RESTARTED\n    third SUCCESS"
    );
}

#[test]
fn a_task_in_a_shared_directory_begins_with_the_directory() {
    let flow = flow("before\nall directory\n  one\n  two\nend");
    let execution = complete(&flow, &[]);
    assert_eq!(
        outline(&from(&flow, &execution, "two", None)),
        "RESTARTED\n  before SUCCESS\n  all RESTARTED"
    );
}

#[test]
fn without_a_task_run_nothing_is_copied() {
    let flow = flow("one\ntwo");
    let mut execution = complete(&flow, &[]);
    execution.inputs = serde_json::json!({"amount": 5}).as_object().unwrap().clone();
    let ids = Ids::new();
    let anew = Anew { flow: &flow, revision: 3, templates: &NO_TEMPLATES, ids: &|| ids.next() };
    let replayed = replay(&anew, &execution, None, LATER).unwrap();
    assert_eq!(outline(&replayed), "CREATED");
    assert_eq!(replayed.state.histories().count(), 1);
    assert_eq!(replayed.inputs, execution.inputs);
    assert_eq!((replayed.flow_revision, replayed.metadata.attempt_number), (3, 2));
    assert_ne!(replayed.id, execution.id);
    assert_eq!(replay(&anew, &execution, Some(TaskRunId::from_u128(99)), LATER), Err(Refused::NoTask));
}
