//! Who may write: leases, fences, signals, lost messages.

use std::{sync::atomic::Ordering, time::Duration};

use engine::execution::State;

use crate::world::{LEASE, TENANT, World, call};

const WAIT: Option<Duration> = Some(Duration::from_mins(1));
const HOLD: &str = "tasks: [{ id: work, type: test.Work, hold: true }]";

#[tokio::test]
async fn an_old_holder_that_wakes_up_after_its_lease_is_refused() {
    let world = World::new();
    world.flow("held", HOLD).await;
    let old = tokio::spawn({
        let service = world.service.clone();
        async move { call(&service, "held", Some("key"), WAIT).await }
    });
    world.work.begun(1).await;
    let (_, id) = world.service.due().await.unwrap().pop().unwrap_or_else(|| {
        world.clock.advance(LEASE);
        (String::new(), engine::id::ExecutionId::from_u128(0))
    });
    let id = if id.as_u128() == 0 { world.service.due().await.unwrap().pop().unwrap().1 } else { id };

    let new = tokio::spawn({
        let service = world.another();
        async move { service.work(TENANT, id).await }
    });
    world.work.begun(1).await;
    // One permit each: both attempts end, the old holder's first or last, and only the new holder's counts.
    world.work.let_go.add_permits(2);
    new.await.unwrap().unwrap();
    let answered = old.await.unwrap().unwrap();

    let execution = world.execution(id).await;
    assert_eq!(execution.state.current(), State::Success);
    assert_eq!(answered.execution, execution, "the caller gets the execution as it really ended");
    let run = execution.task_runs.iter().next().unwrap();
    assert_eq!(run.attempts.len(), 2);
    assert!(run.attempts[0].lost);
    assert_eq!(run.outputs["attempt"], 2, "the result of the old holder is not the one that is kept");
}

#[tokio::test]
async fn while_a_lease_is_alive_nobody_else_takes_the_execution() {
    let world = World::new();
    world.flow("held", HOLD).await;
    let started = world.call("held", Some(Duration::ZERO)).await.unwrap();
    assert!(!started.ended);
    world.work.begun(1).await;
    let before = world.counts();
    world.another().work(TENANT, started.execution.id).await.unwrap();
    assert_eq!(world.counts().since(before).commits, 0);
    assert_eq!(world.work.started.load(Ordering::Relaxed), 1);
    world.work.let_go.add_permits(1);
    let ended = world.service.wait(TENANT, started.execution.id, Duration::from_mins(1)).await.unwrap();
    assert_eq!(ended.execution.state.current(), State::Success);
}

#[tokio::test]
async fn a_lost_message_is_made_good_by_the_clock() {
    let mut world = World::new();
    world.flow("work", "tasks: [{ id: work, type: test.Work }]").await;
    let started = world.call("work", None).await.unwrap();
    world.lose_queue();
    assert!(world.service.due().await.unwrap().is_empty(), "not yet");
    let due_at = world.service.next_due().await.unwrap().unwrap();
    world.clock.advance(due_at.since(started.execution.state.first().date));
    for (tenant, id) in world.service.due().await.unwrap() {
        world.service.work(&tenant, id).await.unwrap();
    }
    assert_eq!(world.execution(started.execution.id).await.state.current(), State::Success);
    assert_eq!(world.service.next_due().await.unwrap(), None, "nothing is owed at the end");
}

#[tokio::test]
async fn two_who_take_the_same_execution_at_once_end_it_once() {
    let mut world = World::new();
    world.flow("work", "tasks: [{ id: work, type: test.Work }]").await;
    for _ in 0..20 {
        let started = world.call("work", None).await.unwrap();
        world.lose_queue();
        let before = world.work.started.load(Ordering::Relaxed);
        let id = started.execution.id;
        let (one, other) = (world.service.clone(), world.another());
        let (a, b) = tokio::join!(one.work(TENANT, id), other.work(TENANT, id));
        a.unwrap();
        b.unwrap();
        let execution = world.execution(id).await;
        assert_eq!(execution.state.current(), State::Success);
        assert_eq!(world.work.started.load(Ordering::Relaxed) - before, 1, "the task ran once");
    }
}

#[tokio::test]
async fn a_kill_stops_what_runs() {
    let world = World::new();
    world.flow("held", HOLD).await;
    let started = world.call("held", Some(Duration::ZERO)).await.unwrap();
    world.work.begun(1).await;
    let id = started.execution.id;
    world.service.kill(TENANT, id, true).await.unwrap();
    let ended = world.service.wait(TENANT, id, Duration::from_mins(1)).await.unwrap();
    assert_eq!(ended.execution.state.current(), State::Killed);
    assert_eq!(world.work.stopped.load(Ordering::Relaxed), 1);
    world.service.kill(TENANT, id, true).await.unwrap();
    assert_eq!(world.execution(id).await, ended.execution, "asking again changes nothing");
    assert!(world.service.kill(TENANT, id, false).await.is_err());
}

#[tokio::test]
async fn a_kill_of_what_nobody_carries_is_carried_out() {
    let mut world = World::new();
    world.flow("work", "tasks: [{ id: work, type: test.Work }]").await;
    let started = world.call("work", None).await.unwrap();
    world.lose_queue();
    world.service.kill(TENANT, started.execution.id, true).await.unwrap();
    world.work_queue().await;
    assert_eq!(world.execution(started.execution.id).await.state.current(), State::Killed);
    assert_eq!(world.work.started.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_new_process_takes_up_what_the_last_one_left() {
    let world = World::new();
    world.flow("held", HOLD).await;
    let started = world.call("held", Some(Duration::ZERO)).await.unwrap();
    world.work.begun(1).await;
    let next = world.another();
    assert_eq!(next.recover().await.unwrap(), 1);
    world.work.begun(1).await;
    world.work.let_go.add_permits(2);
    let ended = next.wait(TENANT, started.execution.id, Duration::from_mins(1)).await.unwrap();
    assert_eq!(ended.execution.state.current(), State::Success);
    assert_eq!(ended.execution.task_runs.iter().next().unwrap().attempts.len(), 2);
}

#[tokio::test]
async fn one_key_is_one_execution_however_many_come_with_it() {
    let world = World::new();
    world.flow("work", "tasks: [{ id: work, type: test.Work }]").await;
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..64 {
        let service = if number % 2 == 0 { world.service.clone() } else { world.another() };
        callers.spawn(async move { call(&service, "work", Some("the same"), WAIT).await.unwrap() });
    }
    let answers = callers.join_all().await;
    for answer in &answers {
        assert!(answer.ended);
        assert_eq!(answer.execution, answers[0].execution);
    }
    assert_eq!(world.work.started.load(Ordering::Relaxed), 1);
    let other = call(&world.service, "work", Some("another"), WAIT).await.unwrap();
    assert_ne!(other.execution.id, answers[0].execution.id);
}
