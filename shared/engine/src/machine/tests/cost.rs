//! What planning costs, counted: how often a task run is looked at from the first fold to the end.

use super::play::Play;
use crate::execution::looks;

/// How much more than ten times as much ten times as many may cost.
const SLACK: f64 = 1.1;
/// Attempts that run at the same time.
const ROOM: usize = 10;

/// Looks at task runs, and task runs.
fn played(body: &str) -> (usize, usize) {
    let mut play = Play::of(body);
    play.room = ROOM;
    looks::taken();
    let play = play.played();
    let looked = looks::taken();
    assert!(play.execution.is_over() && play.execution.state.current() == crate::execution::State::Success);
    (looked, play.execution.task_runs.len())
}

/// Holds the cost of many to that of few, in proportion.
#[track_caller]
fn grows_in_proportion(what: &str, few: usize, many: usize, body: impl Fn(usize) -> String) {
    let ((few_looks, _), (many_looks, runs)) = (played(&body(few)), played(&body(many)));
    #[allow(clippy::cast_precision_loss, reason = "counts are small")]
    let (most, share) = (few_looks as f64 * SLACK * (many as f64 / few as f64), many_looks as f64);
    assert!(
        share <= most,
        "{what}: {few} cost {few_looks} looks, {many} cost {many_looks} for {runs} task runs"
    );
    // So that a measure that counts nothing is noticed.
    assert!(many_looks >= runs, "{what}: {many_looks} looks for {runs} task runs");
}

fn values(count: usize) -> String {
    let values: Vec<String> = (0..count).map(|it| it.to_string()).collect();
    format!("[{}]", values.join(","))
}

fn for_each(count: usize, limit: usize, tasks: &str) -> String {
    let values = values(count);
    format!(
        "
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    concurrencyLimit: {limit}
    values: '{values}'
    tasks: {tasks}"
    )
}

const PURE: &str = "[{id: a, type: io.kestra.plugin.core.debug.Return, format: '{{ taskrun.value }}'}]";
const WORK: &str = "[{id: a, type: test.Work}, {id: b, type: test.Work}]";

#[test]
fn of_a_for_each_one_after_another() {
    grows_in_proportion("pure", 100, 10_000, |count| for_each(count, 1, PURE));
    grows_in_proportion("work", 100, 10_000, |count| for_each(count, 1, WORK));
}

#[test]
fn of_a_for_each_some_at_a_time() {
    grows_in_proportion("work", 100, 10_000, |count| for_each(count, 7, WORK));
}

#[test]
fn of_a_for_each_all_at_once() {
    grows_in_proportion("pure", 100, 10_000, |count| for_each(count, 0, PURE));
    grows_in_proportion("work", 100, 10_000, |count| for_each(count, 0, WORK));
}

#[test]
fn of_a_for_each_inside_another() {
    for limit in [0, 1] {
        grows_in_proportion("nested", 10, 100, |outer| {
            let inner = values(100);
            let tasks = format!(
                "[{{id: inner, type: io.kestra.plugin.core.flow.ForEach, concurrencyLimit: {limit}, values: '{inner}', tasks: {PURE}}}]"
            );
            for_each(outer, limit, &tasks)
        });
    }
}

fn group(kind: &str, count: usize) -> String {
    let tasks: Vec<String> = (0..count).map(|it| format!("{{id: t{it}, type: test.Work}}")).collect();
    format!("tasks: [{{id: group, type: io.kestra.plugin.core.flow.{kind}, tasks: [{}]}}]", tasks.join(", "))
}

#[test]
fn of_many_tasks_one_after_another() {
    grows_in_proportion("sequential", 50, 500, |count| group("Sequential", count));
}

#[test]
fn of_many_tasks_side_by_side() {
    grows_in_proportion("parallel", 20, 200, |count| group("Parallel", count));
}
