//! jq's formats: `@csv`, `@sh` and their like.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    operate::kind,
    refused,
    run::{Machine, Stop, error},
};
use crate::{Value, output::Output};

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

impl<'e> Machine<'_, 'e> {
    /// A value as the text that a format makes of it.
    pub(super) fn format(&mut self, format: &str, value: &Value<'e>) -> Result<String, Stop<'e>> {
        let made = match format {
            "@json" => {
                let mut text = Output::new(self.bytes_max);
                text.json(value)?;
                text.into_text()
            }
            "@csv" => self.row(format, value, ',')?,
            "@tsv" => self.row(format, value, '\t')?,
            "@sh" => self.words(value)?,
            _ => {
                let text = self.plain_text(value)?;
                match format {
                    "@text" => text,
                    "@html" => replaced(&text, |letter| match letter {
                        '<' => Some("&lt;"),
                        '>' => Some("&gt;"),
                        '&' => Some("&amp;"),
                        '\'' => Some("&#39;"),
                        '"' => Some("&quot;"),
                        _ => None,
                    }),
                    "@uri" => percent(&text),
                    "@urid" => decoded(from_percent(&text))?,
                    "@base64" => STANDARD.encode(text),
                    "@base64d" => decoded(STANDARD.decode(text).ok())?,
                    "@base32" => base32(text.as_bytes()),
                    "@base32d" => decoded(from_base32(&text))?,
                    _ => return Err(refused::unknown(format, 0)),
                }
            }
        };
        if made.len() > self.bytes_max {
            return Err(
                crate::eval::Halt::failed(format!("Text longer than {} bytes", self.bytes_max)).into()
            );
        }
        self.budget.spend_bytes(made.len())?;
        Ok(made)
    }

    /// A text as it is, everything else as JSON.
    fn plain_text(&mut self, value: &Value<'e>) -> Result<String, Stop<'e>> {
        match value {
            Value::String(text) => {
                self.budget.spend_bytes(text.len())?;
                Ok(text.clone().into_owned())
            }
            _ => self.format("@json", value),
        }
    }

    /// The items of an array, which are no arrays and no objects, each written by a rule for texts.
    fn scalars(
        &mut self,
        list: &crate::List<'e>,
        refusal: &str,
        (between, null): (char, &str),
        write: impl Fn(&str) -> String,
    ) -> Result<String, Stop<'e>> {
        let mut row = Output::new(self.bytes_max);
        for (index, item) in list.iter().enumerate() {
            self.budget.spend(1)?;
            if index > 0 {
                row.push(between.encode_utf8(&mut [0; 4]))?;
            }
            match &item {
                Value::String(text) => row.push(&write(text))?,
                Value::Null => row.push(null)?,
                Value::List(_) | Value::Map(_) => return Err(error(format!("{} {refusal}", kind(&item)))),
                other => row.json(other)?,
            }
        }
        Ok(row.into_text())
    }

    fn row(&mut self, format: &str, value: &Value<'e>, between: char) -> Result<String, Stop<'e>> {
        let name = &format[1..];
        let Value::List(list) = value else {
            return Err(error(format!("{} cannot be {name}-formatted, only an array can be", kind(value))));
        };
        self.scalars(list, &format!("is not valid in a {name} row"), (between, ""), |text| {
            if between == ',' {
                return format!("\"{}\"", text.replace('"', "\"\""));
            }
            replaced(text, |letter| match letter {
                '\\' => Some("\\\\"),
                '\t' => Some("\\t"),
                '\n' => Some("\\n"),
                '\r' => Some("\\r"),
                _ => None,
            })
        })
    }

    /// Words of a shell, which no letter of a text can leave.
    fn words(&mut self, value: &Value<'e>) -> Result<String, Stop<'e>> {
        let one = crate::List::Owned(vec![value.clone()].into());
        let list = if let Value::List(list) = value { list } else { &one };
        self.scalars(list, "can not be escaped for shell", (' ', "null"), |text| {
            format!("'{}'", text.replace('\'', "'\\''"))
        })
    }
}

fn replaced(text: &str, with: impl Fn(char) -> Option<&'static str>) -> String {
    let mut made = String::with_capacity(text.len());
    for letter in text.chars() {
        match with(letter) {
            Some(replacement) => made.push_str(replacement),
            None => made.push(letter),
        }
    }
    made
}

fn decoded<'e>(bytes: Option<Vec<u8>>) -> Result<String, Stop<'e>> {
    let bytes = bytes.ok_or_else(|| error("the text cannot be decoded"))?;
    String::from_utf8(bytes).map_err(|_| error("the decoded bytes are no text"))
}

fn percent(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            made.push(char::from(byte));
        } else {
            write!(made, "%{byte:02X}").expect("a String takes all");
        }
    }
    made
}

fn from_percent(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        bytes.push(u8::from_str_radix(rest.get(at + 1..at + 3)?, 16).ok()?);
        rest = &rest[at + 3..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(bytes)
}

/// Five bytes are eight letters; what is missing at the end is filled up with `=`.
fn base32(bytes: &[u8]) -> String {
    let mut made = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let bits = (0..5).fold(0_u64, |bits, at| bits << 8 | u64::from(chunk.get(at).copied().unwrap_or(0)));
        let letters = (chunk.len() * 8).div_ceil(5);
        for at in 0..8 {
            let five = usize::try_from(bits >> (35 - 5 * at) & 31).expect("five bits");
            made.push(if at < letters { char::from(BASE32[five]) } else { '=' });
        }
    }
    made
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 8 * 5);
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let five = BASE32.iter().position(|it| *it == letter)?;
        bits = bits << 5 | u32::try_from(five).ok()?;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 255).ok()?);
        }
    }
    Some(bytes)
}
