//! How many executions of a flow run at the same time, and in which order the others follow.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use engine::{
    execution::{Execution, State},
    id::ExecutionId,
    time::Timestamp,
};
use ports::{
    Answer,
    store::{Due, Error, Item, Key, Listed, Range, Store, Write},
};

use crate::{
    climates::{answered, in_every_climate},
    world::{LEASE, TENANT, World},
};

const WAIT: Option<Duration> = Some(Duration::from_mins(1));
const PURE: &str = "tasks: [{ id: a, type: io.kestra.plugin.core.debug.Return, format: a }]";
/// Longer than an item of places waits before it is compared with the executions.
const CHECK: Duration = Duration::from_mins(3);

fn limited(limit: u32, behavior: &str, tasks: &str) -> String {
    format!("concurrency: {{ limit: {limit}, behavior: {behavior} }}\n{tasks}")
}

fn states(execution: &Execution) -> Vec<&'static str> {
    execution.state.histories().map(|it| it.state.name()).collect()
}

/// When it began to run.
fn begun(execution: &Execution) -> Timestamp {
    execution.state.histories().find(|it| it.state == State::Running).unwrap().date
}

/// An execution is over before its place is given back, and owes a look until then.
async fn nothing_is_owed(world: &World) {
    crate::climates::until(async || world.service.next_due().await.unwrap().is_none()).await;
}

#[tokio::test]
async fn a_limited_flow_costs_two_reads_and_two_writes_more() {
    let world = World::new();
    world.flow("limited", &limited(1, "QUEUE", PURE)).await;
    for _ in 0..3 {
        let before = world.counts();
        let started = world.call("limited", WAIT).await.unwrap();
        let cost = world.counts().since(before);
        assert_eq!(states(&started.execution), ["CREATED", "RUNNING", "SUCCESS"]);
        assert_eq!((cost.commits, cost.puts, cost.gets, cost.queries), (3, 3, 2, 0), "{cost:?}");
    }
    assert_eq!(world.messages(), 0);
    assert_eq!(world.service.next_due().await.unwrap(), None, "nothing is kept of who is gone");
}

#[tokio::test]
async fn who_finds_no_place_is_cancelled_or_fails() {
    let world = World::new();
    let held = "tasks: [{ id: a, type: test.Work, hold: true }]";
    world.flow("cancels", &limited(1, "CANCEL", held)).await;
    world.flow("fails", &limited(1, "FAIL", held)).await;
    for (flow, end) in [("cancels", State::Cancelled), ("fails", State::Failed)] {
        let first = world.call(flow, Some(Duration::ZERO)).await.unwrap().execution;
        world.work.begun(1).await;
        let before = world.counts();
        let refused = world.call(flow, WAIT).await.unwrap();
        let cost = world.counts().since(before);
        assert!(refused.ended);
        assert_eq!(states(&refused.execution), ["CREATED", end.name()]);
        assert_eq!((cost.puts, cost.gets), (1, 1), "{cost:?}");
        world.work.let_go.add_permits(1);
        let first = world.service.wait(TENANT, first.id, Duration::from_mins(1)).await.unwrap();
        assert_eq!(first.execution.state.current(), State::Success);
        // The place is free again.
        world.work.let_go.add_permits(1);
        assert_eq!(world.call(flow, WAIT).await.unwrap().execution.state.current(), State::Success);
        world.work.begun(1).await;
    }
}

/// Works on all that is sent, until nothing more is.
async fn work_all(world: &World) {
    loop {
        let sent = world.messages();
        world.work_queue().await;
        if world.messages() == sent {
            return;
        }
    }
}

