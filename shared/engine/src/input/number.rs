//! INT and FLOAT: of 32 bits, as Kestra's are.

use serde_json::Value as Json;

use super::{raw::Raw, refuse::not_a_number};

/// Bounds are inclusive.
pub(super) fn int(raw: Raw<'_>, min: Option<i64>, max: Option<i64>) -> Result<Json, String> {
    let value: i32 = raw.plain().parse().map_err(|_| not_a_number(raw))?;
    match (min, max) {
        (Some(min), _) if i64::from(value) < min => Err(format!("it must be more than `{min}`")),
        (_, Some(max)) if i64::from(value) > max => Err(format!("it must be less than `{max}`")),
        (Some(_) | None, Some(_) | None) => Ok(Json::from(value)),
    }
}

/// Bounds are inclusive, and of 32 bits as well. What has no JSON form (infinity, not a number) is no number.
pub(super) fn float(raw: Raw<'_>, min: Option<f64>, max: Option<f64>) -> Result<Json, String> {
    let value: f32 = raw.plain().trim().parse().map_err(|_| not_a_number(raw))?;
    if !value.is_finite() {
        return Err(not_a_number(raw));
    }
    let (min, max) = (min.map(narrow), max.map(narrow));
    match (min, max) {
        (Some(min), _) if value < min => Err(format!("it must be more than `{min:?}`")),
        (_, Some(max)) if value > max => Err(format!("it must be less than `{max:?}`")),
        (Some(_) | None, Some(_) | None) => Ok(Json::from(widen(value))),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a bound means the nearest 32-bit number, as in Kestra")]
fn narrow(bound: f64) -> f32 {
    bound as f32
}

/// The 64-bit number with the same shortest text: 42.42, not 42.41999816894531.
fn widen(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}
