//! Numbers in the shape of Java's `DecimalFormat`, in English.

mod pattern;

use crate::Value;
use pattern::{Exponent, Pattern};

/// The number in the shape of a pattern, or what is wrong with the pattern.
pub(super) fn format(value: &Value<'_>, number: f64, pattern: &str) -> Result<String, String> {
    let pattern = Pattern::parse(pattern)?;
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
    let digits = match &pattern.exponent {
        Some(exponent) => scientific(number.abs() * pattern.factor, &pattern, exponent),
        None => plain(value, number, &pattern),
    };
    let is_zero =
        !digits.split('E').next().unwrap_or_default().bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    let Pattern { prefix, suffix, negative, .. } = &pattern;
    Ok(match negative {
        Some((prefix, suffix)) if number < 0.0 && !is_zero => format!("{prefix}{digits}{suffix}"),
        None if number < 0.0 && !is_zero => format!("-{prefix}{digits}{suffix}"),
        _ => format!("{prefix}{digits}{suffix}"),
    })
}

fn plain(value: &Value<'_>, number: f64, pattern: &Pattern) -> String {
    // Whole numbers keep all their digits, which a double might not.
    let digits = match value.whole() {
        Some(integer) if pattern.factor <= 1.0 => {
            format!("{}.{}", integer.unsigned_abs(), "0".repeat(pattern.fraction_max))
        }
        _ => format!("{:.*}", pattern.fraction_max, number.abs() * pattern.factor),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let zeros = fraction.len() - fraction.trim_end_matches('0').len();
    let fraction = &fraction[..(fraction.len() - zeros).max(pattern.fraction_min).min(fraction.len())];
    let mut whole = whole.trim_start_matches('0').to_owned();
    if whole.is_empty() && pattern.whole_min == 0 && fraction.is_empty() {
        whole.push('0');
    }
    let whole = format!("{whole:0>width$}", width = pattern.whole_min);
    let whole = pattern.group.map_or(whole.clone(), |size| grouped(&whole, size));
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{whole}{point}{fraction}")
}

/// A mantissa and a power of ten. Java: with more whole digits allowed than asked for, the power is a multiple of how
/// many are allowed.
fn scientific(magnitude: f64, pattern: &Pattern, exponent: &Exponent) -> String {
    let significant = (exponent.whole_max + pattern.fraction_max).max(1);
    let spelled = format!("{magnitude:.*e}", significant - 1);
    let (digits, power) = spelled.split_once('e').unwrap_or((&spelled, "0"));
    let digits = digits.replace('.', "");
    let digits = digits.trim_end_matches('0');
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    // The value is 0.digits times ten to this.
    let point_at = power.parse::<i32>().unwrap_or(0) + 1;
    let (whole_max, whole_min) = (count(exponent.whole_max), count(pattern.whole_min));
    let (power, whole_min) = if whole_max > 1 && whole_max > whole_min {
        ((point_at - 1).div_euclid(whole_max) * whole_max, 1)
    } else {
        (point_at - whole_min, whole_min)
    };
    let is_zero = digits.is_empty();
    let whole = usize::try_from(if is_zero { whole_min } else { point_at - power }).unwrap_or(0);
    let digits_min = (pattern.whole_min + pattern.fraction_min).max(whole);
    let mut made = format!("{digits:0<digits_min$}");
    if made.len() > whole {
        made.insert(whole, '.');
    }
    let power = if is_zero { 0 } else { power };
    let sign = if power < 0 { "-" } else { "" };
    format!("{made}E{sign}{:0width$}", power.unsigned_abs(), width = exponent.digits_min)
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
