//! `Pause`: waits for somebody, or for a time.

use super::super::{Reading, bean::Bean, input, task};
use crate::flow::{FlowableKind, Pause, PauseBehavior};

const BEHAVIORS: [(&str, PauseBehavior); 4] = [
    ("RESUME", PauseBehavior::Resume),
    ("WARN", PauseBehavior::Warn),
    ("CANCEL", PauseBehavior::Cancel),
    ("FAIL", PauseBehavior::Fail),
];

pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    let (new, old) = ("pauseDuration", "delay");
    bean.one_name(reading, new, old);
    let delay = [new, old].map(|name| task::duration(reading, bean, name, None));
    let behavior = match bean.get("behavior") {
        None => Some(PauseBehavior::Resume),
        Some(_) => bean.one_of(reading, "behavior", &BEHAVIORS),
    };
    bean.not_built(reading, "onPause");
    let on_resume = input::inputs(reading, bean, "onResume");
    let tasks = task::list(reading, bean, "tasks");
    let delay = delay.into_iter().flatten().next();
    Some(FlowableKind::Pause(Pause { delay, behavior: behavior?, on_resume, tasks }))
}
