//! Lists of tasks, and which of them to run: `Sequential`, `AllowFailure`, `Parallel`, `If`, `Switch`.

use std::num::NonZeroU32;

use super::super::{Reading, bean::Bean, task};
use crate::{
    flow::{FlowableKind, SideBySide, Task},
    yaml::{Key, Node},
};

pub(super) fn sequential(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    Some(FlowableKind::Sequential { tasks: task::list(reading, bean, "tasks") })
}

pub(super) fn allow_failure(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    Some(FlowableKind::AllowFailure { tasks: task::list(reading, bean, "tasks") })
}

pub(super) fn parallel(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    let tasks = task::some(reading, bean, "tasks");
    let concurrent = side_by_side(reading, bean, "concurrent", None);
    Some(FlowableKind::Parallel { tasks, concurrent })
}

pub(super) fn if_(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    bean.required(reading, "condition");
    let condition = bean.template(reading, "condition");
    let then = task::some(reading, bean, "then");
    let else_ = task::list(reading, bean, "else");
    Some(FlowableKind::If { condition: condition?, then, else_ })
}

pub(super) fn switch(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    bean.required(reading, "value");
    let value = bean.template(reading, "value");
    let cases = cases(reading, bean);
    let defaults_are_missing = task::has_none(bean, "defaults");
    let defaults = task::list(reading, bean, "defaults");
    if defaults_are_missing && cases.iter().all(|it| it.is_empty) {
        let message = "No task defined, neither cases or default have any tasks";
        reading.problems.object(&bean.own_id(reading.source), message, bean.at);
    }
    let cases = cases.into_iter().map(|it| (it.value, it.tasks)).collect();
    Some(FlowableKind::Switch { value: value?, cases, defaults })
}

struct Case {
    value: String,
    tasks: Vec<Task>,
    /// Whether no task is written there, sound or not.
    is_empty: bool,
}

/// A key is its text: `true` and `1` need no quotes.
fn cases(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Vec<Case> {
    let Some(node) = bean.get("cases") else {
        return Vec::new();
    };
    let path = bean.path("cases");
    let Some(cases) = Bean::open_any(reading, node, &path, "java.util.LinkedHashMap") else {
        return Vec::new();
    };
    let case = |(key, _): &(Key, Node)| {
        let tasks = task::list(reading, &cases, &key.text);
        Case { value: key.text.clone(), tasks, is_empty: task::has_none(&cases, &key.text) }
    };
    cases.entries.iter().map(case).collect()
}

/// How many at the same time. Kestra: 0 for as many as there are.
pub(super) fn side_by_side(
    reading: &mut Reading<'_>,
    bean: &Bean<'_>,
    name: &str,
    default: SideBySide,
) -> SideBySide {
    let Some(number) = bean.integer(reading, name) else {
        return default;
    };
    if let Ok(count) = u32::try_from(number) {
        return NonZeroU32::new(count);
    }
    let message = if number < 0 {
        "must be greater than or equal to 0".to_owned()
    } else {
        format!("must be less than or equal to {}", u32::MAX)
    };
    reading.problems.entity(&bean.path(name), message, bean.get(name).map_or(bean.at, |it| it.at));
    default
}
