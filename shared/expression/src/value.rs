//! The values expressions compute with. They borrow from the variables for as long as they can.

use std::{borrow::Cow, fmt, sync::Arc};

use serde_json::Value as Json;

use crate::java;

/// A value: borrowed from the variables or made by the expression.
#[derive(Debug, Clone)]
pub enum Value<'c> {
    Null,
    Bool(bool),
    /// Java's `Integer`: what a variable has that fits. It computes as a [`Value::Integer`].
    Int(i32),
    /// Java's `Long`: literals, and what is computed.
    Integer(i64),
    /// Java's `Float` and `Double`.
    Double(f64),
    String(Cow<'c, str>),
    List(List<'c>),
    Map(Map<'c>),
}

/// A list: a slice of the variables, or one made by the expression.
#[derive(Debug, Clone)]
pub enum List<'c> {
    Borrowed(&'c [Json]),
    Owned(Arc<Vec<Value<'c>>>),
}

/// A map: part of the variables, one made by the expression, or one computed key by key.
#[derive(Clone)]
pub enum Map<'c> {
    Borrowed(&'c serde_json::Map<String, Json>),
    Owned(Arc<Vec<(String, Value<'c>)>>),
    /// The map of a lookup that stands at this number.
    Lookup(&'c dyn Lookup, usize),
}

/// Maps that are computed when they are looked at, so that nobody builds what no expression reads. A lookup may hold
/// many, inside each other: a number, which means something to the lookup alone, tells them apart.
pub trait Lookup: Send + Sync {
    /// The value under a key of the map at `at`.
    fn get(&self, at: usize, key: &str) -> Option<Value<'_>>;
    /// The first keys of that map, in order, `count` at most.
    fn keys(&self, at: usize, count: usize) -> Vec<Cow<'_, str>>;
}

/// The variables at the root: `inputs`, `outputs`, `flow` …
pub trait Variables: Send + Sync {
    /// The variable of that name, or `None` when it is not defined.
    fn get(&self, name: &str) -> Option<Value<'_>>;
    /// All names, for "did you mean" and `printContext()`.
    fn names(&self) -> Vec<Cow<'_, str>>;
    /// What `errorLogs()` gives, oldest first; `None` where there is no execution.
    fn error_logs(&self) -> Option<Vec<Value<'_>>> {
        None
    }
}

impl fmt::Debug for Map<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Borrowed(map) => f.debug_tuple("Borrowed").field(map).finish(),
            Self::Owned(map) => f.debug_tuple("Owned").field(map).finish(),
            Self::Lookup(lookup, at) => f.debug_tuple("Lookup").field(&lookup.keys(*at, usize::MAX)).finish(),
        }
    }
}

impl<'c> From<&'c Json> for Value<'c> {
    fn from(json: &'c Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(b) => Self::Bool(*b),
            Json::Number(n) => match n.as_i64() {
                Some(whole) => Self::of_whole(whole),
                None => Self::Double(n.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(s) => Self::String(Cow::Borrowed(s)),
            Json::Array(items) => Self::List(List::Borrowed(items)),
            Json::Object(map) => Self::Map(Map::Borrowed(map)),
        }
    }
}

impl Value<'_> {
    /// The value as JSON, copied. What JSON has no number for (`NaN`, `Infinity`) becomes its name, as a text.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(bool) => Json::Bool(*bool),
            Self::Int(integer) => Json::from(*integer),
            Self::Integer(integer) => Json::from(*integer),
            Self::Double(double) => match serde_json::Number::from_f64(*double) {
                Some(number) => Json::Number(number),
                None => Json::String(java::double(*double)),
            },
            Self::String(text) => Json::String(text.clone().into_owned()),
            Self::List(List::Borrowed(items)) => Json::Array(items.to_vec()),
            Self::List(list @ List::Owned(_)) => list.iter().map(|item| item.to_json()).collect(),
            Self::Map(Map::Borrowed(map)) => Json::Object((*map).clone()),
            Self::Map(map @ (Map::Owned(_) | Map::Lookup(..))) => {
                Json::Object(map.iter().map(|(key, value)| (key.into_owned(), value.to_json())).collect())
            }
        }
    }
}

impl<'c> Value<'c> {
    pub(crate) fn text(text: impl Into<Cow<'c, str>>) -> Self {
        Self::String(text.into())
    }

