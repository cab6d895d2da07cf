//! Waiting: no interleaving misses the end, and no wait touches the execution.

use std::time::Duration;

use engine::execution::State;

use tokio::time::Instant;

use crate::{
    climates::{answered, call, in_every_climate},
    world::TENANT,
};

const HOLD: &str = "tasks: [{ id: work, type: test.Work, hold: true }]";

#[test]
fn every_waiter_hears_of_the_end_whenever_it_began_to_wait() {
    in_every_climate(async |world| {
        world.flow("held", HOLD).await;
        for round in 0..30u64 {
            let started = world.call("held", Some(Duration::ZERO)).await.unwrap();
            world.work.begun(1).await;
            let id = started.execution.id;
            let mut waiters = tokio::task::JoinSet::new();
            for number in 0..16u64 {
                let service = world.service.clone();
                waiters.spawn(async move {
                    // Spread over the moment of the end by yielding a different number of times.
                    for _ in 0..(round * number) % 40 {
                        tokio::task::yield_now().await;
                    }
                    let begun = Instant::now();
                    let answer = service.wait(TENANT, id, Duration::from_mins(1)).await.unwrap();
                    (answer.ended, begun.elapsed())
                });
            }
            world.work.let_go.add_permits(1);
            for (ended, took) in waiters.join_all().await {
                assert!(ended);
                assert!(took < Duration::from_secs(4), "woken by the slow poll, not by the commit: {took:?}");
            }
        }
    });
}

#[test]
fn a_wait_that_ends_leaves_the_execution_as_it_is() {
    in_every_climate(async |world| {
        world.flow("held", HOLD).await;
        let started = world.call("held", Some(Duration::from_millis(20))).await.unwrap();
        assert!(!started.ended);
        assert_eq!(started.execution.state.current(), State::Running);
        let before = world.counts();
        let again =
            answered(|| world.service.wait(TENANT, started.execution.id, Duration::ZERO)).await.unwrap();
        assert!(!again.ended);
        assert_eq!(again.execution, started.execution);
        assert!(!world.as_it_is || world.counts().since(before).commits == 0);
        world.work.let_go.add_permits(1);
        let ended = world.service.wait(TENANT, started.execution.id, Duration::from_mins(1)).await.unwrap();
        assert_eq!(ended.execution.state.current(), State::Success);
    });
}

#[test]
fn a_caller_who_leaves_does_not_stop_the_execution() {
    in_every_climate(async |world| {
        world.flow("held", HOLD).await;
        let service = world.service.clone();
        let caller =
            tokio::spawn(
                async move { call(&service, "held", Some("left"), Some(Duration::from_mins(1))).await },
            );
        world.work.begun(1).await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        world.work.let_go.add_permits(1);
        let ended = call(&world.service, "held", Some("left"), Some(Duration::from_mins(1)));
        assert_eq!(ended.await.unwrap().execution.state.current(), State::Success);
    });
}

#[test]
fn a_follower_sees_the_first_and_the_last_state() {
    in_every_climate(async |world| {
        world.flow("held", HOLD).await;
        let started = world.call("held", Some(Duration::ZERO)).await.unwrap();
        world.work.begun(1).await;
        let mut states = answered(|| world.service.follow(TENANT, started.execution.id)).await.unwrap();
        assert_eq!(states.recv().await.unwrap().state.current(), State::Running);
        world.work.let_go.add_permits(1);
        let mut last = None;
        while let Some(execution) = states.recv().await {
            last = Some(execution);
        }
        assert_eq!(last.unwrap().state.current(), State::Success);
    });
}
