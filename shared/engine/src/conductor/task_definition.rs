//! What holds for every task of a name: how often it is tried, how long it may take. Conductor: `TaskDef`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// A task definition. A task without one has [`TaskDefinition::named`].
#[derive(Debug, Clone, PartialEq)]
pub struct TaskDefinition {
    pub name: String,
    pub description: Option<String>,
    /// Tries after the first.
    pub retry_count: u32,
    pub retry_logic: RetryLogic,
    pub retry_delay: Duration,
    /// Of `LINEAR_BACKOFF` alone, 1 at least.
    pub backoff_scale_factor: u32,
    pub retry_delay_max: Option<Duration>,
    /// Up to so much is added by chance.
    pub backoff_jitter: Duration,
    /// Of one try, from its start.
    pub timeout: Option<Duration>,
    pub timeout_policy: TaskTimeoutPolicy,
    /// A worker may be silent for so long.
    pub response_timeout: Duration,
    /// It may wait for a worker for so long.
    pub poll_timeout: Option<Duration>,
    /// Of all tries together.
    pub total_timeout: Option<Duration>,
    /// In progress at the same time, over all workflows.
    pub concurrent_max: Option<u32>,
    /// Handed out in so long at most so often.
    pub rate_limit: Option<(u32, Duration)>,
    /// For inputs that are missing or null.
    pub input_template: Map<String, Json>,
    /// The document as it was given, with `createTime` and the like.
    pub document: Map<String, Json>,
}

/// How long to wait before the next try; `n` tries went before, the first not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetryLogic {
    /// The delay.
    Fixed,
    /// The delay × the scale factor × (n + 1).
    LinearBackoff,
    /// The delay × 2ⁿ.
    ExponentialBackoff,
}

/// What a try comes to whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskTimeoutPolicy {
    /// It has timed out, and is tried again if it may.
    Retry,
    /// It has timed out, and so has the workflow.
    TimeOutWorkflow,
    AlertOnly,
}

impl TaskDefinition {
    /// The one of a task that nobody defined: three tries more, a minute apart, an hour of silence.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: None,
            retry_count: 3,
            retry_logic: RetryLogic::Fixed,
            retry_delay: Duration::from_mins(1),
            backoff_scale_factor: 1,
            retry_delay_max: None,
            backoff_jitter: Duration::ZERO,
            timeout: None,
            timeout_policy: TaskTimeoutPolicy::TimeOutWorkflow,
            response_timeout: Duration::from_hours(1),
            poll_timeout: None,
            total_timeout: None,
            concurrent_max: None,
            rate_limit: None,
            input_template: Map::new(),
            document: Map::new(),
        }
    }
}
