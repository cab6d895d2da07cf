//! Attempts that are offered to workers outside: what they get, what holds for them, and what they reported.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::{
    conductor::{RetryLogic, TaskDefinition, TaskTimeoutPolicy},
    time::Timestamp,
};

/// What the last attempt of a run was offered as. It stays when the attempt has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offered {
    /// The type that workers poll for.
    #[serde(rename = "t")]
    pub task_type: String,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Rendered.
    #[serde(rename = "i", default, skip_serializing_if = "Map::is_empty")]
    pub input: Map<String, Json>,
    /// 0 to 99: the higher ones are handed out first.
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    pub priority: u8,
    /// As they were when it was offered: a definition that changes changes nothing of an attempt that waits.
    #[serde(rename = "r")]
    pub terms: Terms,
}

/// What of a task definition holds for an attempt, and for what follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Tries after the first.
    #[serde(rename = "c")]
    pub retry_count: u32,
    #[serde(rename = "l")]
    pub retry_logic: RetryLogic,
    #[serde(rename = "d", with = "millis")]
    pub retry_delay: Duration,
    #[serde(rename = "s")]
    pub backoff_scale_factor: u32,
    #[serde(rename = "m", with = "millis::maybe", default, skip_serializing_if = "Option::is_none")]
    pub retry_delay_max: Option<Duration>,
    #[serde(rename = "j", with = "millis", default)]
    pub backoff_jitter: Duration,
    /// Of one try, from when a worker took it first.
    #[serde(rename = "t", with = "millis::maybe", default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    #[serde(rename = "y")]
    pub timeout_policy: TaskTimeoutPolicy,
    /// How long a worker may be silent.
    #[serde(rename = "r", with = "millis")]
    pub response_timeout: Duration,
    /// How long it may wait for a worker.
    #[serde(rename = "p", with = "millis::maybe", default, skip_serializing_if = "Option::is_none")]
    pub poll_timeout: Option<Duration>,
    /// Of all tries together.
    #[serde(rename = "a", with = "millis::maybe", default, skip_serializing_if = "Option::is_none")]
    pub total_timeout: Option<Duration>,
    /// In progress with workers at the same time, over all workflows.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub concurrent_max: Option<u32>,
    /// Handed out at most so often.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
}

/// At most so many in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    #[serde(rename = "n")]
    pub most: u32,
    #[serde(rename = "w", with = "millis")]
    pub window: Duration,
}

impl Terms {
    /// Whether a limit counts what workers have of the type.
    pub fn is_limited(&self) -> bool {
        self.concurrent_max.is_some() || self.rate.is_some()
    }

    /// Between a failure and the next try; `tries` have failed so far (1 for the first). `chance` is from 0 to 1.
    pub fn delay(&self, tries: usize, chance: f64) -> Duration {
        let before = u32::try_from(tries.saturating_sub(1)).unwrap_or(u32::MAX);
        let factor = match self.retry_logic {
            RetryLogic::Fixed => 1,
            RetryLogic::LinearBackoff => self.backoff_scale_factor.saturating_mul(before.saturating_add(1)),
            RetryLogic::ExponentialBackoff => 2_u32.saturating_pow(before),
        };
        let delay = self.retry_delay.saturating_mul(factor).min(DELAY_MAX);
        self.retry_delay_max.map_or(delay, |most| delay.min(most))
            + self.backoff_jitter.mul_f64(chance.clamp(0.0, 1.0))
    }
}

impl From<&TaskDefinition> for Terms {
    fn from(it: &TaskDefinition) -> Self {
        Self {
            retry_count: it.retry_count,
            retry_logic: it.retry_logic,
            retry_delay: it.retry_delay,
            backoff_scale_factor: it.backoff_scale_factor,
            retry_delay_max: it.retry_delay_max,
            backoff_jitter: it.backoff_jitter,
            timeout: it.timeout,
            timeout_policy: it.timeout_policy,
            response_timeout: it.response_timeout,
            poll_timeout: it.poll_timeout,
            total_timeout: it.total_timeout,
            concurrent_max: it.concurrent_max,
            rate: it.rate_limit.map(|(most, window)| Rate { most, window }),
        }
    }
}

/// The longest delay. Conductor: the largest number of seconds it can write.
const DELAY_MAX: Duration = Duration::from_secs(2_147_483_647);

/// How an attempt ended that a worker took, or none did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worked {
    #[serde(rename = "e")]
    pub end: WorkerEnd,
    /// Who took it last.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    /// How often it was taken.
    #[serde(rename = "n", default)]
    pub polls: u32,
    /// When it was taken first.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Timestamp>,
    /// Why it is not complete.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The states in which an offered attempt ends by itself; one that is killed has none. Conductor's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WorkerEnd {
    Completed,
    /// Tried again, if the terms allow it.
    Failed,
    /// Not tried again.
    FailedWithTerminalError,
    /// Its worker was silent for too long: tried again, if the terms allow it.
    TimedOut,
    /// So did it, and the execution fails with it: `TIME_OUT_WF`.
    TimedOutWorkflow,
}

/// What became of an attempt, as it is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    #[serde(rename = "w")]
    pub worked: Worked,
    #[serde(rename = "o", default, skip_serializing_if = "Map::is_empty")]
    pub outputs: Map<String, Json>,
}

impl Report {
    /// Complete, by whoever tells.
    pub fn completed(outputs: Map<String, Json>) -> Self {
        Self::ended(WorkerEnd::Completed, outputs, None)
    }

    pub fn ended(end: WorkerEnd, outputs: Map<String, Json>, reason: Option<String>) -> Self {
        Self { worked: Worked { end, worker: None, polls: 0, begun: None, reason }, outputs }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form serde wants")]
fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// Durations as milliseconds.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    fn of(duration: Duration) -> u64 {
        u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
        of(*duration).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }

    pub(super) mod maybe {
        use super::{Deserialize, Deserializer, Duration, Serialize, Serializer, of};

        #[allow(clippy::ref_option, reason = "the form serde wants")]
        pub(in super::super) fn serialize<S: Serializer>(
            it: &Option<Duration>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            it.map(of).serialize(to)
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<Duration>, D::Error> {
            Ok(Option::<u64>::deserialize(from)?.map(Duration::from_millis))
        }
    }
}
