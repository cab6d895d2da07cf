//! Reads a moment: from ISO text, from seconds, or from text by a pattern.

use jiff::{
    Timestamp, Zoned,
    civil::{Date, DateTime, Time},
    fmt::temporal::Pieces,
    tz::{Offset, TimeZone},
};

use super::{
    named::{self, Named},
    pattern::{Field, Item, Pattern},
    print::{MONTHS, WEEKDAYS},
};
use crate::{Value, eval::Halt, excerpt};

/// A time zone by its name (`Europe/Paris`) or as an offset (`+02:00`).
pub(crate) fn zone(name: &str) -> Result<TimeZone, Halt> {
    if let Ok(zone) = TimeZone::get(name) {
        return Ok(zone);
    }
    let offset = name.strip_prefix("GMT").or(name.strip_prefix("UTC")).unwrap_or(name);
    match offset_text(offset) {
        Some((offset, "")) => Ok(TimeZone::fixed(offset)),
        _ => Err(Halt::failed(format!("Unknown time-zone ID: {}", excerpt::repeated(name)))),
    }
}

/// The moment that a value stands for, in a zone. Text without an offset is in that zone already; whole
/// numbers are seconds since 1970 (Java's `Long`: Kestra does not take an `Integer`, nor does this).
pub(crate) fn read(value: &Value<'_>, existing_format: Option<&str>, zone: &TimeZone) -> Result<Zoned, Halt> {
    let found = match value {
        Value::Integer(seconds) => {
            Timestamp::from_second(*seconds).ok().map(|moment| moment.to_zoned(zone.clone()))
        }
        Value::String(text) => match existing_format {
            Some(format) => by_format(text.trim(), format, zone)?,
            None => iso(text.trim(), zone),
        },
        Value::Int(_) => {
            return Err(Halt::failed(
                "A number of seconds is a java.lang.Long and this is a java.lang.Integer: write `(x + 0) | date`",
            ));
        }
        other => {
            let actual = other.class_name();
            return Err(Halt::failed(format!(
                "A date is a text, or a number of seconds. Actual type was: {actual}"
            )));
        }
    };
    found.ok_or_else(|| {
        let text = crate::output::scalar_text(value).unwrap_or_default();
        let expected =
            existing_format.unwrap_or("2024-12-31, 2024-12-31T23:59:59 or 2024-12-31T23:59:59+02:00");
        Halt::failed(format!(
            "Text '{}' could not be parsed as a date: expected {expected}",
            excerpt::repeated(&text)
        ))
    })
}

fn iso(text: &str, zone: &TimeZone) -> Option<Zoned> {
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Some(zoned.with_time_zone(zone.clone()));
    }
    let pieces = Pieces::parse(text).ok()?;
    let local = DateTime::from_parts(pieces.date(), pieces.time().unwrap_or(Time::midnight()));
    in_zone(local, pieces.to_numeric_offset(), zone)
}

fn in_zone(local: DateTime, offset: Option<Offset>, zone: &TimeZone) -> Option<Zoned> {
    match offset {
        Some(offset) => Some(offset.to_timestamp(local).ok()?.to_zoned(zone.clone())),
        None => local.to_zoned(zone.clone()).ok(),
    }
}

fn by_format(text: &str, format: &str, zone: &TimeZone) -> Result<Option<Zoned>, Halt> {
    let pattern = match named::find(format) {
        Some(Named::Pattern(pattern)) => Pattern::parse(pattern)?,
        Some(Named::Computed(_)) => return Ok(iso(text, zone)),
        None => Pattern::parse(format)?,
    };
    let mut fields = Fields::default();
    Ok(match take_items(&pattern.0, text, &mut fields)? {
        Some("") => fields.moment(zone),
        _ => None,
    })
}

/// What has been read so far.
#[derive(Debug, Clone, Default)]
struct Fields {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: Option<i64>,
    hour_of_half: Option<i64>,
    afternoon: bool,
    minute: i64,
    second: i64,
    nanosecond: i64,
    offset: Option<Offset>,
    zone: Option<TimeZone>,
}

impl Fields {
    fn moment(&self, zone: &TimeZone) -> Option<Zoned> {
        let year = self.year?.try_into().ok()?;
        let date = match self.day_of_year {
            Some(day) => Date::new(year, 1, 1).ok()?.with().day_of_year(day.try_into().ok()?).build().ok()?,
            None => Date::new(
                year,
                self.month.unwrap_or(1).try_into().ok()?,
                self.day.unwrap_or(1).try_into().ok()?,
            )
            .ok()?,
        };
        let half = self.hour_of_half.map(|hour| hour % 12 + if self.afternoon { 12 } else { 0 });
        let hour = self.hour.or(half).unwrap_or(0);
        let time = Time::new(
            hour.try_into().ok()?,
            self.minute.try_into().ok()?,
            self.second.try_into().ok()?,
            self.nanosecond.try_into().ok()?,
        );
        let local = DateTime::from_parts(date, time.ok()?);
        match &self.zone {
            Some(own) => Some(in_zone(local, self.offset, own)?.with_time_zone(zone.clone())),
            None => in_zone(local, self.offset, zone),
        }
    }
}

