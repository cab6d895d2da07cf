//! Writes a moment by a pattern.

use jiff::{Zoned, civil::Weekday, tz::Offset};

use super::pattern::{Field, Item, Pattern};
use crate::eval::Halt;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

pub(super) fn print(pattern: &Pattern, moment: &Zoned) -> Result<String, Halt> {
    let mut text = String::new();
    items(&pattern.0, moment, &mut text)?;
    Ok(text)
}

fn items(list: &[Item], moment: &Zoned, text: &mut String) -> Result<(), Halt> {
    for item in list {
        match item {
            Item::Literal(literal) => text.push_str(literal),
            Item::Optional(inner) => items(inner, moment, text)?,
            Item::Field(field, count) => text.push_str(&written(*field, *count, moment)?),
        }
    }
    Ok(())
}

fn written(field: Field, count: usize, moment: &Zoned) -> Result<String, Halt> {
    let padded = |number: i64| format!("{number:0count$}");
    let hour = i64::from(moment.hour());
    let nanosecond = i64::from(moment.subsec_nanosecond());
    let second_of_day = (hour * 60 + i64::from(moment.minute())) * 60 + i64::from(moment.second());
    let offset = moment.offset();
    Ok(match field {
        Field::Era => match (moment.year() > 0, count) {
            (true, 1..4) => "AD".to_owned(),
            (false, 1..4) => "BC".to_owned(),
            (true, 4) => "Anno Domini".to_owned(),
            (false, 4) => "Before Christ".to_owned(),
            (true, _) => "A".to_owned(),
            (false, _) => "B".to_owned(),
        },
        Field::Year if count == 2 => padded(i64::from(moment.year()).rem_euclid(100)),
        Field::YearOfEra => {
            let year = i64::from(moment.year());
            let year = if year > 0 { year } else { 1 - year };
            padded(if count == 2 { year % 100 } else { year })
        }
        Field::WeekYear if count == 2 => padded(week(moment).0.rem_euclid(100)),
        Field::WeekYear => padded(week(moment).0),
        Field::WeekOfYear => padded(week(moment).1),
        Field::WeekOfMonth => {
            let first = moment.date().first_of_month().weekday().since(Weekday::Sunday);
            padded(i64::from((moment.day() - 1 + first) / 7 + 1))
        }
        Field::Year => padded(moment.year().into()),
        Field::Quarter => {
            let quarter = i64::from((moment.month() - 1) / 3 + 1);
            match count {
                3 => format!("Q{quarter}"),
                4 => format!("{quarter}{} quarter", ["st", "nd", "rd", "th"][index(moment.month()) / 3]),
                _ => padded(quarter),
            }
        }
        Field::Month if count > 2 => named(MONTHS[index(moment.month())], count),
        Field::Month => padded(moment.month().into()),
        Field::Day => padded(moment.day().into()),
        Field::DayOfYear => padded(moment.day_of_year().into()),
        Field::WeekdayNumber if count < 3 => padded(i64::from(moment.weekday().since(Weekday::Sunday)) + 1),
        Field::Weekday | Field::WeekdayNumber => {
            let name = WEEKDAYS[index(moment.weekday().to_monday_one_offset())];
            named(name, count.max(3))
        }
        Field::HalfOfDay => if hour < 12 { "AM" } else { "PM" }.to_owned(),
        Field::Hour => padded(hour),
        Field::HourFromOne => padded(if hour == 0 { 24 } else { hour }),
        Field::HourOfHalf => padded(if hour % 12 == 0 { 12 } else { hour % 12 }),
        Field::HourOfHalfFromZero => padded(hour % 12),
        Field::Minute => padded(moment.minute().into()),
        Field::Second => padded(moment.second().into()),
        Field::Fraction => format!("{nanosecond:09}")[..count].to_owned(),
        Field::Nanosecond => padded(nanosecond),
        Field::MillisecondOfDay => padded(second_of_day * 1_000 + nanosecond / 1_000_000),
        Field::NanosecondOfDay => padded(second_of_day * 1_000_000_000 + nanosecond),
        Field::ZoneId => zone_id(moment),
        Field::ZoneName => zone_name(moment, count)?,
        Field::LocalizedOffset => localized(offset, count == 4),
        Field::Offset if count == 4 => localized(offset, true),
        Field::Offset if count == 5 => offset_text(offset, 5, "Z"),
        Field::Offset => offset_text(offset, 2, "+0000"),
        Field::OffsetOrZ => offset_text(offset, count, "Z"),
        Field::OffsetAlways => {
            offset_text(offset, count, ["+00", "+0000", "+00:00", "+0000", "+00:00"][count - 1])
        }
    })
}

/// The year that a week belongs to, and its number there.
fn week(moment: &Zoned) -> (i64, i64) {
    let since_sunday = i64::from(moment.weekday().since(Weekday::Sunday));
    let year = i64::from(moment.year());
    let day = i64::from(moment.day_of_year());
    // The week of December that has the next January 1.
    if day + 6 - since_sunday > i64::from(moment.date().days_in_year()) {
        return (year + 1, 1);
    }
    let first = i64::from(moment.date().first_of_year().weekday().since(Weekday::Sunday));
    (year, (day - 1 + first) / 7 + 1)
}

fn index(from_one: i8) -> usize {
    usize::try_from(from_one - 1).expect("months and weekdays start at 1")
}

/// Three letters short, four full, five one letter.
fn named(name: &str, count: usize) -> String {
    match count {
        3 => &name[..3],
        5 => &name[..1],
        _ => name,
    }
    .to_owned()
}

/// The name in the time zone database, or the offset.
pub(super) fn zone_id(moment: &Zoned) -> String {
    match moment.time_zone().iana_name() {
        Some(name) => name.to_owned(),
        None => offset_text(moment.offset(), 5, "Z"),
    }
}

fn zone_name(moment: &Zoned, count: usize) -> Result<String, Halt> {
    if count < 4 {
        return Ok(moment.strftime("%Z").to_string());
    }
    if moment.offset() == Offset::UTC && moment.time_zone().iana_name() == Some("UTC") {
        return Ok("Coordinated Universal Time".to_owned());
    }
    Err(Halt::failed(
        "Full names of time zones are refused, as the database of zones has none: write `z`, `VV` or `XXX`",
    ))
}

/// `GMT+8`, or `GMT+08:00` in full.
fn localized(offset: Offset, full: bool) -> String {
    let seconds = offset.seconds();
    if seconds == 0 {
        return "GMT".to_owned();
    }
    if full {
        return format!("GMT{}", offset_text(offset, 5, ""));
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    if minutes == 0 { format!("GMT{sign}{hours}") } else { format!("GMT{sign}{hours}:{minutes:02}") }
}

/// Java's `+HHmm`, `+HHMM`, `+HH:MM`, `+HHMMss` and `+HH:MM:ss`, by width from one to five.
pub(super) fn offset_text(offset: Offset, width: usize, none: &str) -> String {
    let seconds = offset.seconds();
    if seconds == 0 {
        return none.to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes, rest) = (seconds.abs() / 3600, seconds.abs() / 60 % 60, seconds.abs() % 60);
    let colon = if width == 3 || width == 5 { ":" } else { "" };
    let minutes = if width > 1 || minutes > 0 { format!("{colon}{minutes:02}") } else { String::new() };
    let rest = if width > 3 && rest > 0 { format!("{colon}{rest:02}") } else { String::new() };
    format!("{sign}{hours:02}{minutes}{rest}")
}
