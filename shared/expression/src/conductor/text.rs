//! A text in pieces: what stands as it is, and the expressions.

use std::collections::HashMap;

use super::{NESTING_MAX, SOURCE_BYTES_MAX, reference::Reference};
use crate::{ParseError, syntax::Span};

const OPENING: &str = "${";

/// A text and the expressions in it.
#[derive(Debug)]
pub(crate) struct Text {
    pub(super) pieces: Vec<Piece>,
}

#[derive(Debug)]
pub(super) enum Piece {
    Literal(Box<str>),
    Expression(Expression),
}

#[derive(Debug)]
pub(super) enum Expression {
    Known(Reference),
    /// Expressions inside have to be rendered before it can be read. Only one that says so itself may name a secret:
    /// otherwise whoever fills a variable could ask for any.
    Computed {
        text: Text,
        may_be_secret: bool,
    },
}

/// Parses a text; nothing when it renders to itself.
pub(crate) fn parse(source: &str) -> Result<Option<Text>, ParseError> {
    if !source.contains(OPENING) {
        return Ok(None);
    }
    if source.len() > SOURCE_BYTES_MAX {
        let message = format!("Text with expressions longer than {SOURCE_BYTES_MAX} bytes");
        return Err(ParseError { message, span: 0..0, line: 1 });
    }
    let pieces = pieces(source, 0, NESTING_MAX).map_err(|at| ParseError {
        message: format!("Expressions nested deeper than {NESTING_MAX} levels"),
        span: at..at + OPENING.len(),
        line: Span::new(at, at).line(source),
    })?;
    Ok(match &pieces[..] {
        [] => None,
        [Piece::Literal(text)] if **text == *source => None,
        _ => Some(Text { pieces }),
    })
}

/// The pieces of a text that begins at byte `base` of the source; or the byte at which they nest too deep.
fn pieces(text: &str, base: usize, levels: usize) -> Result<Vec<Piece>, usize> {
    let closing = closing_braces(text);
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(OPENING) {
        let dollar = at + found;
        let inside = dollar + OPENING.len();
        if text[..dollar].ends_with('$') {
            literal.push_str(&text[at..dollar]);
            literal.push('{');
            at = inside;
        } else if let Some(&close) = closing.get(&dollar) {
            literal.push_str(&text[at..dollar]);
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal).into()));
            }
            let levels = levels.checked_sub(1).ok_or(base + dollar)?;
            pieces.push(Piece::Expression(expression(&text[inside..close], base + inside, levels)?));
            at = close + 1;
        } else {
            literal.push_str(&text[at..inside]);
            at = inside;
        }
    }
    literal.push_str(&text[at..]);
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal.into()));
    }
    Ok(pieces)
}

fn expression(text: &str, base: usize, levels: usize) -> Result<Expression, usize> {
    if !text.contains(OPENING) {
        return Ok(Expression::Known(Reference::read(text)));
    }
    let pieces = pieces(text, base, levels)?;
    if let [Piece::Literal(text)] = &pieces[..] {
        return Ok(Expression::Known(Reference::read(text)));
    }
    let may_be_secret = matches!(pieces.first(), Some(Piece::Literal(text)) if Reference::is_of_secret(text));
    Ok(Expression::Computed { text: Text { pieces }, may_be_secret })
}

/// Where each `${` ends, by the byte of its `$`. Conductor: braces are counted, whether they stand in quotes or not.
fn closing_braces(text: &str) -> HashMap<usize, usize> {
    let mut open = Vec::new();
    let mut closing = HashMap::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open.push(at),
            b'}' => {
                if let Some(dollar) = open.pop().and_then(|brace: usize| brace.checked_sub(1))
                    && text.as_bytes()[dollar] == b'$'
                {
                    closing.insert(dollar, at);
                }
            }
            _ => {}
        }
    }
    closing
}
