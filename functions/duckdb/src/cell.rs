//! A value of DuckDB as Kestra tells it.
//!
//! Whole numbers beyond 32 bits without a sign, and beyond 64 with one, are texts; so are UUIDs, intervals and enums.
//! Bytes are a text in base64. A time without a zone is meant in the zone of the task.

use base64::{Engine, prelude::BASE64_STANDARD};
use duckdb::types::{TimeUnit, Value};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::columns::Kind;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Bool(bool),
    /// A whole number or a decimal, in its digits.
    Number(String),
    Float(f64),
    Text(String),
    /// A date, or a moment with its offset, of the years 1 to 9999.
    When(String),
    List(Vec<Cell>),
    Fields(Vec<(String, Cell)>),
}

/// How values are read.
#[derive(Debug)]
pub(crate) struct Reading<'z> {
    pub(crate) zone: &'z TimeZone,
}

impl Reading<'_> {
    /// # Errors
    /// What it is that cannot be told.
    pub(crate) fn cell(&self, value: &Value, kind: &Kind) -> Result<Cell, String> {
        Ok(match value {
            Value::Null => Cell::Null,
            Value::Boolean(flag) => Cell::Bool(*flag),
            Value::TinyInt(number) => Cell::Number(number.to_string()),
            Value::SmallInt(number) => Cell::Number(number.to_string()),
            Value::Int(number) => Cell::Number(number.to_string()),
            Value::BigInt(number) => Cell::Number(number.to_string()),
            Value::UTinyInt(number) => Cell::Number(number.to_string()),
            Value::USmallInt(number) => Cell::Number(number.to_string()),
            Value::UInt(number) => Cell::Number(number.to_string()),
            Value::UBigInt(number) => Cell::Text(number.to_string()),
            Value::HugeInt(number) if matches!(kind, Kind::Unsigned) => {
                Cell::Text(number.cast_unsigned().to_string())
            }
            Value::HugeInt(number) => Cell::Text(number.to_string()),
            Value::UHugeInt(number) => Cell::Text(number.to_string()),
            // By its digits: 0.1 of 32 bits is no 0.10000000149.
            Value::Float(number) => Cell::Float(number.to_string().parse().unwrap_or(f64::from(*number))),
            Value::Double(number) => Cell::Float(*number),
            Value::Decimal(decimal) => Cell::Number(decimal.to_string()),
            Value::Text(text) | Value::Enum(text) => Cell::Text(text.clone()),
            Value::Blob(bytes) if matches!(kind, Kind::Bits) => Cell::Text(bits(bytes)),
            Value::Blob(bytes) | Value::Geometry(bytes) => Cell::Text(BASE64_STANDARD.encode(bytes)),
            Value::Date32(days) => date(*days)?,
            Value::Time64(unit, count) => Cell::Text(time(i128::from(*count) * nanos(*unit))),
            Value::Timestamp(unit, count) => self.timestamp(*unit, *count, kind)?,
            Value::Interval { months, days, nanos } => Cell::Text(interval(*months, *days, *nanos)),
            Value::List(items) | Value::Array(items) => {
                let kind = if let Kind::List(kind) = kind { kind } else { &Kind::Plain };
                Cell::List(items.iter().map(|item| self.cell(item, kind)).collect::<Result<_, _>>()?)
            }
            Value::Struct(fields) => {
                let kinds = if let Kind::Fields(kinds) = kind { kinds.as_slice() } else { &[] };
                let mut cells = Vec::new();
                for (index, (name, value)) in fields.iter().enumerate() {
                    let kind = kinds.get(index).unwrap_or(&Kind::Plain);
                    cells.push((name.clone(), self.cell(value, kind)?));
                }
                Cell::Fields(cells)
            }
            Value::Map(entries) => {
                let plain = (Kind::Plain, Kind::Plain);
                let (of_key, of_value) = if let Kind::Map(kinds) = kind { kinds } else { &plain };
                let mut cells = Vec::new();
                for (key, value) in entries.iter() {
                    cells.push((self.cell(key, of_key)?.name(), self.cell(value, of_value)?));
                }
                Cell::Fields(cells)
            }
            Value::Union(value) => self.cell(value, &Kind::Plain)?,
            other => return Err(format!("{other:?}")),
        })
    }

    fn timestamp(&self, unit: TimeUnit, count: i64, kind: &Kind) -> Result<Cell, String> {
        if let Some(endless) = endless(count == i64::MAX, count == -i64::MAX) {
            return Ok(endless);
        }
        let at = Timestamp::from_nanosecond(i128::from(count) * nanos(unit));
        let at = at.map_err(|_| "a time that is too far away".to_owned())?;
        let wall = at.to_zoned(TimeZone::UTC).datetime();
        let mut offset = "+00:00".to_owned();
        if !matches!(kind, Kind::Moment) {
            let zoned = wall.to_zoned(self.zone.clone()).map_err(|error| error.to_string())?;
            offset = zoned.strftime("%:z").to_string();
        }
        if offset == "+00:00" {
            "Z".clone_into(&mut offset);
        }
        Ok(when(format!("{wall}{offset}"), wall.year()))
    }
}

impl Cell {
    /// As the name of a field.
    fn name(self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) | Self::When(text) => text,
            other => crate::spell::json(&other).to_string(),
        }
    }
}

const fn nanos(unit: TimeUnit) -> i128 {
    match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    }
}

/// DuckDB has moments before and after all others.
fn endless(after: bool, before: bool) -> Option<Cell> {
    let text = if after { "infinity" } else { "-infinity" };
    (after || before).then(|| Cell::Text(text.to_owned()))
}

fn date(days: i32) -> Result<Cell, String> {
    if let Some(endless) = endless(days == i32::MAX, days == -i32::MAX) {
        return Ok(endless);
    }
    let date = Date::constant(1970, 1, 1).checked_add(days.days());
    let date = date.map_err(|_| "a date that is too far away".to_owned())?;
    Ok(when(date.to_string(), date.year()))
}

fn when(text: String, year: i16) -> Cell {
    if (1..=9999).contains(&year) { Cell::When(text) } else { Cell::Text(text) }
}

/// `01:02:03.456`, up to `24:00:00`.
fn time(nanos: i128) -> String {
    let (seconds, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let whole = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if rest == 0 { whole } else { format!("{whole}.{}", format!("{rest:09}").trim_end_matches('0')) }
}

/// `1 year 2 months 28 days 03:00:00`, as DuckDB writes it.
fn interval(months: i32, days: i32, nanos: i64) -> String {
    let part = |count: i32, unit: &str| {
        let plural = if matches!(count, 1 | -1) { "" } else { "s" };
        (count != 0).then(|| format!("{count} {unit}{plural}"))
    };
    let parts = [part(months / 12, "year"), part(months % 12, "month"), part(days, "day")];
    let mut parts: Vec<String> = parts.into_iter().flatten().collect();
    if nanos != 0 || parts.is_empty() {
        let sign = if nanos < 0 { "-" } else { "" };
        parts.push(format!("{sign}{}", time(i128::from(nanos).abs())));
    }
    parts.join(" ")
}

/// The first byte says how many bits of the second one do not count.
fn bits(bytes: &[u8]) -> String {
    let Some((padding, bytes)) = bytes.split_first() else { return String::new() };
    let bit = |at: usize| if bytes[at / 8] >> (7 - at % 8) & 1 == 1 { '1' } else { '0' };
    (usize::from(*padding)..bytes.len() * 8).map(bit).collect()
}
