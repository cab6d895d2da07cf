//! The same test where the index is always up to date and every call is answered, and where no more is kept than the
//! ports promise.

use std::time::Duration;

use engine::input::Submitted;
use service::{Begun, Class, Error, Service, Start, Started};
use tokio::{
    runtime,
    time::{Instant, sleep, timeout},
};

use crate::{
    weakened::rounds,
    world::{TENANT, World},
};

/// Seeds of the weakened climate, unless the environment says how many.
const ROUNDS: u64 = 4;
/// After this time, virtual where weakened, a test is stuck.
const STUCK_AFTER: Duration = Duration::from_hours(3);
/// Before a caller repeats what was not answered.
const REPEATED_AFTER: Duration = Duration::from_millis(100);
/// More often than that nobody repeats.
const REPEATS_MAX: usize = 30;
/// How long a condition may take to come true.
const TRUE_WITHIN: Duration = Duration::from_mins(1);

/// Runs the test in a world as it is, and in weakened ones by some seeds.
pub(crate) fn in_every_climate(test: impl AsyncFn(World)) {
    let as_it_is = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    as_it_is.block_on(test(World::new()));
    let test = &test;
    rounds(ROUNDS, |chance| async move {
        timeout(STUCK_AFTER, test(World::weakened(chance))).await.expect("it is stuck");
    });
}

/// Asks until there is an answer, as callers do.
pub(crate) async fn answered<T, F>(ask: impl Fn() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    for _ in 0..REPEATS_MAX {
        match ask().await {
            Err(error) if error.class() == Class::Transient => sleep(REPEATED_AFTER).await,
            answer => return answer,
        }
    }
    ask().await
}

/// Starts an execution, or finds the one of the key. When it is not said whether it started, it is looked for.
pub(crate) async fn call(
    service: &Service,
    id: &str,
    key: Option<&str>,
    wait: Option<Duration>,
) -> Result<Started, Error> {
    let wait_on = |id| answered(move || service.wait(TENANT, id, wait.unwrap_or_default()));
    let draft = match answered(|| service.begin(TENANT, "test", id, None, key)).await? {
        Begun::New(draft) => draft,
        Begun::Existing(existing) => return wait_on(existing).await,
    };
    let execution = draft.id;
    let mut answer = service.start(draft, Submitted::new(), Start { wait, ..Start::default() }).await;
    for _ in 0..REPEATS_MAX {
        match answer {
            Err(error) if error.class() == Class::Transient || matches!(error, Error::NotFound(_)) => {
                sleep(REPEATED_AFTER).await;
                answer = wait_on(execution).await;
            }
            _ => break,
        }
    }
    answer
}

/// Creates a flow. One whose answer was lost is refused when it comes again.
pub(crate) async fn create(service: &Service, source: &str) {
    if let Err(refused) = answered(|| service.create_flow(TENANT, source)).await {
        assert!(refused.to_string().contains("already exists"), "{refused}");
    }
}

/// Looks again and again until it is true.
pub(crate) async fn until(mut is_true: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + TRUE_WITHIN;
    while !is_true().await {
        assert!(Instant::now() < deadline, "it does not come true");
        sleep(Duration::from_millis(1)).await;
    }
}
