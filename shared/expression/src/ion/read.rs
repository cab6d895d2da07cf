//! Ion text as values: the types that JSON has, decimals as doubles, symbols and timestamps as texts.

use std::collections::HashMap;

use serde_json::Value as Json;

use crate::{
    Value,
    eval::{Budget, Halt},
};

/// Bytes of Ion that one step pays for: a byte may be a value.
const BYTES_PER_STEP: usize = 4;
/// Lists and structs within each other.
const DEPTH_MAX: usize = 100;

type Parsed<T> = Result<T, String>;

/// The value of a text that holds one. Annotations are passed over: Kestra's say which class of Java a text was.
pub(crate) fn read<'e>(source: &str, budget: &mut Budget) -> Result<Value<'e>, Halt> {
    budget.spend_items(source.len() / BYTES_PER_STEP)?;
    let mut reader = Reader { source, at: 0, depth: 0 };
    let value = reader.only().map_err(|why| {
        let line = source[..reader.at].matches('\n').count() + 1;
        Halt::failed(format!("Invalid ion: {why} at line {line}, byte {}", reader.at))
    })?;
    budget.check_nesting(&value)?;
    Ok(value)
}

/// The first values of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct IonRows {
    pub rows: Vec<Json>,
    /// Whether more stands behind them.
    pub more: bool,
    /// Why there are no more rows, when what stands there is no Ion.
    pub problem: Option<String>,
}

/// Reads at most so many values, which stand one after the other, as Kestra keeps the rows of a file. What it takes is
/// some times the memory of the text.
pub fn ion_rows(source: &str, most: usize) -> IonRows {
    let mut reader = Reader { source, at: 0, depth: 0 };
    let mut rows = Vec::new();
    loop {
        let next = reader.next_row(rows.len() == most);
        match next {
            Ok(Next::Row(row)) => rows.push(row.to_json()),
            Ok(Next::More) => return IonRows { rows, more: true, problem: None },
            Ok(Next::End) => return IonRows { rows, more: false, problem: None },
            Err(why) => {
                let line = source[..reader.at].matches('\n').count() + 1;
                let problem = format!("Invalid ion: {why} at line {line}, byte {}", reader.at);
                return IonRows { rows, more: true, problem: Some(problem) };
            }
        }
    }
}

/// What stands behind the rows that were read.
enum Next {
    Row(Value<'static>),
    /// Something that nobody wants.
    More,
    End,
}

struct Reader<'s> {
    source: &'s str,
    at: usize,
    depth: usize,
}

/// Where a word or a number ends.
const ENDS: &[char] = &['{', '}', '[', ']', '(', ')', ',', '"', '\'', ':', '/', ' ', '\t', '\n', '\r'];

impl<'s> Reader<'s> {
    fn only<'e>(&mut self) -> Parsed<Value<'e>> {
        self.space()?;
        // The version, which stands before what it speaks of.
        if self.take("$ion_1_0") {
            self.space()?;
        }
        if self.rest().is_empty() {
            return Ok(Value::Null);
        }
        let value = self.value()?;
        self.space()?;
        if self.rest().is_empty() {
            Ok(value)
        } else {
            Err("one value is expected, but another one starts".to_owned())
        }
    }

    fn next_row(&mut self, enough: bool) -> Parsed<Next> {
        self.space()?;
        while self.take("$ion_1_0") {
            self.space()?;
        }
        if self.rest().is_empty() {
            Ok(Next::End)
        } else if enough {
            Ok(Next::More)
        } else {
            self.value().map(Next::Row)
        }
    }

    fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn expected<T>(&self, what: &str) -> Parsed<T> {
        let found: String = self.rest().chars().take(20).collect();
        Err(format!(
            "expected {what} instead of {}",
            if found.is_empty() { "the end".to_owned() } else { format!("`{found}`") }
        ))
    }

