//! Executions of very many task runs: what they cost grows with their number, and no faster.

use std::{fmt::Write, sync::Mutex, time::Duration};

use embedded::store::Counts;
use engine::execution::{Execution, State};
use ports::store::BODY_BYTES_MAX;

use crate::world::World;

const WAIT: Option<Duration> = Some(Duration::from_mins(10));
/// Ten thousand may cost so much more than a hundred, for each of them.
const MORE: f64 = 1.1;

async fn cost_of(body: &str) -> (Counts, Execution) {
    let world = World::new();
    world.flow("wide", body).await;
    let before = world.counts();
    let started = world.call("wide", WAIT).await.unwrap();
    let cost = world.counts().since(before);
    assert_eq!(started.execution.state.current(), State::Success);
    let stored = world.execution(started.execution.id).await;
    assert!(stored == started.execution, "what is read is what was carried");
    let largest = Mutex::new(0);
    for kind in ["state", "run/", "log/"] {
        world.sizes(kind, started.execution.id, |bytes| {
            let mut largest = largest.lock().unwrap();
            *largest = bytes.max(*largest);
        });
    }
    let largest = largest.into_inner().unwrap();
    assert!(largest <= BODY_BYTES_MAX, "an item of {largest} bytes");
    (cost, stored)
}

fn each(values: usize, tasks: &str) -> String {
    let values: Vec<usize> = (0..values).collect();
    format!(
        "
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: '{values:?}'
    tasks:
{tasks}"
    )
}

const PURE: &str =
    "      - {id: say, type: io.kestra.plugin.core.debug.Return, format: 'this is {{ taskrun.value }}'}
";
const WORK: &str = "      - {id: work, type: test.Work}
";

/// The cost of one of many, in parts of the cost of one of few.
#[track_caller]
fn grows_no_faster((few, few_count): (Counts, usize), (many, many_count): (Counts, usize)) {
    let ratio = |of: fn(&Counts) -> u64| {
        #[allow(clippy::cast_precision_loss, reason = "counts of a test")]
        let of_one = |cost: &Counts, count: usize| of(cost) as f64 / count as f64;
        of_one(&many, many_count) / of_one(&few, few_count)
    };
    let (writes, bytes) = (ratio(|it| it.puts), ratio(|it| it.put_bytes));
    let told = format!("{few_count} cost {few:?}, {many_count} cost {many:?}");
    assert!(writes <= MORE, "writes grow by {writes}: {told}");
    assert!(bytes <= MORE, "bytes grow by {bytes}: {told}");
}

#[tokio::test]
async fn ten_thousand_pure_tasks_cost_a_hundred_times_what_a_hundred_cost() {
    let (few, _) = cost_of(&each(100, PURE)).await;
    let (many, execution) = cost_of(&each(10_000, PURE)).await;
    assert_eq!(execution.task_runs.len(), 10_001);
    grows_no_faster((few, 100), (many, 10_000));
}

#[tokio::test]
async fn a_thousand_tasks_that_touch_the_world_cost_ten_times_what_a_hundred_cost() {
    let (few, _) = cost_of(&each(100, WORK)).await;
    let (many, execution) = cost_of(&each(1_000, WORK)).await;
    assert_eq!(execution.task_runs.len(), 1_001);
    grows_no_faster((few, 100), (many, 1_000));
}

#[tokio::test]
async fn loops_in_loops_cost_what_they_do() {
    let nested = |outer: usize| {
        let inner: Vec<usize> = (0..100).collect();
        let tasks = format!(
            "      - id: inner
        type: io.kestra.plugin.core.flow.ForEach
        values: '{inner:?}'
        tasks:
          - {{id: say, type: io.kestra.plugin.core.debug.Return, format: '{{{{ taskrun.value }}}}'}}
"
        );
        each(outer, &tasks)
    };
    let (few, _) = cost_of(&nested(1)).await;
    let (many, execution) = cost_of(&nested(100)).await;
    assert_eq!(execution.task_runs.len(), 1 + 100 + 100 * 100);
    grows_no_faster((few, 1), (many, 100));
}

#[tokio::test]
async fn a_row_of_five_hundred_tasks_costs_a_write_each() {
    let row = |tasks: usize| {
        let mut body =
            "tasks:\n  - id: row\n    type: io.kestra.plugin.core.flow.Sequential\n    tasks:\n".to_owned();
        for number in 1..=tasks {
            writeln!(body, "      - {{ id: t{number}, type: test.Work }}").unwrap();
        }
        body
    };
    let (few, _) = cost_of(&row(100)).await;
    let (many, execution) = cost_of(&row(500)).await;
    assert_eq!(execution.task_runs.len(), 501);
    grows_no_faster((few, 100), (many, 500));
}
