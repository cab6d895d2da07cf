//! The values expressions compute with. They borrow from the variables for as long as they can.

use std::{borrow::Cow, fmt, sync::Arc};

use serde_json::Value as Json;

/// A value: borrowed from the variables or made by the expression.
#[derive(Debug, Clone)]
pub enum Value<'c> {
    Null,
    Bool(bool),
    /// Java's `Integer` and `Long`.
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
    Lookup(&'c dyn Lookup),
}

/// A map that is computed when it is looked at, so that nobody builds what no expression reads.
pub trait Lookup: Send + Sync {
    /// The value under a key.
    fn get(&self, key: &str) -> Option<Value<'_>>;
    /// All keys, in order.
    fn keys(&self) -> Vec<Cow<'_, str>>;
}

/// The variables at the root: `inputs`, `outputs`, `flow` …
pub trait Variables: Send + Sync {
    /// The variable of that name, or `None` when it is not defined.
    fn get(&self, name: &str) -> Option<Value<'_>>;
    /// All names, for "did you mean" and `printContext()`.
    fn names(&self) -> Vec<Cow<'_, str>>;
}

impl fmt::Debug for Map<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Borrowed(map) => f.debug_tuple("Borrowed").field(map).finish(),
            Self::Owned(map) => f.debug_tuple("Owned").field(map).finish(),
            Self::Lookup(lookup) => f.debug_tuple("Lookup").field(&lookup.keys()).finish(),
        }
    }
}

impl<'c> From<&'c Json> for Value<'c> {
    fn from(json: &'c Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(b) => Self::Bool(*b),
            Json::Number(n) => match n.as_i64() {
                Some(i) => Self::Integer(i),
                None => Self::Double(n.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(s) => Self::String(Cow::Borrowed(s)),
            Json::Array(items) => Self::List(List::Borrowed(items)),
            Json::Object(map) => Self::Map(Map::Borrowed(map)),
        }
    }
}

impl Value<'_> {
    /// The value as JSON, copied.
    pub fn to_json(&self) -> Json {
        unimplemented!()
    }
}