    pub(crate) fn list(items: Vec<Self>) -> Self {
        Self::List(List::Owned(Arc::new(items)))
    }

    pub(crate) fn map(entries: Vec<(String, Self)>) -> Self {
        Self::Map(Map::Owned(Arc::new(entries)))
    }

    /// JSON that nobody keeps, taken apart.
    pub(crate) fn owned(json: Json) -> Self {
        match json {
            Json::String(text) => Self::text(text),
            Json::Array(items) => Self::list(items.into_iter().map(Self::owned).collect()),
            Json::Object(map) => {
                Self::map(map.into_iter().map(|(key, value)| (key, Self::owned(value))).collect())
            }
            scalar @ (Json::Null | Json::Bool(_) | Json::Number(_)) => match Value::from(&scalar) {
                Value::Bool(bool) => Self::Bool(bool),
                Value::Int(integer) => Self::Int(integer),
                Value::Integer(integer) => Self::Integer(integer),
                Value::Double(double) => Self::Double(double),
                Value::Null | Value::String(_) | Value::List(_) | Value::Map(_) => Self::Null,
            },
        }
    }

    /// A whole number as data has it: Java's `Integer` where it fits.
    pub(crate) fn of_whole(whole: i64) -> Self {
        i32::try_from(whole).map_or(Self::Integer(whole), Self::Int)
    }

    /// A whole number, of either width.
    pub(crate) fn whole(&self) -> Option<i64> {
        match self {
            Self::Int(integer) => Some(i64::from(*integer)),
            Self::Integer(integer) => Some(*integer),
            Self::Null | Self::Bool(_) | Self::Double(_) | Self::String(_) | Self::List(_) | Self::Map(_) => {
                None
            }
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The name of the class that the value has in Kestra, which its messages use.
    pub(crate) fn class_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "java.lang.Boolean",
            Self::Int(_) => "java.lang.Integer",
            Self::Integer(_) => "java.lang.Long",
            Self::Double(_) => "java.lang.Double",
            Self::String(_) => "java.lang.String",
            Self::List(_) => "java.util.ArrayList",
            Self::Map(_) => "java.util.LinkedHashMap",
        }
    }
}

impl<'c> List<'c> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Borrowed(items) => items.len(),
            Self::Owned(items) => items.len(),
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<Value<'c>> {
        match self {
            Self::Borrowed(items) => items.get(index).map(Value::from),
            Self::Owned(items) => items.get(index).cloned(),
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = Value<'c>> + ExactSizeIterator {
        (0..self.len()).map(|index| self.get(index).expect("an index below the length"))
    }
}

impl<'c> Map<'c> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Borrowed(map) => map.len(),
            Self::Owned(entries) => entries.len(),
            Self::Lookup(lookup, at) => lookup.keys(*at, usize::MAX).len(),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<Value<'c>> {
        match self {
            Self::Borrowed(map) => map.get(key).map(Value::from),
            Self::Owned(entries) => {
                entries.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
            }
            Self::Lookup(lookup, at) => lookup.get(*at, key),
        }
    }

    pub(crate) fn keys(&self) -> Vec<Cow<'c, str>> {
        self.first_keys(usize::MAX)
    }

    /// The first keys, without building all of them where that can be helped.
    pub(crate) fn first_keys(&self, count: usize) -> Vec<Cow<'c, str>> {
        match self {
            Self::Borrowed(map) => map.keys().take(count).map(|key| Cow::Borrowed(key.as_str())).collect(),
            Self::Owned(entries) => {
                entries.iter().take(count).map(|(key, _)| Cow::Owned(key.clone())).collect()
            }
            Self::Lookup(lookup, at) => lookup.keys(*at, count),
        }
    }

    /// Keys and values, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Cow<'c, str>, Value<'c>)> {
        let keys = self.keys();
        let owned = match self {
            Self::Owned(entries) => Some(Arc::clone(entries)),
            Self::Borrowed(_) | Self::Lookup(..) => None,
        };
        let map = self.clone();
        keys.into_iter().enumerate().map(move |(index, key)| {
            let value = match &owned {
                Some(entries) => entries[index].1.clone(),
                None => map.get(&key).unwrap_or(Value::Null),
            };
            (key, value)
        })
    }
}
