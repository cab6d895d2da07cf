//! Cuts a template into tokens.
//!
//! What a character means depends on where it stands (text, code, a string with holes), so the lexer keeps
//! a stack of what is open. The stack is also what tells the `}}` of `{{ {'a': {}} }}` from the end of the
//! expression, and what reports a bracket closed by the wrong one.

use super::{
    Span,
    parser::{Result, error},
    token::{Kind, SYMBOLS, Token},
};

/// What has been opened and not closed yet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Print,
    Tag,
    Paren,
    Bracket,
    Brace,
    /// A `"` string with holes.
    Quote,
    Hole,
}

struct Lexer<'s> {
    source: &'s str,
    at: usize,
    open: Vec<Open>,
    tokens: Vec<Token>,
    /// The delimiter before this point ended in `-`: the text after it loses its leading white space.
    trim: bool,
}

/// All tokens of a template, closed by [`Kind::End`].
pub(super) fn tokens(source: &str) -> Result<Vec<Token>> {
    let mut lexer = Lexer { source, at: 0, open: Vec::new(), tokens: Vec::new(), trim: false };
    while lexer.at < source.len() {
        match lexer.open.last() {
            None => lexer.text()?,
            Some(Open::Quote) => lexer.chunk()?,
            Some(Open::Print | Open::Tag | Open::Paren | Open::Bracket | Open::Brace | Open::Hole) => {
                lexer.code()?;
            }
        }
    }
    if lexer.open.contains(&Open::Quote) {
        return Err(error(source, Span::new(source.len(), source.len()), "Unclosed string"));
    }
    lexer.push(Kind::End, source.len(), source.len());
    Ok(lexer.tokens)
}

