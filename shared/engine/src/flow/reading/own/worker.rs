//! A task for workers outside, who poll for it as Conductor's do.

use serde_json::{Map, Value as Json};

use super::super::{Reading, bean::Bean, rendered};
use crate::flow::{Rendered, WorkerTask};

pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<WorkerTask> {
    bean.required(reading, "taskType")?;
    let task_type = bean.template(reading, "taskType");
    let domain = bean.template(reading, "domain");
    let input = match bean.get("input") {
        None => Some(Rendered::Literal(Json::Object(Map::new()))),
        Some(_) => rendered::map_property(reading, bean, "input"),
    };
    Some(WorkerTask { task_type: task_type?, domain, input: input?, retry_count: None, definition: None })
}
