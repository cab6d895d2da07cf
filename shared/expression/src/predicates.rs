//! What may stand after `is`: Pebble calls them tests.

use serde_json::Value as Json;

use crate::{
    Value,
    eval::{Budget, Halt},
    hint,
};

#[derive(Debug)]
pub(crate) struct Predicate {
    pub(crate) name: &'static str,
    /// Whether a missing variable is simply not so, instead of an error.
    pub(crate) accepts_missing: bool,
    holds: fn(&Value<'_>) -> Result<bool, Halt>,
}

const fn predicate(name: &'static str, holds: fn(&Value<'_>) -> Result<bool, Halt>) -> Predicate {
    Predicate { name, accepts_missing: false, holds }
}

static PREDICATES: [Predicate; 8] = [
    Predicate { name: "defined", accepts_missing: true, holds: |value| Ok(!value.is_null()) },
    predicate("empty", |value| Ok(is_empty(value))),
    predicate("even", |value| Ok(whole(value)? % 2 == 0)),
    predicate("iterable", |value| Ok(matches!(value, Value::List(_)))),
    predicate("json", |value| Ok(is_json(value))),
    predicate("map", |value| Ok(matches!(value, Value::Map(_)))),
    predicate("null", |value| Ok(value.is_null())),
    predicate("odd", |value| Ok(whole(value)? % 2 != 0)),
];

/// The predicate of that name, or Pebble's complaint.
pub(crate) fn find(name: &str) -> Result<&'static Predicate, String> {
    PREDICATES.iter().find(|predicate| predicate.name == name).ok_or_else(|| {
        let hint = hint::did_you_mean(name, PREDICATES.iter().map(|predicate| predicate.name));
        format!("Test [{name}] does not exist.{hint}")
    })
}

impl Predicate {
    #[cfg(test)]
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn holds(&self, value: &Value<'_>, budget: &mut Budget) -> Result<bool, Halt> {
        if let Value::String(text) = value {
            if self.name == "json" {
                budget.spend_json(text)?;
            } else {
                budget.spend_bytes(text.len())?;
            }
        }
        (self.holds)(value)
    }
}

/// Null, a blank text, an empty list or map.
pub(crate) fn is_empty(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::List(list) => list.len() == 0,
        Value::Map(map) => map.len() == 0,
        Value::Bool(_) | Value::Int(_) | Value::Integer(_) | Value::Double(_) => false,
    }
}

fn whole(value: &Value<'_>) -> Result<i64, Halt> {
    value.whole().ok_or_else(|| {
        let actual = value.class_name();
        Halt::failed(format!("Only a whole number is even or odd. Actual type was: {actual}"))
    })
}

fn is_json(value: &Value<'_>) -> bool {
    matches!(value, Value::String(text) if serde_json::from_str::<Json>(text).is_ok())
}

/// All of them, for the page that lists them.
#[cfg(test)]
pub(crate) fn all() -> &'static [Predicate] {
    &PREDICATES
}
