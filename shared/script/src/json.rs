//! JSON in and out.

use rquickjs::{Ctx, Value};
use serde_json::Map;

use crate::{Failed, SyntaxError, failed::shortened, program::failed, source::Source, world::World};

/// Puts the variables where the script sees them.
pub(crate) fn show(
    world: &World,
    ctx: &Ctx<'_>,
    source: Source<'_>,
    variables: &Map<String, serde_json::Value>,
) -> Result<(), Failed> {
    let text = serde_json::to_string(variables).expect("a map with strings for keys can be written");
    if text.len() > world.limits().memory_bytes {
        return Err(world.out_of_memory());
    }
    ctx.json_parse(text)
        .and_then(|value| ctx.globals().set("$", value))
        .map_err(|error| failed(world, ctx, source, error))
}

/// What a script computed.
pub(crate) fn read<'js>(
    world: &World,
    ctx: &Ctx<'js>,
    source: Source<'_>,
    value: Value<'js>,
) -> Result<serde_json::Value, Failed> {
    if value.is_promise() {
        return Err(Failed::NotJson(String::from(
            "it is a promise, and nobody waits for it: a script is synchronous",
        )));
    }
    // It may call functions of the script (`toJSON`, getters), which have what fuel and memory are left.
    let text = ctx.json_stringify(value).map_err(|error| match failed(world, ctx, source, error) {
        Failed::Thrown { message, .. } | Failed::Syntax(SyntaxError { message, .. }) => {
            Failed::NotJson(message)
        }
        limit @ (Failed::Fuel { .. }
        | Failed::Memory { .. }
        | Failed::TooLarge { .. }
        | Failed::NotJson(_)) => limit,
    })?;
    let Some(text) = text else { return Ok(serde_json::Value::Null) };
    let text = text.to_string().map_err(|error| failed(world, ctx, source, error))?;
    if text.len() > world.limits().result_bytes {
        return Err(Failed::TooLarge { bytes: text.len(), max: world.limits().result_bytes });
    }
    serde_json::from_str(&text).map_err(|error| Failed::NotJson(shortened(error.to_string())))
}