    /// Blanks and comments.
    fn space(&mut self) -> Parsed<()> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if trimmed.starts_with("/*") {
                let Some(end) = trimmed.find("*/") else { return self.expected("the end of the comment") };
                self.at += end + 2;
            } else {
                return Ok(());
            }
        }
    }

    fn value<'e>(&mut self) -> Parsed<Value<'e>> {
        self.space()?;
        let rest = self.rest();
        match rest.bytes().next() {
            Some(b'{') if rest.starts_with("{{") => {
                Err("blobs and clobs are not read: they are bytes and no text".to_owned())
            }
            Some(b'{') => self.deeper(Self::structure),
            Some(b'[') => self.deeper(Self::list),
            Some(b'(') => Err("S-expressions are not read: they are no data".to_owned()),
            Some(b'"') => {
                self.at += 1;
                self.quoted("\"").map(Value::text)
            }
            Some(b'\'') if rest.starts_with("'''") => self.long_text().map(Value::text),
            Some(b'\'') => {
                self.at += 1;
                let text = self.quoted("'")?;
                self.annotated(Value::text(text))
            }
            Some(_) => {
                let word = self.word();
                match (word, scalar(word)) {
                    ("", _) => self.expected("a value"),
                    (_, Some(value)) => Ok(value),
                    // A timestamp has colons, at which words end.
                    (word, None) if is_date(word) => {
                        let end = self.source[self.at..]
                            .find(|letter: char| ENDS.contains(&letter) && letter != ':')
                            .map_or(self.source.len(), |end| self.at + end);
                        let from = self.at - word.len();
                        self.at = end;
                        Ok(Value::text(self.source[from..end].to_owned()))
                    }
                    (word, None) if super::is_identifier(word) => {
                        self.annotated(Value::text(word.to_owned()))
                    }
                    (word, None) => {
                        self.at -= word.len();
                        self.expected("a value")
                    }
                }
            }
            None => self.expected("a value"),
        }
    }

    /// A symbol, or what stands behind it when it is an annotation.
    fn annotated<'e>(&mut self, symbol: Value<'e>) -> Parsed<Value<'e>> {
        self.space()?;
        if self.take("::") { self.deeper(Self::value) } else { Ok(symbol) }
    }

    fn deeper<'e>(&mut self, parse: fn(&mut Self) -> Parsed<Value<'e>>) -> Parsed<Value<'e>> {
        if self.depth >= DEPTH_MAX {
            return Err(format!("nested deeper than {DEPTH_MAX} levels"));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn list<'e>(&mut self) -> Parsed<Value<'e>> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.space()?;
            if self.take("]") {
                return Ok(Value::list(items));
            }
            items.push(self.value()?);
            self.space()?;
            if !self.take(",") && !self.rest().starts_with(']') {
                return self.expected("`,` or `]`");
            }
        }
    }

    /// Of several fields with one name the last one counts, as in a map of Java.
    fn structure<'e>(&mut self) -> Parsed<Value<'e>> {
        self.at += 1;
        let mut fields: Vec<(String, Value<'e>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        loop {
            self.space()?;
            if self.take("}") {
                return Ok(Value::map(fields));
            }
            let name = self.field_name()?;
            self.space()?;
            if !self.take(":") {
                return self.expected("`:`");
            }
            let value = self.value()?;
            if let Some(&place) = places.get(&name) {
                fields[place] = (name, value);
            } else {
                places.insert(name.clone(), fields.len());
                fields.push((name, value));
            }
            self.space()?;
            if !self.take(",") && !self.rest().starts_with('}') {
                return self.expected("`,` or `}`");
            }
        }
    }

    fn field_name(&mut self) -> Parsed<String> {
        if self.rest().starts_with("'''") {
            return self.long_text();
        }
        for quote in ["\"", "'"] {
            if self.take(quote) {
                return self.quoted(quote);
            }
        }
        match self.word() {
            word if super::is_identifier(word) => Ok(word.to_owned()),
            word => {
                self.at -= word.len();
                self.expected("the name of a field")
            }
        }
    }

    fn word(&mut self) -> &'s str {
        let rest = self.rest();
        let word = &rest[..rest.find(ENDS).unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    /// `'''…'''`, several of which are one text.
    fn long_text(&mut self) -> Parsed<String> {
        let mut text = String::new();
        while self.take("'''") {
            text += &self.quoted("'''")?;
            self.space()?;
        }
        Ok(text)
    }

    /// Up to the closing quote.
    fn quoted(&mut self, quote: &str) -> Parsed<String> {
        let mut text = String::new();
        loop {
            if self.take(quote) {
                return Ok(text);
            }
            let mut letters = self.rest().chars();
            match letters.next() {
                Some('\\') => text.extend(self.escape()?),
                Some('\n') if quote.len() == 1 => return self.expected("the closing quote"),
                Some(letter) => {
                    self.at += letter.len_utf8();
                    text.push(letter);
                }
                None => return self.expected("the closing quote"),
            }
        }
    }

    /// Nothing for a new line that is escaped.
    fn escape(&mut self) -> Parsed<Option<char>> {
        let rest = self.rest();
        let digits = match rest.as_bytes().get(1) {
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'U') => 8,
            Some(letter) => {
                let letter = match letter {
                    b'0' => '\0',
                    b'a' => '\u{7}',
                    b'b' => '\u{8}',
                    b't' => '\t',
                    b'n' => '\n',
                    b'f' => '\u{c}',
                    b'r' => '\r',
                    b'v' => '\u{b}',
                    b'"' | b'\'' | b'\\' | b'/' | b'?' => char::from(*letter),
                    b'\n' => {
                        self.at += 2;
                        return Ok(None);
                    }
                    _ => return self.expected("an escape"),
                };
                self.at += 2;
                return Ok(Some(letter));
            }
            None => return self.expected("an escape"),
        };
        let code = rest.get(2..2 + digits).and_then(|code| u32::from_str_radix(code, 16).ok());
        let Some(letter) = code.and_then(char::from_u32) else { return self.expected("an escape") };
        self.at += 2 + digits;
        Ok(Some(letter))
    }
}

