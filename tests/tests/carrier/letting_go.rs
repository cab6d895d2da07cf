//! A signal that comes between the last look of a carrier and its leaving.

use std::sync::Arc;

use engine::{execution::State, time::Timestamp};
use ports::{
    Answer,
    store::{Due, Error, Item, Key, Listed, Range, Store, Write},
};
use tokio::sync::Semaphore;

use crate::world::{TENANT, World};

/// Holds the answer to a carrier's last look back.
#[derive(Debug)]
struct Slow {
    inner: Arc<dyn Store>,
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct Gate {
    looked: Semaphore,
    goes_on: Semaphore,
}

impl Store for Slow {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Result<Option<Item>, Error>> {
        self.inner.get(key)
    }

    fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Item>, Error>> {
        let is_last_look = range.prefix == "signal/" && range.limit == 1;
        Box::pin(async move {
            let answer = self.inner.query(partition, range).await;
            if is_last_look {
                self.gate.looked.add_permits(1);
                self.gate.goes_on.acquire().await.unwrap().forget();
            }
            answer
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
        self.inner.commit(writes)
    }
}

#[tokio::test]
async fn a_signal_that_comes_while_a_carrier_lets_go_is_heard() {
    let gate = Arc::new(Gate { looked: Semaphore::new(0), goes_on: Semaphore::new(0) });
    let world = World::over(|inner| Arc::new(Slow { inner, gate: Arc::clone(&gate) }));
    world.flow("pause", "tasks: [{ id: wait, type: io.kestra.plugin.core.flow.Pause }]").await;
    let id = world.call("pause", None).await.unwrap().execution.id;
    let carrier = world.service.clone();
    let carrying = tokio::spawn(async move { carrier.work(TENANT, id).await });
    gate.looked.acquire().await.unwrap().forget();
    assert_eq!(world.execution(id).await.state.current(), State::Paused);
    // The carrier has found nothing, and has not left yet.
    let killed = world.service.kill(TENANT, id, true).await.unwrap();
    assert_eq!(killed.state.current(), State::Killed);
    gate.goes_on.add_permits(1);
    carrying.await.unwrap().unwrap();
    assert_eq!(world.execution(id).await, killed);
}
