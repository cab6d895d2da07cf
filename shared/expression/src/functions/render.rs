//! `render(text)`: templates in variables.

use crate::{
    Value,
    eval::{Halt, Outcome},
    invocation::Invocation,
    syntax,
};

/// Kestra: how often a text is rendered again before it is taken for one that never settles.
const ROUNDS_MAX: u32 = 100;

/// Renders texts, also those in lists and maps, until nothing is left to render.
pub(super) fn render<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let recursive = call.flag(1, true)?;
    rendered(call, recursive)
}

pub(super) fn render_once<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    rendered(call, false)
}

fn rendered<'e>(call: &mut Invocation<'_, 'e>, recursive: bool) -> Outcome<'e> {
    match call.get(0) {
        Some(value) => render_value(value, recursive, call),
        None => Ok(Value::Null),
    }
}

fn render_value<'e>(value: &Value<'e>, recursive: bool, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    call.budget().spend(1)?;
    match value {
        Value::String(text) if syntax::has_expression(text) => {
            render_text(text, recursive, call).map(Value::text)
        }
        Value::List(list) => {
            let items: Result<Vec<_>, Halt> =
                list.iter().map(|item| render_value(&item, recursive, call)).collect();
            Ok(Value::list(items?))
        }
        Value::Map(map) => {
            let mut entries = Vec::new();
            for (key, value) in map.iter() {
                let key = if syntax::has_expression(&key) {
                    render_text(&key, recursive, call)?
                } else {
                    key.into_owned()
                };
                entries.push((key, render_value(&value, recursive, call)?));
            }
            Ok(Value::map(entries))
        }
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Integer(_)
        | Value::Double(_)
        | Value::String(_) => Ok(value.clone()),
    }
}

fn render_text(text: &str, recursive: bool, call: &mut Invocation<'_, '_>) -> Result<String, Halt> {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS_MAX {
        let round = call.evaluator.render_inner(&text, recursive)?;
        if !recursive || round.settled || !syntax::has_expression(&round.text) {
            return Ok(round.text);
        }
        text = round.text;
    }
    Err(Halt::failed("Too many rendering attempts"))
}
