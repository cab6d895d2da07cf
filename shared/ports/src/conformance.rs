//! The promises of the ports as tests that every adapter runs.
//!
//! Each promise is a plain async function over the port; a macro gives each its own named test in the adapter's crate:
//!
//! ```text
//! mod store {
//!     async fn open() -> Option<(Arc<Store>, TempDir)> { … }
//!     ports::store_promises!(open);
//! }
//! ```
//!
//! `open` makes a new, empty store for one test, and gives it with whatever must live as long; `None` skips the test.
//! Nothing here waits for a fixed time: what may lag is read again until it is there, or too late (see [`eventually`]).

#![allow(clippy::unwrap_used, reason = "a broken promise is a panic")]
#![allow(clippy::missing_panics_doc, reason = "a broken promise is a panic")]

pub mod blobs;
pub mod queue;
pub mod replies;
pub mod store;

use std::{fmt::Debug, time::Duration};

/// How long an index may lag.
const LAG_MAX: Duration = Duration::from_secs(10);

/// Reads again and again until this is what comes.
pub async fn eventually<T: PartialEq + Debug, F: Future<Output = T>>(
    expected: T,
    mut read: impl FnMut() -> F,
) {
    let mut found = read().await;
    let mut pause = Duration::from_millis(1);
    let begun = tokio::time::Instant::now();
    while found != expected {
        assert!(begun.elapsed() < LAG_MAX, "after {LAG_MAX:?} still\n{found:?}\nand not\n{expected:?}");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(200));
        found = read().await;
    }
}

/// One named test for each promise of a module. Not for direct use.
#[doc(hidden)]
#[macro_export]
macro_rules! promise_tests {
    ($open:path, $port:ident, [$($promise:ident),* $(,)?]) => {
        $(
            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                match $open().await {
                    Some((port, _kept)) => $crate::conformance::$port::$promise(&*port).await,
                    None => ::std::eprintln!("skipped: there is nothing to test against"),
                }
            }
        )*
    };
}
