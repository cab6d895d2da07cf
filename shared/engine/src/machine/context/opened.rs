//! Outputs with encrypted values in them: decrypted one by one, when they are read.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use expression::{List, Lookup, Map, Value};
use serde_json::{Map as JsonMap, Value as Json};

use crate::secrets::{Secrets, cipher_text};

/// Maps inside maps, by number, as far as somebody looked into them.
pub(super) struct Opened<'c> {
    secrets: Secrets<'c>,
    known: Mutex<Known<'c>>,
}

#[derive(Default)]
struct Known<'c> {
    maps: Vec<&'c JsonMap<String, Json>>,
    /// The number of each map, by where it is.
    numbers: HashMap<usize, usize>,
    /// What was decrypted so far.
    texts: Vec<String>,
}

impl<'c> Opened<'c> {
    pub(super) fn new(secrets: Secrets<'c>) -> Self {
        Self { secrets, known: Mutex::default() }
    }

    /// What was decrypted so far.
    pub(super) fn texts(&self) -> Vec<String> {
        self.with(|known| known.texts.clone())
    }

    /// A map as expressions see it.
    pub(super) fn map(&self, map: &'c JsonMap<String, Json>) -> Value<'_> {
        if matches!(self.secrets, Secrets::Closed) {
            return Value::Map(Map::Borrowed(map));
        }
        let number = self.with(|known| {
            let Known { maps, numbers, .. } = known;
            *numbers.entry(std::ptr::from_ref(map).addr()).or_insert_with(|| {
                maps.push(map);
                maps.len() - 1
            })
        });
        Value::Map(Map::Lookup(self, number))
    }

    /// The value under a key. One that cannot be decrypted is not there.
    pub(super) fn get_in(&self, map: &'c JsonMap<String, Json>, key: &str) -> Option<Value<'_>> {
        self.value(map.get(key)?)
    }

    /// The keys that have a value.
    pub(super) fn keys_in(&self, map: &'c JsonMap<String, Json>) -> impl Iterator<Item = &'c str> {
        let lost = |value: &Json| {
            let kept = value.as_object().and_then(cipher_text);
            kept.is_some_and(|kept| self.secrets.open(kept).is_none())
        };
        map.iter().filter(move |(_, value)| !lost(value)).map(|(key, _)| key.as_str())
    }

    fn value(&self, value: &'c Json) -> Option<Value<'_>> {
        match value {
            Json::Object(map) => match cipher_text(map) {
                Some(kept) if !matches!(self.secrets, Secrets::Closed) => self.decrypted(kept),
                _ => Some(self.map(map)),
            },
            Json::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
                let items: Vec<_> =
                    items.iter().map(|item| self.value(item).unwrap_or(Value::Null)).collect();
                Some(Value::List(List::Owned(items.into())))
            }
            Json::Array(_) | Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                Some(Value::from(value))
            }
        }
    }

    fn decrypted(&self, kept: &'c str) -> Option<Value<'_>> {
        let opened = self.secrets.open(kept)?;
        self.with(|known| known.texts.push(opened.clone()));
        Some(Value::String(Cow::Owned(opened)))
    }

    fn with<T>(&self, then: impl FnOnce(&mut Known<'c>) -> T) -> T {
        then(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Lookup for Opened<'_> {
    fn get(&self, at: usize, key: &str) -> Option<Value<'_>> {
        let map = self.with(|known| known.maps[at]);
        self.get_in(map, key)
    }

    fn keys(&self, at: usize, count: usize) -> Vec<Cow<'_, str>> {
        let map = self.with(|known| known.maps[at]);
        self.keys_in(map).take(count).map(Cow::Borrowed).collect()
    }
}
