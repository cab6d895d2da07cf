//! The flow itself.

use foldhash::HashMap;

use super::{
    Reading,
    bean::{Bean, Pattern},
    check, document, input, label,
    path::Path,
    place, policy, retry, scalar, task, trigger,
};
use crate::{
    flow::{Dialect, Flow, Label, label::READ_ONLY, template::named},
    problem::Position,
    yaml::{Kind, Node},
};

const CLASS: &str = "io.kestra.core.models.flows.Flow";
const KNOWN: [&str; 22] = [
    "id",
    "namespace",
    "revision",
    "description",
    "disabled",
    "deleted",
    "labels",
    "inputs",
    "outputs",
    "variables",
    "tasks",
    "errors",
    "finally",
    "afterExecution",
    "listeners",
    "triggers",
    "pluginDefaults",
    "taskDefaults",
    "concurrency",
    "retry",
    "sla",
    "timeout",
];

/// Reads a flow from the tree with plugin defaults in it; `written` is the one without.
pub(super) fn flow(reading: &mut Reading<'_>, effective: &Node, written: &Node) -> Option<Flow> {
    let path = Path::Root;
    if effective.is_null() {
        reading.problems.wrong_kind(&path, "a flow is expected, but there is nothing", effective.at);
        return None;
    }
    let bean = Bean::open(reading, effective, &path, CLASS, &[&KNOWN])?;
    let id = bean.id(reading, "id", &Pattern::FLOW);
    let namespace = bean.id(reading, "namespace", &Pattern::NAMESPACE);
    let description = bean.text(reading, "description");
    let disabled = bean.flag(reading, "disabled");
    // Both are the store's to say; here they are only checked.
    bean.integer(reading, "revision");
    bean.boolean(reading, "deleted");
    let labels = labels(reading, &bean);
    let inputs = input::inputs(reading, &bean, "inputs");
    let outputs = input::outputs(reading, &bean);
    let variables = variables(reading, &bean);
    let tasks = task::some(reading, &bean, "tasks");
    let errors = task::list(reading, &bean, "errors");
    let finally = task::list(reading, &bean, "finally");
    let after_execution = task::list(reading, &bean, "afterExecution");
    let listeners = policy::listeners(reading, &bean);
    check::task_ids(reading);
    let (triggers, trigger_ids) = trigger::list(reading, &bean);
    check::unique(reading, "Duplicate trigger id with name", &trigger_ids);
    let plugin_defaults = policy::plugin_defaults(reading, &bean);
    let concurrency = policy::concurrency(reading, &bean);
    let retry = retry::read(reading, &bean);
    let sla = policy::sla(reading, &bean);
    let timeout = bean.duration(reading, "timeout");
    let mut flow = Flow {
        dialect: Dialect::Kestra,
        workflow: None,
        id: id?,
        namespace: namespace?,
        revision: 1,
        description,
        disabled,
        deleted: false,
        document: document::of(written, reading.source, &labels, disabled),
        labels,
        inputs,
        outputs,
        variables,
        tasks,
        errors,
        finally,
        after_execution,
        listeners,
        triggers,
        plugin_defaults,
        concurrency,
        retry,
        sla,
        timeout,
        templates: Vec::new(),
        places: HashMap::default(),
    };
    let lists = [&flow.tasks, &flow.errors, &flow.finally, &flow.after_execution];
    let listeners = flow.listeners.iter().map(|listener| &listener.tasks);
    flow.templates = named(lists.into_iter().chain(listeners).map(Vec::as_slice));
    flow.places = place::all(&flow);
    Some(flow)
}

fn labels(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Vec<Label> {
    let labels: Vec<(Label, Position)> = label::read(reading, bean);
    for (label, at) in &labels {
        if label.is_system() && label.key != READ_ONLY {
            reading.problems.flow(label::offending(label), *at);
        }
    }
    labels.into_iter().map(|(label, _)| label).collect()
}

fn variables(reading: &mut Reading<'_>, bean: &Bean<'_>) -> serde_json::Map<String, serde_json::Value> {
    let Some(node) = bean.get("variables") else {
        return serde_json::Map::new();
    };
    let Kind::Map(entries) = &node.kind else {
        scalar::wrong(reading, node, &bean.path("variables"), "a map");
        return serde_json::Map::new();
    };
    entries.iter().map(|(key, value)| (key.text.clone(), value.to_json())).collect()
}
