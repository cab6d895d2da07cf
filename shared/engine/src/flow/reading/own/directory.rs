//! `WorkingDirectory`: tasks that share a directory.

use super::super::{Reading, bean::Bean, catalogued, task};
use crate::flow::{FlowableKind, PropertyType, Shape, Task, TaskKind};

const fn property(name: &'static str, shape: Shape) -> PropertyType {
    PropertyType { name, shape, required: false, dynamic: true }
}

const PROPERTIES: &[PropertyType] = &[
    property("inputFiles", Shape::StringMapOrString),
    property("outputFiles", Shape::Strings),
    property("namespaceFiles", Shape::NAMESPACE_FILES),
    property(
        "cache",
        Shape::Map {
            class: "io.kestra.core.models.tasks.Cache",
            properties: &[
                PropertyType { name: "ttl", shape: Shape::Duration, required: false, dynamic: false },
                PropertyType { name: "patterns", shape: Shape::Strings, required: true, dynamic: false },
            ],
        },
    ),
];

pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<FlowableKind> {
    let at = bean.key_at("tasks").unwrap_or(bean.at);
    let id = bean.own_id(reading.source);
    if task::has_none(bean, "tasks") {
        reading.problems.object(&id, "The 'tasks' property cannot be empty", at);
    }
    let tasks = task::list(reading, bean, "tasks");
    if !tasks.iter().all(leaves_the_rest_alone) {
        let message = "Only runnable tasks are allowed as children of a WorkingDirectory task";
        reading.problems.object(&id, message, at);
    }
    if tasks.iter().any(|it| it.worker_group.is_some()) {
        let message = "Cannot set a Worker Group in any WorkingDirectory sub-tasks, it is only supported at the WorkingDirectory level";
        reading.problems.object(&id, message, at);
    }
    let properties = catalogued::properties(reading, bean, PROPERTIES);
    Some(FlowableKind::WorkingDirectory { tasks, properties })
}

/// Whether it neither moves other tasks nor starts flows.
fn leaves_the_rest_alone(task: &Task) -> bool {
    match task.kind {
        TaskKind::Runnable(_) | TaskKind::Pure(_) => true,
        TaskKind::Flowable(_) | TaskKind::Executable(_) | TaskKind::Worker(_) => false,
    }
}
