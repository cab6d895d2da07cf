//! What a plain scalar means: the rules of `SnakeYAML` (YAML 1.1), without dates and base-60 numbers, which stay texts.

use super::Kind;

/// A whole number that no 64-bit integer holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

/// Reads a scalar that has neither quotes nor a tag.
pub(super) fn resolve(text: &str) -> Result<Kind, TooLarge> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Kind::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Kind::Bool(false),
        _ => match integer(text)? {
            Some(number) => Kind::Int(number),
            None => match float(text) {
                Some(number) => Kind::Float(number),
                None => Kind::String(text.to_owned()),
            },
        },
    })
}

fn integer(text: &str) -> Result<Option<i64>, TooLarge> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = if let Some(rest) = digits.strip_prefix("0b") {
        (2, rest)
    } else if let Some(rest) = digits.strip_prefix("0x") {
        (16, rest)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (8, &digits[1..])
    } else {
        (10, digits)
    };
    if digits.is_empty() || digits.starts_with('_') || !digits.chars().all(|c| c == '_' || c.is_digit(radix))
    {
        return Ok(None);
    }
    let clean = format!("{sign}{}", digits.replace('_', ""));
    i64::from_str_radix(&clean, radix).map(Some).map_err(|_| TooLarge)
}

fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let starts_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let is_mantissa = digits(whole)
        && fraction.is_none_or(digits)
        && (starts_with_digit(whole) || (whole.is_empty() && fraction.is_some_and(starts_with_digit)));
    let is_exponent = exponent.is_none_or(|it| {
        let it = it.strip_prefix(['-', '+']).unwrap_or(it);
        !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit())
    });
    if !is_mantissa || !is_exponent || (fraction.is_none() && exponent.is_none()) {
        return None;
    }
    // What overflows has no JSON form: it stays a text.
    text.replace('_', "").parse().ok().filter(|it: &f64| it.is_finite())
}
