//! A range of keys as two bounds, so that one statement serves prefix and continuation alike.

use ports::store::{Direction, PAGE_ITEMS_MAX, Range};
use rusqlite::{
    ToSql,
    types::{ToSqlOutput, ValueRef},
};

/// `lower <= text < upper`, compared byte by byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) lower: String,
    pub(super) upper: Upper,
    pub(super) direction: Direction,
    pub(super) limit: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Upper {
    Before(String),
    End,
}

impl Bounds {
    pub(super) fn of(range: &Range<'_>) -> Self {
        let mut lower = range.prefix.to_owned();
        let mut upper = behind_prefix(range.prefix);
        match (range.after, range.direction) {
            (None, _) => {}
            (Some(after), Direction::Ascending) => {
                // Nothing stands between a text and the same with a NUL added.
                lower = lower.max(format!("{after}\0"));
            }
            (Some(after), Direction::Descending) => upper = upper.min(Upper::Before(after.to_owned())),
        }
        Self {
            lower,
            upper,
            direction: range.direction,
            limit: i64::try_from(range.limit.min(PAGE_ITEMS_MAX)).expect("a page is small"),
        }
    }
}

/// Where the texts that start with the prefix end. The order of UTF-8 bytes is the order of characters.
fn behind_prefix(prefix: &str) -> Upper {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            characters.push(next);
            return Upper::Before(characters.into_iter().collect());
        }
    }
    Upper::End
}

impl ToSql for Upper {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Before(text) => ValueRef::Text(text.as_bytes()),
            // SQLite sorts every blob after every text.
            Self::End => ValueRef::Blob(&[]),
        }))
    }
}

#[cfg(test)]
mod tests;
