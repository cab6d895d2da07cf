//! Whether a failed attempt is followed by another, and when.

use std::time::Duration;

use super::offers;
use crate::{
    execution::{Execution, State, TaskRun, Terms},
    flow::{Flow, Retry, RetryBehavior, RetryKind, Task},
    time::Timestamp,
};

/// Attempts of one task run, however long its policy would go on.
pub(super) const ATTEMPTS_MAX: usize = 1_000;
/// The factor of an exponential policy that names none.
const FACTOR: f64 = 2.0;

/// What follows a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// Another attempt of the task run.
    Attempt { at: Timestamp },
    /// Another execution of the flow.
    Execution { at: Timestamp },
}

/// What follows the failure of the run's last attempt; `None` when it counts.
pub(super) fn next(flow: &Flow, execution: &Execution, task: &Task, run: &TaskRun) -> Option<Again> {
    if run.attempts.last()?.worked.as_ref().is_some_and(|worked| !offers::may_retry(worked)) {
        return None;
    }
    if let (None, Some(terms)) = (&task.retry, run.terms()) {
        return by_terms(terms, run);
    }
    let policy = policy(flow, execution, task, run)?;
    match policy.behavior {
        RetryBehavior::RetryFailedTask => {
            let tries = tries(run);
            let ended = run.attempts.last()?.state.last().date;
            let begun = run.attempts.first()?.state.first().date;
            let at = ended.plus(policy.delay(tries, run.id.as_u128()));
            (tries < ATTEMPTS_MAX && allows(policy, tries, begun, at)).then_some(Again::Attempt { at })
        }
        RetryBehavior::CreateNewExecution => {
            let tries = usize::try_from(execution.metadata.attempt_number).ok()?;
            let ended = run.attempts.last()?.state.last().date;
            let begun = execution.metadata.original_created_date;
            let at = ended.plus(policy.delay(tries, execution.id.as_u128()));
            (tries < ATTEMPTS_MAX && allows(policy, tries, begun, at)).then_some(Again::Execution { at })
        }
    }
}

/// As its definition says, when a task has no policy of its own.
fn by_terms(terms: &Terms, run: &TaskRun) -> Option<Again> {
    let tries = tries(run);
    let ended = run.attempts.last()?.state.last().date;
    let begun = run.attempts.first()?.state.first().date;
    let at = ended.plus(terms.delay(tries, chance(run.id.as_u128(), tries)));
    let enough = usize::try_from(terms.retry_count).is_ok_and(|most| tries > most);
    let late = terms.total_timeout.is_some_and(|most| at > begun.plus(most));
    (tries < ATTEMPTS_MAX && !enough && !late).then_some(Again::Attempt { at })
}

/// Whether a success after a failure is only a WARNING.
pub(super) fn warns(flow: &Flow, execution: &Execution, task: &Task, run: &TaskRun) -> bool {
    policy(flow, execution, task, run).is_some_and(|policy| policy.warning_on_retry)
}

/// The task's own policy, else the nearest one above it, else the flow's.
fn policy<'f>(flow: &'f Flow, execution: &Execution, task: &'f Task, run: &TaskRun) -> Option<&'f Retry> {
    if let Some(own) = &task.retry {
        return Some(own);
    }
    let mut above = run.parent;
    while let Some(parent) = above.and_then(|id| execution.task_runs.get(id)) {
        if let Some(policy) = flow.task(&parent.task_id).and_then(|task| task.retry.as_ref()) {
            return Some(policy);
        }
        above = parent.parent;
    }
    flow.retry.as_ref()
}

/// Attempts that count: one whose holder vanished was not the task's fault.
fn tries(run: &TaskRun) -> usize {
    run.attempts.iter().filter(|attempt| !attempt.lost && attempt.state.current() == State::Failed).count()
}

fn allows(policy: &Retry, tries: usize, begun: Timestamp, at: Timestamp) -> bool {
    let enough =
        policy.attempts_max.is_some_and(|most| usize::try_from(most).is_ok_and(|most| tries >= most));
    let late = policy.duration_max.is_some_and(|most| at > begun.plus(most));
    !enough && !late
}

impl Retry {
    /// Between the failure of try number `tries` (1 for the first) of whoever has that id and the next one.
    pub fn delay(&self, tries: usize, id: u128) -> Duration {
        delay(self, tries, chance(id, tries))
    }
}

fn delay(policy: &Retry, tries: usize, chance: f64) -> Duration {
    match &policy.kind {
        RetryKind::Constant { interval } => *interval,
        RetryKind::Exponential { interval, interval_max, delay_factor } => {
            let exponent = i32::try_from(tries.saturating_sub(1)).unwrap_or(i32::MAX);
            let seconds = interval.as_secs_f64() * delay_factor.unwrap_or(FACTOR).max(1.0).powi(exponent);
            Duration::try_from_secs_f64(seconds).map_or(*interval_max, |it| it.min(*interval_max))
        }
        RetryKind::Random { interval_min, interval_max } => {
            let range = interval_max.saturating_sub(*interval_min);
            interval_min.saturating_add(range.mul_f64(chance))
        }
    }
}

/// A number from 0 to 1 that follows from who tries and how often: the same failure is always followed alike.
fn chance(id: u128, tries: usize) -> f64 {
    let tries = u64::try_from(tries).unwrap_or(u64::MAX);
    let low = u64::try_from(id & u128::from(u64::MAX)).expect("masked to 64 bits");
    // SplitMix64's finalizer.
    let mut mixed = low ^ tries.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let bits = u32::try_from((mixed ^ (mixed >> 31)) >> 32).expect("32 bits are left");
    f64::from(bits) / f64::from(u32::MAX)
}