/// What a word means by itself.
fn scalar<'e>(word: &str) -> Option<Value<'e>> {
    match word {
        "true" => return Some(Value::Bool(true)),
        "false" => return Some(Value::Bool(false)),
        "nan" => return Some(Value::Double(f64::NAN)),
        "+inf" => return Some(Value::Double(f64::INFINITY)),
        "-inf" => return Some(Value::Double(f64::NEG_INFINITY)),
        // `null.int` is null, too.
        _ if word == "null" || word.starts_with("null.") => return Some(Value::Null),
        _ => {}
    }
    let digits = word.strip_prefix('-').unwrap_or(word);
    if !digits.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let sign = if word.starts_with('-') { "-" } else { "" };
    for (prefix, radix) in [("0x", 16), ("0b", 2)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            return i64::from_str_radix(&format!("{sign}{}", digits.replace('_', "")), radix)
                .ok()
                .map(Value::of_whole);
        }
    }
    // The exponent of a decimal is a `d`.
    let clean = format!("{sign}{}", digits.replace('_', "").replace(['d', 'D'], "e"));
    match clean.parse() {
        Ok(whole) => Some(Value::of_whole(whole)),
        Err(_) => clean.parse().ok().map(Value::Double),
    }
}

/// `2024T`, `2024-05T`, `2024-05-06…`
fn is_date(word: &str) -> bool {
    let year = word.bytes().take_while(u8::is_ascii_digit).count() == 4;
    year && (word[4..].starts_with('T') || word[4..].starts_with('-'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{IonRows, ion_rows};

    #[test]
    fn rows_stand_one_after_the_other() {
        let source =
            "$ion_1_0\n{a:1,b:\"x\"}\n// a comment\n[2.5e0] 'a symbol' 2024-05-06T07:08:09Z\nnull.int\n";
        let all = [
            json!({"a": 1, "b": "x"}),
            json!([2.5]),
            json!("a symbol"),
            json!("2024-05-06T07:08:09Z"),
            json!(null),
        ];
        for most in 0..7 {
            let read = ion_rows(source, most);
            let expected = all[..most.min(all.len())].to_vec();
            assert_eq!(read, IonRows { rows: expected, more: most < all.len(), problem: None });
        }
        assert_eq!(ion_rows(" \n", 5), IonRows { rows: vec![], more: false, problem: None });
    }

    #[test]
    fn what_is_no_ion_is_told_behind_what_is() {
        let IonRows { rows, more, problem } = ion_rows("{a:1}\n{a:", 5);
        assert_eq!((rows, more), (vec![json!({"a": 1})], true));
        assert_eq!(problem.unwrap(), "Invalid ion: expected a value instead of the end at line 2, byte 9");
        let deep = "[".repeat(100_000);
        assert!(ion_rows(&deep, 5).problem.unwrap().contains("nested deeper"));
    }
}
