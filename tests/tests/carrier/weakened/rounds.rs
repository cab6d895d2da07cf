//! Seeds, one after the other, each on a runtime of its own.

use std::{env, panic};

use tests::chance::Chance;
use tokio::runtime;

/// Runs the seeds that the environment asks for, each on a runtime whose time passes only when nobody has anything to
/// do.
///
/// `WEAKENED_SEED` chooses the first seed and `WEAKENED_ROUNDS` how many follow; a failure names its own, and does the
/// same again under it.
pub(crate) fn rounds<F: Future<Output = ()>>(default: u64, simulate: impl Fn(Chance) -> F) {
    let number = |name| env::var(name).ok().map(|text| text.parse().expect("a whole number"));
    let first: u64 = number("WEAKENED_SEED").unwrap_or(1);
    let rounds = number("WEAKENED_ROUNDS").unwrap_or(default);
    for seed in first..first + rounds {
        let runtime =
            runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let round = panic::AssertUnwindSafe(|| runtime.block_on(simulate(Chance::new(seed))));
        if let Err(panic) = panic::catch_unwind(round) {
            eprintln!("again with WEAKENED_SEED={seed} WEAKENED_ROUNDS=1");
            panic::resume_unwind(panic);
        }
    }
}
