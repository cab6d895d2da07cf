//! How much of a limited type workers have at once, and get in a while: exact, whoever polls where and dies when.

use std::{sync::Arc, time::Duration};

use engine::{conductor::TaskId, execution::State, id::ExecutionId};
use serde_json::{Map, Value as Json, json};
use service::{Poll, SeenTask, Service, TaskUpdate, WorkerSays};

use crate::{
    climates::{answered, in_every_climate, until},
    deadly::{Deadly, Hand, killed_while},
    world::{TENANT, World},
};

const ONE: &str = "tasks: [{ id: greet, type: io.roundtrip.worker.Task, taskType: greet }]";
/// Longer than a book waits before it is compared with the offers.
const CHECK: Duration = Duration::from_secs(61);

fn poll_of(count: usize) -> Poll {
    Poll { task_type: "greet".to_owned(), worker: Some("w".to_owned()), count, ..Poll::default() }
}

async fn polled(service: &Service, count: usize) -> Vec<SeenTask> {
    answered(|| async { service.poll(TENANT, &poll_of(count)).await }).await.unwrap()
}

async fn report(service: &Service, task: TaskId, says: WorkerSays) {
    let update = || {
        let outputs = Map::new();
        TaskUpdate { task, says, outputs, reason: None, worker: None, logs: Vec::new() }
    };
    answered(|| async { service.update_task(TENANT, update()).await }).await.unwrap();
}

async fn define(world: &World, definition: Json) {
    let put =
        || async { world.service.put_task_definitions(TENANT, std::slice::from_ref(&definition)).await };
    answered(put).await.unwrap();
}

/// So many executions, each of which waits for a worker.
async fn offered(world: &World, count: usize) -> Vec<ExecutionId> {
    world.flow("one", ONE).await;
    let mut all = Vec::new();
    for _ in 0..count {
        let id = world.call("one", None).await.unwrap().execution.id;
        settled(world, id).await;
        all.push(id);
    }
    all
}

async fn settled(world: &World, id: ExecutionId) {
    world.work_queue().await;
    answered(|| world.service.work(TENANT, id)).await.unwrap();
}

#[tokio::test]
async fn a_limit_costs_a_read_and_a_write_with_the_claim_and_the_same_after_the_report() {
    let mut costs = Vec::new();
    for definition in [
        json!({"name": "greet"}),
        json!({"name": "greet", "rateLimitPerFrequency": 5}),
        json!({"name": "greet", "concurrentExecLimit": 5}),
    ] {
        let world = World::new();
        define(&world, definition).await;
        offered(&world, 1).await;
        let before = world.counts();
        let task = polled(&world.service, 1).await.pop().unwrap().task;
        let claim = world.counts().since(before);
        report(&world.service, task, WorkerSays::Completed).await;
        let after = world.counts().since(before).since(claim);
        costs.push([claim.commits, claim.puts, claim.gets, after.commits, after.puts, after.gets]);
    }
    let [free, rated, limited] = &costs[..] else { unreachable!() };
    let more = |of: &[u64; 6]| -> Vec<u64> { of.iter().zip(free).map(|(one, free)| one - free).collect() };
    assert_eq!(free[..2], [1, 1], "the offer alone");
    assert_eq!(more(rated), [0, 1, 1, 0, 0, 0], "the book goes with the claim");
    assert_eq!(more(limited), [0, 1, 1, 1, 1, 1], "and the place is given back");
}

#[test]
fn two_servers_never_hand_out_more_than_may_be_in_progress() {
    in_every_climate(async |world| {
        define(
            &world,
            json!({"name": "greet", "concurrentExecLimit": 2, "retryCount": 9, "retryDelaySeconds": 0}),
        )
        .await;
        let all = offered(&world, 6).await;
        let other = world.another();
        let mut had: Vec<TaskId> = Vec::new();
        until(async || {
            let (one, another) = tokio::join!(polled(&world.service, 3), polled(&other, 3));
            had.extend(one.into_iter().chain(another).map(|it| it.task));
            assert!(had.len() <= 2, "{} are in progress", had.len());
            // Where an answer was lost nobody knows of the claim, and its time has to pass.
            if had.is_empty() {
                world.clock.advance(Duration::from_hours(1));
            }
            if let Some(task) = had.pop() {
                report(&world.service, task, WorkerSays::Completed).await;
            }
            let _ = answered(|| world.service.tick()).await;
            world.clock.advance(CHECK);
            let mut ended = 0;
            for id in &all {
                settled(&world, *id).await;
                ended += usize::from(world.execution(*id).await.state.is_terminal());
            }
            ended == all.len()
        })
        .await;
        for id in all {
            assert_eq!(world.execution(id).await.state.current(), State::Success);
        }
    });
}

