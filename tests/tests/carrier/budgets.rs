//! What an execution costs, counted by the store.

use std::{fmt::Write, time::Duration};

use engine::execution::State;

use crate::world::World;

const WAIT: Option<Duration> = Some(Duration::from_mins(1));
/// The flow of Kestra's page about synchronous executions.
const MYFLOW: &str = r#"
tasks:
  - id: mytask
    type: io.kestra.plugin.core.debug.Return
    format: hello from kestra

outputs:
  - id: mydata
    type: STRING
    value: "{{ outputs.mytask.value }}"
"#;

fn row(tasks: usize, type_name: &str) -> String {
    let mut body = "tasks:\n".to_owned();
    for number in 1..=tasks {
        writeln!(body, "  - {{ id: t{number}, type: {type_name} }}").unwrap();
    }
    body
}

#[tokio::test]
async fn a_synchronous_call_of_a_pure_flow_is_one_write_and_nothing_else() {
    let world = World::new();
    world.flow("myflow", MYFLOW).await;
    let before = world.counts();
    let started = world.call("myflow", WAIT).await.unwrap();
    let cost = world.counts().since(before);
    assert!(started.ended);
    assert_eq!(started.execution.outputs.unwrap()["mydata"], "hello from kestra");
    assert_eq!((cost.commits, cost.puts, cost.gets, cost.queries, cost.lists), (1, 1, 0, 0, 0), "{cost:?}");
    assert_eq!(world.messages(), 0);
}

#[tokio::test]
async fn fifty_pure_tasks_cost_no_more_than_one() {
    let world = World::new();
    world.flow("long", &row(50, "io.kestra.plugin.core.debug.Return")).await;
    let before = world.counts();
    let started = world.call("long", WAIT).await.unwrap();
    assert_eq!(started.execution.task_runs.len(), 50);
    assert_eq!(world.counts().since(before).puts, 1);
    assert_eq!(world.messages(), 0);
}

#[tokio::test]
async fn tasks_that_touch_the_world_cost_a_write_each_and_one_more() {
    let world = World::new();
    world.flow("five", &row(5, "test.Work")).await;
    let before = world.counts();
    let started = world.call("five", WAIT).await.unwrap();
    assert_eq!(started.execution.state.current(), State::Success);
    let cost = world.counts().since(before);
    assert_eq!((cost.commits, cost.puts, cost.deletes), (6, 6, 0), "{cost:?}");
    assert_eq!(world.messages(), 0);
}

#[tokio::test]
async fn not_waiting_costs_one_write_and_one_message_more() {
    let world = World::new();
    world.flow("myflow", MYFLOW).await;
    let before = world.counts();
    let started = world.call("myflow", None).await.unwrap();
    assert_eq!(started.execution.state.current(), State::Created);
    world.work_queue().await;
    assert_eq!(world.execution(started.execution.id).await.state.current(), State::Success);
    assert_eq!((world.counts().since(before).puts, world.messages()), (2, 1));
}

#[tokio::test]
async fn a_late_or_repeated_message_costs_one_read() {
    let world = World::new();
    world.flow("myflow", MYFLOW).await;
    let started = world.call("myflow", None).await.unwrap();
    world.work_queue().await;
    let before = world.counts();
    world.service.work("main", started.execution.id).await.unwrap();
    let cost = world.counts().since(before);
    assert_eq!((cost.gets, cost.queries, cost.commits), (1, 0, 0), "{cost:?}");
}

#[tokio::test]
async fn an_idempotency_key_costs_no_write() {
    let world = World::new();
    world.flow("myflow", MYFLOW).await;
    let before = world.counts();
    crate::climates::call(&world.service, "myflow", Some("order-4711"), WAIT).await.unwrap();
    assert_eq!(world.counts().since(before).puts, 1);
}

#[tokio::test]
async fn an_execution_that_grows_over_the_limit_fails_and_says_so() {
    let world = World::new();
    // A megabyte of digests in one task run: nothing compresses it enough.
    let noise = "{% set s = execution.id %}{% for i in range(1, 16000) %}{{ (s ~ i) | sha256 }}{% endfor %}";
    let body =
        format!("tasks:\n  - {{ id: big, type: io.kestra.plugin.core.debug.Return, format: '{noise}' }}\n");
    world.flow("grows", &body).await;
    let started = world.call("grows", WAIT).await.unwrap();
    let execution = started.execution;
    assert!(started.ended);
    assert_eq!(execution.state.current(), State::Failed);
    assert!(execution.task_runs.iter().all(|run| run.outputs.is_empty()));
    let last = execution.logs.last().unwrap();
    assert!(last.message.starts_with("the execution has grown over what can be stored"), "{}", last.message);
    assert_eq!(world.execution(execution.id).await, execution);
}
