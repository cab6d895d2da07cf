//! From events to the tree: anchors, merge keys, duplicates and budgets.

use std::collections::{BTreeMap, BTreeSet};

use expression::yaml::events::{ErrorKind, Event, Events, Marker, ScalarStyle, ScanError, Span, Tag};

use super::{
    DEPTH_MAX, DUPLICATES_MAX, Key, Kind, NODES_MAX, Node, SOURCE_BYTES_MAX, Size, Style, TEXT_BYTES_MAX,
    Written, scalar,
};
use crate::problem::{Position, Problem};

/// Reads one document. A text of nothing but blanks and comments is null.
///
/// # Errors
/// Every duplicate key; or the one place where the text stops being YAML or exceeds a limit.
pub fn read(source: &str) -> Result<Node, Vec<Problem>> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(vec![Problem {
            path: String::new(),
            message: format!("the document has {} bytes, the limit is {SOURCE_BYTES_MAX}", source.len()),
            at: None,
        }]);
    }
    let mut tree = Tree::default();
    for next in Events::of(source) {
        let taken = next.map_err(|error| broken(&error)).and_then(|(event, span)| tree.take(event, span));
        if let Err(problem) = taken {
            tree.problems.push(problem);
            return Err(tree.problems);
        }
    }
    if tree.problems.is_empty() {
        Ok(tree.root.unwrap_or(Node {
            kind: Kind::Null,
            at: Position { line: 1, column: 1 },
            written: Written { style: Style::Plain, from: 0, to: 0 },
        }))
    } else {
        Err(tree.problems)
    }
}

fn broken(error: &ScanError) -> Problem {
    let at = position(*error.marker());
    if *error.kind() == ErrorKind::RecursionLimitExceeded { too_deep(at) } else { problem(error.info(), at) }
}

fn problem(message: impl Into<String>, at: Position) -> Problem {
    Problem { path: String::new(), message: message.into(), at: Some(at) }
}

fn position(marker: Marker) -> Position {
    Position { line: marker.line().max(1), column: marker.col() + 1 }
}

#[derive(Default)]
struct Tree {
    open: Vec<Open>,
    root: Option<Node>,
    anchors: BTreeMap<usize, Node>,
    spent: Size,
    problems: Vec<Problem>,
}

/// A list or map whose end has not come yet.
struct Open {
    anchor: usize,
    at: Position,
    from: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map {
        entries: Vec<(Key, Node)>,
        /// The key whose value is next.
        key: Option<Pending>,
        seen: BTreeSet<String>,
        /// The values of `<<`, each with the place among the entries where it stands.
        merged: Vec<(usize, Node)>,
    },
}

enum Pending {
    Own(Key),
    /// `<<`, without quotes.
    Merge,
}

