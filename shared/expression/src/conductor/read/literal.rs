//! Texts, numbers, truths, null and lists of them, as filters and calls have them.

use serde_json::Value as Json;

use super::Reader;

impl Reader<'_> {
    pub(super) fn literal(&mut self) -> Option<Json> {
        match self.peek()? {
            '\'' | '"' => self.quoted().map(Json::String),
            '[' => self.inside(Self::list),
            '-' | '0'..='9' => {
                let number = self.while_is(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '+' | '.'));
                number.parse().ok().map(Json::Number)
            }
            _ => match self.while_is(char::is_alphanumeric) {
                "true" => Some(Json::Bool(true)),
                "false" => Some(Json::Bool(false)),
                "null" => Some(Json::Null),
                _ => None,
            },
        }
    }

    fn list(&mut self) -> Option<Json> {
        self.expect("[")?;
        let mut items = Vec::new();
        if self.take_next("]") {
            return Some(Json::Array(items));
        }
        loop {
            self.skip_blanks();
            items.push(self.literal()?);
            if self.take_next("]") {
                return Some(Json::Array(items));
            }
            self.expect(",")?;
        }
    }

    /// A text in quotes of either kind, without them and its backslashes.
    pub(super) fn quoted(&mut self) -> Option<String> {
        let quote = self.peek()?;
        if !matches!(quote, '\'' | '"') {
            return None;
        }
        self.at += 1;
        let mut text = String::new();
        let mut letters = self.rest().char_indices();
        loop {
            match letters.next()? {
                (end, letter) if letter == quote => {
                    self.at += end + 1;
                    return Some(text);
                }
                (_, '\\') => text.push(match letters.next()?.1 {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => unit(&mut letters)?,
                    other => other,
                }),
                (_, letter) => text.push(letter),
            }
        }
    }
}

/// The letter of four hexadecimal digits. Halves of a pair are refused: they are no letters.
fn unit(letters: &mut std::str::CharIndices<'_>) -> Option<char> {
    let mut code = 0;
    for _ in 0..4 {
        code = code * 16 + letters.next()?.1.to_digit(16)?;
    }
    char::from_u32(code)
}
