//! From the path of a value back to where it stands in the JSON text.
//!
//! The text is known to be JSON, so that one pass over its brackets and quotes is enough.

use super::object::{Path, Segment};
use crate::problem::Position;

/// Where the value stands, or the last one on the way to it that is there.
pub(super) fn of(source: &str, path: &Path) -> Option<Position> {
    let mut from = skip_blanks(source, 0);
    for segment in path.segments() {
        let Some(found) = step(source, from, segment) else {
            break;
        };
        from = found;
    }
    let before = source.get(..from)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |text| text.chars().count()) + 1;
    Some(Position { line, column })
}

/// The texts of the items of a list; none when the text is no list.
pub fn slices(source: &str) -> Vec<&str> {
    let from = skip_blanks(source, 0);
    children(source, from)
        .into_iter()
        .filter(|child| child.key.is_none())
        .filter_map(|child| source.get(child.from..end(source, child.from)))
        .collect()
}

/// The value of one segment further. Of a key that stands twice the last one counts, as for serde.
fn step(source: &str, from: usize, segment: &Segment) -> Option<usize> {
    let children = children(source, from);
    match segment {
        Segment::Index(index) => children.get(*index).map(|child| child.from),
        Segment::Key(key) => {
            let is_key = |text: &str| serde_json::from_str::<String>(text).is_ok_and(|it| it == *key);
            children.iter().rev().find(|child| child.key.is_some_and(is_key)).map(|child| child.from)
        }
    }
}

struct Child<'s> {
    /// With its quotes.
    key: Option<&'s str>,
    from: usize,
}

/// What stands in the list or object that begins there.
fn children(source: &str, from: usize) -> Vec<Child<'_>> {
    let is_map = match source.as_bytes().get(from) {
        Some(b'{') => true,
        Some(b'[') => false,
        _ => return Vec::new(),
    };
    let mut children = Vec::new();
    let mut at = skip_blanks(source, from + 1);
    while !matches!(source.as_bytes().get(at), None | Some(b'}' | b']')) {
        let key_from = at;
        let mut key = None;
        if is_map {
            let key_end = end(source, at);
            key = source.get(key_from..key_end);
            // The colon.
            at = skip_blanks(source, skip_blanks(source, key_end) + 1);
        }
        children.push(Child { key, from: at });
        at = skip_blanks(source, end(source, at));
        if source.as_bytes().get(at) == Some(&b',') {
            at = skip_blanks(source, at + 1);
        }
    }
    children
}

/// The byte after the value that begins there.
fn end(source: &str, from: usize) -> usize {
    let bytes = source.as_bytes();
    let mut depth = 0_usize;
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = end_of_text(bytes, at),
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            _ => {
                at += 1;
                continue;
            }
        }
        if depth == 0 {
            return at;
        }
    }
    at.min(bytes.len())
}

fn end_of_text(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn skip_blanks(source: &str, from: usize) -> usize {
    let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    from + source.as_bytes().get(from..).unwrap_or_default().iter().take_while(blank).count()
}
