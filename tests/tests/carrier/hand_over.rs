//! Functions: what does not fit into one is handed over, and who waits is told by another.

use std::{sync::atomic::Ordering, time::Duration};

use engine::execution::State;
use service::Settings;
use tokio::time::Instant;

use crate::{
    climates::{answered, call, in_every_climate, until},
    world::{LEASE, TENANT},
};

const WAIT: Option<Duration> = Some(Duration::from_mins(1));
const HOLD: &str = "tasks: [{ id: work, type: test.Work, hold: true }]";
const TIMED: &str = "tasks: [{ id: work, type: test.Work, timeout: PT5S }]";

fn function() -> Settings {
    Settings { stands_still: true, ..Settings::default() }
}

#[test]
fn a_task_that_fits_is_run_where_the_call_is() {
    in_every_climate(async |world| {
        world.flow("timed", TIMED).await;
        world.flow("untimed", "tasks: [{ id: work, type: test.Work }]").await;
        let service = world.set(Settings { attempt_max: Some(Duration::from_mins(14)), ..function() });
        for (flow, wait) in [("timed", 8), ("untimed", 13)] {
            let started = call(&service, flow, None, Some(Duration::from_secs(wait))).await.unwrap();
            assert!(started.ended, "{flow}");
        }
        world.has_sent(0);
    });
}

#[test]
fn a_task_that_may_take_longer_than_the_call_is_handed_over_before_it_begins() {
    in_every_climate(async |world| {
        world.flow("timed", TIMED).await;
        let (service, worker) = (world.told(), world.told());
        let caller =
            tokio::spawn(async move { call(&service, "timed", None, Some(Duration::from_secs(6))).await });
        let dispatch = world.queue.receive().await;
        assert_eq!(world.work.started.load(Ordering::Relaxed), 0);
        answered(|| worker.work(TENANT, dispatch.execution)).await.unwrap();
        let started = caller.await.unwrap().unwrap();
        assert!(started.ended);
        assert_eq!(started.execution.state.current(), State::Success);
        assert_eq!(started.execution.task_runs.iter().next().unwrap().attempts.len(), 1);
        world.has_sent(1);
    });
}

#[test]
fn what_still_runs_at_the_end_of_a_shift_is_stopped_and_run_again_elsewhere() {
    in_every_climate(async |world| {
        world.flow("held", HOLD).await;
        let id = call(&world.service, "held", None, None).await.unwrap().execution.id;
        world.lose_queue();
        let until = Instant::now() + Duration::from_millis(2_100);
        let service = world.set(function());
        answered(|| service.work_until(TENANT, id, until)).await.unwrap();
        assert!(Instant::now() <= until, "done in time");
        assert_eq!(world.work.stopped.load(Ordering::Relaxed), 1, "stopped before it is handed over");
        world.has_sent(2);
        world.work.let_go.add_permits(1);
        world.work_queue().await;
        let execution = world.execution(id).await;
        assert_eq!(execution.state.current(), State::Success);
        let attempts = &execution.task_runs.iter().next().unwrap().attempts;
        assert_eq!(attempts.iter().map(|it| it.lost).collect::<Vec<_>>(), [true, false]);
    });
}

#[test]
fn a_worker_parks_what_it_cannot_end_and_its_first_task_begins_in_any_case() {
    in_every_climate(async |world| {
        world.flow("two", "tasks: [{ id: a, type: test.Work }, { id: b, type: test.Work }]").await;
        let service = world.set(Settings { attempt_max: Some(Duration::from_mins(14)), ..function() });
        let started = call(&world.service, "two", None, None).await.unwrap();
        world.lose_queue();
        let id = started.execution.id;
        let until = Instant::now() + Duration::from_mins(1);
        answered(|| service.work_until(TENANT, id, until)).await.unwrap();
        assert_eq!(world.work.started.load(Ordering::Relaxed), 1, "one fits, since something must");
        assert_eq!(world.execution(id).await.state.current(), State::Running);
        world.has_sent(2);
        world.work_queue().await;
        assert_eq!(world.execution(id).await.state.current(), State::Success);
    });
}

