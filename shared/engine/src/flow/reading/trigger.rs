//! Triggers. One type is built: the webhook.

use super::{
    Reading,
    bean::{Bean, Pattern},
    path::Path,
    policy, scalar,
    task::{LEVELS, missing_type},
    types,
};
use crate::{
    flow::{Trigger, TriggerKind, unbuilt::Feature},
    problem::Position,
    yaml::Node,
};

pub(super) const WEBHOOK: &str = "io.kestra.plugin.core.trigger.Webhook";
const CLASS: &str = "io.kestra.core.models.triggers.AbstractTrigger";
/// Characters of a key.
const KEY_MAX: usize = 256;
/// Properties of every trigger.
const COMMON: [&str; 11] = [
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
    let triggers = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| trigger(reading, item, &path.item(index), &mut ids))
        .collect();
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
    if types::core(&type_name).as_deref() != Some(WEBHOOK) {
        let why = types::refusal(reading, &type_name, "trigger");
        reading.problems.unknown_type(&opened.path("type"), &type_name, why, given.at);
        return None;
    }
    let bean = Bean::open(reading, node, path, WEBHOOK, &[&["key"], &COMMON])?;
    refuse_unbuilt(reading, &bean);
    let description = bean.text(reading, "description");
    let disabled = bean.flag(reading, "disabled");
    bean.required(reading, "key");
    bean.short_text(reading, "key", KEY_MAX);
    let key = bean.template(reading, "key");
    Some(Trigger { id: id?, type_name, description, disabled, kind: TriggerKind::Webhook { key: key? } })
}

fn refuse_unbuilt(reading: &mut Reading<'_>, bean: &Bean<'_>) {
    for name in ["conditions", "stopAfter"] {
        bean.list(reading, name);
    }
    super::label::read(reading, bean);
    policy::worker_group(reading, bean);
    for name in ["logLevel", "minLogLevel"] {
        bean.one_of(reading, name, &LEVELS);
        bean.refuse(reading, name, Feature::TriggerLogLevel);
    }
    bean.flag(reading, "logToFile");
    bean.refuse(reading, "conditions", Feature::TriggerConditions);
    bean.refuse(reading, "stopAfter", Feature::TriggerStopAfter);
    bean.refuse(reading, "labels", Feature::TriggerLabels);
    bean.refuse(reading, "workerGroup", Feature::WorkerGroup);
}
