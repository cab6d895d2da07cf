//! Cuts a text into SQL statements, and puts parameters into them.
//!
//! It knows no grammar, only where texts, names and comments begin and end. What it gets wrong DuckDB refuses: no
//! safety rests on it.

use std::fmt::Write;

use serde_json::{Map, Value as Json};

use super::wire::Statement;

/// Statements of one text.
pub(super) const STATEMENTS_MAX: usize = 1_000;

/// What follows in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// A word that is not quoted.
    Word,
    /// `:name`, or `$name`.
    Parameter,
    /// `;`
    End,
    /// A comment, or blanks.
    Nothing,
    /// Anything else: a quoted text, a sign.
    Other,
}

/// A statement as it was written, and its words.
#[derive(Debug, Default)]
pub(super) struct Written<'t> {
    text: &'t str,
    /// Those that are not quoted and no parameters, with what stands before the first other sign first.
    words: Vec<&'t str>,
    /// The places of parameters, with their names.
    parameters: Vec<(std::ops::Range<usize>, &'t str)>,
}

/// What does something and gives no rows; a statement that begins otherwise asks.
const DOES: [&str; 24] = [
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "BEGIN",
    "CHECKPOINT",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DEALLOCATE",
    "DETACH",
    "DROP",
    "EXPORT",
    "FORCE",
    "IMPORT",
    "INSTALL",
    "LOAD",
    "PREPARE",
    "RESET",
    "ROLLBACK",
    "SET",
    "START",
    "USE",
    "VACUUM",
];

/// What changes rows, and gives them back when it says `RETURNING`.
const CHANGES: [&str; 5] = ["DELETE", "INSERT", "MERGE", "TRUNCATE", "UPDATE"];

/// The statements of a text, without empty ones.
///
/// # Errors
/// When there are too many, or none.
pub(super) fn split(text: &str) -> Result<Vec<Written<'_>>, String> {
    let mut all = Vec::new();
    let mut current = Written::default();
    let (mut start, mut at) = (0, 0);
    let mut blank = true;
    while at < text.len() {
        let (piece, length) = next(&text[at..], text[..at].chars().next_back());
        let end = at + length;
        match piece {
            Piece::End => {
                close(&mut all, &mut current, &text[start..at], std::mem::replace(&mut blank, true));
                start = end;
            }
            Piece::Word => current.words.push(&text[at..end]),
            Piece::Parameter => current.parameters.push((at - start..end - start, &text[at + 1..end])),
            Piece::Nothing | Piece::Other => {}
        }
        blank &= matches!(piece, Piece::Nothing | Piece::End);
        at = end;
    }
    close(&mut all, &mut current, &text[start..], blank);
    match all.len() {
        0 => Err("`sql` has no statement".to_owned()),
        count if count > STATEMENTS_MAX => {
            Err(format!("`sql` has {count} statements, of {STATEMENTS_MAX} at most"))
        }
        _ => Ok(all),
    }
}

fn close<'t>(all: &mut Vec<Written<'t>>, current: &mut Written<'t>, text: &'t str, blank: bool) {
    let written = std::mem::take(current);
    if !blank {
        all.push(Written { text, ..written });
    }
}

impl<'t> Written<'t> {
    /// Whether its words, of any case, begin so.
    pub(super) fn begins(&self, words: &[&str]) -> bool {
        let begin = self.words.get(..words.len());
        begin.is_some_and(|begin| begin.iter().zip(words).all(|(one, other)| one.eq_ignore_ascii_case(other)))
    }

    /// Without the blanks around it.
    pub(super) fn text(&self) -> &'t str {
        self.text.trim()
    }

    /// With values for those parameters that have one. The others stay as they are: `a[1:n]` has a colon, too.
    pub(super) fn bound(&self, values: &Map<String, Json>) -> Statement {
        let mut sql = String::with_capacity(self.text.len());
        let mut names: Vec<&str> = Vec::new();
        let mut done = 0;
        for (place, name) in &self.parameters {
            if !values.contains_key(*name) {
                continue;
            }
            let number = names.iter().position(|it| it == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            sql.push_str(&self.text[done..place.start]);
            write!(sql, "${}", number + 1).expect("a String takes all");
            done = place.end;
        }
        sql.push_str(&self.text[done..]);
        let parameters = names.iter().map(|name| values[*name].clone()).collect();
        Statement { sql, parameters, gives_rows: self.gives_rows() }
    }

    fn gives_rows(&self) -> bool {
        let has = |word: &str| self.words.iter().any(|it| it.eq_ignore_ascii_case(word));
        let first = self.words.first().copied().unwrap_or_default().to_ascii_uppercase();
        if CHANGES.contains(&first.as_str()) { has("RETURNING") } else { !DOES.contains(&first.as_str()) }
    }
}

/// What a text begins with, and its bytes, at least one. `before` is the character before it.
fn next(text: &str, before: Option<char>) -> (Piece, usize) {
    let first = text.chars().next().unwrap_or(' ');
    let other = |length: usize| (Piece::Other, length);
    match first {
        ';' => (Piece::End, 1),
        '\'' => other(quoted(text, '\'', matches!(before, Some('e' | 'E')))),
        '"' => other(quoted(text, '"', false)),
        '-' if text.starts_with("--") => (Piece::Nothing, text.find('\n').unwrap_or(text.len())),
        '/' if text.starts_with("/*") => (Piece::Nothing, comment(text)),
        ':' if text.starts_with("::") => other(2),
        ':' | '$' => match word(&text[1..]) {
            0 if first == '$' => other(dollar(text)),
            0 => other(1),
            _ if first == '$' && dollar(text) > 1 => other(dollar(text)),
            length => (Piece::Parameter, 1 + length),
        },
        letter if letter.is_whitespace() => (Piece::Nothing, letter.len_utf8()),
        letter if letter.is_alphanumeric() || letter == '_' => (Piece::Word, word(text)),
        letter => other(letter.len_utf8()),
    }
}

/// Bytes of the word that a text begins with.
fn word(text: &str) -> usize {
    text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len())
}

/// Bytes of a quoted text; a quote in it is doubled, or has a backslash before it.
fn quoted(text: &str, quote: char, backslash: bool) -> usize {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if backslash && letter == '\\' {
            letters.next();
        } else if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    text.len()
}

/// Bytes of a comment, which may have others in it.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Bytes of `$$…$$` or `$tag$…$tag$`; 1 of a dollar that begins neither.
fn dollar(text: &str) -> usize {
    let tag = 1 + word(&text[1..]);
    if !text[tag..].starts_with('$') || text[1..].starts_with(|letter: char| letter.is_ascii_digit()) {
        return 1;
    }
    let fence = &text[..=tag];
    text[fence.len()..].find(fence).map_or(text.len(), |end| end + 2 * fence.len())
}

#[cfg(test)]
mod tests;