#[test]
fn an_attempt_takes_no_longer_than_one_may_here() {
    in_every_climate(async |world| {
        world.flow("held", HOLD).await;
        let settings = Settings { attempt_max: Some(Duration::from_millis(500)), ..Settings::default() };
        let service = world.set(settings);
        let started = call(&service, "held", None, WAIT).await.unwrap();
        assert!(started.ended);
        assert_eq!(started.execution.state.current(), State::Failed);
        let messages: Vec<_> = started.execution.logs.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(messages, ["Timeout after PT0.5S"]);
        let source = "id: long\nnamespace: test\ntasks: [{ id: work, type: test.Work, timeout: PT1H }]";
        let refused = answered(|| service.create_flow(TENANT, source)).await.unwrap_err().to_string();
        assert!(refused.contains("an attempt can take PT0.5S at most"), "{refused}");
    });
}

#[test]
fn who_waits_is_told_by_the_process_that_ends_the_execution() {
    in_every_climate(async |world| {
        world.flow("held", HOLD).await;
        let (waiting, working) = (world.told(), world.told());
        let id = call(&waiting, "held", None, None).await.unwrap().execution.id;
        let work = tokio::spawn(async move { answered(|| working.work(TENANT, id)).await });
        world.work.begun(1).await;
        let waiter = tokio::spawn({
            let waiting = waiting.clone();
            async move { waiting.wait(TENANT, id, Duration::from_mins(1)).await }
        });
        until(async || world.beside(id, "waiter/") > 0).await;
        let begun = Instant::now();
        world.work.let_go.add_permits(1);
        assert!(waiter.await.unwrap().unwrap().ended);
        let took = begun.elapsed();
        work.await.unwrap().unwrap();
        if world.as_it_is {
            assert!(took < Duration::from_secs(4), "told, and not found by the slow poll");
            world.has_told(1);
        }
        // Once told, nobody is told again. Whoever was not is told now.
        let change = world.last_change(id);
        answered(|| waiting.react(&change)).await.unwrap();
        world.has_told(1);
    });
}

#[test]
fn the_feed_tells_when_the_one_who_should_have_told_is_gone() {
    in_every_climate(async |world| {
        world.flow("work", "tasks: [{ id: work, type: test.Work }]").await;
        let (waiting, notifier) = (world.told(), world.told());
        let id = call(&waiting, "work", None, None).await.unwrap().execution.id;
        let waiter = tokio::spawn(async move { waiting.wait(TENANT, id, WAIT.unwrap()).await });
        until(async || world.beside(id, "waiter/") > 0).await;
        // It knows of no replies: as if it had died between the commit and the telling.
        let another = world.another();
        answered(|| another.work(TENANT, id)).await.unwrap();
        world.has_told(0);
        let change = world.last_change(id);
        answered(|| notifier.react(&change)).await.unwrap();
        assert!(waiter.await.unwrap().unwrap().ended);
        world.has_told(1);
    });
}

#[test]
fn an_address_nobody_uses_any_more_is_removed() {
    in_every_climate(async |world| {
        world.flow("held", HOLD).await;
        let (service, scheduler) = (world.told(), world.told());
        let id = call(&service, "held", None, None).await.unwrap().execution.id;
        let waits = async || {
            let before = world.beside(id, "waiter/");
            until(async || {
                let answer = answered(|| service.wait(TENANT, id, Duration::from_millis(1))).await.unwrap();
                assert!(!answer.ended);
                world.beside(id, "waiter/") > before
            })
            .await;
        };
        let swept = async || answered(|| scheduler.tick()).await.unwrap().swept;
        waits().await;
        assert_eq!(world.wire.boxes(), 1);
        world.clock.advance(Duration::from_mins(40));
        waits().await;
        world.clock.advance(Duration::from_mins(40));
        assert_eq!(swept().await, 0, "it was used forty minutes ago");
        world.clock.advance(LEASE);
        let mut ticks = 0;
        until(async || {
            ticks += 1;
            swept().await;
            world.wire.boxes() == 0
        })
        .await;
        assert!(ticks == 1 || !world.as_it_is, "seen at once");
        assert!(!world.as_it_is || swept().await == 0);
        waits().await;
        assert_eq!(world.wire.boxes(), 1, "a process that comes back takes another");
    });
}
