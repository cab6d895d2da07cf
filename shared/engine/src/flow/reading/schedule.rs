//! The trigger of dates that a cron expression means.

use jiff::tz::TimeZone;

use super::{Reading, bean::Bean, condition, path::Path, rendered};
use crate::{
    cron::{self, Cron},
    flow::{
        Trigger,
        condition::Condition,
        schedule::{Dates, Recover, SCHEDULES_MAX, Schedule},
    },
    problem::Position,
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
    let schedules = triggers.iter().filter(|it| it.is_kept()).count();
    if schedules > SCHEDULES_MAX {
        let message = format!(
            "{schedules} Schedule triggers (and others with `stopAfter`); a flow may have {SCHEDULES_MAX}"
        );
        reading.problems.entity(path, message, at);
    }
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
    let timezone = timezone(reading, bean);
    let inputs = bean.get("inputs").map(|_| rendered::map_property(reading, bean, "inputs"));
    let late_maximum_delay = bean.duration(reading, "lateMaximumDelay");
    let recover = recover(reading, bean);
    let schedule = Schedule {
        dates: Dates::Cron(Box::new(cron?)),
        timezone: all_or_nothing(timezone)?,
        inputs: all_or_nothing(inputs)?,
        late_maximum_delay,
        recover: recover?,
    };
    Some((conditions, schedule))
}

/// The zone it names, if it names one, and if there is such a one.
#[allow(clippy::option_option, reason = "whether it is there, and whether it can be used")]
pub(super) fn timezone(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Option<TimeZone>> {
    let name = bean.text(reading, "timezone")?;
    let zone = cron::zone(&name);
    if zone.is_none() {
        let at = bean.get("timezone").map_or(bean.at, |it| it.at);
        let message = format!("timezone '({name})' is not a valid time-zone ID");
        reading.problems.entity(&bean.path("timezone"), message, at);
    }
    Some(zone)
}

/// What is made up for.
pub(super) fn recover(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Recover> {
    match bean.get("recoverMissedSchedules") {
        None => Some(Recover::All),
        Some(_) => bean.one_of(reading, "recoverMissedSchedules", &RECOVERS),
    }
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
pub(super) fn all_or_nothing<T>(given: Option<Option<T>>) -> Option<Option<T>> {
    match given {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}
