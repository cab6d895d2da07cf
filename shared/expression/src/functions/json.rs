//! `fromJson(text)`.

use crate::{
    Value,
    eval::{Halt, Outcome},
    invocation::Invocation,
};

pub(super) fn from_json<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let Some(text) = call.optional_text(0)? else {
        return Ok(Value::Null);
    };
    call.budget().spend_json(&text)?;
    let json = serde_json::from_str(&text).map_err(|error| Halt::failed(format!("Invalid json: {error}")))?;
    let value = Value::owned(json);
    call.budget().check_nesting(&value)?;
    Ok(value)
}
