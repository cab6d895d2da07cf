//! Places that only those executions of a workflow share which have the same key.

use std::{collections::HashMap, time::Duration};

use engine::{execution::Execution, id::ExecutionId};
use serde_json::{Map, json};
use service::{
    Poll, TaskUpdate, WorkerSays,
    conductor::{OnExisting, Until, WorkflowOutcome, WorkflowStart},
};

use crate::{
    climates::{answered, in_every_climate, until},
    world::{TENANT, World},
};

const KEY: &str = "${workflow.input.who}";
/// Longer than an item of places waits before it is compared with the executions.
const CHECK: Duration = Duration::from_mins(3);

/// With a limit of one, by the key if there is one.
async fn register(world: &World, task: &str, limit: Option<&str>) {
    let mut definition = json!({"name": "w", "version": 1, "schemaVersion": 2,
        "tasks": [{"name": "t", "taskReferenceName": "t", "type": task, "inputParameters": {"expression": "1"}}]});
    if let Some(key) = limit {
        definition["rateLimitConfig"] = json!({"rateLimitKey": key, "concurrentExecLimit": 1});
    }
    let text = definition.to_string();
    answered(|| world.service.register_definition(TENANT, &text, OnExisting::Overwrite)).await.unwrap();
}

fn start(who: &str, at_most: Option<Duration>) -> WorkflowStart {
    WorkflowStart {
        name: "w".to_owned(),
        input: Map::from_iter([("who".to_owned(), who.into())]),
        until: at_most.map(|at_most| Until { tasks: Vec::new(), at_most }),
        ..WorkflowStart::default()
    }
}

#[tokio::test]
async fn a_key_costs_no_more_than_a_limit_of_a_flow_and_its_book_is_not_kept_for_ever() {
    let mut costs = Vec::new();
    for limit in [None, Some(""), Some(KEY)] {
        let world = World::new();
        register(&world, "INLINE", limit).await;
        for _ in 0..2 {
            let before = world.counts();
            world.service.start_workflow(TENANT, &start("ann", Some(CHECK))).await.unwrap();
            let cost = world.counts().since(before);
            costs.push([cost.commits, cost.puts, cost.gets]);
        }
        let due = world.service.next_due().await.unwrap();
        assert_eq!(due.is_some(), limit == Some(KEY), "the idle book of the key");
        world.clock.advance(Duration::from_mins(61));
        world.service.tick().await.unwrap();
        assert_eq!(world.service.next_due().await.unwrap(), None);
    }
    let [_, free, _, limited, _, keyed] = costs[..] else { unreachable!() };
    assert_eq!((free[1], limited[1]), (1, 3), "a place is taken and given back");
    assert_eq!(keyed, limited, "a key costs nothing more");
}

/// The executions that have begun and not ended, by key.
async fn running(world: &World, ids: &[ExecutionId]) -> HashMap<String, usize> {
    let mut running = HashMap::new();
    for id in ids {
        let execution: Execution = world.execution(*id).await;
        if !execution.state.is_terminal() && !execution.task_runs.is_empty() {
            *running.entry(execution.course.place_key.unwrap()).or_default() += 1;
        }
    }
    running
}

#[test]
fn those_of_a_key_follow_each_other_and_wait_for_no_others() {
    in_every_climate(async |world| {
        register(&world, "SIMPLE", Some(KEY)).await;
        let mut ids = Vec::new();
        for number in 0..6 {
            world.clock.advance(Duration::from_millis(1));
            let start = start(["ann", "bob"][number % 2], None);
            let outcome = answered(|| world.service.start_workflow(TENANT, &start)).await.unwrap();
            let WorkflowOutcome::Seen(seen) = outcome else { panic!("it did not start") };
            ids.push(seen.target.id);
        }
        let mut together = 0;
        until(async || {
            world.clock.advance(CHECK);
            answered(|| world.service.tick()).await.unwrap();
            world.work_queue().await;
            let now = running(&world, &ids).await;
            assert!(now.values().all(|it| *it == 1), "more than may be: {now:?}");
            together = together.max(now.len());
            let poll = Poll { task_type: "t".to_owned(), count: 9, ..Poll::default() };
            for task in answered(|| world.service.poll(TENANT, &poll)).await.unwrap() {
                let update = || TaskUpdate {
                    task: task.task,
                    says: WorkerSays::Completed,
                    outputs: Map::new(),
                    reason: None,
                    worker: None,
                    logs: Vec::new(),
                };
                answered(|| world.service.update_task(TENANT, update())).await.unwrap();
            }
            let mut over = 0;
            for id in &ids {
                over += usize::from(world.execution(*id).await.state.is_terminal());
            }
            over == ids.len()
        })
        .await;
        assert!(together == 2 || !world.as_it_is, "those of one key waited for those of the other");
    });
}
