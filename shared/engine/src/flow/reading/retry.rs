//! Retries and the rules between their durations.

use std::time::Duration;

use super::{Reading, bean::Bean};
use crate::{
    duration,
    flow::{Retry, RetryBehavior, RetryKind},
};

const CLASS: &str = "io.kestra.core.models.tasks.retrys.AbstractRetry";
/// `maxAttempt` is what `maxAttempts` was called before.
const COMMON: [&str; 6] = ["type", "maxAttempt", "maxAttempts", "maxDuration", "warningOnRetry", "behavior"];
const TYPES: [(&str, Type); 3] =
    [("constant", Type::Constant), ("exponential", Type::Exponential), ("random", Type::Random)];
const BEHAVIORS: [(&str, RetryBehavior); 2] = [
    ("RETRY_FAILED_TASK", RetryBehavior::RetryFailedTask),
    ("CREATE_NEW_EXECUTION", RetryBehavior::CreateNewExecution),
];

#[derive(Clone, Copy)]
enum Type {
    Constant,
    Exponential,
    Random,
}

/// The `retry` of a task or a flow.
pub(super) fn read(reading: &mut Reading<'_>, owner: &Bean<'_>) -> Option<Retry> {
    let node = owner.get("retry")?;
    let path = owner.path("retry");
    if node.get("type").is_none_or(crate::yaml::Node::is_null) {
        let bean = Bean::open_any(reading, node, &path, CLASS)?;
        super::task::missing_type(reading, &path, "AbstractRetry", bean.at);
        return None;
    }
    let kind = Bean::open_any(reading, node, &path, CLASS)?.one_of(reading, "type", &TYPES)?;
    let own: &[&str] = match kind {
        Type::Constant => &["interval"],
        Type::Exponential => &["interval", "maxInterval", "delayFactor"],
        Type::Random => &["minInterval", "maxInterval"],
    };
    let bean = Bean::open(reading, node, &path, CLASS, &[own, &COMMON])?;
    let (new, old) = ("maxAttempts", "maxAttempt");
    bean.one_name(reading, new, old);
    let attempts_max = [new, old].map(|name| bean.count(reading, name, "must be greater than or equal to 1"));
    let attempts_max = attempts_max.into_iter().flatten().next();
    let duration_max = bean.duration(reading, "maxDuration");
    let warning_on_retry = bean.flag(reading, "warningOnRetry");
    let behavior = match bean.get("behavior") {
        None => Some(RetryBehavior::RetryFailedTask),
        Some(_) => bean.one_of(reading, "behavior", &BEHAVIORS),
    };
    let mut needed = |name| {
        bean.required(reading, name)?;
        bean.duration(reading, name)
    };
    let kind = match kind {
        Type::Constant => {
            let interval = needed("interval");
            shorter(reading, &bean, ("interval", interval), ("maxDuration", duration_max));
            RetryKind::Constant { interval: interval? }
        }
        Type::Exponential => {
            let (interval, interval_max) = (needed("interval"), needed("maxInterval"));
            let delay_factor = bean.float(reading, "delayFactor");
            shorter(reading, &bean, ("interval", interval), ("maxDuration", duration_max));
            shorter(reading, &bean, ("interval", interval), ("maxInterval", interval_max));
            RetryKind::Exponential { interval: interval?, interval_max: interval_max?, delay_factor }
        }
        Type::Random => {
            let (least, most) = (needed("minInterval"), needed("maxInterval"));
            shorter(reading, &bean, ("minInterval", least), ("maxDuration", duration_max));
            shorter(reading, &bean, ("maxInterval", most), ("maxDuration", duration_max));
            shorter(reading, &bean, ("minInterval", least), ("maxInterval", most));
            RetryKind::Random { interval_min: least?, interval_max: most? }
        }
    };
    Some(Retry { kind, attempts_max, duration_max, warning_on_retry, behavior: behavior? })
}

/// Holds one duration below another, when both are there.
fn shorter(
    reading: &mut Reading<'_>,
    bean: &Bean<'_>,
    (name, one): (&str, Option<Duration>),
    (other_name, other): (&str, Option<Duration>),
) {
    if let (Some(one), Some(other)) = (one, other)
        && one >= other
    {
        let message = format!("'{name}' must be less than '{other_name}' but is {}", duration::format(one));
        let at = bean.get(name).map_or(bean.at, |it| it.at);
        reading.problems.entity(bean.path, message, at);
    }
}
