//! Who may write: leases, fences, signals, lost messages.

use std::{sync::atomic::Ordering, time::Duration};

use engine::execution::State;
use ports::clock::Clock;

use crate::{
    climates::{answered, call, in_every_climate, until},
    world::{LEASE, TENANT, World},
};

const WAIT: Option<Duration> = Some(Duration::from_mins(1));
const HOLD: &str = "tasks: [{ id: work, type: test.Work, hold: true }]";

/// The lease of whoever carries the execution of this call ends, and another carries it on.
async fn loses_its_hold(world: World, key: Option<&'static str>) {
    world.flow("held", HOLD).await;
    let old = tokio::spawn({
        let service = world.service.clone();
        async move { call(&service, "held", key, WAIT).await }
    });
    world.work.begun(1).await;
    world.clock.advance(LEASE);
    let (_, id) = world.due().await.pop().unwrap();
    let new = tokio::spawn({
        let service = world.another();
        async move { answered(|| service.work(TENANT, id)).await }
    });
    world.work.begun(1).await;
    // One permit each: both attempts end, the old holder's first or last, and only the new holder's counts.
    world.work.let_go.add_permits(2);
    new.await.unwrap().unwrap();
    let answer = old.await.unwrap().unwrap();

    let execution = world.execution(id).await;
    assert_eq!(execution.state.current(), State::Success);
    assert_eq!(answer.execution, execution, "the caller gets the execution as it really ended");
    let run = execution.task_runs.iter().next().unwrap();
    assert_eq!(run.attempts.len(), 2);
    assert!(run.attempts[0].lost);
    assert_eq!(run.outputs["attempt"], 2, "the result of the old holder is not the one that is kept");
}

#[test]
fn an_old_holder_that_wakes_up_after_its_lease_is_refused() {
    in_every_climate(async |world| loses_its_hold(world, Some("key")).await);
}

#[test]
fn a_call_without_a_key_that_loses_its_hold_waits_for_the_new_holder() {
    in_every_climate(async |world| loses_its_hold(world, None).await);
}

#[test]
fn while_a_lease_is_alive_nobody_else_takes_the_execution() {
    in_every_climate(async |world| {
        world.flow("held", HOLD).await;
        let started = world.call("held", Some(Duration::ZERO)).await.unwrap();
        assert!(!started.ended);
        world.work.begun(1).await;
        let before = world.counts();
        let another = world.another();
        answered(|| another.work(TENANT, started.execution.id)).await.unwrap();
        assert!(!world.as_it_is || world.counts().since(before).commits == 0);
        assert_eq!(world.work.started.load(Ordering::Relaxed), 1);
        world.work.let_go.add_permits(1);
        let ended = world.service.wait(TENANT, started.execution.id, Duration::from_mins(1)).await.unwrap();
        assert_eq!(ended.execution.state.current(), State::Success);
    });
}

#[test]
fn a_lost_message_is_made_good_by_the_clock() {
    in_every_climate(async |world| {
        world.flow("work", "tasks: [{ id: work, type: test.Work }]").await;
        let started = world.call("work", None).await.unwrap();
        world.lose_queue();
        assert!(answered(|| world.service.due()).await.unwrap().is_empty(), "not yet");
        let mut due_at = None;
        until(async || {
            due_at = answered(|| world.service.next_due()).await.unwrap();
            due_at.is_some()
        })
        .await;
        world.clock.advance(due_at.unwrap().since(started.execution.state.first().date));
        for (tenant, id) in world.due().await {
            answered(|| world.service.work(&tenant, id)).await.unwrap();
        }
        assert_eq!(world.execution(started.execution.id).await.state.current(), State::Success);
        // Nothing is owed at the end.
        until(async || answered(|| world.service.next_due()).await.unwrap().is_none()).await;
    });
}

#[test]
fn two_who_take_the_same_execution_at_once_end_it_once() {
    in_every_climate(async |world| {
        world.flow("work", "tasks: [{ id: work, type: test.Work }]").await;
        for _ in 0..20 {
            let started = world.call("work", None).await.unwrap();
            world.lose_queue();
            let before = world.work.started.load(Ordering::Relaxed);
            let id = started.execution.id;
            let (one, other) = (world.service.clone(), world.another());
            let (a, b) = tokio::join!(answered(|| one.work(TENANT, id)), answered(|| other.work(TENANT, id)));
            a.unwrap();
            b.unwrap();
            let execution = world.execution(id).await;
            assert_eq!(execution.state.current(), State::Success);
            assert_eq!(world.work.started.load(Ordering::Relaxed) - before, 1, "the task ran once");
        }
    });
}

#[test]
fn a_kill_stops_what_runs() {
    in_every_climate(async |world| {
        world.flow("held", HOLD).await;
        let started = world.call("held", Some(Duration::ZERO)).await.unwrap();
        world.work.begun(1).await;
        let id = started.execution.id;
        answered(|| world.service.kill(TENANT, id, true)).await.unwrap();
        let ended = world.service.wait(TENANT, id, Duration::from_mins(1)).await.unwrap();
        assert_eq!(ended.execution.state.current(), State::Killed);
        assert_eq!(world.work.stopped.load(Ordering::Relaxed), 1);
        answered(|| world.service.kill(TENANT, id, true)).await.unwrap();
        assert_eq!(world.execution(id).await, ended.execution, "asking again changes nothing");
        assert!(answered(|| world.service.kill(TENANT, id, false)).await.is_err());
    });
}

#[test]
fn a_kill_of_what_nobody_carries_is_carried_out() {
    in_every_climate(async |world| {
        world.flow("work", "tasks: [{ id: work, type: test.Work }]").await;
        let started = world.call("work", None).await.unwrap();
        world.lose_queue();
        answered(|| world.service.kill(TENANT, started.execution.id, true)).await.unwrap();
        let day_ahead = world.clock.now().plus(Duration::from_hours(24));
        world.written("signal/", |content| assert_eq!(content.expires_at, Some(day_ahead)));
        world.work_queue().await;
        assert_eq!(world.execution(started.execution.id).await.state.current(), State::Killed);
        assert_eq!(world.work.started.load(Ordering::Relaxed), 0);
    });
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

#[test]
fn one_key_is_one_execution_however_many_come_with_it() {
    in_every_climate(async |world| {
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
    });
}