#[tokio::test]
async fn who_waits_follows_in_order() {
    let world = World::new();
    world.flow("two", &limited(2, "QUEUE", "tasks: [{ id: a, type: test.Work, hold: true }]")).await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        world.clock.advance(Duration::from_millis(1));
        ids.push(world.call("two", Some(Duration::ZERO)).await.unwrap().execution.id);
    }
    world.work.begun(2).await;
    for ended in 1..=20_usize {
        world.clock.advance(Duration::from_millis(1));
        world.work.let_go.add_permits(1);
        crate::climates::until(async || {
            let mut over = 0;
            for id in &ids {
                over += usize::from(world.execution(*id).await.state.is_terminal());
            }
            over == ended
        })
        .await;
        // Whoever is called takes it up by itself.
        crate::climates::until(async || {
            let waiting: Vec<_> = world.queue.take_all();
            for dispatch in waiting {
                let service = world.service.clone();
                tokio::spawn(async move { service.work(&dispatch.tenant, dispatch.execution).await });
            }
            let started = world.work.started.load(Ordering::Relaxed);
            started == (ended + 2).min(20)
        })
        .await;
        assert!(world.work.started.load(Ordering::Relaxed) <= ended + 2, "no more than two at a time");
    }
    let mut last = None;
    for (number, id) in ids.iter().enumerate() {
        let execution = world.execution(*id).await;
        let expected: &[_] = if number < 2 {
            &["CREATED", "RUNNING", "SUCCESS"]
        } else {
            &["CREATED", "QUEUED", "RUNNING", "SUCCESS"]
        };
        assert_eq!(states(&execution), expected);
        assert!(last.is_none_or(|last| last <= begun(&execution)), "number {number} was passed");
        last = Some(begun(&execution));
    }
    nothing_is_owed(&world).await;
}

#[tokio::test]
async fn who_is_killed_while_it_waits_leaves_the_queue() {
    let world = World::new();
    world.flow("one", &limited(1, "QUEUE", "tasks: [{ id: a, type: test.Work, hold: true }]")).await;
    let first = world.call("one", Some(Duration::ZERO)).await.unwrap().execution.id;
    world.work.begun(1).await;
    let mut waiting = Vec::new();
    for _ in 0..2 {
        world.clock.advance(Duration::from_millis(1));
        waiting.push(world.call("one", Some(Duration::ZERO)).await.unwrap().execution.id);
    }
    world.service.kill(TENANT, waiting[0], true).await.unwrap();
    work_all(&world).await;
    assert_eq!(world.execution(waiting[0]).await.state.current(), State::Killed);
    world.work.let_go.add_permits(2);
    world.service.wait(TENANT, first, Duration::from_mins(1)).await.unwrap();
    crate::climates::until(async || {
        world.work_queue().await;
        world.execution(waiting[1]).await.state.is_terminal()
    })
    .await;
    assert_eq!(world.work.started.load(Ordering::Relaxed), 2);
    nothing_is_owed(&world).await;
}

/// Answers nothing more after so many calls, as if the process had ended.
#[derive(Debug)]
struct Dying {
    inner: Arc<dyn Store>,
    /// Calls that are still answered.
    left: Arc<AtomicUsize>,
}

impl Dying {
    async fn alive(&self) {
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if left.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Store for Dying {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Result<Option<Item>, Error>> {
        Box::pin(async move {
            self.alive().await;
            self.inner.get(key).await
        })
    }

    fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Item>, Error>> {
        Box::pin(async move {
            self.alive().await;
            self.inner.query(partition, range).await
        })
    }

    fn list<'a>(&'a self, list: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Listed>, Error>> {
        self.inner.list(list, range)
    }

    fn due(&self, now: Timestamp, limit: usize) -> Answer<'_, Result<Vec<Due>, Error>> {
        self.inner.due(now, limit)
    }

    fn next_due(&self) -> Answer<'_, Result<Option<Timestamp>, Error>> {
        self.inner.next_due()
    }

    fn commit(&self, writes: Vec<Write>) -> Answer<'_, Result<(), Error>> {
        Box::pin(async move {
            self.alive().await;
            self.inner.commit(writes).await
        })
    }
}

