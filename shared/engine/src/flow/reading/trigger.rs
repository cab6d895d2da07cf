//! Triggers. Three types are built: the webhook, the one that listens to other flows, and the one of dates.

use super::{
    Reading,
    bean::{Bean, Pattern},
    condition, flow_trigger,
    path::Path,
    policy, scalar, schedule,
    task::{LEVELS, missing_type},
    types, webhook,
};
use crate::{
    flow::{Trigger, TriggerKind, unbuilt::Feature},
    problem::Position,
    yaml::Node,
};

pub(super) const WEBHOOK: &str = "io.kestra.plugin.core.trigger.Webhook";
pub(super) const FLOW: &str = "io.kestra.plugin.core.trigger.Flow";
pub(super) const SCHEDULE: &str = "io.kestra.plugin.core.trigger.Schedule";
const CLASS: &str = "io.kestra.core.models.triggers.AbstractTrigger";
/// Properties of every trigger.
pub(super) const COMMON: [&str; 11] = [
    "id",
    "type",
    "description",
    "conditions",
    "disabled",
    "workerGroup",
    "logLevel",
    "minLogLevel",
    "labels",
    "stopAfter",
    "logToFile",
];

/// The triggers of a flow, and the id of every one that has an id.
pub(super) fn list(reading: &mut Reading<'_>, flow: &Bean<'_>) -> (Vec<Trigger>, Vec<(String, Position)>) {
    let path = flow.path("triggers");
    let mut ids = Vec::new();
    let items = flow.list(reading, "triggers");
    let triggers: Vec<_> = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| trigger(reading, item, &path.item(index), &mut ids))
        .collect();
    schedule::refuse_too_many(reading, &path, &triggers, flow.key_at("triggers").unwrap_or(flow.at));
    (triggers, ids)
}

fn trigger(
    reading: &mut Reading<'_>,
    node: &Node,
    path: &Path<'_>,
    ids: &mut Vec<(String, Position)>,
) -> Option<Trigger> {
    let opened = Bean::open_any(reading, node, path, CLASS)?;
    let id = opened.id(reading, "id", &Pattern::TASK);
    if let (Some(id), Some(node)) = (&id, opened.get("id")) {
        ids.push((id.clone(), node.at));
    }
    let Some(given) = opened.get("type") else {
        missing_type(reading, path, "AbstractTrigger", opened.at);
        return None;
    };
    let type_name = scalar::text(reading, given, &opened.path("type"))?;
    let canonical = types::core(&type_name);
    match canonical.as_deref() {
        Some(WEBHOOK) => {
            let bean = Bean::open(reading, node, path, WEBHOOK, &[&webhook::KNOWN, &COMMON])?;
            let (description, disabled) = common(reading, &bean);
            let conditions = condition::list(reading, &bean);
            let kind = TriggerKind::Webhook(Box::new(webhook::read(reading, &bean)?));
            Some(Trigger { id: id?, type_name, description, disabled, conditions, kind })
        }
        Some(FLOW) => {
            let bean = Bean::open(reading, node, path, FLOW, &[&flow_trigger::KNOWN, &COMMON])?;
            let (description, disabled) = common(reading, &bean);
            let (conditions, flow) = flow_trigger::read(reading, &bean)?;
            let kind = TriggerKind::Flow(flow);
            Some(Trigger { id: id?, type_name, description, disabled, conditions, kind })
        }
        Some(SCHEDULE) => {
            let bean = schedule::open(reading, node, path)?;
            refuse_everywhere(reading, &bean);
            let description = bean.text(reading, "description");
            let disabled = bean.flag(reading, "disabled");
            let (conditions, schedule) = schedule::read(reading, &bean)?;
            let kind = TriggerKind::Schedule(Box::new(schedule));
            Some(Trigger { id: id?, type_name, description, disabled, conditions, kind })
        }
        Some(_) | None => {
            let why = types::refusal(reading, &type_name, "trigger");
            reading.problems.unknown_type(&opened.path("type"), &type_name, why, given.at);
            None
        }
    }
}

/// What every trigger has: its description, and whether it is disabled.
fn common(reading: &mut Reading<'_>, bean: &Bean<'_>) -> (Option<String>, bool) {
    refuse_unbuilt(reading, bean);
    (bean.text(reading, "description"), bean.flag(reading, "disabled"))
}

fn refuse_unbuilt(reading: &mut Reading<'_>, bean: &Bean<'_>) {
    bean.list(reading, "stopAfter");
    super::label::read(reading, bean);
    bean.refuse(reading, "stopAfter", Feature::TriggerStopAfter);
    bean.refuse(reading, "labels", Feature::TriggerLabels);
    refuse_everywhere(reading, bean);
}

/// What is not built of any trigger.
fn refuse_everywhere(reading: &mut Reading<'_>, bean: &Bean<'_>) {
    policy::worker_group(reading, bean);
    for name in ["logLevel", "minLogLevel"] {
        bean.one_of(reading, name, &LEVELS);
        bean.refuse(reading, name, Feature::TriggerLogLevel);
    }
    bean.flag(reading, "logToFile");
    bean.refuse(reading, "workerGroup", Feature::WorkerGroup);
}
