//! Values of one kind, taken as Kestra's parser takes them: a number where a text is wanted is its text.

use std::time::Duration;

use expression::Template;

use super::{Reading, nearest, path::Path};
use crate::{
    duration,
    yaml::{Kind, Node},
};

/// Characters of a wrong value that are repeated in a message.
const SHOWN_MAX: usize = 60;

/// Says that something else was expected.
pub(super) fn wrong(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>, expected: &str) {
    let message = format!("{expected} is expected, but this is {}", shown(node));
    reading.problems.wrong_kind(path, message, node.at);
}

/// A value as it is repeated in a message.
pub(super) fn shown(node: &Node) -> String {
    match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(it) => format!("the boolean {it}"),
        Kind::Int(it) => format!("the number {it}"),
        Kind::Float(it) => format!("the number {it}"),
        Kind::String(it) => format!("the text `{}`", cut(it)),
        Kind::List(_) => "a list".to_owned(),
        Kind::Map(_) => "a map".to_owned(),
    }
}

pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whether a text has an expression in it.
pub(super) fn is_expression(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|it| text.contains(it))
}

/// The text of a scalar.
pub(super) fn text(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<String> {
    let text = node.text(reading.source).map(ToOwned::to_owned);
    if text.is_none() {
        wrong(reading, node, path, "a text");
    }
    text
}

pub(super) fn boolean(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<bool> {
    match (&node.kind, node.as_str()) {
        (Kind::Bool(it), _) => Some(*it),
        (_, Some("true")) => Some(true),
        (_, Some("false")) => Some(false),
        (Kind::Null | Kind::Int(_) | Kind::Float(_) | Kind::String(_) | Kind::List(_) | Kind::Map(_), _) => {
            wrong(reading, node, path, "true or false");
            None
        }
    }
}

pub(super) fn integer(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<i64> {
    let number = match &node.kind {
        Kind::Int(it) => Some(*it),
        Kind::String(it) => it.trim().parse().ok(),
        Kind::Null | Kind::Bool(_) | Kind::Float(_) | Kind::List(_) | Kind::Map(_) => None,
    };
    if number.is_none() {
        wrong(reading, node, path, "a whole number");
    }
    number
}

pub(super) fn float(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<f64> {
    let number = match &node.kind {
        Kind::Float(it) => Some(*it),
        Kind::Int(_) | Kind::String(_) => node.text(reading.source).and_then(|it| it.trim().parse().ok()),
        Kind::Null | Kind::Bool(_) | Kind::List(_) | Kind::Map(_) => None,
    };
    let number = number.filter(|it: &f64| it.is_finite());
    if number.is_none() {
        wrong(reading, node, path, "a number");
    }
    number
}

pub(super) fn duration(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<Duration> {
    let text = text(reading, node, path)?;
    match duration::parse(&text) {
        Ok(duration) => Some(duration),
        Err(message) => {
            reading.problems.wrong_kind(path, message, node.at);
            None
        }
    }
}

pub(super) fn one_of<T: Copy>(
    reading: &mut Reading<'_>,
    node: &Node,
    path: &Path<'_>,
    words: &[(&str, T)],
) -> Option<T> {
    let text = text(reading, node, path)?;
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    if found.is_none() {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let message = format!(
            "`{}` is not one of {}{}",
            cut(&text),
            names.join(", "),
            nearest::hint(&reading.problems, &text, names.iter().copied())
        );
        reading.problems.wrong_kind(path, message, node.at);
    }
    found
}

pub(super) fn list<'n>(reading: &mut Reading<'_>, node: &'n Node, path: &Path<'_>) -> &'n [Node] {
    if let Kind::List(items) = &node.kind {
        items
    } else {
        wrong(reading, node, path, "a list");
        &[]
    }
}

/// A text with expressions in it, which are parsed here; what is wrong in one is reported where it stands.
pub(super) fn template(reading: &mut Reading<'_>, node: &Node, path: &Path<'_>) -> Option<Template> {
    let text = text(reading, node, path)?;
    match Template::parse_property(&text, || Some(path.dotted().into())) {
        Ok(template) => Some(template),
        Err(error) => {
            let at = node.place_of(reading.source, error.span.start);
            reading.problems.entity(path, error.message, at);
            None
        }
    }
}
