//! `vars`: the variables of the flow, and over them those that the execution has set.

use std::borrow::Cow;

use expression::{Lookup, Map, Value};
use serde_json::{Map as JsonMap, Value as Json};

pub(super) struct Vars<'c> {
    pub(super) flow: &'c JsonMap<String, Json>,
    pub(super) execution: &'c JsonMap<String, Json>,
}

impl Vars<'_> {
    /// Not defined where there are none.
    pub(super) fn all(&self) -> Option<Value<'_>> {
        match (self.flow.is_empty(), self.execution.is_empty()) {
            (true, true) => None,
            (false, true) => Some(Value::Map(Map::Borrowed(self.flow))),
            (true, false) => Some(Value::Map(Map::Borrowed(self.execution))),
            (false, false) => Some(Value::Map(Map::Lookup(self, 0))),
        }
    }
}

impl Lookup for Vars<'_> {
    fn get(&self, _: usize, key: &str) -> Option<Value<'_>> {
        self.execution.get(key).or_else(|| self.flow.get(key)).map(Value::from)
    }

    fn keys(&self, _: usize, count: usize) -> Vec<Cow<'_, str>> {
        let added = self.execution.keys().filter(|key| !self.flow.contains_key(*key));
        self.flow.keys().chain(added).take(count).map(|key| Cow::Borrowed(key.as_str())).collect()
    }
}
