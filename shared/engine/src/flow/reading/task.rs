//! Tasks: what all of them have, and the engine's own types.

use expression::Template;

use super::{
    Reading,
    bean::{Bean, Pattern},
    catalogued,
    own::{self, Own, OwnType},
    path::Path,
    policy, retry, scalar, types,
};
use crate::{
    duration,
    execution::Level,
    flow::{Flowable, FlowableKind, Messages, PureTask, RunnableTask, Task, TaskKind, unbuilt::Feature},
    problem::Position,
    yaml::{Kind, Node},
};

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
    items.iter().enumerate().filter_map(|(index, item)| task(reading, item, &path.item(index))).collect()
}

/// The same, a problem when there is none.
pub(super) fn some(reading: &mut Reading<'_>, bean: &Bean<'_>, name: &str) -> Vec<Task> {
    let is_empty = match bean.get(name).map(|it| &it.kind) {
        None => true,
        Some(Kind::List(items)) => items.is_empty(),
        // Of another kind, which is a problem of its own.
        Some(Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::String(_) | Kind::Map(_)) => {
            false
        }
    };
    if is_empty {
        let at = bean.key_at(name).unwrap_or(bean.at);
        reading.problems.entity(&bean.path(name), "must not be empty", at);
    }
    list(reading, bean, name)
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
            refuse_recursion(reading, &bean, class);
            let why = types::refusal(reading, &type_name, "task");
            reading.problems.unknown_type(&bean.path("type"), &type_name, why, given.at);
            return None;
        }
    };
    let bean = Bean::open(reading, node, path, class, &[&own_names, &COMMON])?;
    let id = identify(reading, &bean);
    let kind = match kind {
        Type::Own(it) => own_kind(reading, &bean, it.own),
        Type::Catalogued(it) => Some(TaskKind::Runnable(RunnableTask {
            type_name: it.name.to_owned(),
            properties: catalogued::properties(reading, &bean, it.properties),
        })),
        Type::Unknown(_) => None,
    };
    let retry = retry::read(reading, &bean);
    bean.refuse(reading, "retry", Feature::TaskRetry);
    let worker_group = policy::worker_group(reading, &bean);
    bean.refuse(reading, "workerGroup", Feature::WorkerGroup);
    let log_to_file = bean.flag(reading, "logToFile");
    if log_to_file {
        bean.refuse(reading, "logToFile", Feature::LogToFile);
    }
    let description = bean.text(reading, "description");
    let disabled = bean.flag(reading, "disabled");
    let run_if = bean.template(reading, "runIf");
    let allow_failure = bean.flag(reading, "allowFailure");
    let allow_warning = bean.flag(reading, "allowWarning");
    let timeout = timeout(reading, &bean, matches!(kind, Some(TaskKind::Runnable(_))));
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

/// A task that starts a flow may not name its own, or one call would start endlessly many.
fn refuse_recursion(reading: &mut Reading<'_>, bean: &Bean<'_>, class: &str) {
    let starts_a_flow = class.ends_with(".flow.Subflow") || class.ends_with(".flow.ForEachItem");
    let names = |key| bean.get(key).and_then(Node::as_str).unwrap_or_default();
    if starts_a_flow
        && !reading.id.is_empty()
        && names("namespace") == reading.namespace
        && names("flowId") == reading.id
    {
        let message = format!("Recursive call to flow [{}.{}]", reading.namespace, reading.id);
        reading.problems.flow(message, bean.key_at("flowId").unwrap_or(bean.at));
    }
}

/// A duration, or an expression that renders to one. What is carried takes no longer than the deployment allows.
fn timeout(reading: &mut Reading<'_>, bean: &Bean<'_>, carried: bool) -> Option<Template> {
    let template = bean.template(reading, "timeout")?;
    if scalar::is_expression(template.source()) {
        return Some(template);
    }
    let limit = reading.catalogue.attempt_max().filter(|_| carried);
    let message = match (duration::parse(template.source()), limit) {
        (Err(message), _) => message,
        (Ok(timeout), Some(limit)) if timeout > limit => format!(
            "an attempt can take {} at most where this is deployed; split the task, or run it elsewhere",
            duration::format(limit)
        ),
        (Ok(_), _) => return Some(template),
    };
    let at = bean.get("timeout").map_or(bean.at, |it| it.at);
    reading.problems.wrong_kind(&bean.path("timeout"), message, at);
    None
}

fn own_kind(reading: &mut Reading<'_>, bean: &Bean<'_>, own: Own) -> Option<TaskKind> {
    match own {
        Own::Sequential => Some(TaskKind::Flowable(Flowable {
            kind: FlowableKind::Sequential { tasks: list(reading, bean, "tasks") },
            errors: list(reading, bean, "errors"),
            finally: list(reading, bean, "finally"),
        })),
        Own::If => {
            bean.required(reading, "condition");
            let condition = bean.template(reading, "condition");
            let then = some(reading, bean, "then");
            let else_ = list(reading, bean, "else");
            let errors = list(reading, bean, "errors");
            let finally = list(reading, bean, "finally");
            let kind = FlowableKind::If { condition: condition?, then, else_ };
            Some(TaskKind::Flowable(Flowable { kind, errors, finally }))
        }
        Own::Return => Some(TaskKind::Pure(PureTask::Return { format: bean.template(reading, "format") })),
        Own::Log | Own::Echo => {
            let level = bean.one_of(reading, "level", &LEVELS).unwrap_or(Level::Info);
            let message = if own == Own::Log {
                messages(reading, bean)
            } else {
                bean.required(reading, "format");
                bean.template(reading, "format").map(Messages::One)
            };
            Some(TaskKind::Pure(PureTask::Log { message: message?, level }))
        }
        Own::Fail => {
            let condition = bean.template(reading, "condition");
            let error_message = match bean.get("errorMessage") {
                Some(_) => bean.template(reading, "errorMessage"),
                None => Template::parse("Task failure").ok(),
            };
            Some(TaskKind::Pure(PureTask::Fail { condition, error_message: error_message? }))
        }
    }
}

fn messages(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Messages> {
    let node = bean.required(reading, "message")?;
    let path = bean.path("message");
    let class = match &node.kind {
        Kind::String(_) => return scalar::template(reading, node, &path).map(Messages::One),
        Kind::List(items) => {
            let all: Vec<_> = items
                .iter()
                .enumerate()
                .map(|(index, item)| scalar::template(reading, item, &path.item(index)))
                .collect();
            return all.into_iter().collect::<Option<_>>().map(Messages::Many);
        }
        Kind::Null => "null",
        Kind::Bool(_) => "java.lang.Boolean",
        Kind::Int(_) => "java.lang.Integer",
        Kind::Float(_) => "java.lang.Double",
        Kind::Map(_) => "java.util.LinkedHashMap",
    };
    let message = format!("Invalid message type '{class}': a text or a list of texts is expected");
    reading.problems.wrong_kind(&path, message, node.at);
    None
}
