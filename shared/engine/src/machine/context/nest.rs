//! Dotted keys as maps within maps: `system.correlationId` is read as `labels.system.correlationId`.

use std::collections::HashMap;

use expression::{Map, Value};
use serde_json::{Map as JsonMap, Value as Json};

use crate::input::ID_SEGMENTS_MAX;

/// Values by the segments of their keys, in the order in which they came. What comes first stays.
#[derive(Default)]
pub(super) struct Nest<'c> {
    entries: Vec<(&'c str, Entry<'c>)>,
    /// Where each key stands among the entries.
    places: HashMap<&'c str, usize>,
}

enum Entry<'c> {
    Value(Value<'c>),
    Nest(Nest<'c>),
    Gone,
}

impl<'c> Nest<'c> {
    /// A map of the variables, taken apart. Its keys are taken as they are.
    pub(super) fn of(map: &'c JsonMap<String, Json>) -> Self {
        let mut nest = Self::default();
        for (key, value) in map {
            nest.place(key, || Entry::Value(Value::from(value)));
        }
        nest
    }

    /// Adds a value, unless there is one already, or one where a map would have to be. A key of more segments than the
    /// id of an input may have is one segment.
    pub(super) fn add(&mut self, key: &'c str, value: Value<'c>) {
        let mut nest = self;
        let mut rest = key;
        if key.split('.').count() <= ID_SEGMENTS_MAX {
            while let Some((segment, below)) = rest.split_once('.') {
                match nest.inner(segment) {
                    Some(inner) => nest = inner,
                    None => return,
                }
                rest = below;
            }
        }
        nest.place(rest, || Entry::Value(value));
    }

    /// Changes the value under a key, if there is one; what is changed to `None` is gone.
    pub(super) fn change(&mut self, key: &'c str, to: impl FnOnce(Value<'c>) -> Option<Value<'c>>) {
        if let Some((segment, below)) = key.split_once('.') {
            if self.places.contains_key(segment)
                && let Some(inner) = self.inner(segment)
            {
                inner.change(below, to);
            }
        } else if let Some(place) = self.places.get(key) {
            let entry = &mut self.entries[*place].1;
            if let Entry::Value(value) = entry {
                *entry = to(value.clone()).map_or(Entry::Gone, Entry::Value);
            }
        }
    }

    /// The map under a segment, made when there is none.
    fn inner(&mut self, segment: &'c str) -> Option<&mut Self> {
        let place = self.place(segment, || Entry::Nest(Self::default()));
        let entry = &mut self.entries[place].1;
        if let Entry::Value(Value::Map(Map::Borrowed(map))) = entry {
            *entry = Entry::Nest(Self::of(map));
        }
        match entry {
            Entry::Nest(inner) => Some(inner),
            Entry::Value(_) | Entry::Gone => None,
        }
    }

    fn place(&mut self, key: &'c str, entry: impl FnOnce() -> Entry<'c>) -> usize {
        let entries = &mut self.entries;
        *self.places.entry(key).or_insert_with(|| {
            entries.push((key, entry()));
            entries.len() - 1
        })
    }

    pub(super) fn into_value(self) -> Value<'c> {
        let entries = self.entries.into_iter().filter_map(|(key, entry)| {
            let value = match entry {
                Entry::Value(value) => value,
                Entry::Nest(inner) => inner.into_value(),
                Entry::Gone => return None,
            };
            Some((key.to_owned(), value))
        });
        Value::Map(Map::Owned(entries.collect::<Vec<_>>().into()))
    }
}
