//! Functions: what does not fit into one is handed over, and who waits is told by another.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use engine::execution::State;
use service::Settings;
use tokio::time::Instant;

use crate::{
    post::Post,
    world::{LEASE, TENANT, World, call},
};

const WAIT: Option<Duration> = Some(Duration::from_mins(1));
const HOLD: &str = "tasks: [{ id: work, type: test.Work, hold: true }]";
const TIMED: &str = "tasks: [{ id: work, type: test.Work, timeout: PT5S }]";

fn function() -> Settings {
    Settings { stands_still: true, ..Settings::default() }
}

#[tokio::test]
async fn a_task_that_fits_is_run_where_the_call_is() {
    let world = World::new();
    world.flow("timed", TIMED).await;
    world.flow("untimed", "tasks: [{ id: work, type: test.Work }]").await;
    let service = world.set(Settings { attempt_max: Some(Duration::from_mins(14)), ..function() });
    for (flow, wait) in [("timed", 8), ("untimed", 13)] {
        let started = call(&service, flow, None, Some(Duration::from_secs(wait))).await.unwrap();
        assert!(started.ended, "{flow}");
    }
    assert_eq!(world.messages(), 0);
}

#[tokio::test]
async fn a_task_that_may_take_longer_than_the_call_is_handed_over_before_it_begins() {
    let mut world = World::new();
    world.flow("timed", TIMED).await;
    let post = Arc::new(Post::default());
    let (service, worker) = (world.told_by(post.new_box()), world.told_by(post.new_box()));
    let caller =
        tokio::spawn(async move { call(&service, "timed", None, Some(Duration::from_secs(6))).await });
    let dispatch = world.next_message().await;
    assert_eq!(world.work.started.load(Ordering::Relaxed), 0);
    worker.work(TENANT, dispatch.execution).await.unwrap();
    let started = caller.await.unwrap().unwrap();
    assert!(started.ended);
    assert_eq!(started.execution.state.current(), State::Success);
    assert_eq!(started.execution.task_runs.iter().next().unwrap().attempts.len(), 1);
    assert_eq!(world.messages(), 1);
}

#[tokio::test]
async fn what_still_runs_at_the_end_of_a_shift_is_stopped_and_run_again_elsewhere() {
    let mut world = World::new();
    world.flow("held", HOLD).await;
    let id = call(&world.service, "held", None, None).await.unwrap().execution.id;
    world.lose_queue();
    let until = Instant::now() + Duration::from_millis(2_100);
    world.set(function()).work_until(TENANT, id, until).await.unwrap();
    assert!(Instant::now() <= until, "done in time");
    assert_eq!(world.work.stopped.load(Ordering::Relaxed), 1, "stopped before it is handed over");
    assert_eq!(world.messages(), 2);
    world.work.let_go.add_permits(1);
    world.work_queue().await;
    let execution = world.execution(id).await;
    assert_eq!(execution.state.current(), State::Success);
    let attempts = &execution.task_runs.iter().next().unwrap().attempts;
    assert_eq!(attempts.iter().map(|it| it.lost).collect::<Vec<_>>(), [true, false]);
}

#[tokio::test]
async fn a_worker_parks_what_it_cannot_end_and_its_first_task_begins_in_any_case() {
    let mut world = World::new();
    world.flow("two", "tasks: [{ id: a, type: test.Work }, { id: b, type: test.Work }]").await;
    let service = world.set(Settings { attempt_max: Some(Duration::from_mins(14)), ..function() });
    let started = call(&world.service, "two", None, None).await.unwrap();
    world.lose_queue();
    let id = started.execution.id;
    let until = Instant::now() + Duration::from_mins(1);
    service.work_until(TENANT, id, until).await.unwrap();
    assert_eq!(world.work.started.load(Ordering::Relaxed), 1, "one fits, since something must");
    assert_eq!(world.execution(id).await.state.current(), State::Running);
    assert_eq!(world.messages(), 2, "and the rest is handed over");
    world.work_queue().await;
    assert_eq!(world.execution(id).await.state.current(), State::Success);
}

