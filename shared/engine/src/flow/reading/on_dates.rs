//! The trigger of dates that are written down.

use jiff::{fmt::temporal::Pieces, tz::TimeZone};

use super::{
    Reading,
    bean::Bean,
    condition, rendered,
    schedule::{all_or_nothing, recover, timezone},
};
use crate::{
    flow::{
        condition::Condition,
        schedule::{DATES_MAX, Dates, Schedule},
    },
    time::Timestamp,
    yaml::Node,
};

/// Its own properties.
pub(super) const KNOWN: [&str; 4] = ["dates", "timezone", "inputs", "recoverMissedSchedules"];

/// Its conditions, and the rest of it.
pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<(Vec<Condition>, Schedule)> {
    let conditions = condition::list(reading, bean);
    let timezone = timezone(reading, bean);
    let dates = dates(reading, bean, timezone.as_ref().and_then(Option::as_ref));
    let inputs = bean.get("inputs").map(|_| rendered::map_property(reading, bean, "inputs"));
    let recover = recover(reading, bean);
    let schedule = Schedule {
        dates: Dates::On(dates),
        timezone: all_or_nothing(timezone)?,
        inputs: all_or_nothing(inputs)?,
        late_maximum_delay: None,
        recover: recover?,
    };
    Some((conditions, schedule))
}

fn dates(reading: &mut Reading<'_>, bean: &Bean<'_>, zone: Option<&TimeZone>) -> Vec<Timestamp> {
    let Some(node) = bean.required(reading, "dates") else { return Vec::new() };
    let items = bean.list(reading, "dates");
    let path = bean.path("dates");
    if items.len() > DATES_MAX {
        reading.problems.entity(&path, format!("{} dates; {DATES_MAX} are taken", items.len()), node.at);
    }
    let mut dates = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match date(item, zone) {
            Ok(date) => dates.push(date),
            Err(message) => reading.problems.entity(&path.item(index), message, item.at),
        }
    }
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// With an offset, or as clocks of the zone show it.
fn date(node: &Node, zone: Option<&TimeZone>) -> Result<Timestamp, String> {
    let Some(text) = node.as_str() else {
        return Err("must be a date-time, such as 2024-07-12T05:13:42+02:00".to_owned());
    };
    if let Ok(date) = text.parse() {
        return Ok(date);
    }
    let shown =
        Pieces::parse(text.trim()).map_err(|error| format!("`{text}` is not a date-time ({error})"))?;
    let zone = zone.ok_or_else(|| format!("`{text}` has no offset, and there is no `timezone`"))?;
    let zoned = shown.date().to_datetime(shown.time().unwrap_or_default()).to_zoned(zone.clone());
    zoned.map(|it| it.timestamp().into()).map_err(|error| format!("`{text}` is not a date-time ({error})"))
}
