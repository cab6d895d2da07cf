//! What can be said of a script before it is parsed.

use crate::{SyntaxError, limits::SOURCE_BYTES_MAX};

/// A text that may be given to the engine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a>(&'a str);

impl<'a> Source<'a> {
    pub(crate) fn new(text: &'a str) -> Result<Self, SyntaxError> {
        if text.len() > SOURCE_BYTES_MAX {
            let message = format!("the script has {} bytes, {SOURCE_BYTES_MAX} are allowed", text.len());
            return Err(SyntaxError::new(message));
        }
        if let Some(at) = text.find('\0') {
            return Err(SyntaxError::at("the script contains a NUL character", line(text, at)));
        }
        if let Some((at, literal)) = big_integer(text) {
            let message = format!(
                "`{literal}` looks like a BigInt, which scripts do not have: write a number, or the text in two parts"
            );
            return Err(SyntaxError::at(message, line(text, at)));
        }
        Ok(Self(text))
    }

    pub(crate) fn text(self) -> &'a str {
        self.0
    }
}

/// Where a `BigInt` is written, if anywhere, and it. One multiplication of two large ones takes a second in which nobody
/// can interrupt it, and an operator cannot be taken away; without literals and `BigInt()` there are none. Strings and
/// comments are searched like the rest: to skip them safely would take a parser.
fn big_integer(text: &str) -> Option<(usize, &str)> {
    let mut from = 0;
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$')) {
        if is_big_integer(word) {
            return Some((from, word));
        }
        // Whatever ended the word is one character long, of one byte or more.
        from += word.len();
        from += text[from..].chars().next().map_or(0, char::len_utf8);
    }
    None
}

fn is_big_integer(word: &str) -> bool {
    let Some(digits) = word.strip_suffix('n') else { return false };
    let radix = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 10,
    };
    let digits = if radix == 10 { digits } else { &digits[2..] };
    digits.chars().next().is_some_and(|c| c.is_digit(radix))
        && digits.chars().all(|c| c == '_' || c.is_digit(radix))
}

fn line(text: &str, at: usize) -> u32 {
    let breaks = text[..at].bytes().filter(|byte| *byte == b'\n').count();
    u32::try_from(breaks + 1).expect("a script has fewer lines than bytes, and those are few")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_integers_are_found_wherever_they_stand() {
        for text in ["10n", "1+2n*3", "a[0n]", "0xFFn", "0b1n", "0o17n", "1_000n", "é 5n", "-3n"] {
            assert!(big_integer(text).is_some(), "{text}");
        }
        for text in ["n", "x10n", "1 n", "$5n", "10", "0xn", "then", "1e5", "_1n", "10nm", "e3n"] {
            assert_eq!(big_integer(text), None, "{text}");
        }
        assert_eq!(Source::new("1\n2\n 3n").unwrap_err().line, Some(3));
    }
}
