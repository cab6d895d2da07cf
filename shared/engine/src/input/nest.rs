//! Dotted ids as maps within maps: `nested.more.int` becomes `{"nested": {"more": {"int": …}}}`.

use std::{collections::BTreeMap, sync::Arc};

use expression::{Map as ValueMap, Value};
use serde_json::{Map, Value as Json};

use super::ID_SEGMENTS_MAX;

/// Values by the segments of their ids, in the order in which they were added. Borrows the values.
#[derive(Debug, Default)]
pub(super) struct Nested<'v> {
    entries: Vec<(&'v str, Node<'v>)>,
    /// Where each key stands among the entries.
    places: BTreeMap<&'v str, usize>,
}

#[derive(Debug)]
enum Node<'v> {
    Value(&'v Json),
    Map(Nested<'v>),
}

impl<'v> Nested<'v> {
    /// Adds a value.
    ///
    /// # Errors
    /// The id has too many segments, or it is the beginning of another or another the beginning of it: then there would
    /// be a value where a map has to be.
    pub(super) fn insert(&mut self, id: &'v str, value: &'v Json) -> Result<(), String> {
        if id.split('.').count() > ID_SEGMENTS_MAX {
            return Err(format!("its id may have at most {ID_SEGMENTS_MAX} segments"));
        }
        let mut map = self;
        let mut rest = id;
        while let Some((key, below)) = rest.split_once('.') {
            let place = map.place(key, || Node::Map(Nested::default()));
            map = match &mut map.entries[place].1 {
                Node::Map(inner) => inner,
                Node::Value(_) => {
                    let outer = &id[..id.len() - below.len() - 1];
                    return Err(format!("it cannot be nested in `{outer}`, which has a value of its own"));
                }
            };
            rest = below;
        }
        let count = map.entries.len();
        if map.place(rest, || Node::Value(value)) < count {
            return Err("another input has the same id or is nested in it".to_owned());
        }
        Ok(())
    }

    /// Where the key stands, added when it was not there.
    fn place(&mut self, key: &'v str, node: impl FnOnce() -> Node<'v>) -> usize {
        let entries = &mut self.entries;
        *self.places.entry(key).or_insert_with(|| {
            entries.push((key, node()));
            entries.len() - 1
        })
    }

    /// Copied.
    pub(super) fn to_json(&self) -> Map<String, Json> {
        let entries = self.entries.iter().map(|(key, node)| {
            let value = match node {
                Node::Value(value) => (*value).clone(),
                Node::Map(inner) => Json::Object(inner.to_json()),
            };
            ((*key).to_owned(), value)
        });
        entries.collect()
    }

    /// As an expression sees it; the values are still borrowed.
    pub(super) fn to_value(&self) -> Value<'v> {
        let entries = self.entries.iter().map(|(key, node)| {
            let value = match node {
                Node::Value(value) => Value::from(*value),
                Node::Map(inner) => inner.to_value(),
            };
            ((*key).to_owned(), value)
        });
        Value::Map(ValueMap::Owned(Arc::new(entries.collect())))
    }
}
