//! What a plain scalar means in YAML 1.2, as Jackson reads it. Dates stay texts.

use crate::Value;

pub(super) fn resolve<'e>(text: &str) -> Value<'e> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| Value::text(text.to_owned())),
    }
}

/// A whole number, a decimal one when no 64-bit integer holds it, or none.
fn number<'e>(text: &str) -> Option<Value<'e>> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            return i64::from_str_radix(&format!("{sign}{digits}"), radix).ok().map(Value::of_whole);
        }
    }
    let clean = format!("{sign}{}", digits.replace('_', ""));
    let is_number = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | 'e' | 'E' | '-' | '+');
    match clean.parse() {
        Ok(whole) => Some(Value::of_whole(whole)),
        Err(_) if !clean.chars().all(is_number) => None,
        Err(_) => clean.parse().ok().filter(|double: &f64| double.is_finite()).map(Value::Double),
    }
}
