//! Patterns of Java's `DecimalFormat`, in English: `#,##0.00`, `0.#%`, `'No. '000`.

use crate::{Value, excerpt::repeated};

/// Digits that a pattern may ask for on either side of the point.
const DIGITS_MAX: usize = 100;

#[derive(Debug, Default)]
struct Pattern {
    prefix: String,
    suffix: String,
    whole_min: usize,
    fraction_min: usize,
    fraction_max: usize,
    /// Digits between two commas; none when there is no comma.
    group: Option<usize>,
    percent: bool,
}

/// The number in the shape of a pattern, or what is wrong with the pattern.
pub(super) fn format(value: &Value<'_>, number: f64, pattern: &str) -> Result<String, String> {
    let pattern = parse(pattern)?;
    if !number.is_finite() {
        return Ok(if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "∞"
        } else {
            "-∞"
        }
        .to_owned());
    }
    // Whole numbers keep all their digits, which a double might not.
    let digits = match value.whole() {
        Some(integer) if !pattern.percent => {
            format!("{}.{}", integer.unsigned_abs(), "0".repeat(pattern.fraction_max))
        }
        _ => format!("{:.*}", pattern.fraction_max, number.abs() * if pattern.percent { 100.0 } else { 1.0 }),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let zeros = fraction.len() - fraction.trim_end_matches('0').len();
    let fraction = &fraction[..(fraction.len() - zeros).max(pattern.fraction_min).min(fraction.len())];
    let mut whole = whole.trim_start_matches('0').to_owned();
    if whole.is_empty() && pattern.whole_min == 0 && fraction.is_empty() {
        whole.push('0');
    }
    let whole = format!("{whole:0>width$}", width = pattern.whole_min);
    let is_zero = !whole.bytes().chain(fraction.bytes()).any(|digit| digit != b'0');
    let sign = if number < 0.0 && !is_zero { "-" } else { "" };
    let whole = pattern.group.map_or(whole.clone(), |size| grouped(&whole, size));
    let point = if fraction.is_empty() { "" } else { "." };
    Ok(format!("{sign}{}{whole}{point}{fraction}{}", pattern.prefix, pattern.suffix))
}

fn grouped(digits: &str, size: usize) -> String {
    let mut made = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(size) {
            made.push(',');
        }
        made.push(digit);
    }
    made
}

fn parse(text: &str) -> Result<Pattern, String> {
    let malformed = |why: &str| Err(format!("Malformed pattern \"{}\": {why}", repeated(text)));
    let mut pattern = Pattern::default();
    let mut place = Place::Prefix;
    let mut quoted = false;
    for letter in text.chars() {
        match (letter, place) {
            ('\'', _) => quoted = !quoted,
            (_, Place::Prefix) if quoted => pattern.prefix.push(letter),
            ('#' | '0', Place::Prefix | Place::Whole) if !quoted => {
                place = Place::Whole;
                pattern.whole_min += usize::from(letter == '0');
                pattern.group = pattern.group.map(|size| size + 1);
            }
            ('#' | '0', Place::Fraction) if !quoted => {
                pattern.fraction_max += 1;
                pattern.fraction_min += usize::from(letter == '0');
            }
            (',', Place::Prefix | Place::Whole) if !quoted => pattern.group = Some(0),
            ('.', Place::Prefix | Place::Whole) if !quoted => place = Place::Fraction,
            ('#' | '0' | ',' | '.', _) if !quoted => return malformed("digits after the end of the number"),
            (';', _) if !quoted => {
                return malformed("a second pattern for negative numbers is not built yet");
            }
            ('E', Place::Whole | Place::Fraction) if !quoted => {
                return malformed("exponents are not built yet");
            }
            (_, Place::Prefix) => {
                pattern.percent |= letter == '%';
                pattern.prefix.push(letter);
            }
            (_, Place::Whole | Place::Fraction | Place::Suffix) => {
                place = Place::Suffix;
                pattern.percent |= letter == '%' && !quoted;
                pattern.suffix.push(letter);
            }
        }
    }
    // Java: `#.##` writes the zero of 0.5 and `#.00` does not.
    if matches!(place, Place::Fraction | Place::Suffix)
        && pattern.fraction_max > 0
        && pattern.fraction_min == 0
    {
        pattern.whole_min = pattern.whole_min.max(1);
    }
    if pattern.group == Some(0) {
        return malformed("nothing after the comma");
    }
    if pattern.whole_min.max(pattern.fraction_max) > DIGITS_MAX {
        return malformed("too many digits");
    }
    Ok(pattern)
}

/// How far the reading of a pattern has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Prefix,
    Whole,
    Fraction,
    Suffix,
}
