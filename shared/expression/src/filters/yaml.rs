//! `yaml`: a value as YAML, in the blocks that Kestra writes.
//!
//! ```text
//! {{ {'name': 'a', 'list': [1, 'two']} | yaml }}     name: a
//!                                                    list:
//!                                                     - 1
//!                                                     - two
//! ```

use crate::{
    Value,
    eval::{Halt, Outcome},
    invocation::Invocation,
    output::{Output, scalar_text},
};

/// Columns that an entry stands to the right of its map, and an item of a list to the right of its list.
const MAP_COLUMNS: usize = 2;
const LIST_COLUMNS: usize = 3;

/// Words that YAML reads as something other than a text.
const RESERVED: [&str; 12] =
    ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "~", ".nan", ".inf"];

/// YAML ends with a new line. A text that looks like a number is written without quotes, as Kestra does.
pub(super) fn yaml<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let mut text = call.output();
    if input.is_null() {
        text.push("null")?;
    } else {
        value(&mut text, input, 0)?;
    }
    call.made(text)
}

/// A value and the end of its line, where the line stands at its column already.
fn value(text: &mut Output, written: &Value<'_>, column: usize) -> Result<(), Halt> {
    match written {
        Value::List(list) if list.len() > 0 => {
            for (index, item) in list.iter().enumerate() {
                margin(text, if index == 0 { 0 } else { column })?;
                text.push(" -")?;
                // A list in a list starts on a line of its own.
                if matches!(&item, Value::List(list) if list.len() > 0) {
                    text.push("\n")?;
                    margin(text, column + LIST_COLUMNS)?;
                } else {
                    text.push(" ")?;
                }
                value(text, &item, column + LIST_COLUMNS)?;
            }
            Ok(())
        }
        Value::Map(map) if map.len() > 0 => {
            for (index, (key, entry)) in map.iter().enumerate() {
                margin(text, if index == 0 { 0 } else { column })?;
                text.push(&scalar(&key, None))?;
                text.push(":")?;
                let inner = match &entry {
                    Value::List(list) if list.len() > 0 => Some(column),
                    Value::Map(map) if map.len() > 0 => Some(column + MAP_COLUMNS),
                    _ => None,
                };
                match inner {
                    Some(inner) => {
                        text.push("\n")?;
                        margin(text, inner)?;
                    }
                    None => text.push(" ")?,
                }
                value(text, &entry, inner.unwrap_or(column + MAP_COLUMNS))?;
            }
            Ok(())
        }
        Value::List(_) => text.push("[]\n"),
        Value::Map(_) => text.push("{}\n"),
        Value::Null => text.push("null\n"),
        Value::String(string) => {
            text.push(&scalar(string, Some(column.max(MAP_COLUMNS))))?;
            text.push("\n")
        }
        Value::Bool(_) | Value::Int(_) | Value::Integer(_) | Value::Double(_) => {
            text.push(&scalar_text(written).unwrap_or_default())?;
            text.push("\n")
        }
    }
}

fn margin(text: &mut Output, columns: usize) -> Result<(), Halt> {
    (0..columns).try_for_each(|_| text.push(" "))
}

/// A text plain where YAML reads it back as it is, as a block at this column when it has lines, else quoted.
fn scalar(text: &str, block_column: Option<usize>) -> String {
    if let Some(column) = block_column
        && text.contains('\n')
        && is_block(text)
    {
        let body = text.strip_suffix('\n');
        let sign = if body.is_some() { "|" } else { "|-" };
        let margin = " ".repeat(column);
        let lines = body.unwrap_or(text).split('\n');
        let lines =
            lines.map(|line| if line.is_empty() { "\n".to_owned() } else { format!("\n{margin}{line}") });
        return format!("{sign}{}", lines.collect::<String>());
    }
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// Between double quotes YAML knows all the escapes of JSON; what is not printable it wants escaped, too.
fn quoted(text: &str) -> String {
    let mut made = serde_json::Value::from(text).to_string();
    for letter in ['\u{7f}', '\u{85}', '\u{2028}', '\u{2029}', '\u{feff}'] {
        if made.contains(letter) {
            made = made.replace(letter, &format!("\\u{:04x}", u32::from(letter)));
        }
    }
    made
}

fn is_printable(letter: char) -> bool {
    !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Whether a block keeps every letter: no margin of its own, and at most one new line at its end.
fn is_block(text: &str) -> bool {
    !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && !text.ends_with(' ')
        && !text.contains(" \n")
        && text.chars().all(|letter| letter == '\n' || is_printable(letter))
}

fn is_plain(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let starts_plain = !text.starts_with([
        ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', ' ', '?', ':', '=',
        '<',
    ]);
    let dash = text == "-" || text.starts_with("- ") || text.starts_with("---") || text.starts_with("...");
    !text.is_empty()
        && starts_plain
        && !dash
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text.chars().all(is_printable)
        && !RESERVED.contains(&lower.as_str())
        && !RESERVED.contains(&lower.trim_start_matches(['-', '+']))
}
