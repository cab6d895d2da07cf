//! Text in the making, and how values become text.
//!
//! Apart, because this is where text is bounded: a value made of shared parts may be small in memory and
//! endless in print, so the limit is checked while writing and not afterwards.

use std::{borrow::Cow, fmt::Write};

use serde_json::Value as Json;

use crate::{List, Map, Value, eval::Halt, java};

/// A text that refuses to grow beyond its limit.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    text: String,
    bytes_max: usize,
}

impl Output {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { text: String::new(), bytes_max }
    }

    /// One with room for about as many bytes.
    pub(crate) fn with_room(bytes: usize, bytes_max: usize) -> Self {
        Self { text: String::with_capacity(bytes.min(bytes_max)), bytes_max }
    }

    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    pub(crate) fn push(&mut self, text: &str) -> Result<(), Halt> {
        if self.text.len() + text.len() > self.bytes_max {
            return Err(Halt::failed(format!("Text longer than {} bytes", self.bytes_max)));
        }
        self.text.push_str(text);
        Ok(())
    }

    fn push_whole(&mut self, integer: i64) -> Result<(), Halt> {
        write!(self.text, "{integer}").expect("a String takes all that is written to it");
        self.push("")
    }

    /// Appends a value as it is printed: null is nothing, lists and maps are compact JSON.
    pub(crate) fn print(&mut self, value: &Value<'_>) -> Result<(), Halt> {
        match value {
            Value::Null => Ok(()),
            Value::String(text) => self.push(text),
            Value::Bool(_)
            | Value::Int(_)
            | Value::Integer(_)
            | Value::Double(_)
            | Value::List(_)
            | Value::Map(_) => self.json(value),
        }
    }

    /// Appends a value as compact JSON, with Java's spelling of doubles.
    pub(crate) fn json(&mut self, value: &Value<'_>) -> Result<(), Halt> {
        match value {
            Value::Null => self.push("null"),
            Value::Bool(true) => self.push("true"),
            Value::Bool(false) => self.push("false"),
            Value::Int(integer) => self.push_whole(i64::from(*integer)),
            Value::Integer(integer) => self.push_whole(*integer),
            Value::Double(double) => self.push(&java::double(*double)),
            Value::String(text) => self.quoted(text),
            Value::List(List::Borrowed(items)) => self.items(items.iter(), Self::borrowed),
            Value::List(List::Owned(items)) => self.items(items.iter(), Self::json),
            Value::Map(Map::Borrowed(map)) => self.entries(map.iter(), Self::borrowed),
            Value::Map(Map::Owned(entries)) => self.entries(entries.iter().map(|(k, v)| (k, v)), Self::json),
            Value::Map(map @ Map::Lookup(..)) => {
                self.entries(map.iter(), |output, value| output.json(&value))
            }
        }
    }

    fn borrowed(&mut self, json: &Json) -> Result<(), Halt> {
        self.json(&Value::from(json))
    }

    fn items<T>(
        &mut self,
        items: impl Iterator<Item = T>,
        write: impl Fn(&mut Self, T) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        self.push("[")?;
        for (index, item) in items.enumerate() {
            if index > 0 {
                self.push(",")?;
            }
            write(self, item)?;
        }
        self.push("]")
    }

    fn entries<K: AsRef<str>, T>(
        &mut self,
        entries: impl Iterator<Item = (K, T)>,
        write: impl Fn(&mut Self, T) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        self.push("{")?;
        for (index, (key, value)) in entries.enumerate() {
            if index > 0 {
                self.push(",")?;
            }
            self.quoted(key.as_ref())?;
            self.push(":")?;
            write(self, value)?;
        }
        self.push("}")
    }

    fn quoted(&mut self, text: &str) -> Result<(), Halt> {
        self.push("\"")?;
        let mut rest = text;
        while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
            self.push(&rest[..at])?;
            match rest.as_bytes()[at] {
                b'"' => self.push("\\\"")?,
                b'\\' => self.push("\\\\")?,
                b'\n' => self.push("\\n")?,
                b'\r' => self.push("\\r")?,
                b'\t' => self.push("\\t")?,
                8 => self.push("\\b")?,
                12 => self.push("\\f")?,
                control => self.push(&format!("\\u{control:04X}"))?,
            }
            rest = &rest[at + 1..];
        }
        self.push(rest)?;
        self.push("\"")
    }
}

/// The text of a value that is no list and no map, borrowed when it is one already.
pub(crate) fn scalar_text<'v>(value: &'v Value<'_>) -> Option<Cow<'v, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(bool) => Some(Cow::Borrowed(if *bool { "true" } else { "false" })),
        Value::Int(integer) => Some(Cow::Owned(integer.to_string())),
        Value::Integer(integer) => Some(Cow::Owned(integer.to_string())),
        Value::Double(double) => Some(Cow::Owned(java::double(*double))),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}
