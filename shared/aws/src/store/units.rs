//! What requests cost, by the service's own arithmetic.
//!
//! * An item has the bytes of its attributes' names and values.
//! * A write unit is 1 KB, begun ones count; a write is as large as the larger of the old and the new item, and twice
//!   that in a transaction.
//! * An index is written when what it shows of the item changes: 1 KB units again, for the old place and for the new
//!   one when its key changes. A transaction does not double them.
//! * A read unit is 4 KB, and half a unit when the read need not be consistent.

use std::{
    collections::HashMap,
    ops::{Add, AddAssign, Sub},
};

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{Attributes, LIST, PARTITION, PLACE, SORT, SUMMARY, WAKE_AT, WAKE_SHARD};

const WRITE_UNIT_BYTES: usize = 1_024;
const READ_UNIT_BYTES: usize = 4_096;

/// Request units, of the table and of each index.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Units {
    /// In halves.
    pub reads: f64,
    /// Of the indexes `due` and `list` together; in halves.
    pub index_reads: f64,
    pub writes: f64,
    pub due_writes: f64,
    pub list_writes: f64,
}

/// An item by the names of its attributes, without copying it.
pub(super) type View<'a> = HashMap<&'a str, &'a AttributeValue>;

/// An index as far as it costs: the attributes of its key, then what else it shows beside the item's key.
struct Index {
    key: [&'static str; 2],
    shown: &'static [&'static str],
}

const DUE: Index = Index { key: [WAKE_SHARD, WAKE_AT], shown: &[] };
const BY_PLACE: Index = Index { key: [LIST, PLACE], shown: &[SUMMARY] };

pub(super) fn view(attributes: &Attributes) -> View<'_> {
    attributes.iter().map(|(name, value)| (name.as_str(), value)).collect()
}

/// A write that leaves `new` where `old` was.
pub(super) fn write(old: Option<&View<'_>>, new: Option<&View<'_>>, in_transaction: bool) -> Units {
    let larger = old.map_or(0, bytes).max(new.map_or(0, bytes));
    let factor = if in_transaction { 2.0 } else { 1.0 };
    Units {
        writes: write_units(larger) * factor,
        due_writes: DUE.writes(old, new),
        list_writes: BY_PLACE.writes(old, new),
        ..Units::default()
    }
}

/// The same while what stood there is not known. A put is taken to replace an item of its own size that stands at the
/// same place of its list with another summary, and that was to wake at another time; a delete to find nothing.
pub(super) fn write_of_unknown(new: Option<&View<'_>>, in_transaction: bool) -> Units {
    let Some(new) = new else {
        return write(None, None, in_transaction);
    };
    let table = write(Some(new), Some(new), in_transaction);
    let [due, by_place] = [&DUE, &BY_PLACE].map(|index| index.shown(new));
    Units {
        due_writes: due.map_or(0.0, |entry| 2.0 * write_units(bytes(&entry))),
        list_writes: by_place.map_or(0.0, |entry| write_units(bytes(&entry))),
        ..table
    }
}

/// One page of a read, or one item.
pub(super) fn read<'a>(page: impl IntoIterator<Item = &'a Attributes>, from_index: bool) -> Units {
    let bytes = page.into_iter().map(|item| bytes(&view(item))).sum::<usize>();
    let units = rounded_up(bytes, READ_UNIT_BYTES);
    // Reads of the table are consistent, those of an index cannot be.
    if from_index {
        Units { index_reads: units / 2.0, ..Units::default() }
    } else {
        Units { reads: units, ..Units::default() }
    }
}

/// A write that its condition stopped costs as much as the item that stands there, which is not told: at least this.
pub(super) fn refused(writes: usize) -> Units {
    Units { writes: (0..writes).map(|_| 1.0).sum(), ..Units::default() }
}

impl Index {
    fn writes(&self, old: Option<&View<'_>>, new: Option<&View<'_>>) -> f64 {
        let [old, new] = [old, new].map(|item| item.and_then(|item| self.shown(item)));
        match (old, new) {
            (None, None) => 0.0,
            (Some(one), None) | (None, Some(one)) => write_units(bytes(&one)),
            (Some(old), Some(new)) if self.key.iter().any(|name| old[name] != new[name]) => {
                write_units(bytes(&old)) + write_units(bytes(&new))
            }
            (Some(old), Some(new)) if old == new => 0.0,
            (Some(old), Some(new)) => write_units(bytes(&old).max(bytes(&new))),
        }
    }

    /// The entry of an item, if it has one.
    fn shown<'a>(&self, item: &View<'a>) -> Option<View<'a>> {
        if self.key.iter().any(|name| !item.contains_key(name)) {
            return None;
        }
        let names = self.key.iter().chain(self.shown).chain(&[PARTITION, SORT]);
        Some(names.filter_map(|name| item.get_key_value(name)).map(|(name, value)| (*name, *value)).collect())
    }
}

fn write_units(bytes: usize) -> f64 {
    rounded_up(bytes, WRITE_UNIT_BYTES)
}

/// At least one: a request that finds or changes nothing costs as much as one for the smallest item.
fn rounded_up(bytes: usize, unit: usize) -> f64 {
    let units = bytes.div_ceil(unit).max(1);
    f64::from(u32::try_from(units).expect("a page is no larger than 1 MB"))
}

/// What counts as the size of an item.
fn bytes(item: &View<'_>) -> usize {
    item.iter().map(|(name, value)| name.len() + value_bytes(value)).sum()
}

/// Of the three types that the table's items are made of.
fn value_bytes(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::N(digits) => number_bytes(digits),
        _ => 0,
    }
}

/// One byte, one for each two significant digits, counted from the decimal point, and one for a minus sign.
fn number_bytes(digits: &str) -> usize {
    let (sign, digits) = digits.strip_prefix('-').map_or((0, digits), |digits| (1, digits));
    let significant = digits.trim_start_matches('0');
    // Digits pair up from the right end, and pairs of zeros there cost nothing.
    let zeros = significant.len() - significant.trim_end_matches('0').len();
    let pairs = significant.len().div_ceil(2) - zeros / 2;
    1 + pairs + if significant.is_empty() { 0 } else { sign }
}

impl Add for Units {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            reads: self.reads + other.reads,
            index_reads: self.index_reads + other.index_reads,
            writes: self.writes + other.writes,
            due_writes: self.due_writes + other.due_writes,
            list_writes: self.list_writes + other.list_writes,
        }
    }
}

impl AddAssign for Units {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Units {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            reads: self.reads - other.reads,
            index_reads: self.index_reads - other.index_reads,
            writes: self.writes - other.writes,
            due_writes: self.due_writes - other.due_writes,
            list_writes: self.list_writes - other.list_writes,
        }
    }
}

#[cfg(test)]
mod tests;
