//! Texts that hold data: `fromJson(text)`, `fromIon(text)`, `yaml(text)`.

use crate::{
    Value,
    eval::{Halt, Outcome},
    invocation::Invocation,
    ion, yaml,
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

pub(super) fn from_ion<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    match call.optional_text(0)? {
        Some(text) => ion::read(&text, call.budget()),
        None => Ok(Value::Null),
    }
}

pub(super) fn from_yaml<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    match call.optional_text(0)? {
        Some(text) => yaml::read(&text, call.budget()),
        None => Ok(Value::Null),
    }
}
