//! Waiting across processes: however register, read, end and tell fall together, a waiter comes back, and where no
//! reply is lost it does not need the slow poll for that.

use std::{sync::Arc, time::Duration};

use embedded::{Home, store::Durability};
use service::{Outside, Service, Settings};
use tests::chance::Chance;
use tokio::{task::JoinSet, time::Instant};

use super::{labour::Labour, town::VirtualClock};
use crate::{
    climates::call,
    weakened::{Climate, CountedIds, Mail, Weakened, Weather, Wire, rounds},
    world::TENANT,
};

/// Long ways, so that everything falls together in every way.
const SLOW: Climate = Climate { call_max: Duration::from_millis(40), repeated: 300, ..Climate::CALM };
/// Replies are lost as well.
const LOSSY: Climate = Climate { lost: 500, refused: 200, ..SLOW };
/// Within this time both the end and the wait begin.
const TOGETHER: usize = 400;
const EXECUTIONS: usize = 40;
/// Some ways there and back. The slow poll comes after five seconds.
const SOON: Duration = Duration::from_secs(1);
const ROUNDS: u64 = 10;

/// Two processes on one store, of which one waits and the other works: how long after the end the last waiter knew.
async fn latest_answer(mut chance: Chance, climate: Climate) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open_with(folder.path(), Durability::ProcessEnd).unwrap();
    let weather = Arc::new(Weather::new(chance.fork(), climate));
    let store = Arc::new(Weakened::over(home.store.clone(), Arc::clone(&weather)));
    let wire = Arc::new(Wire::new(Arc::clone(&weather)));
    let clock = Arc::new(VirtualClock(Instant::now()));
    let ids = Arc::new(CountedIds::default());
    let process = || {
        let outside = Outside {
            store: store.clone(),
            blobs: home.blobs.clone(),
            queue: Arc::new(Mail::new(Arc::clone(&weather))),
            replies: Some(Arc::new(wire.new_box())),
            clock: clock.clone(),
            ids: ids.clone(),
            runnables: vec![Arc::new(Labour::default())],
        };
        Service::new(outside, Settings::default())
    };
    let (waits, works) = (process(), process());
    let flow = "id: works\nnamespace: test\ntasks: [{ id: a, type: test.Labour }]";
    waits.create_flow(TENANT, flow).await.unwrap();
    let mut executions = JoinSet::new();
    for _ in 0..EXECUTIONS {
        let (waits, works) = (waits.clone(), works.clone());
        let mut some = || Duration::from_millis(chance.within(0..TOGETHER as u64));
        let (waits_after, works_after) = (some(), some());
        executions.spawn(async move {
            let id = call(&waits, "works", None, None).await.unwrap().execution.id;
            let waiting = async {
                tokio::time::sleep(waits_after).await;
                let answer = waits.wait(TENANT, id, Duration::from_hours(1)).await.unwrap();
                assert!(answer.ended);
                Instant::now()
            };
            let working = async {
                tokio::time::sleep(works_after).await;
                works.work(TENANT, id).await.unwrap();
                Instant::now()
            };
            let (answered, ended) = tokio::join!(waiting, working);
            answered.saturating_duration_since(ended)
        });
    }
    executions.join_all().await.into_iter().max().unwrap()
}

#[test]
fn a_waiter_in_another_process_is_told_however_the_steps_fall_together() {
    rounds(ROUNDS, |chance| async {
        let latest = latest_answer(chance, SLOW).await;
        assert!(latest < SOON, "a waiter came back {latest:?} after the end");
    });
}

#[test]
fn a_waiter_whose_reply_is_lost_comes_back_with_the_slow_poll() {
    rounds(ROUNDS, |chance| async {
        let latest = latest_answer(chance, LOSSY).await;
        assert!(latest > SOON, "no reply was lost, so this tests nothing");
        assert!(latest < Duration::from_secs(6), "a waiter came back {latest:?} after the end");
    });
}
