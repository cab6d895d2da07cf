//! Refuses results that are too big to be copied.

use super::Halt;
use crate::{Limits, List, Map, Value};

/// What a value weighs beside its texts.
const VALUE_BYTES: usize = 16;

/// Levels that JSON parsers accept, `serde_json` among them: deeper results could be written and not read back.
const DEPTH_MAX: usize = 120;

/// Fails when a value is heavier than the text that may be printed, or too deep to be read back.
pub(crate) fn check(value: &Value<'_>, limits: &Limits) -> Result<(), Halt> {
    let mut left = limits.output_bytes;
    weigh(value, &mut left, DEPTH_MAX).map_err(|excess| match excess {
        Excess::Weight => Halt::failed(format!("Value bigger than {} bytes", limits.output_bytes)),
        Excess::Depth => Halt::failed(format!("Value nested deeper than {DEPTH_MAX} levels")),
    })
}

enum Excess {
    Weight,
    Depth,
}

fn weigh(value: &Value<'_>, left: &mut usize, levels: usize) -> Result<(), Excess> {
    let levels = levels.checked_sub(1).ok_or(Excess::Depth)?;
    spend(left, VALUE_BYTES)?;
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Integer(_) | Value::Double(_) => Ok(()),
        Value::String(text) => spend(left, text.len().saturating_sub(VALUE_BYTES)),
        Value::List(List::Owned(items)) => items.iter().try_for_each(|item| weigh(item, left, levels)),
        Value::List(list @ List::Borrowed(_)) => list.iter().try_for_each(|item| weigh(&item, left, levels)),
        Value::Map(Map::Owned(entries)) => entries.iter().try_for_each(|(key, value)| {
            spend(left, key.len())?;
            weigh(value, left, levels)
        }),
        Value::Map(map @ (Map::Borrowed(_) | Map::Lookup(..))) => map.iter().try_for_each(|(key, value)| {
            spend(left, key.len())?;
            weigh(&value, left, levels)
        }),
    }
}

fn spend(left: &mut usize, bytes: usize) -> Result<(), Excess> {
    *left = left.checked_sub(bytes).ok_or(Excess::Weight)?;
    Ok(())
}
