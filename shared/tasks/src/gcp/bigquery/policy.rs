//! Whether a job that failed is begun anew: `retryAuto`, `retryReasons`, `retryMessages`.

use std::time::Duration;

use engine::flow::{PropertyType, Retry, RetryBehavior, RetryKind, Shape};

use super::super::failure::Problem;
use crate::properties::{Properties, property};

/// Jobs of one attempt, whatever a flow says (Kestra: its default).
pub(super) const ROUNDS_MAX: u32 = 10;

pub(super) const PROPERTIES: [PropertyType; 3] = [
    property("retryAuto", RETRY),
    property("retryReasons", Shape::Strings),
    property("retryMessages", Shape::Strings),
];

const RETRY: Shape = Shape::Plugin {
    types: &["constant", "exponential", "random"],
    properties: &[
        property("interval", Shape::Duration),
        property("minInterval", Shape::Duration),
        property("maxInterval", Shape::Duration),
        property("delayFactor", Shape::Typed),
        property("maxAttempt", Shape::Integer),
        property("maxAttempts", Shape::Integer),
        property("maxDuration", Shape::Duration),
    ],
};

const REASONS: [&str; 5] =
    ["rateLimitExceeded", "jobBackendError", "backendError", "internalError", "jobInternalError"];
const MESSAGES: [&str; 3] =
    ["due to concurrent update", "Retrying the job may solve the problem", "Retrying may solve the problem"];

/// What is tried again, how often, and after what time.
#[derive(Debug)]
pub(super) struct Policy {
    retry: Retry,
    reasons: Vec<String>,
    messages: Vec<String>,
}

impl Policy {
    /// Reads it; without a word of the flow, what Kestra does.
    pub(super) fn read(task: &mut Properties<'_>) -> Self {
        let own = |task: &mut Properties<'_>, name: &str, default: &[&str]| {
            let given = task.strings(name);
            if task.has(name) { given } else { default.iter().map(|it| (*it).to_owned()).collect() }
        };
        Self {
            reasons: own(task, "retryReasons", &REASONS),
            messages: own(task, "retryMessages", &MESSAGES),
            retry: if task.has("retryAuto") { task.section("retryAuto", retry) } else { usual() },
        }
    }

    /// How long to wait before the next job, after this many of them failed; `None` when the failure counts.
    pub(super) fn wait(
        &self,
        problems: &[Problem],
        rounds: u32,
        elapsed: Duration,
        id: u128,
    ) -> Option<Duration> {
        let again = |it: &Problem| {
            let message = it.message.to_lowercase();
            self.reasons.contains(&it.reason)
                || self.messages.iter().any(|part| message.contains(&part.to_lowercase()))
        };
        let wait = self.retry.delay(usize::try_from(rounds).unwrap_or(usize::MAX), id);
        let most = self.retry.attempts_max.unwrap_or(ROUNDS_MAX).min(ROUNDS_MAX);
        let late = self.retry.duration_max.is_some_and(|most| elapsed.saturating_add(wait) > most);
        (problems.iter().any(again) && rounds < most && !late).then_some(wait)
    }
}

fn usual() -> Retry {
    Retry {
        kind: RetryKind::Exponential {
            interval: Duration::from_secs(5),
            interval_max: Duration::from_hours(1),
            delay_factor: None,
        },
        attempts_max: Some(ROUNDS_MAX),
        duration_max: Some(Duration::from_mins(15)),
        warning_on_retry: false,
        behavior: RetryBehavior::RetryFailedTask,
    }
}

fn retry(it: &mut Properties<'_>) -> Retry {
    let kind = match it.required_text("type").as_str() {
        "exponential" => RetryKind::Exponential {
            interval: needed(it, "interval"),
            interval_max: needed(it, "maxInterval"),
            delay_factor: factor(it),
        },
        "random" => RetryKind::Random {
            interval_min: needed(it, "minInterval"),
            interval_max: needed(it, "maxInterval"),
        },
        _ => RetryKind::Constant { interval: needed(it, "interval") },
    };
    let attempts_max = it.whole("maxAttempts").or_else(|| it.whole("maxAttempt"));
    let attempts_max = attempts_max.map(|most| u32::try_from(most).unwrap_or(u32::MAX));
    if attempts_max.is_some_and(|most| most > ROUNDS_MAX) {
        it.problem(format!("`maxAttempts` may be {ROUNDS_MAX} at most"));
    }
    Retry { kind, attempts_max, duration_max: it.duration("maxDuration"), ..usual() }
}

fn needed(it: &mut Properties<'_>, name: &str) -> Duration {
    if !it.has(name) {
        it.problem(format!("`{name}` must not be null"));
    }
    it.duration(name).unwrap_or_default()
}

fn factor(it: &mut Properties<'_>) -> Option<f64> {
    let text = it.text("delayFactor")?;
    let factor = text.parse().ok().filter(|it: &f64| it.is_finite());
    if factor.is_none() {
        it.problem(format!("`delayFactor` must be a number, not `{text}`"));
    }
    factor
}

#[cfg(test)]
mod tests;