#[tokio::test]
async fn an_attempt_takes_no_longer_than_one_may_here() {
    let world = World::new();
    world.flow("held", HOLD).await;
    let settings = Settings { attempt_max: Some(Duration::from_millis(500)), ..Settings::default() };
    let service = world.set(settings);
    let started = call(&service, "held", None, WAIT).await.unwrap();
    assert!(started.ended);
    assert_eq!(started.execution.state.current(), State::Failed);
    let messages: Vec<_> = started.execution.logs.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(messages, ["Timeout after PT0.5S"]);
    let source = "id: long\nnamespace: test\ntasks: [{ id: work, type: test.Work, timeout: PT1H }]";
    let refused = service.create_flow(TENANT, source).await.unwrap_err().to_string();
    assert!(refused.contains("an attempt can take PT0.5S at most"), "{refused}");
}

#[tokio::test]
async fn who_waits_is_told_by_the_process_that_ends_the_execution() {
    let world = World::new();
    world.flow("held", HOLD).await;
    let post = Arc::new(Post::default());
    let (waiting, working) = (world.told_by(post.new_box()), world.told_by(post.new_box()));
    let id = call(&waiting, "held", None, None).await.unwrap().execution.id;
    let work = tokio::spawn(async move { working.work(TENANT, id).await });
    world.work.begun(1).await;
    let before = world.counts();
    let waiter = tokio::spawn({
        let waiting = waiting.clone();
        async move { waiting.wait(TENANT, id, Duration::from_mins(1)).await }
    });
    // The address and the waiter.
    while world.counts().since(before).puts < 2 {
        tokio::task::yield_now().await;
    }
    let begun = std::time::Instant::now();
    world.work.let_go.add_permits(1);
    assert!(waiter.await.unwrap().unwrap().ended);
    assert!(begun.elapsed() < Duration::from_secs(4), "told, and not found by the slow poll");
    work.await.unwrap().unwrap();
    assert_eq!(post.sent.load(Ordering::Relaxed), 1);
    // Once told, nobody is told again.
    let change = world.last_change(id).await;
    waiting.react(&change).await.unwrap();
    assert_eq!(post.sent.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn the_feed_tells_when_the_one_who_should_have_told_is_gone() {
    let world = World::new();
    world.flow("work", "tasks: [{ id: work, type: test.Work }]").await;
    let post = Arc::new(Post::default());
    let (waiting, notifier) = (world.told_by(post.new_box()), world.told_by(post.new_box()));
    let id = call(&waiting, "work", None, None).await.unwrap().execution.id;
    let waiter = tokio::spawn(async move { waiting.wait(TENANT, id, WAIT.unwrap()).await });
    while world.counts().puts < 5 {
        tokio::task::yield_now().await;
    }
    // It knows of no replies: as if it had died between the commit and the telling.
    world.another().work(TENANT, id).await.unwrap();
    assert_eq!(post.sent.load(Ordering::Relaxed), 0);
    let change = world.last_change(id).await;
    notifier.react(&change).await.unwrap();
    assert!(waiter.await.unwrap().unwrap().ended);
    assert_eq!(post.sent.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn an_address_nobody_uses_any_more_is_removed() {
    let world = World::new();
    world.flow("held", HOLD).await;
    let post = Arc::new(Post::default());
    let (service, scheduler) = (world.told_by(post.new_box()), world.told_by(post.new_box()));
    let id = call(&service, "held", None, None).await.unwrap().execution.id;
    let wait = Duration::from_millis(1);
    assert!(!service.wait(TENANT, id, wait).await.unwrap().ended);
    assert_eq!(post.boxes(), 1);
    world.clock.advance(Duration::from_mins(40));
    assert!(!service.wait(TENANT, id, wait).await.unwrap().ended);
    world.clock.advance(Duration::from_mins(40));
    assert_eq!(scheduler.tick().await.unwrap().swept, 0, "it was used forty minutes ago");
    world.clock.advance(LEASE);
    assert_eq!(scheduler.tick().await.unwrap().swept, 1);
    assert_eq!(post.boxes(), 0);
    assert_eq!(scheduler.tick().await.unwrap().swept, 0);
    assert!(!service.wait(TENANT, id, wait).await.unwrap().ended, "a process that comes back takes another");
    assert_eq!(post.boxes(), 1);
}
