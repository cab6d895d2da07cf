//! Values as Ion text, spelled as Jackson and ion-java do.

use std::fmt::Write;

use super::is_identifier;
use crate::{Value, eval::Halt, java, output::Output};

/// Appends a value, on one line.
pub(crate) fn write(text: &mut Output, value: &Value<'_>) -> Result<(), Halt> {
    match value {
        Value::Null => text.push("null"),
        Value::Bool(bool) => text.push(if *bool { "true" } else { "false" }),
        Value::Int(integer) => text.push(&integer.to_string()),
        Value::Integer(integer) => text.push(&integer.to_string()),
        Value::Double(double) => text.push(&float(*double)),
        Value::String(string) => quoted(text, string, '"'),
        Value::List(list) => {
            text.push("[")?;
            for (index, item) in list.iter().enumerate() {
                if index > 0 {
                    text.push(",")?;
                }
                write(text, &item)?;
            }
            text.push("]")
        }
        Value::Map(map) => {
            text.push("{")?;
            for (index, (key, value)) in map.iter().enumerate() {
                if index > 0 {
                    text.push(",")?;
                }
                if is_identifier(&key) {
                    text.push(&key)?;
                } else {
                    quoted(text, &key, '\'')?;
                }
                text.push(":")?;
                write(text, &value)?;
            }
            text.push("}")
        }
    }
}

/// A float always has an exponent: without one it would be a decimal.
fn float(double: f64) -> String {
    if double == 0.0 {
        return if double.is_sign_negative() { "-0e0" } else { "0e0" }.to_owned();
    }
    if double.is_nan() {
        return "nan".to_owned();
    }
    if double.is_infinite() {
        return if double > 0.0 { "+inf" } else { "-inf" }.to_owned();
    }
    let spelled = java::double(double);
    if spelled.contains('E') { spelled } else { spelled + "e0" }
}

fn quoted(text: &mut Output, string: &str, quote: char) -> Result<(), Halt> {
    let mut made = String::with_capacity(string.len() + 2);
    made.push(quote);
    for letter in string.chars() {
        match letter {
            '\\' => made.push_str("\\\\"),
            '\n' => made.push_str("\\n"),
            '\t' => made.push_str("\\t"),
            '\r' => made.push_str("\\r"),
            '\u{7}' => made.push_str("\\a"),
            '\u{8}' => made.push_str("\\b"),
            '\u{b}' => made.push_str("\\v"),
            '\u{c}' => made.push_str("\\f"),
            '\0' => made.push_str("\\0"),
            control if control.is_control() => {
                write!(made, "\\x{:02x}", u32::from(control)).expect("a String takes all");
            }
            letter => {
                if letter == quote {
                    made.push('\\');
                }
                made.push(letter);
            }
        }
    }
    made.push(quote);
    text.push(&made)
}