#[tokio::test]
async fn deliveries_of_all_servers_keep_to_the_rate() {
    let world = World::new();
    define(&world, json!({"name": "greet", "rateLimitPerFrequency": 3, "rateLimitFrequencyInSeconds": 10}))
        .await;
    offered(&world, 8).await;
    let other = world.another();
    let (one, another) = tokio::join!(polled(&world.service, 5), polled(&other, 5));
    assert_eq!(one.len() + another.len(), 3);
    for task in one.into_iter().chain(another) {
        report(&world.service, task.task, WorkerSays::Completed).await;
    }
    world.clock.advance(Duration::from_secs(9));
    assert!(polled(&other, 5).await.is_empty(), "an end is no delivery less");
    world.clock.advance(Duration::from_millis(1_100));
    assert_eq!(polled(&other, 5).await.len(), 3);
    assert!(polled(&world.service, 5).await.is_empty());
}

#[tokio::test]
async fn who_reports_nothing_and_who_puts_back_gives_the_place_back() {
    let world = World::new();
    define(
        &world,
        json!({"name": "greet", "concurrentExecLimit": 1, "responseTimeoutSeconds": 30, "retryCount": 0}),
    )
    .await;
    offered(&world, 3).await;
    let first = polled(&world.service, 3).await;
    assert_eq!(first.len(), 1);
    let later = WorkerSays::InProgress { callback_after: Duration::from_mins(5), extends: false };
    report(&world.service, first[0].task, later).await;
    let second = polled(&world.service, 3).await;
    assert_eq!(second.len(), 1);
    assert_ne!(second[0].task, first[0].task);
    assert!(polled(&world.service, 3).await.is_empty());
    world.clock.advance(Duration::from_secs(31));
    world.service.tick().await.unwrap();
    assert_eq!(polled(&world.service, 3).await.len(), 1, "its claim has ended");
}

#[tokio::test]
async fn a_place_that_is_given_back_wakes_who_waits_for_it() {
    let world = World::new();
    define(&world, json!({"name": "greet", "concurrentExecLimit": 1})).await;
    offered(&world, 2).await;
    let first = polled(&world.service, 1).await.pop().unwrap();
    let service = world.service.clone();
    let poll = Poll { timeout: Duration::from_secs(5), ..poll_of(1) };
    let waiting = tokio::spawn(async move { service.poll(TENANT, &poll).await.unwrap() });
    report(&world.service, first.task, WorkerSays::Completed).await;
    assert_eq!(waiting.await.unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_dies_on_the_way_a_place_is_neither_lost_nor_doubled() {
    for after in [false, true] {
        for step in 0..2 {
            for at in 1.. {
                let hand = Arc::new(Hand::new(after));
                let between = Arc::clone(&hand);
                let world = World::over(move |inner| Arc::new(Deadly { inner, hand: between }));
                define(
                    &world,
                    json!({"name": "greet", "concurrentExecLimit": 1, "retryCount": 3,
                                      "retryDelaySeconds": 0, "responseTimeoutSeconds": 20}),
                )
                .await;
                offered(&world, 2).await;
                let doomed = world.another();
                let poll = poll_of(1);
                let mut died = false;
                if step == 0 {
                    died = killed_while(&hand, at, doomed.poll(TENANT, &poll)).await;
                }
                let mut taken = polled(&world.service, 5).await;
                assert!(taken.len() <= 1, "killed at {at}: more than may be");
                if taken.is_empty() {
                    // The dead had claimed it: that ends.
                    world.clock.advance(Duration::from_secs(21));
                    world.service.tick().await.unwrap();
                    world.work_queue().await;
                    taken = polled(&world.service, 5).await;
                }
                assert_eq!(taken.len(), 1, "killed at {at}, step {step}");
                let task = taken[0].task;
                if step == 1 {
                    let update = TaskUpdate {
                        task,
                        says: WorkerSays::Completed,
                        outputs: Map::new(),
                        reason: None,
                        worker: None,
                        logs: Vec::new(),
                    };
                    died = killed_while(&hand, at, doomed.update_task(TENANT, update)).await;
                }
                report(&world.service, task, WorkerSays::Completed).await;
                let mut next = polled(&world.service, 5).await;
                if next.is_empty() {
                    // It died before it gave the place back: a look a minute later finds that.
                    world.clock.advance(CHECK);
                    world.service.tick().await.unwrap();
                    next = polled(&world.service, 5).await;
                }
                assert_eq!(next.len(), 1, "killed at {at}, step {step}: the place is lost");
                if !died {
                    assert!(at > 1, "step {step} asks the store nothing");
                    break;
                }
            }
        }
    }
}
