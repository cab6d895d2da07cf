//! `LoopUntil`, which was `WaitFor`: tasks again and again until a condition holds.

use std::time::Duration;

use super::super::{Reading, bean::Bean, task};
use crate::flow::{FlowableKind, LoopUntil};

const FREQUENCY: &str = "io.kestra.plugin.core.flow.LoopUntil$CheckFrequency";
/// What Kestra takes when `checkFrequency` does not say.
const ITERATIONS_MAX: u32 = 100;
const DURATION_MAX: Duration = Duration::from_hours(1);
const INTERVAL: Duration = Duration::from_secs(1);

pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    bean.required(reading, "condition");
    let condition = bean.template(reading, "condition");
    bean.required(reading, "tasks");
    let tasks = task::list(reading, bean, "tasks");
    let fail_on_max_reached = bean.flag(reading, "failOnMaxReached");
    let (iterations_max, duration_max, interval) = frequency(reading, bean).unwrap_or_default();
    Some(FlowableKind::LoopUntil(LoopUntil {
        condition: condition?,
        tasks,
        fail_on_max_reached,
        iterations_max: iterations_max.unwrap_or(ITERATIONS_MAX),
        duration_max: duration_max.unwrap_or(DURATION_MAX),
        interval: interval.unwrap_or(INTERVAL),
    }))
}

type Frequency = (Option<u32>, Option<Duration>, Option<Duration>);

fn frequency(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Frequency> {
    let node = bean.get("checkFrequency")?;
    let path = bean.path("checkFrequency");
    let bean = Bean::open(reading, node, &path, FREQUENCY, &[&["maxIterations", "maxDuration", "interval"]])?;
    Some((
        bean.count(reading, "maxIterations", "must be greater than or equal to 1"),
        bean.duration(reading, "maxDuration"),
        bean.duration(reading, "interval"),
    ))
}