/// The carrier of the first dies after so many calls of the store. `true` when it lived.
async fn dies_after(calls: usize, fed: bool) -> bool {
    const MANY: usize = 1_000;
    let left = Arc::new(AtomicUsize::new(MANY));
    let world = World::over(|inner| Arc::new(Dying { inner, left: Arc::clone(&left) }));
    let context = format!("dead after {calls} calls, {}", if fed { "with a feed" } else { "by the clock" });
    world.flow("one", &limited(1, "QUEUE", "tasks: [{ id: a, type: test.Work, hold: true }]")).await;
    let first = world.call("one", Some(Duration::ZERO)).await.unwrap().execution.id;
    world.work.begun(1).await;
    let mut ids = vec![first];
    for _ in 0..3 {
        world.clock.advance(Duration::from_millis(1));
        ids.push(world.call("one", Some(Duration::ZERO)).await.unwrap().execution.id);
    }
    world.lose_queue();
    left.store(calls, Ordering::Relaxed);
    world.work.let_go.add_permits(MANY);
    // Either it gets through, or it stands still for ever.
    let mut lived = false;
    for _ in 0..200 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        lived =
            left.load(Ordering::Relaxed) > 0 && world.messages() > 0 && !world.queue.take_all().is_empty();
        if lived || left.load(Ordering::Relaxed) == 0 {
            break;
        }
    }
    // What was sent died with it, or is sent again.
    world.lose_queue();
    left.store(MANY, Ordering::Relaxed);
    let next = world.another();
    for _ in 0..20 {
        world.clock.advance(if fed { Duration::from_millis(1) } else { LEASE.max(CHECK) });
        if fed {
            for id in &ids {
                next.react(&world.last_change(*id)).await.unwrap();
            }
            // A holder that died is found by its lease.
            if !world.execution(first).await.state.is_terminal() {
                world.clock.advance(LEASE);
                next.work(TENANT, first).await.unwrap();
            }
        } else {
            next.tick().await.unwrap();
        }
        for dispatch in world.queue.take_all() {
            next.work(&dispatch.tenant, dispatch.execution).await.unwrap();
        }
    }
    let mut order: Vec<(Timestamp, ExecutionId)> = Vec::new();
    for id in &ids {
        let execution = world.execution(*id).await;
        assert_eq!(execution.state.current(), State::Success, "{context}: {:?}", states(&execution));
        let runs = execution.state.histories().filter(|it| it.state == State::Running).count();
        assert_eq!(runs, 1, "{context}");
        order.push((begun(&execution), *id));
    }
    order.sort_by_key(|(begun, _)| *begun);
    assert_eq!(order.into_iter().map(|(_, id)| id).collect::<Vec<_>>(), ids, "{context}");
    let due = next.next_due().await.unwrap();
    assert_eq!(due, None, "something is still owed: {context}");
    lived
}

#[tokio::test]
async fn whoever_dies_while_it_gives_back_is_made_good_by_the_clock() {
    let mut calls = 0;
    while !dies_after(calls, false).await {
        calls += 1;
        assert!(calls < 40);
    }
    assert!(calls >= 4, "{calls} calls are too few to have been tried all");
}

#[tokio::test]
async fn whoever_dies_while_it_gives_back_is_made_good_by_the_feed() {
    let mut calls = 0;
    while !dies_after(calls, true).await {
        calls += 1;
        assert!(calls < 40);
    }
    assert!(calls >= 4, "{calls} calls are too few to have been tried all");
}

#[test]
fn nobody_is_forgotten_where_everything_goes_wrong() {
    in_every_climate(async |world| {
        world.flow("two", &limited(2, "QUEUE", "tasks: [{ id: a, type: test.Work }]")).await;
        let mut ids = Vec::new();
        for _ in 0..6 {
            world.clock.advance(Duration::from_millis(1));
            ids.push(world.call("two", None).await.unwrap().execution.id);
        }
        crate::climates::until(async || {
            world.clock.advance(CHECK);
            answered(|| world.service.tick()).await.unwrap();
            world.work_queue().await;
            let mut over = 0;
            for id in &ids {
                over += usize::from(world.execution(*id).await.state.is_terminal());
            }
            over == ids.len()
        })
        .await;
        for id in &ids {
            let execution = world.execution(*id).await;
            assert_eq!(execution.state.current(), State::Success);
            let runs = execution.state.histories().filter(|it| it.state == State::Running).count();
            assert_eq!(runs, 1, "{:?}", states(&execution));
        }
    });
}
