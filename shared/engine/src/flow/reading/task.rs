//! Tasks: what all of them have. What a type has besides is read in [`own`] or held against the catalogue.

use std::time::Duration;

use expression::Template;

use super::{
    Reading,
    bean::{Bean, Pattern},
    catalogued,
    own::{self, OwnType},
    path::Path,
    policy, retry, scalar, types,
};
use crate::{
    duration,
    execution::Level,
    flow::{RunnableTask, Task, TaskKind, unbuilt::Feature},
    problem::Position,
    yaml::{Kind, Node},
};

/// Tasks of a flow, those of every branch counted.
pub(crate) const TASKS_MAX: usize = 10_000;
/// Tasks within each other.
pub(crate) const NESTING_MAX: usize = 32;

/// Properties of every task.
pub(super) const COMMON: [&str; 12] = [
    "id",
    "type",
    "description",
    "retry",
    "timeout",
    "disabled",
    "runIf",
    "allowFailure",
    "allowWarning",
    "logLevel",
    "logToFile",
    "workerGroup",
];

/// Kestra's levels by their names.
pub(super) const LEVELS: [(&str, Level); 5] = [
    ("TRACE", Level::Trace),
    ("DEBUG", Level::Debug),
    ("INFO", Level::Info),
    ("WARN", Level::Warn),
    ("ERROR", Level::Error),
];

/// The tasks of a list; none when the property is not there.
pub(super) fn list(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Vec<Task> {
    let path = bean.path(name);
    let items = bean.list(reading, name);
    items.iter().enumerate().filter_map(|(index, item)| one(reading, item, &path.item(index))).collect()
}

/// The same, a problem when there is none.
pub(super) fn some(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Vec<Task> {
    if has_none(bean, name) {
        let at = bean.key_at(name).unwrap_or(bean.at);
        reading.problems.entity(&bean.path(name), "must not be empty", at);
    }
    list(reading, bean, name)
}

/// Whether a list is not there or empty. One that is no list is a problem of its own.
pub(super) fn has_none(bean: &Bean<'_>, name: &str) -> bool {
    match bean.get(name).map(|it| &it.kind) {
        None => true,
        Some(Kind::List(items)) => items.is_empty(),
        Some(Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::String(_) | Kind::Map(_)) => {
            false
        }
    }
}

/// Says that a map that needs a `type` has none. Kestra's words.
pub(super) fn missing_type(reading: &mut Reading<'_>, path: &Path<'_>, class: &str, at: Position) {
    let property = path.property();
    let message = format!(
        "Could not resolve subtype of {class}: missing type id property 'type' (for POJO property '{property}')"
    );
    reading.problems.unknown_type(path, "null", message, at);
}

enum Type<'c> {
    Own(&'static OwnType),
    Catalogued(&'c crate::flow::TaskType),
    Unknown(String),
}

/// One task, and those below it.
pub(super) fn one(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<Task> {
    if reading.depth == NESTING_MAX || reading.task_ids.len() == TASKS_MAX {
        let message = format!(
            "a flow can have {TASKS_MAX} tasks at most, and {NESTING_MAX} within each other; start a subflow for some of them"
        );
        reading.problems.entity(path, message, node.at);
        return None;
    }
    reading.depth += 1;
    let task = task(reading, node, path);
    reading.depth -= 1;
    task
}

fn task(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<Task> {
    let Some(given) = node.get("type").filter(|it| !it.is_null()) else {
        let bean = Bean::open_any(reading, node, path, "io.kestra.core.models.tasks.Task")?;
        identify(reading, &bean);
        missing_type(reading, path, "Task", bean.at);
        return None;
    };
    let type_name = {
        let bean = Bean::open_any(reading, node, path, "io.kestra.core.models.tasks.Task")?;
        scalar::text(reading, given, &bean.path("type"))?
    };
    let catalogue = reading.catalogue;
    let kind = match (own::find(&type_name), catalogue.find(&type_name)) {
        (Some(own), _) => Type::Own(own),
        (None, Some(catalogued)) => Type::Catalogued(catalogued),
        (None, None) => Type::Unknown(types::canonical(catalogue, &type_name)),
    };
    let (class, own_names): (&str, Vec<&str>) = match &kind {
        Type::Own(it) => (it.name, it.properties.to_vec()),
        Type::Catalogued(it) => (it.name, it.properties.iter().map(|it| it.name).collect()),
        Type::Unknown(class) => {
            let bean = Bean::open_any(reading, node, path, class)?;
            identify(reading, &bean);
            let why = types::refusal(reading, &type_name, "task");
            reading.problems.unknown_type(&bean.path("type"), &type_name, why, given.at);
            return None;
        }
    };
    let bean = Bean::open(reading, node, path, class, &[&own_names, &COMMON])?;
    let id = identify(reading, &bean);
    let kind = match kind {
        Type::Own(it) => it.read(reading, &bean),
        Type::Catalogued(it) => Some(TaskKind::Runnable(RunnableTask {
            type_name: it.name.to_owned(),
            properties: catalogued::properties(reading, &bean, it.properties),
        })),
        Type::Unknown(_) => None,
    };
    let retry = retry::read(reading, &bean);
    let worker_group = policy::worker_group(reading, &bean);
    if !reading.catalogue.has_groups() {
        bean.refuse(reading, "workerGroup", Feature::WorkerGroup);
    }
    let log_to_file = bean.flag(reading, "logToFile");
    let description = bean.text(reading, "description");
    let disabled = bean.flag(reading, "disabled");
    let run_if = bean.template(reading, "runIf");
    let allow_failure = bean.flag(reading, "allowFailure");
    let allow_warning = bean.flag(reading, "allowWarning");
    let attempt_max = reading.catalogue.attempt_max().filter(|_| matches!(kind, Some(TaskKind::Runnable(_))));
    let timeout = duration(reading, &bean, "timeout", attempt_max);
    let log_level = bean.one_of(reading, "logLevel", &LEVELS);
    Some(Task {
        id: id?,
        type_name,
        description,
        disabled,
        run_if,
        allow_failure,
        allow_warning,
        timeout,
        retry,
        log_level,
        log_to_file,
        worker_group,
        workflow: None,
        kind: kind?,
    })
}

/// Reads the id and remembers it, so that no other task has it.
fn identify(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<String> {
    let id = bean.id(reading, "id", &Pattern::TASK)?;
    let at = bean.get("id").map_or(bean.at, |it| it.at);
    reading.task_ids.push((id.clone(), at));
    Some(id)
}

/// A duration, or an expression that renders to one. With a limit, what is carried takes no longer than that.
pub(super) fn duration(
    reading: &mut Reading<'_>,
    bean: &Bean<'_>,
    name: &str,
    limit: Option<Duration>,
) -> Option<Template> {
    let template = bean.template(reading, name)?;
    if scalar::is_expression(template.source()) {
        return Some(template);
    }
    let message = match (duration::parse(template.source()), limit) {
        (Err(message), _) => message,
        (Ok(length), Some(limit)) if length > limit => format!(
            "an attempt can take {} at most where this is deployed; split the task, or run it elsewhere",
            duration::format(limit)
        ),
        (Ok(_), _) => return Some(template),
    };
    let at = bean.get(name).map_or(bean.at, |it| it.at);
    reading.problems.wrong_kind(&bean.path(name), message, at);
    None
}
