//! `encrypt(key, plaintext)` and `decrypt(key, encrypted)`.

use crate::{
    Key, Value,
    eval::{Halt, Outcome},
    invocation::Invocation,
};

pub(super) fn encrypt<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let (key, text) = (key(call)?, call.text(1)?);
    call.budget().spend_bytes(text.len())?;
    let chance = call.evaluator.state.chance.next_wide();
    Ok(Value::text(key.seal(&text, chance)))
}

pub(super) fn decrypt<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let (key, sealed) = (key(call)?, call.text(1)?);
    call.budget().spend_bytes(sealed.len())?;
    let text = key.open(&sealed).map_err(|error| Halt::failed(format!("'decrypt': {error}")))?;
    Ok(Value::text(text))
}

fn key(call: &Invocation<'_, '_>) -> Result<Key, Halt> {
    let text = call.text(0)?;
    Key::of_any_size(&text).map_err(|error| Halt::failed(format!("'{}': {error}", call.name)))
}
