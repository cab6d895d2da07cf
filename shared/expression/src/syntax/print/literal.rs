//! How literals are spelled. Not every text has a spelling in every kind of quotes: a backslash escapes the quote
//! around the string and nothing else, not even itself.

use crate::syntax::{
    Literal,
    expression::unescape,
    lexer::{StringEnd, string_end},
};

/// Digits of a whole number that is too big for a double.
const INFINITE_DIGITS: usize = 310;

pub(super) fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "null".to_owned(),
        Literal::Bool(bool) => bool.to_string(),
        Literal::Integer(integer) => integer.to_string(),
        Literal::Double(double) if double.is_infinite() => "9".repeat(INFINITE_DIGITS) + ".0",
        // Never with an exponent, which the language does not have.
        Literal::Double(double) if double.fract() == 0.0 => format!("{double:.1}"),
        Literal::Double(double) => double.to_string(),
        Literal::String(text) => {
            let spelled = ['\'', '"'].into_iter().find_map(|quote| quoted(text, quote));
            spelled.expect("a string was read from quotes of one of the two kinds")
        }
    }
}

/// The text between quotes of this kind, when it is what they would mean.
pub(super) fn quoted(text: &str, quote: char) -> Option<String> {
    let inside = escaped(text, quote)?;
    Some(format!("{quote}{inside}{quote}"))
}

/// The text as it stands between such quotes.
pub(super) fn escaped(text: &str, quote: char) -> Option<String> {
    let inside = text.replace(quote, &format!("\\{quote}"));
    (is_whole(&inside, quote) && *unescape(&inside, quote) == *text).then_some(inside)
}

/// Whether a string of such quotes ends after this text and not before.
fn is_whole(inside: &str, quote: char) -> bool {
    matches!(string_end(&format!("{inside}{quote}"), quote), Some(StringEnd::Quote(end)) if end == inside.len())
}

/// A name as it is, or the inside of quotes, which a block keeps with its backslashes.
pub(super) fn block_name(name: &str) -> String {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match ['\'', '"'].into_iter().find(|&quote| is_whole(name, quote)) {
        Some(quote) if !is_name => format!("{quote}{name}{quote}"),
        Some(_) | None => name.to_owned(),
    }
}