/// What is left of the text after the items, or nothing when it does not fit them.
fn take_items<'t>(items: &[Item], text: &'t str, fields: &mut Fields) -> Result<Option<&'t str>, Halt> {
    let mut rest = text;
    for (index, item) in items.iter().enumerate() {
        let taken = match item {
            Item::Literal(literal) => rest.strip_prefix(&**literal),
            Item::Optional(inner) => {
                let mut with = fields.clone();
                match take_items(inner, rest, &mut with)? {
                    Some(after) => {
                        *fields = with;
                        Some(after)
                    }
                    None => Some(rest),
                }
            }
            Item::Field(field, count) => {
                let digits_follow =
                    matches!(items.get(index + 1), Some(Item::Field(next, _)) if is_number(*next));
                take_field(*field, *count, digits_follow, rest, fields)?
            }
        };
        match taken {
            Some(after) => rest = after,
            None => return Ok(None),
        }
    }
    Ok(Some(rest))
}

fn is_number(field: Field) -> bool {
    matches!(
        field,
        Field::Year
            | Field::Month
            | Field::Day
            | Field::DayOfYear
            | Field::Hour
            | Field::HourFromOne
            | Field::HourOfHalf
            | Field::HourOfHalfFromZero
            | Field::Minute
            | Field::Second
            | Field::Fraction
    )
}

fn take_field<'t>(
    field: Field,
    count: usize,
    digits_follow: bool,
    text: &'t str,
    fields: &mut Fields,
) -> Result<Option<&'t str>, Halt> {
    let most = match (field, count) {
        (Field::Year, 4) | (_, 1) if !digits_follow => 9,
        (_, count) => count,
    };
    let number = |store: &mut dyn FnMut(i64)| {
        take_digits(text, count, most).map(|(number, rest)| {
            store(number);
            rest
        })
    };
    Ok(match field {
        Field::Year => number(&mut |year| fields.year = Some(if count == 2 { 2000 + year } else { year })),
        Field::Month if count > 2 => take_name(text, &MONTHS, count).map(|(index, rest)| {
            fields.month = i64::try_from(index + 1).ok();
            rest
        }),
        Field::Month => number(&mut |month| fields.month = Some(month)),
        Field::Day => number(&mut |day| fields.day = Some(day)),
        Field::DayOfYear => number(&mut |day| fields.day_of_year = Some(day)),
        Field::Weekday => take_name(text, &WEEKDAYS, count.max(3)).map(|(_, rest)| rest),
        Field::HalfOfDay => take_name(text, &["AM", "PM"], 4).map(|(index, rest)| {
            fields.afternoon = index == 1;
            rest
        }),
        Field::Hour => number(&mut |hour| fields.hour = Some(hour)),
        Field::HourFromOne => number(&mut |hour| fields.hour = Some(hour % 24)),
        Field::HourOfHalf | Field::HourOfHalfFromZero => number(&mut |hour| fields.hour_of_half = Some(hour)),
        Field::Minute => number(&mut |minute| fields.minute = minute),
        Field::Second => number(&mut |second| fields.second = second),
        Field::Fraction => take_digits(text, count, count).map(|(number, rest)| {
            fields.nanosecond = number * 10_i64.pow(u32::try_from(9 - count).unwrap_or(0));
            rest
        }),
        Field::Offset | Field::OffsetOrZ | Field::OffsetAlways => offset_text(text).map(|(offset, rest)| {
            fields.offset = Some(offset);
            rest
        }),
        Field::ZoneId => {
            let end =
                text.find(|c: char| !c.is_ascii_alphanumeric() && !"/_+-:".contains(c)).unwrap_or(text.len());
            fields.zone = Some(zone(&text[..end])?);
            Some(&text[end..])
        }
        Field::Era
        | Field::Quarter
        | Field::WeekdayNumber
        | Field::Nanosecond
        | Field::MillisecondOfDay
        | Field::NanosecondOfDay
        | Field::ZoneName
        | Field::LocalizedOffset => {
            return Err(Halt::failed(format!("Reading {field:?} from a date is not built yet")));
        }
    })
}

fn take_digits(text: &str, least: usize, most: usize) -> Option<(i64, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if digits < least.min(most) || digits == 0 {
        return None;
    }
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

fn take_name<'t>(text: &'t str, names: &[&str], count: usize) -> Option<(usize, &'t str)> {
    names.iter().enumerate().find_map(|(index, name)| {
        let name = if count == 3 { &name[..3] } else { name };
        let start = text.get(..name.len())?;
        start.eq_ignore_ascii_case(name).then(|| (index, &text[name.len()..]))
    })
}

/// `Z`, `+02`, `+0200` or `+02:00`, and what follows.
fn offset_text(text: &str) -> Option<(Offset, &str)> {
    if let Some(rest) = text.strip_prefix('Z') {
        return Some((Offset::UTC, rest));
    }
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = take_digits(&text[1..], 2, 2)?;
    let (minutes, rest) = take_digits(rest.strip_prefix(':').unwrap_or(rest), 2, 2).unwrap_or((0, rest));
    let seconds = i32::try_from(sign * (hours * 3600 + minutes * 60)).ok()?;
    Some((Offset::from_seconds(seconds).ok()?, rest))
}
