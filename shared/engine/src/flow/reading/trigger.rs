//! Triggers: the webhook, the one that listens to other flows, and those of dates.

use super::{
    Reading,
    bean::{Bean, Pattern},
    condition, flow_trigger, label, on_dates,
    path::Path,
    policy, scalar, schedule,
    task::{LEVELS, missing_type},
    types, webhook,
};
use crate::{
    execution::State,
    flow::{Rendered, Trigger, TriggerKind, unbuilt::Feature},
    problem::Position,
    yaml::Node,
};

pub(super) const WEBHOOK: &str = "io.kestra.plugin.core.trigger.Webhook";
pub(super) const FLOW: &str = "io.kestra.plugin.core.trigger.Flow";
pub(super) const SCHEDULE: &str = "io.kestra.plugin.core.trigger.Schedule";
pub(super) const ON_DATES: &str = "io.kestra.plugin.core.trigger.ScheduleOnDates";
const CLASS: &str = "io.kestra.core.models.triggers.AbstractTrigger";
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
    let read = match canonical.as_deref() {
        Some(WEBHOOK) => {
            let bean = Bean::open(reading, node, path, WEBHOOK, &[&webhook::KNOWN, &COMMON])?;
            let common = common(reading, &bean);
            let conditions = condition::list(reading, &bean);
            (common?, conditions, TriggerKind::Webhook(Box::new(webhook::read(reading, &bean)?)))
        }
        Some(FLOW) => {
            let bean = Bean::open(reading, node, path, FLOW, &[&flow_trigger::KNOWN, &COMMON])?;
            let common = common(reading, &bean);
            let (conditions, flow) = flow_trigger::read(reading, &bean)?;
            (common?, conditions, TriggerKind::Flow(flow))
        }
        Some(SCHEDULE) => {
            let bean = Bean::open(reading, node, path, SCHEDULE, &[&schedule::KNOWN, &COMMON])?;
            let common = common(reading, &bean);
            let (conditions, schedule) = schedule::read(reading, &bean)?;
            (common?, conditions, TriggerKind::Schedule(Box::new(schedule)))
        }
        Some(ON_DATES) => {
            let bean = Bean::open(reading, node, path, ON_DATES, &[&on_dates::KNOWN, &COMMON])?;
            let common = common(reading, &bean);
            let (conditions, schedule) = on_dates::read(reading, &bean)?;
            (common?, conditions, TriggerKind::Schedule(Box::new(schedule)))
        }
        Some(_) | None => {
            let why = types::refusal(reading, &type_name, "trigger");
            reading.problems.unknown_type(&opened.path("type"), &type_name, why, given.at);
            return None;
        }
    };
    let (Shared { description, disabled, labels, stop_after }, conditions, kind) = read;
    Some(Trigger { id: id?, type_name, description, disabled, conditions, labels, stop_after, kind })
}

/// What every trigger may have.
struct Shared {
    description: Option<String>,
    disabled: bool,
    labels: Option<Rendered>,
    stop_after: Vec<State>,
}

fn common(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Shared> {
    let description = bean.text(reading, "description");
    let disabled = bean.flag(reading, "disabled");
    label::refuse_system(reading, bean);
    let labels = bean.get("labels").map(|_| label::rendered(reading, bean, false));
    let stop_after = condition::states(reading, bean, "stopAfter").unwrap_or_default();
    log_level(reading, bean);
    bean.flag(reading, "logToFile");
    policy::worker_group(reading, bean);
    bean.refuse(reading, "workerGroup", Feature::WorkerGroup);
    Some(Shared { description, disabled, labels: schedule::all_or_nothing(labels)?, stop_after })
}

/// Checked, and of no further use: a trigger has no log lines of its own, and the one of an execution that it starts as
/// FAILED is an ERROR, which every level keeps.
fn log_level(reading: &mut Reading<'_>, bean: &Bean<'_>) {
    let (old, new) = ("minLogLevel", "logLevel");
    bean.one_name(reading, new, old);
    for name in [new, old] {
        bean.one_of(reading, name, &LEVELS);
    }
}
