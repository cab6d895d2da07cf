//! Tasks that workers outside take: what they cost, and that each result counts once, whoever dies on the way.

use std::{sync::Arc, time::Duration};

use engine::{
    conductor::TaskId,
    execution::{Execution, State, WorkerEnd},
    id::ExecutionId,
};
use serde_json::{Map, Value as Json, json};
use service::{Error, Poll, SeenTask, Service, TaskUpdate, Updated, WorkerSays};

use crate::{
    climates::{answered, in_every_climate, until},
    deadly::{Deadly, Hand, killed_while},
    world::{TENANT, World},
};

const ONE: &str =
    "tasks: [{ id: greet, type: io.roundtrip.worker.Task, taskType: greet, input: { name: you } }]";
const TWO: &str = "tasks: [{ id: first, type: io.roundtrip.worker.Task, taskType: greet }, \
                   { id: second, type: io.roundtrip.worker.Task, taskType: greet }]";
const BESIDE: &str = "tasks: [{ id: both, type: io.kestra.plugin.core.flow.Parallel, tasks: [\
                      { id: work, type: test.Work, hold: true }, \
                      { id: remote, type: io.roundtrip.worker.Task, taskType: greet }] }]";

fn poll_of(worker: &str) -> Poll {
    Poll { task_type: "greet".to_owned(), worker: Some(worker.to_owned()), count: 1, ..Poll::default() }
}

async fn polled(service: &Service, worker: &str) -> Option<SeenTask> {
    answered(|| async { service.poll(TENANT, &poll_of(worker)).await }).await.unwrap().pop()
}

fn result(task: TaskId, says: WorkerSays) -> TaskUpdate {
    let outputs: Map<String, Json> = serde_json::from_value(json!({"said": "hi"})).unwrap();
    TaskUpdate { task, says, outputs, reason: None, worker: Some("w".to_owned()), logs: Vec::new() }
}

async fn report(service: &Service, task: TaskId, says: WorkerSays) -> Result<Updated, Error> {
    answered(|| async { service.update_task(TENANT, result(task, says)).await }).await
}

/// A started execution, as far as it goes without workers.
async fn offered(world: &World, flow: &str) -> ExecutionId {
    let started = world.call(flow, None).await.unwrap();
    settled(world, started.execution.id).await;
    started.execution.id
}

async fn settled(world: &World, id: ExecutionId) {
    world.work_queue().await;
    answered(|| world.service.work(TENANT, id)).await.unwrap();
}

/// Looks after what is due until the execution has ended.
async fn ended(world: &World, id: ExecutionId) -> Execution {
    until(async || {
        settled(world, id).await;
        world.execution(id).await.state.is_terminal()
    })
    .await;
    world.execution(id).await
}

