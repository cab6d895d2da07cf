//! How many executions may run, how long, and where: `concurrency`, `sla`, `workerGroup`, `listeners`, `pluginDefaults`.

use super::{Reading, bean::Bean, condition, label, scalar, task, types};
use crate::{
    flow::{
        CONCURRENCY_MAX, Concurrency, ConcurrencyBehavior, Listener, PluginDefault, Sla, SlaBehavior,
        SlaKind, WorkerFallback, WorkerGroup,
    },
    yaml::{Kind, Node},
};

pub(super) fn concurrency(reading: &mut Reading<'_>, flow: &Bean<'_>) -> Option<Concurrency> {
    const BEHAVIORS: [(&str, ConcurrencyBehavior); 3] = [
        ("QUEUE", ConcurrencyBehavior::Queue),
        ("CANCEL", ConcurrencyBehavior::Cancel),
        ("FAIL", ConcurrencyBehavior::Fail),
    ];
    let path = flow.path("concurrency");
    let node = flow.get("concurrency")?;
    let class = "io.kestra.core.models.flows.Concurrency";
    let bean = Bean::open(reading, node, &path, class, &[&["limit", "behavior"]])?;
    bean.required(reading, "limit");
    let limit = bean.count(reading, "limit", "must be greater than 0");
    if limit.is_some_and(|it| it > CONCURRENCY_MAX) {
        let at = bean.get("limit").map_or(bean.at, |it| it.at);
        let message = format!("must be less than or equal to {CONCURRENCY_MAX}");
        reading.problems.entity(&bean.path("limit"), message, at);
    }
    let behavior = match bean.get("behavior") {
        None => Some(ConcurrencyBehavior::Queue),
        Some(_) => bean.one_of(reading, "behavior", &BEHAVIORS),
    };
    Some(Concurrency { limit: limit?, behavior: behavior? })
}

pub(super) fn sla(reading: &mut Reading<'_>, flow: &Bean<'_>) -> Vec<Sla> {
    let path = flow.path("sla");
    let items = flow.list(reading, "sla");
    items.iter().enumerate().filter_map(|(index, item)| one_sla(reading, item, &path.item(index))).collect()
}

fn one_sla(reading: &mut Reading<'_>, node: &Node, path: &super::path::Path<'_>) -> Option<Sla> {
    const CLASS: &str = "io.kestra.core.models.flows.sla.SLA";
    const BEHAVIORS: [(&str, SlaBehavior); 3] =
        [("FAIL", SlaBehavior::Fail), ("CANCEL", SlaBehavior::Cancel), ("NONE", SlaBehavior::None)];
    let opened = Bean::open_any(reading, node, path, CLASS)?;
    if opened.get("type").is_none() {
        task::missing_type(reading, path, "SLA", opened.at);
        return None;
    }
    let is_duration =
        opened.one_of(reading, "type", &[("MAX_DURATION", true), ("EXECUTION_ASSERTION", false)])?;
    let own = if is_duration { "duration" } else { "assert" };
    let bean = Bean::open(reading, node, path, CLASS, &[&["id", "type", "behavior", "labels", own]])?;
    bean.required(reading, "id");
    bean.required(reading, "behavior");
    bean.required(reading, own);
    let id = bean.text(reading, "id");
    let behavior = bean.one_of(reading, "behavior", &BEHAVIORS);
    let labels = label::read(reading, &bean);
    for (label, at) in &labels {
        if label.is_system() {
            let message = format!("{}.", label::offending(label));
            reading.problems.entity(&bean.path("labels"), message, *at);
        }
    }
    let kind = if is_duration {
        bean.duration(reading, own).map(SlaKind::MaxDuration)
    } else {
        bean.template(reading, own).map(SlaKind::ExecutionAssertion)
    };
    Some(Sla {
        id: id?,
        kind: kind?,
        behavior: behavior?,
        labels: labels.into_iter().map(|(label, _)| label).collect(),
    })
}

pub(super) fn worker_group(reading: &mut Reading<'_>, owner: &Bean<'_>) -> Option<WorkerGroup> {
    const FALLBACKS: [(&str, WorkerFallback); 3] =
        [("WAIT", WorkerFallback::Wait), ("FAIL", WorkerFallback::Fail), ("CANCEL", WorkerFallback::Cancel)];
    let path = owner.path("workerGroup");
    let node = owner.get("workerGroup")?;
    let class = "io.kestra.core.models.tasks.WorkerGroup";
    let bean = Bean::open(reading, node, &path, class, &[&["key", "fallback"]])?;
    let key = bean.template(reading, "key");
    let fallback = match bean.get("fallback") {
        None => Some(WorkerFallback::Wait),
        Some(_) => bean.one_of(reading, "fallback", &FALLBACKS),
    };
    Some(WorkerGroup { key: key?, fallback: fallback? })
}

pub(super) fn listeners(reading: &mut Reading<'_>, flow: &Bean<'_>) -> Vec<Listener> {
    let path = flow.path("listeners");
    let class = "io.kestra.core.models.listeners.Listener";
    let mut all = Vec::new();
    for (index, item) in flow.list(reading, "listeners").iter().enumerate() {
        let path = path.item(index);
        let Some(bean) = Bean::open(reading, item, &path, class, &[&["description", "conditions", "tasks"]])
        else {
            continue;
        };
        all.push(Listener {
            conditions: condition::list(reading, &bean),
            tasks: task::some(reading, &bean, "tasks"),
        });
    }
    all
}

/// The list of defaults under one of its two names. Applying them is another matter.
pub(super) fn plugin_defaults(reading: &mut Reading<'_>, flow: &Bean<'_>) -> Vec<PluginDefault> {
    let (new, old) = ("pluginDefaults", "taskDefaults");
    flow.one_name(reading, new, old);
    let name = if flow.get(new).is_some() { new } else { old };
    let path = flow.path(name);
    let mut all = Vec::new();
    for (index, item) in flow.list(reading, name).iter().enumerate() {
        all.extend(plugin_default(reading, item, &path.item(index)));
    }
    all
}

fn plugin_default(
    reading: &mut Reading<'_>,
    node: &Node,
    path: &super::path::Path<'_>,
) -> Option<PluginDefault> {
    let class = "io.kestra.core.models.flows.PluginDefault";
    let bean = Bean::open(reading, node, path, class, &[&["type", "forced", "values"]])?;
    let forced = bean.flag(reading, "forced");
    let type_name = bean.text(reading, "type").filter(|it| !it.is_empty());
    if type_name.is_none() {
        reading.problems.entity(path, "Invalid Plugin Default: No 'type' provided", bean.at);
    }
    let Some(values) = bean.get("values") else {
        reading.problems.entity(path, "Invalid Plugin Default: No 'values' provided", bean.at);
        return None;
    };
    let Kind::Map(entries) = &values.kind else {
        scalar::wrong(reading, values, &bean.path("values"), "a map");
        return None;
    };
    for (key, value) in entries {
        if value.is_null() {
            let message = format!("Invalid Plugin Default: No value provided for key '{}'", key.text);
            reading.problems.entity(path, message, key.at);
        }
        let type_name = type_name.as_deref().unwrap_or_default();
        if types::has_property(reading.catalogue, type_name, &task::COMMON, &key.text) == Some(false) {
            let message =
                format!("Invalid Plugin Default: No property '{}' exists in plugin '{type_name}'", key.text);
            reading.problems.entity(path, message, key.at);
        }
    }
    let values = entries.iter().map(|(key, value)| (key.text.clone(), value.to_json())).collect();
    Some(PluginDefault { type_name: type_name?, forced, values })
}
