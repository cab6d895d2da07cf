//! `loop` inside of `{% for %}`: a map that exists when it is looked at. Most rounds never do, and a map of their own
//! would cost each of them more than what it prints.

use std::borrow::Cow;

use crate::{Lookup, Map, Value};

const KEYS: [&str; 5] = ["index", "first", "last", "length", "revindex"];

/// Where the length begins in the number of a round; the index is below it.
const LENGTH_BITS: u32 = usize::BITS / 2;

const INDEX_MASK: usize = (1 << LENGTH_BITS) - 1;

/// All rounds of all loops: which one is meant is in the number.
struct Progress;

/// `loop` in the round of that index, among so many.
pub(super) fn of_round(index: usize, length: usize) -> Value<'static> {
    // More rounds than that would take more fuel than a rendering could ever spend.
    let (index, length) = (index.min(INDEX_MASK), length.min(INDEX_MASK));
    Value::Map(Map::Lookup(&Progress, length << LENGTH_BITS | index))
}

impl Lookup for Progress {
    fn get(&self, at: usize, key: &str) -> Option<Value<'_>> {
        let (index, length) = (at & INDEX_MASK, at >> LENGTH_BITS);
        let count = |count: usize| Value::Integer(i64::try_from(count).unwrap_or(i64::MAX));
        Some(match key {
            "index" => count(index),
            "first" => Value::Bool(index == 0),
            "last" => Value::Bool(index + 1 == length),
            "length" => count(length),
            "revindex" => count(length.saturating_sub(index + 1)),
            _ => return None,
        })
    }

    fn keys(&self, _: usize, count: usize) -> Vec<Cow<'_, str>> {
        KEYS.iter().take(count).map(|&key| Cow::Borrowed(key)).collect()
    }
}
