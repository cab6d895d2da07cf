//! The trigger of dates that are written down.

use jiff::tz::TimeZone;

use super::{
    Reading,
    bean::Bean,
    condition, rendered, scalar,
    schedule::{all_or_nothing, recover, timezone},
};
use crate::{
    flow::{
        Rendered,
        condition::Condition,
        schedule::{self, DATES_MAX, Dates, Expression, Schedule},
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
        dates: dates?,
        timezone: all_or_nothing(timezone)?,
        inputs: all_or_nothing(inputs)?,
        late_maximum_delay: None,
        recover: recover?,
    };
    Some((conditions, schedule))
}

/// `None` when an expression among them cannot be used.
fn dates(reading: &mut Reading<'_>, bean: &Bean<'_>, zone: Option<&TimeZone>) -> Option<Dates> {
    let node = bean.required(reading, "dates")?;
    let is_expression = |node: &Node| node.as_str().is_some_and(scalar::is_expression);
    if is_expression(node) {
        return Some(expression(node, rendered::texts_or_text(reading, bean, "dates")?));
    }
    let items = bean.list(reading, "dates");
    let path = bean.path("dates");
    if items.len() > DATES_MAX {
        reading.problems.entity(&path, format!("{} dates; {DATES_MAX} are taken", items.len()), node.at);
    }
    let mut dates = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate().filter(|(_, item)| !is_expression(item)) {
        match date(item, zone) {
            Ok(date) => dates.push(date),
            Err(message) => reading.problems.entity(&path.item(index), message, item.at),
        }
    }
    if items.iter().any(is_expression) {
        return Some(expression(node, rendered::texts_or_text(reading, bean, "dates")?));
    }
    dates.sort_unstable();
    dates.dedup();
    Some(Dates::On(dates))
}

fn expression(node: &Node, rendered: Rendered) -> Dates {
    Dates::Expression(Box::new(Expression { rendered, written: node.to_json() }))
}

fn date(node: &Node, zone: Option<&TimeZone>) -> Result<Timestamp, String> {
    let text = node.as_str().ok_or("must be a date-time, such as 2024-07-12T05:13:42+02:00")?;
    schedule::date(text, zone)
}
