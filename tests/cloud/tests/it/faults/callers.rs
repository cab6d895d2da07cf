//! Those who call and wait, again with the same key when a call fails.

use std::{sync::Arc, time::Duration};

use engine::{
    execution::{Execution, State},
    input::Submitted,
};
use service::{Begun, Class, Error, Service, Start, Started};
use tests::chance::Chance;
use tokio::{sync::Semaphore, task::JoinSet, time::Instant};

use super::deployment::{Deployment, FLOWS, TENANT};

/// Calls at the same time.
const TOGETHER: usize = 48;
/// What one answer may take beyond its wait: the SDK's and our own tries of a few calls.
const BEYOND_WAIT_MAX: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(100);

/// What a caller learned.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) key: String,
    pub(super) ends_as: State,
    pub(super) execution: Execution,
}

/// So many calls; comes back when each has seen the end of its execution.
pub(super) async fn all(deployment: &Deployment, calls: usize, mut chance: Chance) -> Vec<Answered> {
    let turns = Arc::new(Semaphore::new(TOGETHER));
    let mut callers = JoinSet::new();
    for number in 0..calls {
        let (flow, _, ends_as) = FLOWS[number % FLOWS.len()];
        let services = deployment.apis.clone();
        // Not at all; too short for a task to be begun within it; long enough.
        let wait = [None, Some(Duration::from_secs(6)), Some(Duration::from_secs(25))];
        let wait = wait[usize::try_from(chance.within(0..3)).unwrap()];
        let key = format!("call-{number}");
        let turns = Arc::clone(&turns);
        callers.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            let execution = ended(&services, number, flow, &key, wait).await;
            Answered { key, ends_as, execution }
        });
    }
    callers.join_all().await
}

async fn ended(
    services: &[Service],
    first: usize,
    flow: &str,
    key: &str,
    mut wait: Option<Duration>,
) -> Execution {
    for number in first.. {
        let begun = Instant::now();
        let called = call(&services[number % services.len()], flow, key, wait).await;
        let most = wait.unwrap_or_default() + BEYOND_WAIT_MAX;
        assert!(begun.elapsed() < most, "a call that waits {wait:?} took {:?}", begun.elapsed());
        match called {
            Ok(Started { execution, ended: true }) => return execution,
            Ok(_) => {}
            Err(error) => match error.class() {
                Class::Transient | Class::Contention => tokio::time::sleep(PAUSE).await,
                Class::Caller | Class::Bug => panic!("{flow} {key}: {error}"),
            },
        }
        // Whoever did not wait comes back and does.
        wait = wait.or(Some(Duration::from_secs(10)));
    }
    unreachable!("there is always another try")
}

async fn call(service: &Service, flow: &str, key: &str, wait: Option<Duration>) -> Result<Started, Error> {
    match service.begin(TENANT, "test", flow, None, Some(key)).await? {
        Begun::New(draft) => service.start(draft, Submitted::new(), Start { wait, ..Start::default() }).await,
        Begun::Existing(id) => service.wait(TENANT, id, wait.unwrap_or_default()).await,
    }
}
