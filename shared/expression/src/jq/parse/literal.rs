//! Numbers and texts.

use super::{Parsed, Parser};
use crate::{
    Value,
    jq::syntax::{Piece, Term},
};

impl Parser<'_> {
    pub(super) fn number(&mut self) -> Parsed<Term> {
        let rest = self.rest();
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let mut end = digits(rest);
        if rest[end..].starts_with('.') && !rest[end..].starts_with("..") {
            end += 1 + digits(&rest[end + 1..]);
        }
        if rest[end..].starts_with(['e', 'E']) {
            let sign = usize::from(rest[end + 1..].starts_with(['+', '-']));
            let exponent = digits(&rest[end + 1 + sign..]);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        let number = &rest[..end];
        self.at += end;
        if let Ok(whole) = number.parse() {
            return Ok(Term::Number(Value::Integer(whole)));
        }
        match number.parse() {
            Ok(double) => Ok(Term::Number(Value::Double(double))),
            Err(_) => self.unexpected("a number"),
        }
    }

    /// A text, perhaps after a format. A format alone is a call.
    pub(super) fn text(&mut self) -> Parsed<Term> {
        let mut format = None;
        if self.sign("@") {
            let name = format!("@{}", self.name()?);
            self.space();
            if !self.rest().starts_with('"') {
                return Ok(Term::Call(name, Vec::new()));
            }
            format = Some(name);
        }
        self.at += 1;
        let mut pieces = Vec::new();
        let mut plain = String::new();
        loop {
            let rest = self.rest();
            let Some(at) = rest.find(['"', '\\']) else { return self.unexpected("the end of the text") };
            plain.push_str(&rest[..at]);
            self.at += at;
            if rest[at..].starts_with('"') {
                self.at += 1;
                if !plain.is_empty() || pieces.is_empty() {
                    pieces.push(Piece::Plain(plain));
                }
                return Ok(Term::Text(format, pieces));
            }
            if rest[at..].starts_with("\\(") {
                self.at += 2;
                pieces.push(Piece::Plain(std::mem::take(&mut plain)));
                pieces.push(Piece::Term(self.pipe()?));
                self.expect(")")?;
                continue;
            }
            plain.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Parsed<char> {
        let rest = self.rest();
        let (letter, length) = match rest.as_bytes().get(1) {
            Some(b'n') => ('\n', 2),
            Some(b't') => ('\t', 2),
            Some(b'r') => ('\r', 2),
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(letter @ (b'"' | b'\\' | b'/')) => (char::from(*letter), 2),
            Some(b'u') => {
                let code = rest.get(2..6).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                (code.and_then(char::from_u32).unwrap_or('\u{fffd}'), if code.is_some() { 6 } else { 2 })
            }
            _ => return self.unexpected("an escape"),
        };
        self.at += length;
        Ok(letter)
    }
}
