//! Those who call: with and without a key, at the same time with the same one, waiting and not, again when they fail.

use std::{sync::Arc, time::Duration};

use engine::{execution::Execution, id::ExecutionId};
use service::{Class, Started};
use tests::chance::Chance;
use tokio::{task::JoinSet, time::Instant};

use super::{flows::FLOWS, town::Town};
use crate::world::{self, TENANT};

/// What an answer may take beyond the wait that was asked for: tries of the store, and pauses between them.
const BEYOND_WAIT_MAX: Duration = Duration::from_secs(20);

/// What a caller learned.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) flow: &'static str,
    /// Calls with the same key are about the same execution.
    pub(super) key: Option<String>,
    /// `None` when it failed, or broke off, and there was no key to repeat it with.
    pub(super) id: Option<ExecutionId>,
    /// The execution as it ended, for those who waited.
    pub(super) ended: Option<Execution>,
}

/// Begins so many calls within the time, some of them more than once.
pub(super) fn all(town: &Arc<Town>, calls: usize, time: Duration, mut chance: Chance) -> JoinSet<Answered> {
    let mut callers = JoinSet::new();
    for number in 0..calls {
        let flow = FLOWS[usize::try_from(chance.within(0..FLOWS.len() as u64)).unwrap()].0;
        let at = Duration::from_millis(chance.within(0..u64::try_from(time.as_millis()).unwrap()));
        let key = (chance.within(0..3) > 0).then(|| format!("call-{number}"));
        let same = if key.is_some() { chance.within(1..4) } else { 1 };
        for _ in 0..same {
            let beside = Duration::from_millis(chance.within(0..3_000));
            let wait = match chance.within(0..4) {
                0 => None,
                1 => Some(Duration::ZERO),
                2 => Some(Duration::from_secs(chance.within(1..6))),
                _ => Some(Duration::from_hours(1)),
            };
            callers.spawn(call(Arc::clone(town), flow, key.clone(), wait, at + beside));
        }
    }
    callers
}

async fn call(
    town: Arc<Town>,
    flow: &'static str,
    key: Option<String>,
    wait: Option<Duration>,
    after: Duration,
) -> Answered {
    tokio::time::sleep(after).await;
    let mut answered = Answered { flow, key, id: None, ended: None };
    loop {
        let process = town.somebody();
        let calling = world::call_once(&process.service, flow, answered.key.as_deref(), wait);
        match within(wait, Box::pin(process.life.doing(calling))).await {
            Some(Ok(Started { execution, ended })) => {
                answered.id = Some(execution.id);
                answered.ended = ended.then_some(execution);
                break;
            }
            Some(Err(error)) => match error.class() {
                Class::Transient | Class::Contention => {}
                Class::Caller | Class::Bug => panic!("{flow}: {error}"),
            },
            None => {}
        }
        if answered.key.is_none() {
            return answered;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    if wait.is_some() && answered.ended.is_none() {
        answered.ended = Some(wait_on(&town, answered.id.unwrap()).await);
    }
    answered
}

/// Waits in whatever process there is, until it has ended.
async fn wait_on(town: &Town, id: ExecutionId) -> Execution {
    let wait = Duration::from_secs(30);
    loop {
        let process = town.somebody();
        match within(Some(wait), process.life.doing(process.service.wait(TENANT, id, wait))).await {
            Some(Ok(Started { execution, ended: true })) => return execution,
            Some(Ok(_)) | None => {}
            Some(Err(error)) => {
                assert_eq!(error.class(), Class::Transient, "{id}: {error}");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
}

/// Every call is answered soon after its wait is over, whatever goes wrong.
async fn within<T>(wait: Option<Duration>, call: impl Future<Output = T>) -> T {
    let most = wait.unwrap_or_default() + BEYOND_WAIT_MAX;
    let begun = Instant::now();
    let answer = call.await;
    assert!(begun.elapsed() <= most, "a call that waits {wait:?} took {:?}", begun.elapsed());
    answer
}
