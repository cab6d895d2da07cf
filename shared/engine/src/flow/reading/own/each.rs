//! Tasks once for each value: `ForEach`, and what it was before, `EachSequential` and `EachParallel`.

use std::num::NonZeroU32;

use super::{
    super::{Reading, bean::Bean, rendered, scalar, task},
    branches::side_by_side,
};
use crate::{
    flow::{FlowableKind, ForEach, Rendered, SideBySide},
    yaml::Kind,
};

const ONE: SideBySide = Some(NonZeroU32::MIN);

pub(super) fn for_each(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    let values = values(reading, bean, "values");
    let concurrent = side_by_side(reading, bean, "concurrencyLimit", ONE);
    let tasks = task::list(reading, bean, "tasks");
    Some(FlowableKind::ForEach(ForEach { values: values?, tasks, concurrent, scattered: false }))
}

pub(super) fn sequential(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    let values = values(reading, bean, "value");
    let tasks = task::list(reading, bean, "tasks");
    Some(FlowableKind::ForEach(ForEach { values: values?, tasks, concurrent: ONE, scattered: false }))
}

pub(super) fn parallel(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    let values = values(reading, bean, "value");
    let concurrent = side_by_side(reading, bean, "concurrent", None);
    let tasks = task::some(reading, bean, "tasks");
    Some(FlowableKind::ForEach(ForEach { values: values?, tasks, concurrent, scattered: true }))
}

fn values(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Option<Rendered> {
    let node = bean.required(reading, name)?;
    let path = bean.path(name);
    match &node.kind {
        Kind::String(_) | Kind::List(_) => rendered::any(reading, node, &path),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Map(_) => {
            scalar::wrong(reading, node, &path, "a list, or a text that renders to one,");
            None
        }
    }
}
