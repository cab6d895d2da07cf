//! A task definition: that of a name, or one that stands in a task.

use std::time::Duration;

use super::object::{Object, Problems};
use crate::{
    conductor::{RetryLogic, TaskDefinition, TaskTimeoutPolicy},
    flow::CONCURRENCY_MAX,
};

const WHOSE: &str = "TaskDef";

pub(super) fn task_definition(given: &Object<'_>, problems: &mut Problems) -> Option<TaskDefinition> {
    let name = given.some_text("name", problems);
    if name.is_none() {
        given.add("name", "TaskDef name cannot be null or empty", problems);
    }
    let read = within(given, name.as_deref().unwrap_or_default(), problems);
    name.map(|_| read)
}

/// One that may go by the name of the task it stands in.
pub(super) fn within(given: &Object<'_>, name: &str, problems: &mut Problems) -> TaskDefinition {
    let name = given.some_text("name", problems).unwrap_or_else(|| name.to_owned());
    let default = TaskDefinition::named(name);
    let retry_logics = [
        ("FIXED", RetryLogic::Fixed),
        ("LINEAR_BACKOFF", RetryLogic::LinearBackoff),
        ("EXPONENTIAL_BACKOFF", RetryLogic::ExponentialBackoff),
    ];
    let policies = [
        ("RETRY", TaskTimeoutPolicy::Retry),
        ("TIME_OUT_WF", TaskTimeoutPolicy::TimeOutWorkflow),
        ("ALERT_ONLY", TaskTimeoutPolicy::AlertOnly),
    ];
    let seconds = |count: u32| Duration::from_secs(u64::from(count));
    let timeout = given.seconds("timeoutSeconds", WHOSE, problems);
    let response = given.number("responseTimeoutSeconds", 1, WHOSE, problems).map(seconds);
    if let (Some(response), Some(timeout)) = (response, timeout)
        && response > timeout
    {
        let message = format!(
            "TaskDef: {} responseTimeoutSeconds: {} must be less than timeoutSeconds: {}",
            default.name,
            response.as_secs(),
            timeout.as_secs()
        );
        given.add("responseTimeoutSeconds", message, problems);
    }
    let rate = given.number("rateLimitPerFrequency", 0, WHOSE, problems).filter(|it| *it > 0);
    let frequency = given.number("rateLimitFrequencyInSeconds", 0, WHOSE, problems).unwrap_or(1).max(1);
    let concurrent = given.number("concurrentExecLimit", 0, WHOSE, problems);
    if let Some(most) = concurrent.filter(|it| *it > CONCURRENCY_MAX) {
        let message = format!(
            "TaskDef: {} concurrentExecLimit: {most} may be {CONCURRENCY_MAX} at most; 0 is no limit",
            default.name
        );
        given.add("concurrentExecLimit", message, problems);
    }
    TaskDefinition {
        description: given.text("description", problems),
        retry_count: given.number("retryCount", 0, WHOSE, problems).unwrap_or(default.retry_count),
        retry_logic: given.word("retryLogic", &retry_logics, default.retry_logic, problems),
        retry_delay: given
            .number("retryDelaySeconds", 0, WHOSE, problems)
            .map_or(default.retry_delay, seconds),
        backoff_scale_factor: given
            .number("backoffScaleFactor", 1, WHOSE, problems)
            .unwrap_or(default.backoff_scale_factor),
        retry_delay_max: given.seconds("maxRetryDelaySeconds", WHOSE, problems),
        backoff_jitter: given
            .number("backoffJitterMs", 0, WHOSE, problems)
            .map_or(default.backoff_jitter, |it| Duration::from_millis(u64::from(it))),
        timeout,
        timeout_policy: given.word("timeoutPolicy", &policies, default.timeout_policy, problems),
        // An hour of silence within a shorter whole would never be reached.
        response_timeout: response.unwrap_or_else(|| {
            timeout.map_or(default.response_timeout, |it| it.min(default.response_timeout))
        }),
        poll_timeout: given.seconds("pollTimeoutSeconds", WHOSE, problems),
        total_timeout: given.seconds("totalTimeoutSeconds", WHOSE, problems),
        concurrent_max: concurrent.filter(|it| *it > 0),
        rate_limit: rate.map(|rate| (rate, seconds(frequency))),
        input_template: given.map("inputTemplate", problems),
        document: given.map.clone(),
        name: default.name,
    }
}