impl Tree {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let at = position(span.start);
        let from = span.start.byte_offset().unwrap_or(0);
        match event {
            Event::DocumentStart(..) if self.root.is_some() => {
                Err(problem("one document is expected, but another one starts here", at))
            }
            Event::Scalar(text, style, anchor, tag) => {
                let written = Written {
                    style: match style {
                        ScalarStyle::Plain => Style::Plain,
                        ScalarStyle::SingleQuoted => Style::SingleQuoted,
                        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                    },
                    from,
                    to: span.end.byte_offset().unwrap_or(from),
                };
                let kind = kind_of(&text, written.style, tag.as_deref()).map_err(|scalar::TooLarge| {
                    problem(
                        format!("`{text}` does not fit into a 64-bit integer; put it in quotes to keep it as a text"),
                        at,
                    )
                })?;
                self.spend(Size { nodes: 1, bytes: text.len(), depth: 0 }, at)?;
                if self.expects_key() {
                    let is_merge = written.style == Style::Plain && text == "<<";
                    if anchor != 0 {
                        let kind = Kind::String(text.clone().into_owned());
                        self.anchors.insert(anchor, Node { kind, at, written });
                    }
                    // Numbers and booleans are keys by their text.
                    return self.key(text.into_owned(), is_merge, at);
                }
                self.close(Node { kind, at, written }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.open(anchor, at, from, Content::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => self.open(
                anchor,
                at,
                from,
                Content::Map { entries: Vec::new(), key: None, seen: BTreeSet::new(), merged: Vec::new() },
            ),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else {
                    return Ok(());
                };
                let kind = match open.content {
                    Content::List(items) => Kind::List(items),
                    Content::Map { entries, merged, .. } => Kind::Map(merge(entries, merged)?),
                };
                let node = Node {
                    kind,
                    at: open.at,
                    written: Written { style: Style::Collection, from: open.from, to: open.from },
                };
                self.close(node, open.anchor)
            }
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor) else {
                    return Err(problem("an alias cannot stand within what it repeats", at));
                };
                let size = node.size();
                if size.depth + self.open.len() > DEPTH_MAX {
                    return Err(too_deep(at));
                }
                let copy = node.clone();
                self.spend(size, at)?;
                self.close(copy, 0)
            }
            // The parser's enum may grow; what is no node adds nothing to the tree.
            _ => Ok(()),
        }
    }

    fn spend(&mut self, size: Size, at: Position) -> Result<(), Problem> {
        self.spent = self.spent.with(size);
        if self.spent.is_too_much() {
            let message = format!(
                "the document has more than {NODES_MAX} values or {TEXT_BYTES_MAX} bytes of text, what aliases repeat included"
            );
            return Err(problem(message, at));
        }
        Ok(())
    }

    fn open(&mut self, anchor: usize, at: Position, from: usize, content: Content) -> Result<(), Problem> {
        self.spend(Size { nodes: 1, bytes: 0, depth: 0 }, at)?;
        if self.expects_key() {
            return Err(problem(
                "a key has to be a text; an expression that starts a value has to be in quotes: \"{{ … }}\"",
                at,
            ));
        }
        if self.open.len() == DEPTH_MAX {
            return Err(too_deep(at));
        }
        self.open.push(Open { anchor, at, from, content });
        Ok(())
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last().map(|it| &it.content), Some(Content::Map { key: None, .. }))
    }

    /// Puts a whole value where it belongs.
    fn close(&mut self, node: Node, anchor: usize) -> Result<(), Problem> {
        if anchor != 0 {
            // What is kept for aliases is spent as well, or anchors within anchors would cost nothing.
            self.spend(node.size(), node.at)?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|it| &mut it.content) {
            None => self.root = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map { key: None, .. }) => {
                let Kind::String(text) = node.kind else {
                    return Err(problem("a key has to be a text", node.at));
                };
                return self.key(text, false, node.at);
            }
            Some(Content::Map { entries, key, merged, .. }) => {
                match key.take().expect("the arm before takes a map without a key") {
                    Pending::Merge => merged.push((entries.len(), node)),
                    Pending::Own(key) => entries.push((key, node)),
                }
            }
        }
        Ok(())
    }

    fn key(&mut self, text: String, is_merge: bool, at: Position) -> Result<(), Problem> {
        if text.is_empty() {
            return Err(problem("a key is missing before `:`", at));
        }
        let Some(Content::Map { key, seen, .. }) = self.open.last_mut().map(|it| &mut it.content) else {
            return Ok(());
        };
        *key = Some(if is_merge {
            Pending::Merge
        } else {
            if !seen.insert(text.clone()) {
                let problem = problem(format!("Duplicate field '{text}'"), at);
                if self.problems.len() + 1 == DUPLICATES_MAX {
                    return Err(problem);
                }
                self.problems.push(problem);
            }
            Pending::Own(Key { text, at })
        });
        Ok(())
    }
}

/// The entries with those of `<<` in its place: what is written wins, then the map that is named first.
fn merge(own: Vec<(Key, Node)>, merged: Vec<(usize, Node)>) -> Result<Vec<(Key, Node)>, Problem> {
    if merged.is_empty() {
        return Ok(own);
    }
    let mut taken: BTreeSet<String> = own.iter().map(|(key, _)| key.text.clone()).collect();
    let mut entries = own;
    for (place, value) in merged.into_iter().rev() {
        let at = value.at;
        let maps = match value.kind {
            Kind::List(items) => items,
            kind => vec![Node { kind, ..value }],
        };
        let mut added = Vec::new();
        for map in maps {
            let Kind::Map(those) = map.kind else {
                return Err(problem("`<<` takes a map or a list of maps", at));
            };
            added.extend(those.into_iter().filter(|(key, _)| taken.insert(key.text.clone())));
        }
        entries.splice(place..place, added);
    }
    Ok(entries)
}

fn too_deep(at: Position) -> Problem {
    problem(format!("more than {DEPTH_MAX} lists and maps within each other"), at)
}

fn kind_of(text: &str, style: Style, tag: Option<&Tag>) -> Result<Kind, scalar::TooLarge> {
    let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
    match style {
        Style::Plain if !is_text => scalar::resolve(text),
        Style::Plain | Style::SingleQuoted | Style::DoubleQuoted | Style::Block | Style::Collection => {
            Ok(Kind::String(text.to_owned()))
        }
    }
}
