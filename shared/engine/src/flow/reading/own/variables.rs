//! Tasks that leave values behind: `OutputValues`, `Labels`, `SetVariables`, `UnsetVariables`.

use super::super::{Reading, bean::Bean, label, rendered};
use crate::flow::{PureTask, Rendered};

pub(super) fn output_values(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<PureTask> {
    let values = match bean.get("values") {
        Some(_) => rendered::map_property(reading, bean, "values"),
        None => Some(Rendered::Literal(serde_json::Map::new().into())),
    };
    Some(PureTask::OutputValues { values: values? })
}

pub(super) fn labels(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<PureTask> {
    bean.required(reading, "labels");
    Some(PureTask::Labels { labels: label::rendered(reading, bean, true)? })
}

pub(super) fn set(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<PureTask> {
    bean.required(reading, "variables");
    let variables = rendered::map_or_text(reading, bean, "variables");
    let overwrite = bean.boolean(reading, "overwrite").unwrap_or(true);
    Some(PureTask::SetVariables { variables: variables?, overwrite })
}

pub(super) fn unset(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<PureTask> {
    bean.required(reading, "variables");
    let variables = rendered::texts_or_text(reading, bean, "variables");
    let ignore_missing = bean.flag(reading, "ignoreMissing");
    Some(PureTask::UnsetVariables { variables: variables?, ignore_missing })
}
