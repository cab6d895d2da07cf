//! YAML as a tree in which every node knows where it stands.
//!
//! It exists apart from serde because a flow is judged as a whole: a problem is reported with its line and column,
//! and all of them at once, which a typed deserializer that stops at the first cannot do. The events come from the
//! parser of `serde-saphyr`; what scalars mean is decided here, as `SnakeYAML` (YAML 1.1) decides it.
//!
//! # Invariants
//! * A tree never has more than [`NODES_MAX`] nodes, [`TEXT_BYTES_MAX`] bytes of text or [`DEPTH_MAX`] levels, aliases
//!   expanded.
//! * The keys of a map are unique. Aliases and merge keys are gone.

mod document;
mod place;
mod read;
mod scalar;

use serde_json::Value as Json;

pub use document::documents;
pub use expression::yaml::events::DEPTH_MAX;
pub use read::read;

use crate::problem::Position;

/// Bytes of a source. Kestra cannot carry more than 1 MiB through its queues either.
pub const SOURCE_BYTES_MAX: usize = 1 << 20;
/// Nodes of a tree, each copy made by an alias counted.
pub const NODES_MAX: usize = 200_000;
/// Bytes of the keys and texts of a tree, each copy made by an alias counted.
pub const TEXT_BYTES_MAX: usize = 4 << 20;
/// Duplicate keys after which reading stops.
const DUPLICATES_MAX: usize = 100;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub kind: Kind,
    /// Where it starts; for a value that an alias repeats, where it is defined.
    pub at: Position,
    pub(crate) written: Written,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(String),
    List(Vec<Node>),
    /// In the order in which it is written.
    Map(Vec<(Key, Node)>),
}

/// A key of a map and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub text: String,
    pub at: Position,
}

/// How a scalar stands in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) style: Style,
    /// Bytes of the source, from and to.
    pub(crate) from: usize,
    pub(crate) to: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// `|` and `>`.
    Block,
    /// A list or a map.
    Collection,
}

/// What a tree costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) nodes: usize,
    /// Of keys and texts.
    pub(crate) bytes: usize,
    /// Lists and maps within each other.
    pub(crate) depth: usize,
}

impl Size {
    /// The cost of both. As deep as the deeper one.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            nodes: self.nodes + other.nodes,
            bytes: self.bytes + other.bytes,
            depth: self.depth.max(other.depth),
        }
    }

    /// The same, one level further down.
    fn within(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    pub(crate) fn is_too_much(self) -> bool {
        self.nodes > NODES_MAX || self.bytes > TEXT_BYTES_MAX
    }
}

impl Node {
    /// The value of a key of a map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|(it, _)| it.text == key).map(|(_, value)| value),
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::String(_) | Kind::List(_) => {
                None
            }
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    pub fn is_null(&self) -> bool {
        self.kind == Kind::Null
    }

    /// The same value without its place.
    pub fn to_json(&self) -> Json {
        match &self.kind {
            Kind::Null => Json::Null,
            Kind::Bool(it) => Json::Bool(*it),
            Kind::Int(it) => Json::from(*it),
            Kind::Float(it) => Json::from(*it),
            Kind::String(it) => Json::String(it.clone()),
            Kind::List(items) => items.iter().map(Self::to_json).collect(),
            Kind::Map(entries) => entries
                .iter()
                .map(|(key, value)| (key.text.clone(), value.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    /// The text of a scalar: of numbers and booleans as they are written (`1.10` stays `1.10`), so that a version
    /// number without quotes is not shortened. None for null, lists and maps.
    pub fn text<'s>(&'s self, source: &'s str) -> Option<&'s str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => source.get(self.written.from..self.written.to),
            Kind::Null | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// Where a byte of the text of a string stands in the source it was read from. Exact for a text of one line and for
    /// a block; for one that is folded over lines, exact for anything but a space.
    pub fn place_of(&self, source: &str, byte: usize) -> Position {
        place::of(self, source, byte)
    }

    /// What the tree costs.
    pub(crate) fn size(&self) -> Size {
        let one = Size { nodes: 1, ..Size::default() };
        match &self.kind {
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => one,
            Kind::String(text) => Size { bytes: text.len(), ..one },
            Kind::List(items) => items.iter().map(Self::size).fold(one, Size::with).within(),
            Kind::Map(entries) => entries
                .iter()
                .map(|(key, value)| Size { bytes: key.text.len(), ..Size::default() }.with(value.size()))
                .fold(one, Size::with)
                .within(),
        }
    }
}

#[cfg(test)]
mod tests;
