//! `max`, `min` and `range`.

use std::cmp::Ordering;

use crate::{
    Value,
    compare::{as_double, numbers},
    eval::{Halt, Outcome},
    invocation::Invocation,
};

pub(super) fn max<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    extreme(call, Ordering::is_gt)
}

pub(super) fn min<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    extreme(call, Ordering::is_lt)
}

fn extreme<'e>(call: &mut Invocation<'_, 'e>, better: fn(Ordering) -> bool) -> Outcome<'e> {
    let mut best: Option<&Value<'e>> = None;
    for value in call.all() {
        if as_double(value).is_none() {
            return Err(Halt::failed(format!(
                "'{}' takes numbers. Actual type was: {}",
                call.name,
                value.class_name()
            )));
        }
        if best.is_none_or(|best| numbers(value, best).is_some_and(better)) {
            best = Some(value);
        }
    }
    Ok(best.cloned().unwrap_or(Value::Null))
}

pub(super) fn range<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let (start, end) = (call.value(0)?, call.value(1)?);
    let increment = call.optional_integer(2)?.unwrap_or(1);
    call.evaluator.range(start, end, increment)
}
