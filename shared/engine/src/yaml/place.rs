//! From a byte of a string back to the place in the source where it is written.

use super::{Node, Style};
use crate::problem::Position;

/// Where that byte of the text of a node is written.
///
/// The text and the source are walked side by side. White space is not compared, because folding changes it; what is
/// left is the same in both once quotes and escapes are read.
pub(super) fn of(node: &Node, source: &str, byte: usize) -> Position {
    let Some(text) = node.as_str() else {
        return node.at;
    };
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    let Some(written) = source.get(node.written.from..) else {
        return node.at;
    };
    let mut walk = Walk { rest: written, at: node.at, style: node.written.style };
    walk.skip_head();
    let blanks_between = text[..byte].chars().rev().take_while(|c| is_blank_in_line(*c)).count();
    let before = text[..byte].chars().filter(|c| !c.is_whitespace()).count();
    for _ in 0..before {
        walk.take_visible();
    }
    if text[byte..].starts_with(|c: char| !c.is_whitespace()) {
        walk.skip_blanks();
    } else {
        for _ in 0..blanks_between {
            walk.take_blank_in_line();
        }
    }
    walk.at
}

fn is_blank_in_line(c: char) -> bool {
    c == ' ' || c == '\t'
}

/// A place in the source of one scalar.
struct Walk<'s> {
    rest: &'s str,
    at: Position,
    style: Style,
}

impl Walk<'_> {
    /// The quote.
    fn skip_head(&mut self) {
        match self.style {
            Style::SingleQuoted | Style::DoubleQuoted => self.step(),
            // A block starts with its text, not with its indicator.
            Style::Plain | Style::Block | Style::Collection => {}
        }
    }

    /// One character of the text that is not white space, with the white space before it.
    fn take_visible(&mut self) {
        loop {
            self.skip_blanks();
            match self.escape() {
                // An escape that stands for white space is not what is counted.
                Some((length, visible)) => {
                    for _ in 0..length {
                        self.step();
                    }
                    if visible {
                        return;
                    }
                }
                None => return self.step(),
            }
        }
    }

    fn take_blank_in_line(&mut self) {
        if self.rest.starts_with(is_blank_in_line) {
            self.step();
        }
    }

    fn skip_blanks(&mut self) {
        while self.rest.starts_with(char::is_whitespace) {
            self.step();
        }
    }

    /// Characters of the escape that stands here, and whether it stands for something visible.
    fn escape(&self) -> Option<(usize, bool)> {
        match self.style {
            Style::SingleQuoted => self.rest.starts_with("''").then_some((2, true)),
            Style::DoubleQuoted => {
                let mut rest = self.rest.strip_prefix('\\')?.chars();
                Some(match rest.next()? {
                    'x' => (4, true),
                    'u' => (6, true),
                    'U' => (10, true),
                    ' ' | 't' | '\t' | 'n' | 'r' | 'f' | 'v' | 'N' | '_' | 'L' | 'P' | '\n' => (2, false),
                    _ => (2, true),
                })
            }
            Style::Plain | Style::Block | Style::Collection => None,
        }
    }

    fn step(&mut self) {
        let mut chars = self.rest.chars();
        match chars.next() {
            Some('\n') => {
                self.at.line += 1;
                self.at.column = 1;
            }
            Some(_) => self.at.column += 1,
            None => {}
        }
        self.rest = chars.as_str();
    }
}
