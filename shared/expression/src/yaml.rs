//! Reads YAML: the text of `yaml()`, with the parser that reads flows.
//!
//! Scalars mean what they mean to Jackson, which reads this function's text in Kestra: YAML 1.2, so `yes` is a text.

pub mod events;
mod scalar;

use std::collections::{HashMap, HashSet};

use self::events::{Event, Events, ScalarStyle};
use crate::{
    Map, Value,
    eval::{Budget, Halt},
};

/// Bytes of YAML that one step pays for: a byte may be a value.
const BYTES_PER_STEP: usize = 4;

type Made<T> = Result<T, String>;

/// The value of a document; null for a text of nothing but blanks and comments. What aliases repeat is shared, and paid
/// for as often as it is reachable.
pub(crate) fn read<'e>(source: &str, budget: &mut Budget) -> Result<Value<'e>, Halt> {
    budget.spend_items(source.len() / BYTES_PER_STEP)?;
    let value = tree(source).map_err(|why| Halt::failed(format!("Invalid yaml: {why}")))?;
    budget.check_nesting(&value)?;
    Ok(value)
}

fn tree<'e>(source: &str) -> Made<Value<'e>> {
    let mut tree = Tree { open: Vec::new(), root: None, anchors: HashMap::new() };
    for next in Events::of(source) {
        let place = |line: usize, column: usize| format!(" at line {}, column {}", line.max(1), column + 1);
        let (event, span) =
            next.map_err(|error| error.info().clone() + &place(error.marker().line(), error.marker().col()))?;
        tree.take(event).map_err(|why| why + &place(span.start.line(), span.start.col()))?;
    }
    Ok(tree.root.unwrap_or(Value::Null))
}

struct Tree<'e> {
    open: Vec<Open<'e>>,
    root: Option<Value<'e>>,
    anchors: HashMap<usize, Value<'e>>,
}

/// A list or map whose end has not come yet.
struct Open<'e> {
    anchor: usize,
    content: Content<'e>,
}

enum Content<'e> {
    List(Vec<Value<'e>>),
    Map {
        entries: Vec<(String, Value<'e>)>,
        seen: HashSet<String>,
        /// The key whose value is next, and whether it is a `<<` without quotes.
        key: Option<(String, bool)>,
        /// The values of `<<`.
        merged: Vec<Value<'e>>,
    },
}

impl<'e> Tree<'e> {
    fn take(&mut self, event: Event<'_>) -> Made<()> {
        match event {
            Event::DocumentStart(..) if self.root.is_some() => {
                Err("one document is expected, but another one starts".to_owned())
            }
            Event::Scalar(text, style, anchor, tag) => {
                if self.expects_key() {
                    let merges = text == "<<" && style == ScalarStyle::Plain;
                    return self.key(text.into_owned(), merges);
                }
                let is_text = tag.as_deref().is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let value = if style == ScalarStyle::Plain && !is_text {
                    scalar::resolve(&text)
                } else {
                    Value::text(text.into_owned())
                };
                self.close(value, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.open(anchor, Content::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => {
                let (entries, seen) = (Vec::new(), HashSet::new());
                self.open(anchor, Content::Map { entries, seen, key: None, merged: Vec::new() })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                let value = match open.content {
                    Content::List(items) => Value::list(items),
                    Content::Map { entries, seen, merged, .. } => Value::map(merge(entries, seen, &merged)?),
                };
                self.close(value, open.anchor)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(value) => self.close(value.clone(), 0),
                None => Err("an alias cannot stand within what it repeats".to_owned()),
            },
            // The parser's enum may grow; what is no node adds nothing to the tree.
            _ => Ok(()),
        }
    }

    fn open(&mut self, anchor: usize, content: Content<'e>) -> Made<()> {
        if self.expects_key() {
            return Err("a key has to be a text".to_owned());
        }
        self.open.push(Open { anchor, content });
        Ok(())
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last().map(|it| &it.content), Some(Content::Map { key: None, .. }))
    }

    fn key(&mut self, text: String, merges: bool) -> Made<()> {
        if let Some(Content::Map { key, seen, .. }) = self.open.last_mut().map(|it| &mut it.content) {
            if !merges && !seen.insert(text.clone()) {
                return Err(format!("Duplicate field '{text}'"));
            }
            *key = Some((text, merges));
        }
        Ok(())
    }

    /// Puts a whole value where it belongs.
    fn close(&mut self, value: Value<'e>, anchor: usize) -> Made<()> {
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut().map(|it| &mut it.content) {
            None => self.root = Some(value),
            Some(Content::List(items)) => items.push(value),
            Some(Content::Map { key, entries, merged, .. }) => match (key.take(), value) {
                (Some((_, true)), value) => merged.push(value),
                (Some((key, false)), value) => entries.push((key, value)),
                // An alias for a key.
                (None, Value::String(text)) => return self.key(text.into_owned(), false),
                (None, _) => return Err("a key has to be a text".to_owned()),
            },
        }
        Ok(())
    }
}

/// The entries and those of `<<`: what is written wins, then the map that is named first.
fn merge<'e>(
    mut entries: Vec<(String, Value<'e>)>,
    mut seen: HashSet<String>,
    merged: &[Value<'e>],
) -> Made<Vec<(String, Value<'e>)>> {
    let mut add = |value: &Value<'e>| match value {
        Value::Map(Map::Owned(more)) => {
            entries.extend(more.iter().filter(|(key, _)| seen.insert(key.clone())).cloned());
            Ok(())
        }
        _ => Err("`<<` takes a map, or a list of maps".to_owned()),
    };
    for value in merged {
        match value {
            Value::List(list) => list.iter().try_for_each(|value| add(&value))?,
            value => add(value)?,
        }
    }
    Ok(entries)
}