impl<'s> Lexer<'s> {
    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.tokens.push(Token { kind, span: Span::new(start, end) });
    }

    fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    /// Takes a symbol of this kind.
    fn take(&mut self, kind: Kind, bytes: usize) {
        self.push(kind, self.at, self.at + bytes);
        self.at += bytes;
    }

    fn fail<T>(&self, bytes: usize, message: impl Into<String>) -> Result<T> {
        Err(error(self.source, Span::new(self.at, self.at + bytes), message))
    }

    /// Text up to the next delimiter, and that delimiter.
    fn text(&mut self) -> Result<()> {
        let start = self.at;
        let bytes = self.rest().as_bytes();
        let delimiter = bytes.windows(2).position(|pair| matches!(pair, b"{{" | b"{%" | b"{#"));
        let Some(offset) = delimiter else {
            self.at = self.source.len();
            self.emit_text(start, false);
            return Ok(());
        };
        self.at = start + offset;
        if self.rest().starts_with("{%") {
            if let Some(length) = tag_length(self.rest(), "raw") {
                self.emit_text(start, false);
                return self.untouched(length, "raw", "endraw");
            }
            if let Some(length) = tag_length(self.rest(), "verbatim") {
                self.emit_text(start, self.rest().starts_with("{%-"));
                return self.untouched(length, "verbatim", "endverbatim");
            }
        }
        let trim = self.rest()[2..].starts_with('-');
        self.emit_text(start, trim);
        match self.rest().as_bytes()[1] {
            b'#' => self.comment(),
            b'{' => {
                self.open.push(Open::Print);
                self.take(Kind::PrintOpen, 2 + usize::from(trim));
                Ok(())
            }
            _ => {
                self.open.push(Open::Tag);
                self.take(Kind::TagOpen, 2 + usize::from(trim));
                Ok(())
            }
        }
    }

    fn emit_text(&mut self, start: usize, trim_end: bool) {
        let mut text = &self.source[start..self.at];
        let mut from = start;
        if std::mem::take(&mut self.trim) {
            text = text.trim_start();
            from = self.at - text.len();
        }
        if trim_end {
            text = text.trim_end();
        }
        if !text.is_empty() {
            self.push(Kind::Text, from, from + text.len());
        }
    }

    fn comment(&mut self) -> Result<()> {
        let Some(end) = self.rest()[2..].find("#}") else {
            return self.fail(2, "Unclosed comment");
        };
        self.trim = self.rest()[2..2 + end].ends_with('-');
        self.at += end + 4;
        Ok(())
    }

    /// The inside of a tag in which nothing is special. Kestra tolerates dashes around `raw` without
    /// trimming by them; Pebble trims by those around `verbatim`.
    fn untouched(&mut self, opening: usize, name: &str, end: &str) -> Result<()> {
        let raw = name == "raw";
        let dash_after = self.rest()[..opening].ends_with("-%}");
        let start = self.at + opening;
        let mut close = start;
        let length = loop {
            let Some(offset) = self.source[close..].find("{%") else {
                return self.fail(opening, format!("Missing `{{% {end} %}}` for `{name}`"));
            };
            close += offset;
            match tag_length(&self.source[close..], end) {
                Some(length) => break length,
                None => close += 2,
            }
        };
        let closing = &self.source[close..close + length];
        let mut inside = &self.source[start..close];
        if !raw && dash_after {
            inside = inside.trim_start();
        }
        let from = close - inside.len();
        if !raw && closing.starts_with("{%-") {
            inside = inside.trim_end();
        }
        if !inside.is_empty() {
            self.push(if raw { Kind::Raw } else { Kind::Text }, from, from + inside.len());
        }
        self.trim = !raw && closing.ends_with("-%}");
        self.at = close + length;
        Ok(())
    }

    /// The next token of an expression or a tag.
    fn code(&mut self) -> Result<()> {
        self.at = self.source.len() - self.rest().trim_start().len();
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(());
        };
        if self.close_delimiter() {
            return Ok(());
        }
        match first {
            'a'..='z' | 'A'..='Z' | '_' => {
                let length =
                    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                self.take(Kind::Name, length);
                Ok(())
            }
            '0'..='9' => {
                self.number();
                Ok(())
            }
            '\'' | '"' => self.string(first),
            _ => self.symbol(first),
        }
    }

    /// `}}` and `%}`, with or without a dash, when nothing else is open.
    fn close_delimiter(&mut self) -> bool {
        let (kind, end, dashed) = match self.open.last() {
            Some(Open::Print) => (Kind::PrintClose, "}}", "-}}"),
            Some(Open::Tag) => (Kind::TagClose, "%}", "-%}"),
            Some(Open::Paren | Open::Bracket | Open::Brace | Open::Quote | Open::Hole) | None => {
                return false;
            }
        };
        let length = match self.rest() {
            rest if rest.starts_with(end) => end.len(),
            rest if rest.starts_with(dashed) => dashed.len(),
            _ => return false,
        };
        self.trim = length == dashed.len();
        self.open.pop();
        self.take(kind, length);
        true
    }

    fn number(&mut self) {
        let rest = self.rest();
        let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let whole = digits(rest);
        let fraction = rest[whole..].strip_prefix('.').map_or(0, digits);
        if fraction > 0 {
            self.take(Kind::Decimal, whole + 1 + fraction);
        } else {
            self.take(Kind::Integer, whole + usize::from(rest[whole..].starts_with('L')));
        }
    }

    /// A whole string, or the opening quote of one with holes.
    fn string(&mut self, quote: char) -> Result<()> {
        let inside = &self.rest()[1..];
        match string_end(inside, quote) {
            Some(StringEnd::Quote(length)) => {
                self.push(Kind::String(quote), self.at + 1, self.at + 1 + length);
                self.at += length + 2;
                Ok(())
            }
            Some(StringEnd::Hole(_)) => {
                self.open.push(Open::Quote);
                self.take(Kind::Quote, 1);
                Ok(())
            }
            None => self.fail(1, "Unclosed string"),
        }
    }

    /// The next piece of a string with holes: text, and then its end or a hole.
    fn chunk(&mut self) -> Result<()> {
        let Some(end) = string_end(self.rest(), '"') else {
            return self.fail(0, "Unclosed string");
        };
        let (StringEnd::Quote(length) | StringEnd::Hole(length)) = end;
        if length > 0 {
            self.take(Kind::String('"'), length);
        }
        match end {
            StringEnd::Quote(_) => {
                self.open.pop();
                self.take(Kind::Quote, 1);
            }
            StringEnd::Hole(_) => {
                self.open.push(Open::Hole);
                self.take(Kind::HoleOpen, 2);
            }
        }
        Ok(())
    }

    fn symbol(&mut self, first: char) -> Result<()> {
        let Some(symbol) = SYMBOLS.into_iter().find(|symbol| self.rest().starts_with(symbol)) else {
            let hint = match first {
                '&' => " (write `and`)",
                '!' => " (write `not`, or `!=`)",
                _ => "",
            };
            return self.fail(first.len_utf8(), format!("Unexpected character [{first}]{hint}"));
        };
        match symbol {
            "(" => self.open.push(Open::Paren),
            "[" => self.open.push(Open::Bracket),
            "{" => self.open.push(Open::Brace),
            ")" | "]" | "}" => {
                let closed = self.open.last().copied();
                match (closed, symbol) {
                    (Some(Open::Hole), "}") => {
                        self.open.pop();
                        self.take(Kind::HoleClose, 1);
                        return Ok(());
                    }
                    (Some(Open::Paren), ")") | (Some(Open::Bracket), "]") | (Some(Open::Brace), "}") => {
                        self.open.pop();
                    }
                    _ => return self.fail(1, format!("Unexpected \"{symbol}\"")),
                }
            }
            _ => {}
        }
        self.take(Kind::Symbol(symbol), symbol.len());
        Ok(())
    }
}

/// Bytes before the end of a string or before a hole in it.
pub(super) enum StringEnd {
    Quote(usize),
    Hole(usize),
}

pub(super) fn string_end(inside: &str, quote: char) -> Option<StringEnd> {
    let bytes = inside.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            byte if char::from(byte) == quote => return Some(StringEnd::Quote(at)),
            b'#' if quote == '"' && bytes.get(at + 1) == Some(&b'{') => return Some(StringEnd::Hole(at)),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The length of `{% name %}` when the text starts with it.
fn tag_length(text: &str, name: &str) -> Option<usize> {
    let rest = text.strip_prefix("{%")?;
    let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start();
    let rest = rest.strip_prefix(name)?.trim_start();
    let rest = rest.strip_prefix('-').unwrap_or(rest).strip_prefix("%}")?;
    Some(text.len() - rest.len())
}
