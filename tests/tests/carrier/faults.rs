//! A store that fails now and then, before or after it wrote: every execution still ends, once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use engine::{execution::State, time::Timestamp};
use ports::{
    Answer,
    store::{Due, Error, Item, Key, Listed, Range, Store, Write},
};

use crate::world::{LEASE, TENANT, World, call_once};

/// What happens to a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It does not take place, and the store says so.
    Before,
    /// It takes place, and the store does not say so.
    After,
}

/// Fails the commits from `from` on, `times` times.
#[derive(Debug)]
struct Failing {
    inner: Arc<dyn Store>,
    fault: Fault,
    from: usize,
    times: usize,
    armed: Arc<AtomicUsize>,
}

/// Commits counted since this was set to 1; 0 is not armed.
const NOT_ARMED: usize = 0;

impl Store for Failing {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Result<Option<Item>, Error>> {
        self.inner.get(key)
    }

    fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Item>, Error>> {
        self.inner.query(partition, range)
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
        let armed = self.armed.load(Ordering::Relaxed) != NOT_ARMED;
        let number = if armed { self.armed.fetch_add(1, Ordering::Relaxed) } else { 0 };
        let fails = armed && (self.from..self.from + self.times).contains(&number);
        let unavailable = || Error::Unavailable { message: "on purpose".to_owned(), retry_after: None };
        match self.fault {
            Fault::Before if fails => Box::pin(std::future::ready(Err(unavailable()))),
            Fault::After if fails => Box::pin(async move {
                self.inner.commit(writes).await?;
                Err(unavailable())
            }),
            Fault::Before | Fault::After => self.inner.commit(writes),
        }
    }
}

/// An execution of three tasks while the store fails at one place; then the clock makes good what was left.
async fn ends_once(fault: Fault, from: usize, times: usize) {
    let armed = Arc::new(AtomicUsize::new(NOT_ARMED));
    let world =
        World::over(|inner| Arc::new(Failing { inner, fault, from, times, armed: Arc::clone(&armed) }));
    let tasks = "tasks: [{ id: a, type: test.Work }, { id: b, type: test.Work }, { id: c, type: test.Work }]";
    world.flow("three", tasks).await;
    armed.store(1, Ordering::Relaxed);
    // Of what the store does not know the clock takes care, and the clock stands.
    let answer = call_once(&world.service, "three", Some("key"), Some(Duration::from_millis(100))).await;
    armed.store(NOT_ARMED, Ordering::Relaxed);
    world.lose_queue();
    let context = format!("{fault:?} at commit {from}, {times} times; answered {answer:?}");
    // Whatever is left is due once the lease is over.
    for _ in 0..5 {
        world.clock.advance(LEASE);
        for (tenant, id) in world.service.due().await.unwrap() {
            world.service.work(&tenant, id).await.unwrap();
        }
    }
    assert_eq!(world.service.next_due().await.unwrap(), None, "something is still owed: {context}");
    // A repeat with the same key gets the execution, or makes the first one.
    let repeat = call_once(&world.service, "three", Some("key"), Some(Duration::from_mins(1))).await;
    let execution = repeat.unwrap().execution;
    assert_eq!(execution.state.current(), State::Success, "{context}");
    if let Ok(answer) = answer
        && answer.ended
    {
        assert_eq!(answer.execution, execution, "{context}");
    }
    let stored = world.service.execution(TENANT, execution.id).await.unwrap();
    assert_eq!(stored, execution);
    let ends = execution.state.histories().filter(|it| it.state.is_terminal()).count();
    assert_eq!(ends, 1, "{context}");
    let attempts: usize = execution.task_runs.iter().map(|run| run.attempts.len()).sum();
    let started = world.work.started.load(Ordering::Relaxed);
    assert!(started <= attempts, "{started} effects, {attempts} attempts are recorded: {context}");
}

#[tokio::test]
async fn a_store_that_fails_before_it_writes_delays_and_loses_nothing() {
    for from in 1..=4 {
        for times in [1, 2, 100] {
            ends_once(Fault::Before, from, times).await;
        }
    }
}

#[tokio::test]
async fn a_store_that_fails_after_it_wrote_is_asked_and_nothing_happens_twice() {
    for from in 1..=4 {
        for times in [1, 2, 100] {
            ends_once(Fault::After, from, times).await;
        }
    }
}