async fn define(world: &World, definition: Json) {
    answered(|| async {
        world.service.put_task_definitions(TENANT, std::slice::from_ref(&definition)).await
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn one_task_costs_three_commits() {
    let world = World::new();
    world.flow("one", ONE).await;
    let before = world.counts();
    let waiting = world.call("one", Some(Duration::ZERO)).await.unwrap();
    until(async || world.counts().since(before).commits >= 1).await;
    let begun = world.counts().since(before);
    let task = polled(&world.service, "w").await.unwrap().task;
    let claimed = world.counts().since(before);
    report(&world.service, task, WorkerSays::Completed).await.unwrap();
    let cost = world.counts().since(before);
    assert_eq!((begun.commits, begun.puts), (1, 2), "the execution and its offer: {begun:?}");
    assert_eq!((claimed.commits, claimed.puts), (2, 3), "the offer alone: {claimed:?}");
    assert_eq!((cost.commits, cost.puts), (3, 4), "the end, and the offer is gone: {cost:?}");
    let ended = world.execution(waiting.execution.id).await;
    assert_eq!(ended.state.current(), State::Success);
    assert_eq!(ended.task_runs.iter().next().unwrap().outputs["said"], "hi");
    assert_eq!(world.messages(), 0, "nobody had to be asked to carry it on");
}

#[test]
fn two_workers_get_one_offer_once_and_a_result_counts_once() {
    in_every_climate(async |world| {
        world.flow("two", TWO).await;
        let id = offered(&world, "two").await;
        let other = world.another();
        for _ in 0..2 {
            let mut task = None;
            until(async || {
                let (one, another) =
                    tokio::join!(Box::pin(polled(&world.service, "a")), Box::pin(polled(&other, "b")));
                assert!(one.is_none() || another.is_none(), "both got it");
                task = one.or(another).map(|it| it.task);
                if task.is_none() {
                    // Where an answer was lost the claim may stand, and its time has to pass.
                    world.clock.advance(Duration::from_hours(1));
                    let _ = answered(|| world.service.tick()).await;
                    world.clock.advance(Duration::from_mins(1));
                    settled(&world, id).await;
                }
                task.is_some()
            })
            .await;
            let task = task.unwrap();
            let (first, again) = tokio::join!(
                report(&world.service, task, WorkerSays::Completed),
                report(&other, task, WorkerSays::Failed)
            );
            first.unwrap();
            again.unwrap();
            let before = world.execution(id).await;
            assert!(!report(&other, task, WorkerSays::Failed).await.unwrap().heard);
            assert_eq!(before, world.execution(id).await, "a third one changes nothing");
            if before.task_runs.get(task.task_run).unwrap().state.current() != State::Success {
                return;
            }
        }
        assert_eq!(ended(&world, id).await.state.current(), State::Success);
        assert!(polled(&world.service, "a").await.is_none());
    });
}

#[test]
fn a_claim_that_ended_is_tried_again_and_its_worker_is_too_late() {
    in_every_climate(async |world| {
        define(
            &world,
            json!({"name": "greet", "retryCount": 1, "retryDelaySeconds": 5, "responseTimeoutSeconds": 10}),
        )
        .await;
        world.flow("one", ONE).await;
        let id = offered(&world, "one").await;
        let mut late = None;
        until(async || {
            late = polled(&world.service, "slow").await;
            late.is_some() || !world.as_it_is
        })
        .await;
        world.clock.advance(Duration::from_secs(11));
        until(async || {
            let _ = answered(|| world.service.tick()).await;
            let run = world.execution(id).await.task_runs.iter().next().unwrap().clone();
            run.attempts[0].state.is_terminal()
        })
        .await;
        let execution = world.execution(id).await;
        let run = execution.task_runs.iter().next().unwrap();
        assert_eq!(run.state.current(), State::Retrying);
        let worked = run.attempts[0].worked.as_ref().unwrap();
        assert_eq!((worked.end, worked.worker.as_deref()), (WorkerEnd::TimedOut, Some("slow")));
        if let Some(late) = late {
            assert!(!report(&world.service, late.task, WorkerSays::Completed).await.unwrap().heard);
        }
        world.clock.advance(Duration::from_secs(6));
        settled(&world, id).await;
        let mut again = None;
        until(async || {
            again = polled(&world.service, "quick").await;
            settled(&world, id).await;
            again.is_some() || !world.as_it_is
        })
        .await;
        if let Some(again) = again {
            assert_eq!(again.task.number, 2);
            report(&world.service, again.task, WorkerSays::Completed).await.unwrap();
            assert_eq!(ended(&world, id).await.state.current(), State::Success);
        }
    });
}

#[tokio::test]
async fn a_lease_that_is_extended_holds_and_one_put_back_waits() {
    let world = World::new();
    define(&world, json!({"name": "greet", "responseTimeoutSeconds": 10, "timeoutPolicy": "RETRY"})).await;
    world.flow("one", ONE).await;
    let id = offered(&world, "one").await;
    let task = polled(&world.service, "w").await.unwrap().task;
    let extends = WorkerSays::InProgress { callback_after: Duration::ZERO, extends: true };
    world.clock.advance(Duration::from_secs(9));
    assert!(report(&world.service, task, extends).await.unwrap().heard);
    world.clock.advance(Duration::from_secs(9));
    assert_eq!(world.service.tick().await.unwrap().ended, 0);
    assert!(polled(&world.service, "other").await.is_none(), "it is still the first one's");
    let later = WorkerSays::InProgress { callback_after: Duration::from_secs(30), extends: false };
    assert!(report(&world.service, task, later).await.unwrap().heard);
    world.clock.advance(Duration::from_secs(29));
    assert!(polled(&world.service, "other").await.is_none(), "it is put back for later");
    world.clock.advance(Duration::from_secs(2));
    let again = polled(&world.service, "other").await.unwrap();
    let delivery = again.delivery.unwrap();
    assert_eq!((again.task, delivery.polls), (task, 2));
    assert_eq!(delivery.outputs["said"], "hi", "what was reported so far");
    report(&world.service, task, WorkerSays::Completed).await.unwrap();
    assert_eq!(world.execution(id).await.state.current(), State::Success);
}

#[test]
fn a_kill_takes_the_offers_back() {
    in_every_climate(async |world| {
        world.flow("one", ONE).await;
        let id = offered(&world, "one").await;
        let task = polled(&world.service, "w").await.map(|it| it.task);
        let killed = answered(|| world.service.kill(TENANT, id, true)).await;
        assert!(killed.is_ok() || !world.as_it_is);
        let killed = ended(&world, id).await;
        assert_eq!(killed.state.current(), State::Killed);
        world.clock.advance(Duration::from_hours(2));
        assert!(polled(&world.service, "w").await.is_none());
        if let Some(task) = task {
            assert!(!report(&world.service, task, WorkerSays::Completed).await.unwrap().heard);
        }
        assert_eq!(world.execution(id).await, killed);
    });
}

#[tokio::test]
async fn who_holds_the_execution_hears_of_the_result() {
    let world = World::new();
    world.flow("beside", BESIDE).await;
    let started = world.call("beside", None).await.unwrap();
    let service = world.service.clone();
    let id = started.execution.id;
    let carrying = tokio::spawn(async move { service.work(TENANT, id).await });
    world.work.begun(1).await;
    let mut task = None;
    until(async || {
        task = polled(&world.service, "w").await;
        task.is_some()
    })
    .await;
    let other = world.another();
    report(&other, task.unwrap().task, WorkerSays::Completed).await.unwrap();
    world.work.let_go.add_permits(1);
    carrying.await.unwrap().unwrap();
    assert_eq!(world.execution(id).await.state.current(), State::Success);
}

#[tokio::test]
async fn whoever_dies_on_the_way_loses_no_task_and_doubles_no_result() {
    for after in [false, true] {
        for step in 0..3 {
            for at in 1.. {
                let hand = Arc::new(Hand::new(after));
                let between = Arc::clone(&hand);
                let world = World::over(move |inner| Arc::new(Deadly { inner, hand: between }));
                world.flow("one", ONE).await;
                let doomed = world.another();
                let id = world.call("one", None).await.unwrap().execution.id;
                let mut died = false;
                if step == 0 {
                    died = Box::pin(killed_while(&hand, at, doomed.work(TENANT, id))).await;
                }
                world.clock.advance(Duration::from_mins(2));
                settled(&world, id).await;
                let poll = poll_of("doomed");
                if step == 1 {
                    died = killed_while(&hand, at, doomed.poll(TENANT, &poll)).await;
                }
                let mut task = polled(&world.service, "w").await.map(|it| it.task);
                if task.is_none() {
                    assert!(step == 1, "killed at {at}, step {step}: nothing is offered");
                    // Its worker never heard of it: the claim ends, and another try follows.
                    world.clock.advance(Duration::from_mins(61));
                    world.service.tick().await.unwrap();
                    world.clock.advance(Duration::from_mins(2));
                    settled(&world, id).await;
                    task = polled(&world.service, "w").await.map(|it| it.task);
                }
                let task = task.unwrap();
                if step == 2 {
                    died = killed_while(
                        &hand,
                        at,
                        doomed.update_task(TENANT, result(task, WorkerSays::Completed)),
                    )
                    .await;
                }
                // Its answer never came, so the worker repeats it.
                report(&world.service, task, WorkerSays::Completed).await.unwrap();
                settled(&world, id).await;
                let ended = world.execution(id).await;
                assert_eq!(ended.state.current(), State::Success, "killed at {at}, step {step}");
                assert!(
                    polled(&world.service, "w").await.is_none(),
                    "killed at {at}, step {step}: an offer is left"
                );
                if !died {
                    assert!(at > 1, "step {step} asks the store nothing");
                    break;
                }
            }
        }
    }
}
