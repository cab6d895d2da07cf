//! What a program is made of: signs, words and names, with blanks and comments between them.

use super::{Parsed, Parser};

impl<'s> Parser<'s> {
    pub(super) fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    pub(super) fn space(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    pub(super) fn unexpected<T>(&self, expected: &str) -> Parsed<T> {
        let found: String = self.rest().chars().take(20).collect();
        let found = if found.is_empty() { "the end".to_owned() } else { format!("`{found}`") };
        Err(format!("expected {expected} instead of {found} at byte {}", self.at))
    }

    /// Takes a sign, not being the beginning of a longer one.
    pub(super) fn sign(&mut self, sign: &str) -> bool {
        self.space();
        let Some(after) = self.rest().strip_prefix(sign) else { return false };
        let longer = match sign {
            "|" | "+" | "-" | "*" | "%" | "=" | "//" => after.starts_with('='),
            "/" => after.starts_with(['/', '=']),
            "." => after.starts_with('.'),
            _ => false,
        };
        if !longer {
            self.at += sign.len();
        }
        !longer
    }

    pub(super) fn expect(&mut self, sign: &str) -> Parsed<()> {
        let found = if sign.as_bytes()[0].is_ascii_alphabetic() { self.word(sign) } else { self.sign(sign) };
        if found { Ok(()) } else { self.unexpected(&format!("`{sign}`")) }
    }

    pub(super) fn word(&mut self, word: &str) -> bool {
        self.space();
        let found = self.peek_name() == word;
        if found {
            self.at += word.len();
        }
        found
    }

    pub(super) fn peek_name(&self) -> &'s str {
        let rest = self.rest();
        let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = rest.find(|c: char| !is_letter(c)).unwrap_or(rest.len());
        if rest.starts_with(|c: char| c.is_ascii_digit()) { "" } else { &rest[..end] }
    }

    pub(super) fn name(&mut self) -> Parsed<String> {
        let name = self.peek_name();
        if name.is_empty() {
            return self.unexpected("a name");
        }
        self.at += name.len();
        Ok(name.to_owned())
    }

    pub(super) fn variable(&mut self) -> Parsed<String> {
        self.expect("$")?;
        self.name()
    }
}
