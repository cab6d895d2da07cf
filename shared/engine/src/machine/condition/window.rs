//! How far back a window looks.

use jiff::tz::TimeZone;

use super::moment::Moment;
use crate::{flow::condition::TimeWindow, time::Timestamp};

/// What became true then or later still counts at this moment; `None` when the moment itself does not count.
pub fn counts_since(window: TimeWindow, moment: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let zoned = moment.to_jiff().to_zoned(zone.clone());
    let midnight = zoned.start_of_day().map_or(moment, |it| it.timestamp().into());
    let here = Moment::of(&zoned);
    match window {
        TimeWindow::Every { window, advance } => {
            let millis = |it: std::time::Duration| i64::try_from(it.as_millis()).unwrap_or(i64::MAX);
            // Clocks count the windows, so that those of a day begin at midnight.
            let shown = moment.as_millis().saturating_add(i64::from(zoned.offset().seconds()) * 1_000);
            let into = shown.saturating_sub(millis(advance)).rem_euclid(millis(window).max(1));
            Some(Timestamp::from_millis(moment.as_millis().saturating_sub(into)))
        }
        TimeWindow::Sliding { window } => {
            let millis = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
            Some(Timestamp::from_millis(moment.as_millis().saturating_sub(millis)))
        }
        TimeWindow::Until { deadline } => (here.millis_past(deadline) <= 0).then_some(midnight),
        TimeWindow::Between { start, end } => {
            let past = here.millis_past(start);
            let within = past >= 0 && here.millis_past(end) <= 0;
            within.then(|| Timestamp::from_millis(moment.as_millis() - past))
        }
    }
}
