//! Values as JSON, and as Amazon Ion text on one line.

use std::fmt::Write;

use serde_json::Value as Json;

use crate::cell::Cell;

/// What Ion means by these is no name.
const KEYWORDS: [&str; 4] = ["null", "true", "false", "nan"];

/// What is no number in JSON is a text, as in Jackson.
pub(crate) fn json(cell: &Cell) -> Json {
    match cell {
        Cell::Null => Json::Null,
        Cell::Bool(flag) => Json::Bool(*flag),
        Cell::Number(digits) => serde_json::from_str(digits).unwrap_or_else(|_| Json::String(digits.clone())),
        Cell::Float(float) => serde_json::Number::from_f64(*float).map_or_else(
            || {
                Json::String(
                    if float.is_nan() {
                        "NaN"
                    } else if *float > 0.0 {
                        "Infinity"
                    } else {
                        "-Infinity"
                    }
                    .to_owned(),
                )
            },
            Json::Number,
        ),
        Cell::Text(text) | Cell::When(text) => Json::String(text.clone()),
        Cell::List(items) => Json::Array(items.iter().map(json).collect()),
        Cell::Fields(fields) => {
            Json::Object(fields.iter().map(|(name, cell)| (name.clone(), json(cell))).collect())
        }
    }
}

/// Appends a value. Dates and moments are timestamps, decimals decimals.
pub(crate) fn ion(cell: &Cell, text: &mut String) {
    match cell {
        Cell::Null => text.push_str("null"),
        Cell::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Cell::Number(written) | Cell::When(written) => text.push_str(written),
        Cell::Float(float) => text.push_str(&exponential(*float)),
        Cell::Text(written) => quoted(text, written, '"'),
        Cell::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                ion(item, text);
            }
            text.push(']');
        }
        Cell::Fields(fields) => {
            text.push('{');
            for (index, (name, cell)) in fields.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                if is_plain(name) {
                    text.push_str(name);
                } else {
                    quoted(text, name, '\'');
                }
                text.push(':');
                ion(cell, text);
            }
            text.push('}');
        }
    }
}

/// With an exponent: without one it would be a decimal.
fn exponential(float: f64) -> String {
    if float.is_nan() {
        return "nan".to_owned();
    }
    if float.is_infinite() {
        return if float > 0.0 { "+inf" } else { "-inf" }.to_owned();
    }
    let shortest = format!("{float:?}");
    if shortest.contains('e') { shortest } else { shortest + "e0" }
}

fn is_plain(name: &str) -> bool {
    let begins = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    name.starts_with(begins)
        && name.chars().all(|letter| begins(letter) || letter.is_ascii_digit())
        && !KEYWORDS.contains(&name)
}

fn quoted(text: &mut String, written: &str, quote: char) {
    text.push(quote);
    for letter in written.chars() {
        match letter {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            control if control.is_control() => {
                write!(text, "\\u{:04x}", u32::from(control)).expect("a String takes all");
            }
            letter => {
                if letter == quote {
                    text.push('\\');
                }
                text.push(letter);
            }
        }
    }
    text.push(quote);
}
