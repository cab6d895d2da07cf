//! The trigger of dates.

use super::{Reading, bean::Bean, condition, label, path::Path, rendered, trigger::COMMON};
use crate::{
    cron::{self, Cron},
    flow::{
        Trigger, TriggerKind,
        condition::Condition,
        schedule::{Recover, SCHEDULES_MAX, Schedule},
    },
    problem::Position,
    yaml::Node,
};

/// Its own properties. `backfill` is an older one that Kestra knows and does not look at either; `interval` belongs to
/// triggers that ask again and again, and must not be there.
pub(super) const KNOWN: [&str; 9] = [
    "cron",
    "withSeconds",
    "timezone",
    "inputs",
    "lateMaximumDelay",
    "recoverMissedSchedules",
    "scheduleConditions",
    "backfill",
    "interval",
];
const RECOVERS: [(&str, Recover); 3] =
    [("ALL", Recover::All), ("LAST", Recover::Last), ("NONE", Recover::None)];

/// Says that a flow has more of them than it may.
pub(super) fn refuse_too_many(
    reading: &mut Reading<'_>,
    path: &Path<'_>,
    triggers: &[Trigger],
    at: Position,
) {
    let schedules = triggers.iter().filter(|it| matches!(it.kind, TriggerKind::Schedule(_))).count();
    if schedules > SCHEDULES_MAX {
        let message = format!("{schedules} Schedule triggers; a flow may have {SCHEDULES_MAX}");
        reading.problems.entity(path, message, at);
    }
}

/// Opens it.
pub(super) fn open<'b>(reading: &mut Reading<'_>, node: &'b Node, path: &'b Path<'b>) -> Option<Bean<'b>> {
    Bean::open(reading, node, path, super::trigger::SCHEDULE, &[&KNOWN, &COMMON])
}

/// Its conditions, and the rest of it.
pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<(Vec<Condition>, Schedule)> {
    let (new, old) = ("conditions", "scheduleConditions");
    bean.one_name(reading, new, old);
    let name = if bean.get(old).is_some() { old } else { new };
    let conditions = condition::named(reading, bean, name);
    if let Some(node) = bean.get("interval") {
        reading.problems.entity(&bean.path("interval"), "must be null", node.at);
    }
    rendered::map_property(reading, bean, "backfill");
    let cron = cron(reading, bean);
    let timezone = bean.text(reading, "timezone").map(|name| {
        let zone = cron::zone(&name);
        if zone.is_none() {
            let at = bean.get("timezone").map_or(bean.at, |it| it.at);
            let message = format!("timezone '({name})' is not a valid time-zone ID");
            reading.problems.entity(&bean.path("timezone"), message, at);
        }
        zone
    });
    let inputs = bean.get("inputs").map(|_| rendered::map_property(reading, bean, "inputs"));
    label::refuse_system(reading, bean);
    let labels = bean.get("labels").map(|_| label::rendered(reading, bean, false));
    let late_maximum_delay = bean.duration(reading, "lateMaximumDelay");
    let recover = match bean.get("recoverMissedSchedules") {
        None => Some(Recover::All),
        Some(_) => bean.one_of(reading, "recoverMissedSchedules", &RECOVERS),
    };
    let stop_after = condition::states(reading, bean, "stopAfter").unwrap_or_default();
    let schedule = Schedule {
        cron: cron?,
        timezone: all_or_nothing(timezone)?,
        inputs: all_or_nothing(inputs)?,
        labels: all_or_nothing(labels)?,
        late_maximum_delay,
        recover: recover?,
        stop_after,
    };
    Some((conditions, schedule))
}

fn cron(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Cron> {
    let with_seconds = bean.flag(reading, "withSeconds");
    bean.required(reading, "cron");
    let text = bean.text(reading, "cron")?;
    match Cron::parse(&text, with_seconds) {
        Ok(cron) => Some(cron),
        Err(details) => {
            let at = bean.get("cron").map_or(bean.at, |it| it.at);
            let message = format!("invalid cron expression '{text}': {details}");
            reading.problems.entity(&bean.path("cron"), message, at);
            None
        }
    }
}

/// What is not there is fine; what is there and cannot be used is not.
#[allow(clippy::option_option, reason = "whether it is there, and whether it can be used")]
fn all_or_nothing<T>(given: Option<Option<T>>) -> Option<Option<T>> {
    match given {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}
