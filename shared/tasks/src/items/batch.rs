//! How large a batch is.

use std::num::NonZeroU64;

use serde_json::{Map, Value as Json};

/// Files that one split may write at most to partitions: a pass over the source for each few of them.
const PARTITIONS_MAX: u64 = 1_000;

/// When a batch is full. Kestra: bytes count before partitions, and those before rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// Once it has so many bytes.
    Bytes(NonZeroU64),
    /// So many batches, filled in turn.
    Partitions(NonZeroU64),
    Rows(NonZeroU64),
}

/// How items become batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) size: Size,
    /// Written behind each row.
    pub(crate) separator: String,
}

impl Batch {
    /// Reads the rendered property `batch`; one row a batch without it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(batch: Option<&Json>) -> Result<Self, String> {
        let none = Map::new();
        let properties = match batch {
            None | Some(Json::Null) => &none,
            Some(Json::Object(properties)) => properties,
            Some(_) => return Err("`batch` must be a map".to_owned()),
        };
        Self::of(properties, "batch.")
    }

    /// As [`Self::read`], of properties that messages name with `prefix` before them.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub(crate) fn of(properties: &Map<String, Json>, prefix: &str) -> Result<Self, String> {
        let wrong = |name: &str, text: &str, expected: &str| {
            format!("`{prefix}{name}` is `{text}`; it must be {expected}")
        };
        let text = |name: &str| properties.get(name).and_then(scalar).filter(|it| !it.is_empty());
        let size = if let Some(text) = text("bytes") {
            Size::Bytes(bytes(&text).ok_or_else(|| wrong("bytes", &text, "a size in bytes, such as 10MB"))?)
        } else if let Some(text) = text("partitions") {
            let number = whole(&text).filter(|it| it.get() <= PARTITIONS_MAX);
            let expected = format!("a number from 1 to {PARTITIONS_MAX}");
            Size::Partitions(number.ok_or_else(|| wrong("partitions", &text, &expected))?)
        } else {
            let text = text("rows").unwrap_or_else(|| "1".to_owned());
            Size::Rows(whole(&text).ok_or_else(|| wrong("rows", &text, "a number from 1"))?)
        };
        // A separator may be nothing at all.
        let separator = properties.get("separator").and_then(scalar).unwrap_or_else(|| "\n".to_owned());
        Ok(Self { size, separator })
    }
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

fn whole(text: &str) -> Option<NonZeroU64> {
    text.trim().parse().ok()
}

/// Kestra: a number, with KB, MB or GB behind it for powers of 1024.
fn bytes(text: &str) -> Option<NonZeroU64> {
    let text = text.trim().to_ascii_uppercase();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit: u64 = match text[digits.len()..].trim() {
        "" | "B" => 1,
        "K" | "KB" => 1 << 10,
        "M" | "MB" => 1 << 20,
        "G" | "GB" => 1 << 30,
        _ => return None,
    };
    NonZeroU64::new(digits.parse::<u64>().ok()?.checked_mul(unit)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    #[test]
    fn sizes_are_numbers_texts_and_units() {
        let size = |batch: Json| Batch::read(Some(&batch)).unwrap().size;
        let number = |number| NonZeroU64::new(number).unwrap();
        assert_eq!(Batch::read(None).unwrap().size, Size::Rows(number(1)));
        assert_eq!(size(json!({"rows": "4"})), Size::Rows(number(4)));
        assert_eq!(size(json!({"rows": 4, "partitions": 2})), Size::Partitions(number(2)));
        assert_eq!(size(json!({"rows": 4, "partitions": 2, "bytes": "1024"})), Size::Bytes(number(1024)));
        assert_eq!(size(json!({"bytes": "10 kb"})), Size::Bytes(number(10 * 1024)));
        for wrong in [json!({"rows": 0}), json!({"rows": "x"}), json!({"bytes": "10 apples"}), json!([])] {
            Batch::read(Some(&wrong)).unwrap_err();
        }
        assert!(Batch::read(Some(&json!({"partitions": 1001}))).is_err());
    }
}
