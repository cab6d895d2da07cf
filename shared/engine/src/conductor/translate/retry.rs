//! How often a task of the system is tried. What workers do is tried by the definition of its type, when it is offered.

use std::time::Duration;

use super::{
    super::{RetryLogic, Step, TaskDefinition},
    step::Steps,
};
use crate::flow::{Retry, RetryBehavior, RetryKind, TaskKind};

/// However long the delays of an exponential policy would grow.
const DELAY_MAX: Duration = Duration::from_hours(24);

/// The policy of a task that touches the world: by its own definition and count. Without either it is tried once.
pub(super) fn policy(steps: &mut Steps<'_>, step: &Step, kind: &TaskKind) -> Option<Retry> {
    match kind {
        TaskKind::Runnable(_) | TaskKind::Executable(_) => {}
        // Those of Conductor's structure are never tried again; what a script computes it computes again.
        TaskKind::Flowable(_) | TaskKind::Pure(_) | TaskKind::Worker(_) => return None,
    }
    let count = step.retry_count.or_else(|| step.definition.as_ref().map(|it| it.retry_count))?;
    if count == 0 {
        return None;
    }
    let by_default = TaskDefinition::named(&step.name);
    let definition = step.definition.as_deref().unwrap_or(&by_default);
    let interval = definition.retry_delay;
    let kind = match definition.retry_logic {
        RetryLogic::Fixed => RetryKind::Constant { interval },
        RetryLogic::ExponentialBackoff => {
            let interval_max = definition.retry_delay_max.unwrap_or(DELAY_MAX);
            RetryKind::Exponential { interval, interval_max, delay_factor: None }
        }
        RetryLogic::LinearBackoff => {
            return steps.none(&step.reference, "`LINEAR_BACKOFF` of a task of the system is");
        }
    };
    Some(Retry {
        kind,
        attempts_max: count.checked_add(1),
        duration_max: definition.total_timeout,
        warning_on_retry: false,
        behavior: RetryBehavior::RetryFailedTask,
    })
}
